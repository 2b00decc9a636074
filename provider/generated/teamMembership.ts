// Written by `npm run generate` from provider/schema/teamMembership.ts; edit that.
import type * as pulumi from "@pulumi/pulumi";
import type { Team } from "../resources/team.js";

/** Inputs of a TeamMembership, except `user` and `email`. */
export interface TeamMembershipCommonArgs {
  /**
   * The team: the resource or its id.
   * Changing this replaces the resource if it names a different team.
   */
  team: Team | pulumi.Input<string>;
  /**
   * Role in the team. Removing it from the program makes a lead a member.
   * Default: `"member"`.
   */
  role?: pulumi.Input<"lead" | "member" | undefined>;
  /**
   * What happens when the resource is destroyed: `remove` removes the person from the team, `retain` leaves them in it.
   * Default: `remove`.
   */
  onDestroy?: pulumi.Input<"remove" | "retain" | undefined>;
  /**
   * Why the person has this access, for reviewers and policies. Recorded in the state only, never sent to Avala.
   */
  reason?: pulumi.Input<string | undefined>;
  /**
   * Last day of the access (UTC), such as `2027-01-31`, for reviewers, policies and `npx pulumi-avala status`. Recorded in the state only, never sent to Avala: the access does not end by itself.
   */
  validUntil?: pulumi.Input<string | undefined>;
}

/** The person of a TeamMembership, by `user`. */
export interface TeamMembershipByUser {
  /**
   * The person, by uid. Set either this or `email`.
   * Changing this replaces the resource if it names a different person; the uid of a person who was named by email before is not a change.
   */
  user: pulumi.Input<string>;
  email?: undefined;
}

/** The person of a TeamMembership, by `email`. */
export interface TeamMembershipByEmail {
  /**
   * The person, by email address. Case and the spelling of an international domain make no difference; an address that public email systems cannot deliver to is refused. Set either this or `user`.
   * Changing this replaces the resource if it names a different person; a new address of the same person is not a change.
   */
  email: pulumi.Input<string>;
  user?: undefined;
}

/**
 * Inputs of a TeamMembership: with either `user` or `email`.
 * @see https://avala-ai.github.io/pulumi-avala/reference/resources/teamMembership
 */
export type TeamMembershipArgs = TeamMembershipCommonArgs & (TeamMembershipByUser | TeamMembershipByEmail);

/** Optional properties for `TeamMembership.get`, in addition to the id. */
export interface TeamMembershipState {
  /**
   * The team: the resource or its id.
   * Changing this replaces the resource if it names a different team.
   */
  team?: pulumi.Input<string | undefined>;
  /**
   * The person, by uid. Set either this or `email`.
   * Changing this replaces the resource if it names a different person; the uid of a person who was named by email before is not a change.
   */
  user?: pulumi.Input<string | undefined>;
  /**
   * The person, by email address. Case and the spelling of an international domain make no difference; an address that public email systems cannot deliver to is refused. Set either this or `user`.
   * Changing this replaces the resource if it names a different person; a new address of the same person is not a change.
   */
  email?: pulumi.Input<string | undefined>;
  /**
   * Role in the team. Removing it from the program makes a lead a member.
   * Default: `"member"`.
   */
  role?: pulumi.Input<"lead" | "member" | undefined>;
  /**
   * What happens when the resource is destroyed: `remove` removes the person from the team, `retain` leaves them in it.
   * Default: `remove`.
   */
  onDestroy?: pulumi.Input<"remove" | "retain" | undefined>;
  /**
   * Why the person has this access, for reviewers and policies. Recorded in the state only, never sent to Avala.
   */
  reason?: pulumi.Input<string | undefined>;
  /**
   * Last day of the access (UTC), such as `2027-01-31`, for reviewers, policies and `npx pulumi-avala status`. Recorded in the state only, never sent to Avala: the access does not end by itself.
   */
  validUntil?: pulumi.Input<string | undefined>;
  /**
   * `active`: in the team. `waiting`: pending, because the person is not a member of the organization yet. `gone`: the person was in the team and was removed outside this resource.
   * Known values: `active`, `waiting`, `gone`; more may be added.
   */
  status?: pulumi.Input<string | undefined>;
  /**
   * The person's uid, as soon as they are a member.
   */
  userUid?: pulumi.Input<string | undefined>;
  /**
   * The person's user name, as soon as they are a member.
   */
  username?: pulumi.Input<string | undefined>;
}

/** Outputs of a TeamMembership: all inputs, and values that Avala returns. */
export interface TeamMembershipOutputs {
  /**
   * The team: the resource or its id.
   * Changing this replaces the resource if it names a different team.
   */
  readonly team: pulumi.Output<string>;
  /**
   * The person, by uid. Set either this or `email`.
   * Changing this replaces the resource if it names a different person; the uid of a person who was named by email before is not a change.
   */
  readonly user: pulumi.Output<string | undefined>;
  /**
   * The person, by email address. Case and the spelling of an international domain make no difference; an address that public email systems cannot deliver to is refused. Set either this or `user`.
   * Changing this replaces the resource if it names a different person; a new address of the same person is not a change.
   */
  readonly email: pulumi.Output<string | undefined>;
  /**
   * Role in the team. Removing it from the program makes a lead a member.
   * Default: `"member"`.
   */
  readonly role: pulumi.Output<"lead" | "member" | undefined>;
  /**
   * What happens when the resource is destroyed: `remove` removes the person from the team, `retain` leaves them in it.
   * Default: `remove`.
   */
  readonly onDestroy: pulumi.Output<"remove" | "retain" | undefined>;
  /**
   * Why the person has this access, for reviewers and policies. Recorded in the state only, never sent to Avala.
   */
  readonly reason: pulumi.Output<string | undefined>;
  /**
   * Last day of the access (UTC), such as `2027-01-31`, for reviewers, policies and `npx pulumi-avala status`. Recorded in the state only, never sent to Avala: the access does not end by itself.
   */
  readonly validUntil: pulumi.Output<string | undefined>;
  /**
   * `active`: in the team. `waiting`: pending, because the person is not a member of the organization yet. `gone`: the person was in the team and was removed outside this resource.
   * Known values: `active`, `waiting`, `gone`; more may be added.
   */
  readonly status: pulumi.Output<string>;
  /**
   * The person's uid, as soon as they are a member.
   */
  readonly userUid: pulumi.Output<string | undefined>;
  /**
   * The person's user name, as soon as they are a member.
   */
  readonly username: pulumi.Output<string | undefined>;
}
