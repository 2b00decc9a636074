import * as z from "zod";
import { field, type ResourceSchema } from "./fields.js";
import { contactEmail, flag, nonEmptyText, oneOf, organizationReference, slug, text, website } from "./shapes.js";

export const organization = {
  kind: "Organization",
  key: "organization",
  description:
    "An Avala organization. Creating one makes the API key's user its owner. A program that declares an organization which exists already is refused, with the `adopt` line that takes it over.",
  id: "`<organization uid>`",
  inputs: {
    name: field(nonEmptyText(1024), {
      description: "Display name, 1 to 1,024 characters, trimmed. Names are not unique in Avala.",
    }),
    description: field(text(1024).optional(), {
      description: "What the organization is, at most 1,024 characters.",
      clear: "",
    }),
    website: field(website().optional(), {
      description:
        "Public web address, at most 200 characters, with https:// or http:// and a host such as `example.com`.",
      clear: "",
    }),
    industry: field(nonEmptyText(255).optional(), {
      description: "Line of business. The service decides which values it takes.",
      absent: "The service's choice; not managed.",
      known: ["robotics", "autonomous_vehicle", "ai_ml", "other"],
      fact: "The choices are served by the API itself and may grow.",
    }),
    email: field(contactEmail().optional(), {
      description:
        "Contact address, at most 254 characters, that a public mail system delivers to, such as `info@example.com`. It invites nobody.",
      clear: "",
      address: true,
    }),
    phone: field(text(50).optional(), { description: "Contact number, at most 50 characters, any format.", clear: "" }),
    visibility: field(oneOf(["public", "private"]).optional(), {
      description: "Who can find the organization.",
      absent: "The service's choice; not managed.",
    }),
    handle: field(
      text(50)
        .refine((value) => /^[a-zA-Z0-9_]*$/.test(value), {
          error: "may hold letters, digits and underscores only (no hyphen, unlike slug)",
        })
        .optional(),
      {
        description: "Short public name, unique in Avala: at most 50 letters, digits and underscores.",
        clear: null,
        fact: "Unlike a slug, a handle has no hyphens.",
      },
    ),
    slug: field(slug().optional(), {
      description: "Last part of the organization's address: letters, digits, hyphens and underscores, at most 255.",
      absent: "The service derives it from the name.",
      chosen: true,
      fact: "Avala allows only a few changes of the slug, and each changes every address below it. The slug is sent only when it differs.",
    }),
    logo: field(website().optional(), {
      description: "Web address of the logo, at most 200 characters.",
      writeOnly: true,
      fact: "Avala may return a different, signed address, so drift of the logo is not detected. Removing it from the program leaves the logo as it is.",
    }),
    adopt: field(organizationReference().optional(), {
      description:
        "Uid or slug of an existing organization to take over instead of creating one. Looked at on create only; what the program declares is then set on it.",
      local: true,
    }),
    onDestroy: field(oneOf(["delete", "retain", "leave"]).optional(), {
      description:
        "What becomes of the organization when the resource goes: deleted, left as it is, or left by the API key's user.",
      absent: "`delete` when this resource created it, `retain` when it was adopted or imported.",
      local: true,
    }),
    forceDestroy: field(flag().optional(), {
      description:
        "Delete even while datasets, projects, slices or people that no declaration knows are inside. Deleting cannot be undone.",
      absent: "`false`",
      local: true,
    }),
    allowDuplicateName: field(flag().optional(), {
      description: "Create even though the key already reaches an organization of this name.",
      absent: "`false`: refused with the `adopt` line of the other one.",
      local: true,
    }),
  },
  outputs: {
    uid: field(z.string(), { description: "Lasting identity." }),
    plan: field(z.string().optional(), {
      description: "Booked plan.",
      known: ["basic", "pro", "enterprise"],
    }),
    isVerified: field(z.boolean().optional(), { description: "Whether Avala has verified the organization." }),
    createdAt: field(z.string().optional(), { description: "Time of creation, ISO 8601." }),
  },
} as const satisfies ResourceSchema;
