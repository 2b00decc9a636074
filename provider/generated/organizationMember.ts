// Written by `npm run generate` from provider/schema/organizationMember.ts; edit that.
import type * as pulumi from "@pulumi/pulumi";
import type { Organization } from "../resources/organization.js";

/** Inputs of an OrganizationMember, except `user` and `email`. */
export interface OrganizationMemberCommonArgs {
  /**
   * The organization: the resource, its uid or its slug.
   * Changing this replaces the resource if it names a different organization; a different spelling of the same one is not a change.
   */
  organization: Organization | pulumi.Input<string>;
  /**
   * Role in the organization. Changing it while the invitation is pending cancels the invitation and sends a new one: one more email. The owner remains the owner, whichever role is declared.
   * Default: `"member"`.
   */
  role?: pulumi.Input<"admin" | "member" | undefined>;
  /**
   * What happens if an invitation ends without an acceptance (`expired` or `gone`): `report` only reports it; with `resend`, the next `up` invites the person again, within `maxEmails`. A person who has been a member is never invited again by this.
   * Default: `"report"`.
   */
  onExpiry?: pulumi.Input<"report" | "resend" | undefined>;
  /**
   * The highest number of emails that this resource may send. Reaching it is reported; a change that needs one more email (a new value of `resend`, or a different role before the person has accepted) is then an error.
   * Default: `3`.
   */
  maxEmails?: pulumi.Input<number | undefined>;
  /**
   * Any text, such as a date. If the person is not a member, a new value sends one more email, also after the invitation has expired or was cancelled.
   */
  resend?: pulumi.Input<string | undefined>;
  /**
   * What happens when the resource is destroyed: `remove` removes the person from the organization, or cancels a pending invitation; `retain` leaves both as they are. The owner is never removed.
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

/** The person of an OrganizationMember, by `user`. */
export interface OrganizationMemberByUser {
  /**
   * The person, by uid. Set either this or `email`. The person must be a member already, because an invitation needs an email address.
   * Changing this replaces the resource if it names a different person; the uid of a person who was named by email before is not a change.
   */
  user: pulumi.Input<string>;
  email?: undefined;
}

/** The person of an OrganizationMember, by `email`. */
export interface OrganizationMemberByEmail {
  /**
   * The person, by email address. Case and the spelling of an international domain make no difference; an address that public email systems cannot deliver to is refused. Set either this or `user`.
   * Changing this replaces the resource if it names a different person; a new address of the same person is not a change.
   */
  email: pulumi.Input<string>;
  user?: undefined;
}

/**
 * Inputs of an OrganizationMember: with either `user` or `email`.
 * @see https://avala-ai.github.io/pulumi-avala/reference/resources/organizationMember
 */
export type OrganizationMemberArgs = OrganizationMemberCommonArgs &
  (OrganizationMemberByUser | OrganizationMemberByEmail);

/** Optional properties for `OrganizationMember.get`, in addition to the id. */
export interface OrganizationMemberState {
  /**
   * The organization: the resource, its uid or its slug.
   * Changing this replaces the resource if it names a different organization; a different spelling of the same one is not a change.
   */
  organization?: pulumi.Input<string | undefined>;
  /**
   * The person, by uid. Set either this or `email`. The person must be a member already, because an invitation needs an email address.
   * Changing this replaces the resource if it names a different person; the uid of a person who was named by email before is not a change.
   */
  user?: pulumi.Input<string | undefined>;
  /**
   * The person, by email address. Case and the spelling of an international domain make no difference; an address that public email systems cannot deliver to is refused. Set either this or `user`.
   * Changing this replaces the resource if it names a different person; a new address of the same person is not a change.
   */
  email?: pulumi.Input<string | undefined>;
  /**
   * Role in the organization. Changing it while the invitation is pending cancels the invitation and sends a new one: one more email. The owner remains the owner, whichever role is declared.
   * Default: `"member"`.
   */
  role?: pulumi.Input<"admin" | "member" | undefined>;
  /**
   * What happens if an invitation ends without an acceptance (`expired` or `gone`): `report` only reports it; with `resend`, the next `up` invites the person again, within `maxEmails`. A person who has been a member is never invited again by this.
   * Default: `"report"`.
   */
  onExpiry?: pulumi.Input<"report" | "resend" | undefined>;
  /**
   * The highest number of emails that this resource may send. Reaching it is reported; a change that needs one more email (a new value of `resend`, or a different role before the person has accepted) is then an error.
   * Default: `3`.
   */
  maxEmails?: pulumi.Input<number | undefined>;
  /**
   * Any text, such as a date. If the person is not a member, a new value sends one more email, also after the invitation has expired or was cancelled.
   */
  resend?: pulumi.Input<string | undefined>;
  /**
   * What happens when the resource is destroyed: `remove` removes the person from the organization, or cancels a pending invitation; `retain` leaves both as they are. The owner is never removed.
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
   * `invited`, `expired`, `active`, or `gone`: the person is neither a member nor invited (the invitation was cancelled or declined, or the person left or was removed; Avala does not say which).
   * Known values: `invited`, `expired`, `active`, `gone`; more may be added.
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
  /**
   * Uid of the invitation, until the person is a member.
   */
  invitationUid?: pulumi.Input<string | undefined>;
  /**
   * Time at which the invitation expires, in ISO 8601, until the person is a member.
   */
  expiresAt?: pulumi.Input<string | undefined>;
  /**
   * Number of emails that this resource has sent, including those that may have been sent.
   */
  emailsSent?: pulumi.Input<number | undefined>;
}

/** Outputs of an OrganizationMember: all inputs, and values that Avala returns. */
export interface OrganizationMemberOutputs {
  /**
   * The organization: the resource, its uid or its slug.
   * Changing this replaces the resource if it names a different organization; a different spelling of the same one is not a change.
   */
  readonly organization: pulumi.Output<string>;
  /**
   * The person, by uid. Set either this or `email`. The person must be a member already, because an invitation needs an email address.
   * Changing this replaces the resource if it names a different person; the uid of a person who was named by email before is not a change.
   */
  readonly user: pulumi.Output<string | undefined>;
  /**
   * The person, by email address. Case and the spelling of an international domain make no difference; an address that public email systems cannot deliver to is refused. Set either this or `user`.
   * Changing this replaces the resource if it names a different person; a new address of the same person is not a change.
   */
  readonly email: pulumi.Output<string | undefined>;
  /**
   * Role in the organization. Changing it while the invitation is pending cancels the invitation and sends a new one: one more email. The owner remains the owner, whichever role is declared.
   * Default: `"member"`.
   */
  readonly role: pulumi.Output<"admin" | "member" | undefined>;
  /**
   * What happens if an invitation ends without an acceptance (`expired` or `gone`): `report` only reports it; with `resend`, the next `up` invites the person again, within `maxEmails`. A person who has been a member is never invited again by this.
   * Default: `"report"`.
   */
  readonly onExpiry: pulumi.Output<"report" | "resend" | undefined>;
  /**
   * The highest number of emails that this resource may send. Reaching it is reported; a change that needs one more email (a new value of `resend`, or a different role before the person has accepted) is then an error.
   * Default: `3`.
   */
  readonly maxEmails: pulumi.Output<number | undefined>;
  /**
   * Any text, such as a date. If the person is not a member, a new value sends one more email, also after the invitation has expired or was cancelled.
   */
  readonly resend: pulumi.Output<string | undefined>;
  /**
   * What happens when the resource is destroyed: `remove` removes the person from the organization, or cancels a pending invitation; `retain` leaves both as they are. The owner is never removed.
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
   * `invited`, `expired`, `active`, or `gone`: the person is neither a member nor invited (the invitation was cancelled or declined, or the person left or was removed; Avala does not say which).
   * Known values: `invited`, `expired`, `active`, `gone`; more may be added.
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
  /**
   * Uid of the invitation, until the person is a member.
   */
  readonly invitationUid: pulumi.Output<string | undefined>;
  /**
   * Time at which the invitation expires, in ISO 8601, until the person is a member.
   */
  readonly expiresAt: pulumi.Output<string | undefined>;
  /**
   * Number of emails that this resource has sent, including those that may have been sent.
   */
  readonly emailsSent: pulumi.Output<number>;
}
