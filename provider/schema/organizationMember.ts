import * as z from "zod";
import { field, type ResourceSchema } from "./fields.js";
import { exactlyOnePerson } from "./rules.js";
import { date, nonEmptyText, oneOf, organizationReference, personEmail, userUid, wholeNumber } from "./shapes.js";

export const organizationMember = {
  kind: "OrganizationMember",
  key: "organizationMember",
  description:
    "One person's membership of an organization. A member gets the declared role. A person who is not a member and is named by email address is invited with one email; the first run after they accept records the acceptance, without a request that changes anything.",
  id: "`<organization uid>/<user uid or email>`",
  inputs: {
    organization: field(organizationReference(), {
      description: "The organization: the resource, its uid or its slug.",
      identity: "organization",
      reference: "Organization",
      replaces: "if it names a different organization; a different spelling of the same one is not a change",
    }),
    user: field(userUid().optional(), {
      description:
        "The person, by uid. Set either this or `email`. The person must be a member already, because an invitation needs an email address.",
      identity: "person",
      replaces: "if it names a different person; the uid of a person who was named by email before is not a change",
    }),
    email: field(personEmail().optional(), {
      description:
        "The person, by email address. Case and the spelling of an international domain make no difference; an address that public email systems cannot deliver to is refused. Set either this or `user`.",
      identity: "person",
      replaces: "if it names a different person; a new address of the same person is not a change",
    }),
    role: field(
      oneOf(["admin", "member"], {
        owner: "an organization has one owner, and npx pulumi-avala transfer-ownership transfers the ownership",
      }).default("member"),
      {
        description:
          "Role in the organization. Changing it while the invitation is pending cancels the invitation and sends a new one: one more email. The owner remains the owner, whichever role is declared.",
      },
    ),
    onExpiry: field(oneOf(["report", "resend"]).default("report"), {
      description:
        "What happens if an invitation ends without an acceptance (`expired` or `gone`): `report` only reports it; with `resend`, the next `up` invites the person again, within `maxEmails`. A person who has been a member is never invited again by this.",
      clientOnly: true,
    }),
    maxEmails: field(wholeNumber(1, 100).default(3), {
      description:
        "The highest number of emails that this resource may send. Reaching it is reported; a change that needs one more email (a new value of `resend`, or a different role before the person has accepted) is then an error.",
      clientOnly: true,
    }),
    resend: field(nonEmptyText(255).optional(), {
      description:
        "Any text, such as a date. If the person is not a member, a new value sends one more email, also after the invitation has expired or was cancelled.",
      clientOnly: true,
    }),
    onDestroy: field(oneOf(["remove", "retain"]).optional(), {
      description:
        "What happens when the resource is destroyed: `remove` removes the person from the organization, or cancels a pending invitation; `retain` leaves both as they are. The owner is never removed.",
      defaultText: "`remove`",
      clientOnly: true,
    }),
    reason: field(nonEmptyText(1024).optional(), {
      description:
        "Why the person has this access, for reviewers and policies. Recorded in the state only, never sent to Avala.",
      clientOnly: true,
    }),
    validUntil: field(date().optional(), {
      description:
        "Last day of the access (UTC), such as `2027-01-31`, for reviewers, policies and `npx pulumi-avala status`. Recorded in the state only, never sent to Avala: the access does not end by itself.",
      clientOnly: true,
    }),
  },
  outputs: {
    status: field(z.string(), {
      description:
        "`invited`, `expired`, `active`, or `gone`: the person is neither a member nor invited (the invitation was cancelled or declined, or the person left or was removed; Avala does not say which).",
      known: ["invited", "expired", "active", "gone"],
    }),
    userUid: field(z.string().optional(), { description: "The person's uid, as soon as they are a member." }),
    username: field(z.string().optional(), { description: "The person's user name, as soon as they are a member." }),
    invitationUid: field(z.string().optional(), {
      description: "Uid of the invitation, until the person is a member.",
    }),
    expiresAt: field(z.string().optional(), {
      description: "Time at which the invitation expires, in ISO 8601, until the person is a member.",
    }),
    emailsSent: field(z.number(), {
      description: "Number of emails that this resource has sent, including those that may have been sent.",
    }),
  },
  exactlyOne: ["user", "email"],
  rules: exactlyOnePerson,
} as const satisfies ResourceSchema;
