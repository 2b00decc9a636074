import * as z from "zod";
import { field, type ResourceSchema } from "./fields.js";
import { flag, nonEmptyText, organizationReference, text } from "./shapes.js";

export const team = {
  kind: "Team",
  key: "team",
  description:
    "A team of an organization. If a team of this name exists already, creation fails with an error that shows the `adopt` line to take it over.",
  id: "`<organization uid>/<team uid>`",
  inputs: {
    organization: field(organizationReference(), {
      description: "The organization that the team belongs to: the resource, its uid or its slug.",
      identity: "organization",
      reference: "Organization",
      replaces: "if it names a different organization; a different spelling of the same one is not a change",
    }),
    name: field(nonEmptyText(255), { description: "Display name, 1 to 255 characters, trimmed. Renamed in place." }),
    description: field(text(1024).optional(), {
      description: "Description of the team, at most 1,024 characters.",
      emptyValue: "",
    }),
    color: field(nonEmptyText(7).optional(), {
      description:
        "Color in Avala's pages, such as `#6366F1`; 1 to 7 characters. Another form than `#RGB` and `#RRGGBB` causes a warning.",
      defaultText: "chosen by Avala, and not managed.",
      caseInsensitive: true,
    }),
    adopt: field(nonEmptyText(255).optional(), {
      description:
        "Uid or slug of an existing team of the organization to take over instead of creating one. Used by the create step only, which then updates the team to the declared inputs.",
      clientOnly: true,
    }),
    forceDestroy: field(flag().optional(), {
      description:
        "Delete the team even if it contains unmanaged people. TeamMembership and TeamRoster resources whose `team` is this resource are then deleted with the team, in one request.",
      defaultText: "`false`",
      clientOnly: true,
    }),
    reason: field(nonEmptyText(1024).optional(), {
      description:
        "Why the team has these settings, such as `forceDestroy`, for reviewers and policies. Recorded in the state only, never sent to Avala.",
      clientOnly: true,
    }),
  },
  outputs: {
    uid: field(z.string(), { description: "Identity, a UUID; it never changes." }),
    slug: field(z.string(), {
      description: "Last part of the team's address. It may change when the team is renamed.",
    }),
    createdAt: field(z.string().optional(), { description: "Time of creation, in ISO 8601." }),
  },
} as const satisfies ResourceSchema;
