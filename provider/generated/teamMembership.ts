// Written by `npm run generate` from provider/schema/teamMembership.ts; edit that.
import type * as pulumi from "@pulumi/pulumi";
import type { Team } from "../resources/team.js";

/** What a program declares of a TeamMembership. */
export interface TeamMembershipArgs {
  /**
   * The team: the resource or its id.
   * Changing this replaces the resource when it is another team.
   */
  team: Team | pulumi.Input<string>;
  /**
   * The person, by uid. Either this or `email`.
   * Changing this replaces the resource when it is another person; the uid of a person named by e-mail before is not a change.
   */
  user?: pulumi.Input<string | undefined>;
  /**
   * The person, by e-mail address, compared without regard to case and to the spelling of an international domain; one that no public mail system delivers to is refused. Either this or `user`.
   * Changing this replaces the resource when it is another person; a new address of the same person is not a change.
   */
  email?: pulumi.Input<string | undefined>;
  /**
   * Role in the team, `lead` or `member`. Taking it out of the program makes a lead a member.
   * Default: `"member"`.
   */
  role?: pulumi.Input<"lead" | "member" | undefined>;
  /**
   * What becomes of the person's place in the team when the resource goes.
   * Default: `remove`.
   */
  onDestroy?: pulumi.Input<"remove" | "retain" | undefined>;
  /**
   * Why the person has this access; for reviewers and policies. Stays local.
   */
  reason?: pulumi.Input<string | undefined>;
  /**
   * Day after which the access has run out, such as `2027-01-31`; for reviewers and policies. Stays local.
   */
  validUntil?: pulumi.Input<string | undefined>;
}

/** What `TeamMembership.get` may be given beside the id. */
export interface TeamMembershipState {
  /**
   * The team: the resource or its id.
   * Changing this replaces the resource when it is another team.
   */
  team?: pulumi.Input<string | undefined>;
  /**
   * The person, by uid. Either this or `email`.
   * Changing this replaces the resource when it is another person; the uid of a person named by e-mail before is not a change.
   */
  user?: pulumi.Input<string | undefined>;
  /**
   * The person, by e-mail address, compared without regard to case and to the spelling of an international domain; one that no public mail system delivers to is refused. Either this or `user`.
   * Changing this replaces the resource when it is another person; a new address of the same person is not a change.
   */
  email?: pulumi.Input<string | undefined>;
  /**
   * Role in the team, `lead` or `member`. Taking it out of the program makes a lead a member.
   * Default: `"member"`.
   */
  role?: pulumi.Input<"lead" | "member" | undefined>;
  /**
   * What becomes of the person's place in the team when the resource goes.
   * Default: `remove`.
   */
  onDestroy?: pulumi.Input<"remove" | "retain" | undefined>;
  /**
   * Why the person has this access; for reviewers and policies. Stays local.
   */
  reason?: pulumi.Input<string | undefined>;
  /**
   * Day after which the access has run out, such as `2027-01-31`; for reviewers and policies. Stays local.
   */
  validUntil?: pulumi.Input<string | undefined>;
  /**
   * `active`: in the team. `waiting`: not a member of the organization yet. `gone`: was in the team and has been taken out by somebody else.
   * Known values: `active`, `waiting`, `gone`; others may come.
   */
  status?: pulumi.Input<string | undefined>;
  /**
   * The person's uid, once they are a member.
   */
  userUid?: pulumi.Input<string | undefined>;
  /**
   * The person's user name, once they are a member.
   */
  username?: pulumi.Input<string | undefined>;
}

/** What a TeamMembership offers to the rest of a program. */
export interface TeamMembershipOutputs {
  /**
   * The team: the resource or its id.
   * Changing this replaces the resource when it is another team.
   */
  readonly team: pulumi.Output<string>;
  /**
   * The person, by uid. Either this or `email`.
   * Changing this replaces the resource when it is another person; the uid of a person named by e-mail before is not a change.
   */
  readonly user: pulumi.Output<string | undefined>;
  /**
   * The person, by e-mail address, compared without regard to case and to the spelling of an international domain; one that no public mail system delivers to is refused. Either this or `user`.
   * Changing this replaces the resource when it is another person; a new address of the same person is not a change.
   */
  readonly email: pulumi.Output<string | undefined>;
  /**
   * Role in the team, `lead` or `member`. Taking it out of the program makes a lead a member.
   * Default: `"member"`.
   */
  readonly role: pulumi.Output<"lead" | "member" | undefined>;
  /**
   * What becomes of the person's place in the team when the resource goes.
   * Default: `remove`.
   */
  readonly onDestroy: pulumi.Output<"remove" | "retain" | undefined>;
  /**
   * Why the person has this access; for reviewers and policies. Stays local.
   */
  readonly reason: pulumi.Output<string | undefined>;
  /**
   * Day after which the access has run out, such as `2027-01-31`; for reviewers and policies. Stays local.
   */
  readonly validUntil: pulumi.Output<string | undefined>;
  /**
   * `active`: in the team. `waiting`: not a member of the organization yet. `gone`: was in the team and has been taken out by somebody else.
   * Known values: `active`, `waiting`, `gone`; others may come.
   */
  readonly status: pulumi.Output<string>;
  /**
   * The person's uid, once they are a member.
   */
  readonly userUid: pulumi.Output<string | undefined>;
  /**
   * The person's user name, once they are a member.
   */
  readonly username: pulumi.Output<string | undefined>;
}
