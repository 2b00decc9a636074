import * as z from "zod";
import { field, type ResourceSchema } from "./fields.js";
import { contactEmail, flag, nonEmptyText, oneOf, organizationReference, slug, text, website } from "./shapes.js";

export const organization = {
  kind: "Organization",
  key: "organization",
  description:
    "An Avala organization. Creating one makes the API key's user its owner. If an organization of this name exists already, creation fails with an error that shows the `adopt` line to take it over.",
  id: "`<organization uid>`",
  inputs: {
    name: field(nonEmptyText(1024), {
      description: "Display name, 1 to 1,024 characters, trimmed. Names are not unique in Avala.",
    }),
    description: field(text(1024).optional(), {
      description: "Description of the organization, at most 1,024 characters.",
      emptyValue: "",
    }),
    website: field(website().optional(), {
      description:
        "Public website, at most 200 characters: a URL with https:// or http:// and a host such as `example.com`.",
      emptyValue: "",
    }),
    industry: field(nonEmptyText(255).optional(), {
      description: "Industry. Avala decides which values are valid.",
      defaultText: "chosen by Avala, and not managed.",
      known: ["robotics", "autonomous_vehicle", "ai_ml", "other"],
      note: "`getIndustryChoices` returns the current values.",
    }),
    email: field(contactEmail().optional(), {
      description:
        "Contact address, such as `info@example.com`, at most 254 characters. Public email systems must be able to deliver to it. Nobody is invited by it.",
      emptyValue: "",
      address: true,
    }),
    phone: field(text(50).optional(), {
      description: "Contact phone number in any format, at most 50 characters.",
      emptyValue: "",
    }),
    visibility: field(oneOf(["public", "private"]).optional(), {
      description: "Who can find the organization in Avala.",
      defaultText: "chosen by Avala, and not managed.",
    }),
    handle: field(
      text(50)
        .refine((value) => /^[a-zA-Z0-9_]*$/.test(value), {
          error: "may contain letters, digits and underscores only (no hyphen, unlike slug)",
        })
        .optional(),
      {
        description: "Short public name, unique in Avala: at most 50 letters, digits and underscores.",
        emptyValue: null,
        note: "Unlike a slug, a handle has no hyphens.",
      },
    ),
    slug: field(slug().optional(), {
      description: "Last part of the organization's address: letters, digits, hyphens and underscores, at most 255.",
      defaultText: "derived from the name by Avala.",
      serverDefault: true,
      note: "Avala allows only a few changes of the slug, and each changes every address below it. The slug is sent only when it differs.",
    }),
    logo: field(website().optional(), {
      description: "URL of the logo, at most 200 characters.",
      writeOnly: true,
      note: "Avala may return a different, signed address, so drift of the logo is not detected. Removing it from the program leaves the logo as it is.",
    }),
    adopt: field(organizationReference().optional(), {
      description:
        "Uid or slug of an existing organization to take over instead of creating one. Used by the create step only, which then updates the organization to the declared inputs.",
      clientOnly: true,
    }),
    onDestroy: field(oneOf(["delete", "retain", "leave"]).optional(), {
      description:
        "What happens when the resource is destroyed: `delete` deletes the organization, `retain` leaves it as it is, and with `leave` the API key's user leaves it.",
      defaultText: "`delete` if this resource created the organization, `retain` if it was adopted or imported.",
      clientOnly: true,
    }),
    forceDestroy: field(flag().optional(), {
      description:
        "Delete the organization even if it contains datasets, projects, slices or unmanaged people. A deletion cannot be undone.",
      defaultText: "`false`",
      clientOnly: true,
    }),
    allowDuplicateName: field(flag().optional(), {
      description: "Create the organization even if one of this name exists already and is visible to the API key.",
      defaultText: "`false`: creation fails with an error that shows the `adopt` line of the existing one.",
      clientOnly: true,
    }),
    reason: field(nonEmptyText(1024).optional(), {
      description:
        "Why the organization has these settings, such as `forceDestroy`, for reviewers and policies. Recorded in the state only, never sent to Avala.",
      clientOnly: true,
    }),
  },
  outputs: {
    uid: field(z.string(), { description: "Identity, a UUID; it never changes." }),
    plan: field(z.string().optional(), {
      description: "Plan of the organization.",
      known: ["basic", "pro", "enterprise"],
    }),
    isVerified: field(z.boolean().optional(), { description: "Whether Avala has verified the organization." }),
    createdAt: field(z.string().optional(), { description: "Time of creation, in ISO 8601." }),
  },
} as const satisfies ResourceSchema;
