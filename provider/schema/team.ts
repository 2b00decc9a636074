import * as z from "zod";
import { field, type ResourceSchema } from "./fields.js";
import { flag, nonEmptyText, organizationReference, text } from "./shapes.js";

export const team = {
  kind: "Team",
  key: "team",
  description:
    "A team of an organization. A team of the same name in the way is refused, with the `adopt` line that takes it over.",
  id: "`<organization uid>/<team uid>`",
  inputs: {
    organization: field(organizationReference(), {
      description: "The organization the team belongs to: the resource, its uid or its slug.",
      identity: "organization",
      reference: "Organization",
      replaces: "when it is another organization; another spelling of the same one is not a change",
    }),
    name: field(nonEmptyText(255), { description: "Display name, 1 to 255 characters, trimmed. Renamed in place." }),
    description: field(text(1024).optional(), {
      description: "What the team does, at most 1,024 characters.",
      clear: "",
    }),
    color: field(nonEmptyText(7).optional(), {
      description: "Color in Avala's pages, such as `#6366F1`; 1 to 7 characters.",
      absent: "The service's choice; not managed.",
      caseless: true,
    }),
    adopt: field(nonEmptyText(255).optional(), {
      description:
        "Uid or slug of an existing team of the organization to take over instead of creating one. Looked at on create only.",
      local: true,
    }),
    forceDestroy: field(flag().optional(), {
      description:
        "Delete the team even while people that no declaration knows are inside. With it, memberships that were given this resource go with the team, in one request.",
      absent: "`false`",
      local: true,
    }),
  },
  outputs: {
    uid: field(z.string(), { description: "Lasting identity." }),
    slug: field(z.string(), { description: "Last part of the team's address; it may follow a rename." }),
    createdAt: field(z.string().optional(), { description: "Time of creation, ISO 8601." }),
  },
} as const satisfies ResourceSchema;
