// Written by `npm run generate` from provider/schema/organizationMember.ts; edit that.
import type * as pulumi from "@pulumi/pulumi";
import type { Organization } from "../resources/organization.js";

/** What a program declares of an OrganizationMember. */
export interface OrganizationMemberArgs {
  /**
   * The organization: the resource, its uid or its slug.
   * Changing this replaces the resource when it is another organization; another spelling of the same one is not a change.
   */
  organization: Organization | pulumi.Input<string>;
  /**
   * The person, by uid. Either this or `email`. They have to be a member already: nobody can be invited by uid.
   * Changing this replaces the resource when it is another person; the uid of a person named by e-mail before is not a change.
   */
  user?: pulumi.Input<string | undefined>;
  /**
   * The person, by e-mail address, compared without regard to case and to the spelling of an international domain; one that no public mail system delivers to is refused. Either this or `user`.
   * Changing this replaces the resource when it is another person; a new address of the same person is not a change.
   */
  email?: pulumi.Input<string | undefined>;
  /**
   * Role in the organization. Changing it while the person is invited cancels the invitation and invites again: one more mail. The owner keeps their role, whatever is declared.
   * Default: `"member"`.
   */
  role?: pulumi.Input<"admin" | "member" | undefined>;
  /**
   * What becomes of an invitation that ends without having been accepted (`expired` or `gone`): it is only reported, or the next `up` mails again, within `maxEmails`. Whoever has been a member is never mailed by this.
   * Default: `"report"`.
   */
  onExpiry?: pulumi.Input<"report" | "resend" | undefined>;
  /**
   * Most mails that this declaration may cause. Reaching it is reported; asking for one more (`resend`, another role before they have accepted) is then an error.
   * Default: `3`.
   */
  maxEmails?: pulumi.Input<number | undefined>;
  /**
   * Any text, such as a date. A new value mails once more whoever is not a member, also after the invitation has expired or was cancelled.
   */
  resend?: pulumi.Input<string | undefined>;
  /**
   * What becomes of the person when the resource goes. `remove` ends their access and cancels what is pending; `retain` leaves both. The owner always stays.
   * Default: `remove`.
   */
  onDestroy?: pulumi.Input<"remove" | "retain" | undefined>;
  /**
   * Why the person has this access; for reviewers and policies. Stays local.
   */
  reason?: pulumi.Input<string | undefined>;
  /**
   * Day after which the access has run out, such as `2027-01-31`; for reviewers, policies and `npx pulumi-avala status`. Stays local: nothing ends by itself.
   */
  validUntil?: pulumi.Input<string | undefined>;
}

/** What `OrganizationMember.get` may be given beside the id. */
export interface OrganizationMemberState {
  /**
   * The organization: the resource, its uid or its slug.
   * Changing this replaces the resource when it is another organization; another spelling of the same one is not a change.
   */
  organization?: pulumi.Input<string | undefined>;
  /**
   * The person, by uid. Either this or `email`. They have to be a member already: nobody can be invited by uid.
   * Changing this replaces the resource when it is another person; the uid of a person named by e-mail before is not a change.
   */
  user?: pulumi.Input<string | undefined>;
  /**
   * The person, by e-mail address, compared without regard to case and to the spelling of an international domain; one that no public mail system delivers to is refused. Either this or `user`.
   * Changing this replaces the resource when it is another person; a new address of the same person is not a change.
   */
  email?: pulumi.Input<string | undefined>;
  /**
   * Role in the organization. Changing it while the person is invited cancels the invitation and invites again: one more mail. The owner keeps their role, whatever is declared.
   * Default: `"member"`.
   */
  role?: pulumi.Input<"admin" | "member" | undefined>;
  /**
   * What becomes of an invitation that ends without having been accepted (`expired` or `gone`): it is only reported, or the next `up` mails again, within `maxEmails`. Whoever has been a member is never mailed by this.
   * Default: `"report"`.
   */
  onExpiry?: pulumi.Input<"report" | "resend" | undefined>;
  /**
   * Most mails that this declaration may cause. Reaching it is reported; asking for one more (`resend`, another role before they have accepted) is then an error.
   * Default: `3`.
   */
  maxEmails?: pulumi.Input<number | undefined>;
  /**
   * Any text, such as a date. A new value mails once more whoever is not a member, also after the invitation has expired or was cancelled.
   */
  resend?: pulumi.Input<string | undefined>;
  /**
   * What becomes of the person when the resource goes. `remove` ends their access and cancels what is pending; `retain` leaves both. The owner always stays.
   * Default: `remove`.
   */
  onDestroy?: pulumi.Input<"remove" | "retain" | undefined>;
  /**
   * Why the person has this access; for reviewers and policies. Stays local.
   */
  reason?: pulumi.Input<string | undefined>;
  /**
   * Day after which the access has run out, such as `2027-01-31`; for reviewers, policies and `npx pulumi-avala status`. Stays local: nothing ends by itself.
   */
  validUntil?: pulumi.Input<string | undefined>;
  /**
   * `invited`, `expired`, `active`, or `gone`: not a member, and no invitation that has expired (cancelled, declined, left or removed; the service does not say which).
   * Known values: `invited`, `expired`, `active`, `gone`; others may come.
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
  /**
   * Identity of the invitation, until the person is a member.
   */
  invitationUid?: pulumi.Input<string | undefined>;
  /**
   * End of the invitation's validity, ISO 8601, until the person is a member.
   */
  expiresAt?: pulumi.Input<string | undefined>;
  /**
   * Mails this declaration has caused, doubtful ones included.
   */
  emailsSent?: pulumi.Input<number | undefined>;
}

/** What an OrganizationMember offers to the rest of a program. */
export interface OrganizationMemberOutputs {
  /**
   * The organization: the resource, its uid or its slug.
   * Changing this replaces the resource when it is another organization; another spelling of the same one is not a change.
   */
  readonly organization: pulumi.Output<string>;
  /**
   * The person, by uid. Either this or `email`. They have to be a member already: nobody can be invited by uid.
   * Changing this replaces the resource when it is another person; the uid of a person named by e-mail before is not a change.
   */
  readonly user: pulumi.Output<string | undefined>;
  /**
   * The person, by e-mail address, compared without regard to case and to the spelling of an international domain; one that no public mail system delivers to is refused. Either this or `user`.
   * Changing this replaces the resource when it is another person; a new address of the same person is not a change.
   */
  readonly email: pulumi.Output<string | undefined>;
  /**
   * Role in the organization. Changing it while the person is invited cancels the invitation and invites again: one more mail. The owner keeps their role, whatever is declared.
   * Default: `"member"`.
   */
  readonly role: pulumi.Output<"admin" | "member" | undefined>;
  /**
   * What becomes of an invitation that ends without having been accepted (`expired` or `gone`): it is only reported, or the next `up` mails again, within `maxEmails`. Whoever has been a member is never mailed by this.
   * Default: `"report"`.
   */
  readonly onExpiry: pulumi.Output<"report" | "resend" | undefined>;
  /**
   * Most mails that this declaration may cause. Reaching it is reported; asking for one more (`resend`, another role before they have accepted) is then an error.
   * Default: `3`.
   */
  readonly maxEmails: pulumi.Output<number | undefined>;
  /**
   * Any text, such as a date. A new value mails once more whoever is not a member, also after the invitation has expired or was cancelled.
   */
  readonly resend: pulumi.Output<string | undefined>;
  /**
   * What becomes of the person when the resource goes. `remove` ends their access and cancels what is pending; `retain` leaves both. The owner always stays.
   * Default: `remove`.
   */
  readonly onDestroy: pulumi.Output<"remove" | "retain" | undefined>;
  /**
   * Why the person has this access; for reviewers and policies. Stays local.
   */
  readonly reason: pulumi.Output<string | undefined>;
  /**
   * Day after which the access has run out, such as `2027-01-31`; for reviewers, policies and `npx pulumi-avala status`. Stays local: nothing ends by itself.
   */
  readonly validUntil: pulumi.Output<string | undefined>;
  /**
   * `invited`, `expired`, `active`, or `gone`: not a member, and no invitation that has expired (cancelled, declined, left or removed; the service does not say which).
   * Known values: `invited`, `expired`, `active`, `gone`; others may come.
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
  /**
   * Identity of the invitation, until the person is a member.
   */
  readonly invitationUid: pulumi.Output<string | undefined>;
  /**
   * End of the invitation's validity, ISO 8601, until the person is a member.
   */
  readonly expiresAt: pulumi.Output<string | undefined>;
  /**
   * Mails this declaration has caused, doubtful ones included.
   */
  readonly emailsSent: pulumi.Output<number>;
}
