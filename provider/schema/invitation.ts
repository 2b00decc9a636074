import * as z from "zod";
import { field, type ResourceSchema } from "./fields.js";
import { nonEmptyText, oneOf, organizationReference, personEmail } from "./shapes.js";

export const invitation = {
  kind: "Invitation",
  key: "invitation",
  description:
    "A single invitation of a person to an organization. Creating it sends one email, or none if the person is a member or has a valid invitation already. After the acceptance, the role is not managed any more, and destroying the resource does not affect the person.",
  id: "`<organization uid>/<email>`",
  inputs: {
    organization: field(organizationReference(), {
      description: "The organization: the resource, its uid or its slug.",
      identity: "organization",
      reference: "Organization",
      replaces: "if it names a different organization; a different spelling of the same one is not a change",
    }),
    email: field(personEmail(), {
      description:
        "Email address of the person. Case and the spelling of an international domain make no difference; an address that public email systems cannot deliver to is refused.",
      identity: "person",
      replaces: "if it names a different person",
    }),
    role: field(
      oneOf(["admin", "member"], {
        owner: "an organization has one owner, and ownership is transferred in Avala, not declared",
      }).default("member"),
      {
        description:
          "Role in the organization. Changing it while the invitation is pending cancels the invitation and sends a new one: one more email.",
      },
    ),
    resend: field(nonEmptyText(255).optional(), {
      description:
        "Any text, such as a date. A new value sends one more email, also after the invitation has expired or was cancelled.",
      clientOnly: true,
    }),
  },
  outputs: {
    uid: field(z.string().optional(), { description: "Uid of the invitation, as long as it is known." }),
    status: field(z.string(), {
      description:
        "`invited`, `expired`, `accepted`, or `gone`: the invitation disappeared before it expired, and the person is not a member (it was cancelled or declined; Avala does not say which).",
      known: ["invited", "expired", "accepted", "gone"],
    }),
    expiresAt: field(z.string().optional(), { description: "Time at which the invitation expires, in ISO 8601." }),
    userUid: field(z.string().optional(), { description: "The person's uid, as soon as they have accepted." }),
    emailsSent: field(z.number(), {
      description: "Number of emails that this resource has sent, including those that may have been sent.",
    }),
  },
} as const satisfies ResourceSchema;
