import * as z from "zod";
import { field, type ResourceSchema } from "./fields.js";
import { nonEmptyText, oneOf, organizationReference, personEmail } from "./shapes.js";

export const invitation = {
  kind: "Invitation",
  key: "invitation",
  description:
    "One invitation of one person into an organization. It mails them once; whoever is a member or invited already is not mailed. After acceptance it is settled: the role is no longer managed, and destroying it never touches the person.",
  id: "`<organization uid>/<e-mail>`",
  inputs: {
    organization: field(organizationReference(), {
      description: "The organization: the resource, its uid or its slug.",
      identity: "organization",
      reference: "Organization",
      replaces: "when it is another organization; another spelling of the same one is not a change",
    }),
    email: field(personEmail(), {
      description:
        "Address of the person, compared without regard to case and to the spelling of an international domain; one that no public mail system delivers to is refused.",
      identity: "person",
      replaces: "when it is another person",
    }),
    role: field(
      oneOf(["admin", "member"], {
        owner: "an organization has one owner, and ownership is handed over in Avala, not declared",
      }).default("member"),
      {
        description:
          "Role in the organization. Changing it while the invitation is pending cancels it and invites again: one more mail.",
      },
    ),
    resend: field(nonEmptyText(255).optional(), {
      description:
        "Any text, such as a date. A new value mails once more, also after the invitation has expired or was cancelled.",
      local: true,
    }),
  },
  outputs: {
    uid: field(z.string().optional(), { description: "Identity of the invitation, while it is known." }),
    status: field(z.string(), {
      description:
        "`invited`, `expired`, `accepted`, or `gone`: vanished before it expired and the person is no member (cancelled or declined; the service does not say which).",
      known: ["invited", "expired", "accepted", "gone"],
    }),
    expiresAt: field(z.string().optional(), { description: "End of validity, ISO 8601." }),
    userUid: field(z.string().optional(), { description: "The person's uid, once they have accepted." }),
    emailsSent: field(z.number(), {
      description: "Mails this declaration has caused, doubtful ones included.",
    }),
  },
} as const satisfies ResourceSchema;
