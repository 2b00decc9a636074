// Written by `npm run generate` from provider/schema/invitation.ts; edit that.
import type * as pulumi from "@pulumi/pulumi";
import type { Organization } from "../resources/organization.js";

/**
 * Inputs of an Invitation.
 * @see https://avala-ai.github.io/pulumi-avala/reference/resources/invitation
 */
export interface InvitationArgs {
  /**
   * The organization: the resource, its uid or its slug.
   * Changing this replaces the resource if it names a different organization; a different spelling of the same one is not a change.
   */
  organization: Organization | pulumi.Input<string>;
  /**
   * Email address of the person. Case and the spelling of an international domain make no difference; an address that public email systems cannot deliver to is refused.
   * Changing this replaces the resource if it names a different person.
   */
  email: pulumi.Input<string>;
  /**
   * Role in the organization. Changing it while the invitation is pending cancels the invitation and sends a new one: one more email.
   * Default: `"member"`.
   */
  role?: pulumi.Input<"admin" | "member" | undefined>;
  /**
   * Any text, such as a date. A new value sends one more email, also after the invitation has expired or was cancelled.
   */
  resend?: pulumi.Input<string | undefined>;
}

/** Optional properties for `Invitation.get`, in addition to the id. */
export interface InvitationState {
  /**
   * The organization: the resource, its uid or its slug.
   * Changing this replaces the resource if it names a different organization; a different spelling of the same one is not a change.
   */
  organization?: pulumi.Input<string | undefined>;
  /**
   * Email address of the person. Case and the spelling of an international domain make no difference; an address that public email systems cannot deliver to is refused.
   * Changing this replaces the resource if it names a different person.
   */
  email?: pulumi.Input<string | undefined>;
  /**
   * Role in the organization. Changing it while the invitation is pending cancels the invitation and sends a new one: one more email.
   * Default: `"member"`.
   */
  role?: pulumi.Input<"admin" | "member" | undefined>;
  /**
   * Any text, such as a date. A new value sends one more email, also after the invitation has expired or was cancelled.
   */
  resend?: pulumi.Input<string | undefined>;
  /**
   * Uid of the invitation, as long as it is known.
   */
  uid?: pulumi.Input<string | undefined>;
  /**
   * `invited`, `expired`, `accepted`, or `gone`: the invitation disappeared before it expired, and the person is not a member (it was cancelled or declined; Avala does not say which).
   * Known values: `invited`, `expired`, `accepted`, `gone`; more may be added.
   */
  status?: pulumi.Input<string | undefined>;
  /**
   * Time at which the invitation expires, in ISO 8601.
   */
  expiresAt?: pulumi.Input<string | undefined>;
  /**
   * The person's uid, as soon as they have accepted.
   */
  userUid?: pulumi.Input<string | undefined>;
  /**
   * Number of emails that this resource has sent, including those that may have been sent.
   */
  emailsSent?: pulumi.Input<number | undefined>;
}

/** Outputs of an Invitation: all inputs, and values that Avala returns. */
export interface InvitationOutputs {
  /**
   * The organization: the resource, its uid or its slug.
   * Changing this replaces the resource if it names a different organization; a different spelling of the same one is not a change.
   */
  readonly organization: pulumi.Output<string>;
  /**
   * Email address of the person. Case and the spelling of an international domain make no difference; an address that public email systems cannot deliver to is refused.
   * Changing this replaces the resource if it names a different person.
   */
  readonly email: pulumi.Output<string>;
  /**
   * Role in the organization. Changing it while the invitation is pending cancels the invitation and sends a new one: one more email.
   * Default: `"member"`.
   */
  readonly role: pulumi.Output<"admin" | "member" | undefined>;
  /**
   * Any text, such as a date. A new value sends one more email, also after the invitation has expired or was cancelled.
   */
  readonly resend: pulumi.Output<string | undefined>;
  /**
   * Uid of the invitation, as long as it is known.
   */
  readonly uid: pulumi.Output<string | undefined>;
  /**
   * `invited`, `expired`, `accepted`, or `gone`: the invitation disappeared before it expired, and the person is not a member (it was cancelled or declined; Avala does not say which).
   * Known values: `invited`, `expired`, `accepted`, `gone`; more may be added.
   */
  readonly status: pulumi.Output<string>;
  /**
   * Time at which the invitation expires, in ISO 8601.
   */
  readonly expiresAt: pulumi.Output<string | undefined>;
  /**
   * The person's uid, as soon as they have accepted.
   */
  readonly userUid: pulumi.Output<string | undefined>;
  /**
   * Number of emails that this resource has sent, including those that may have been sent.
   */
  readonly emailsSent: pulumi.Output<number>;
}
