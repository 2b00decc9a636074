// Written by `npm run generate` from provider/schema/invitation.ts; edit that.
import type * as pulumi from "@pulumi/pulumi";
import type { Organization } from "../resources/organization.js";

/** What a program declares of an Invitation. */
export interface InvitationArgs {
  /**
   * The organization: the resource, its uid or its slug.
   * Changing this replaces the resource when it is another organization; another spelling of the same one is not a change.
   */
  organization: Organization | pulumi.Input<string>;
  /**
   * Address of the person, compared without regard to case and to the spelling of an international domain; one that no public mail system delivers to is refused.
   * Changing this replaces the resource when it is another person.
   */
  email: pulumi.Input<string>;
  /**
   * Role in the organization. Changing it while the invitation is pending cancels it and invites again: one more mail.
   * Default: `"member"`.
   */
  role?: pulumi.Input<"admin" | "member" | undefined>;
  /**
   * Any text, such as a date. A new value mails once more, also after the invitation has expired or was cancelled.
   */
  resend?: pulumi.Input<string | undefined>;
}

/** What `Invitation.get` may be given beside the id. */
export interface InvitationState {
  /**
   * The organization: the resource, its uid or its slug.
   * Changing this replaces the resource when it is another organization; another spelling of the same one is not a change.
   */
  organization?: pulumi.Input<string | undefined>;
  /**
   * Address of the person, compared without regard to case and to the spelling of an international domain; one that no public mail system delivers to is refused.
   * Changing this replaces the resource when it is another person.
   */
  email?: pulumi.Input<string | undefined>;
  /**
   * Role in the organization. Changing it while the invitation is pending cancels it and invites again: one more mail.
   * Default: `"member"`.
   */
  role?: pulumi.Input<"admin" | "member" | undefined>;
  /**
   * Any text, such as a date. A new value mails once more, also after the invitation has expired or was cancelled.
   */
  resend?: pulumi.Input<string | undefined>;
  /**
   * Identity of the invitation, while it is known.
   */
  uid?: pulumi.Input<string | undefined>;
  /**
   * `invited`, `expired`, `accepted`, or `gone`: vanished before it expired and the person is no member (cancelled or declined; the service does not say which).
   * Known values: `invited`, `expired`, `accepted`, `gone`; others may come.
   */
  status?: pulumi.Input<string | undefined>;
  /**
   * End of validity, ISO 8601.
   */
  expiresAt?: pulumi.Input<string | undefined>;
  /**
   * The person's uid, once they have accepted.
   */
  userUid?: pulumi.Input<string | undefined>;
  /**
   * Mails this declaration has caused, doubtful ones included.
   */
  emailsSent?: pulumi.Input<number | undefined>;
}

/** What an Invitation offers to the rest of a program. */
export interface InvitationOutputs {
  /**
   * The organization: the resource, its uid or its slug.
   * Changing this replaces the resource when it is another organization; another spelling of the same one is not a change.
   */
  readonly organization: pulumi.Output<string>;
  /**
   * Address of the person, compared without regard to case and to the spelling of an international domain; one that no public mail system delivers to is refused.
   * Changing this replaces the resource when it is another person.
   */
  readonly email: pulumi.Output<string>;
  /**
   * Role in the organization. Changing it while the invitation is pending cancels it and invites again: one more mail.
   * Default: `"member"`.
   */
  readonly role: pulumi.Output<"admin" | "member" | undefined>;
  /**
   * Any text, such as a date. A new value mails once more, also after the invitation has expired or was cancelled.
   */
  readonly resend: pulumi.Output<string | undefined>;
  /**
   * Identity of the invitation, while it is known.
   */
  readonly uid: pulumi.Output<string | undefined>;
  /**
   * `invited`, `expired`, `accepted`, or `gone`: vanished before it expired and the person is no member (cancelled or declined; the service does not say which).
   * Known values: `invited`, `expired`, `accepted`, `gone`; others may come.
   */
  readonly status: pulumi.Output<string>;
  /**
   * End of validity, ISO 8601.
   */
  readonly expiresAt: pulumi.Output<string | undefined>;
  /**
   * The person's uid, once they have accepted.
   */
  readonly userUid: pulumi.Output<string | undefined>;
  /**
   * Mails this declaration has caused, doubtful ones included.
   */
  readonly emailsSent: pulumi.Output<number>;
}
