import * as z from "zod";
import { field, type ResourceSchema } from "./fields.js";
import { exactlyOnePerson } from "./rules.js";
import { date, nonEmptyText, oneOf, organizationReference, personEmail, userUid, wholeNumber } from "./shapes.js";

export const organizationMember = {
  kind: "OrganizationMember",
  key: "organizationMember",
  description:
    "One person in an organization, from nobody to member, declared once. Whoever is a member gets the declared role. Whoever is not, and is named by e-mail, is invited: one mail. The acceptance is recorded by the next run without a request that changes anything.",
  id: "`<organization uid>/<user uid or e-mail>`",
  inputs: {
    organization: field(organizationReference(), {
      description: "The organization: the resource, its uid or its slug.",
      identity: "organization",
      reference: "Organization",
      replaces: "when it is another organization; another spelling of the same one is not a change",
    }),
    user: field(userUid().optional(), {
      description:
        "The person, by uid. Either this or `email`. They have to be a member already: nobody can be invited by uid.",
      identity: "person",
      replaces: "when it is another person; the uid of a person named by e-mail before is not a change",
    }),
    email: field(personEmail().optional(), {
      description:
        "The person, by e-mail address, compared without regard to case and to the spelling of an international domain; one that no public mail system delivers to is refused. Either this or `user`.",
      identity: "person",
      replaces: "when it is another person; a new address of the same person is not a change",
    }),
    role: field(
      oneOf(["admin", "member"], {
        owner: "an organization has one owner, and ownership is handed over by npx pulumi-avala transfer-ownership",
      }).default("member"),
      {
        description:
          "Role in the organization. Changing it while the person is invited cancels the invitation and invites again: one more mail. The owner keeps their role, whatever is declared.",
      },
    ),
    onExpiry: field(oneOf(["report", "resend"]).default("report"), {
      description:
        "What becomes of an invitation that ends without having been accepted (`expired` or `gone`): it is only reported, or the next `up` mails again, within `maxEmails`. Whoever has been a member is never mailed by this.",
      local: true,
    }),
    maxEmails: field(wholeNumber(1, 100).default(3), {
      description:
        "Most mails that this declaration may cause. Reaching it is reported; asking for one more (`resend`, another role before they have accepted) is then an error.",
      local: true,
    }),
    resend: field(nonEmptyText(255).optional(), {
      description:
        "Any text, such as a date. A new value mails once more whoever is not a member, also after the invitation has expired or was cancelled.",
      local: true,
    }),
    onDestroy: field(oneOf(["remove", "retain"]).optional(), {
      description:
        "What becomes of the person when the resource goes. `remove` ends their access and cancels what is pending; `retain` leaves both. The owner always stays.",
      absent: "`remove`",
      local: true,
    }),
    reason: field(nonEmptyText(1024).optional(), {
      description: "Why the person has this access; for reviewers and policies. Stays local.",
      local: true,
    }),
    validUntil: field(date().optional(), {
      description:
        "Day after which the access has run out, such as `2027-01-31`; for reviewers, policies and `npx pulumi-avala status`. Stays local: nothing ends by itself.",
      local: true,
    }),
  },
  outputs: {
    status: field(z.string(), {
      description:
        "`invited`, `expired`, `active`, or `gone`: not a member, and no invitation that has expired (cancelled, declined, left or removed; the service does not say which).",
      known: ["invited", "expired", "active", "gone"],
    }),
    userUid: field(z.string().optional(), { description: "The person's uid, once they are a member." }),
    username: field(z.string().optional(), { description: "The person's user name, once they are a member." }),
    invitationUid: field(z.string().optional(), {
      description: "Identity of the invitation, until the person is a member.",
    }),
    expiresAt: field(z.string().optional(), {
      description: "End of the invitation's validity, ISO 8601, until the person is a member.",
    }),
    emailsSent: field(z.number(), { description: "Mails this declaration has caused, doubtful ones included." }),
  },
  rules: exactlyOnePerson,
} as const satisfies ResourceSchema;
