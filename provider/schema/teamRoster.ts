import * as z from "zod";
import { field, type ResourceSchema } from "./fields.js";
import { rosterText } from "./roster.js";
import { oneOf, teamReference } from "./shapes.js";

export const teamRoster = {
  kind: "TeamRoster",
  key: "teamRoster",
  description:
    "All people of one team in one resource, up to 10,000. Whoever is not a member of the organization yet waits, without an error, and is put into the team by the first run after they have accepted their invitation. Never together with TeamMembership on one team.",
  id: "`<organization uid>/<team uid>`",
  inputs: {
    team: field(teamReference(), {
      description: "The team: the resource or its id.",
      identity: "team",
      reference: "Team",
      replaces: "when it is another team",
    }),
    members: field(rosterText(), {
      description:
        "The people by e-mail address or uid, each with their role, `lead` or `member`. Order and letter case mean nothing. State and previews hold it as text, one person a line, so that a change shows as the lines it changes.",
      type: { input: 'Record<string, pulumi.Input<"lead" | "member">>', output: 'Record<string, "lead" | "member">' },
    }),
    unmanaged: field(oneOf(["report", "ignore", "remove"]).default("report"), {
      description:
        "What becomes of people in the team whom `members` does not name, and did not name before: they are reported, ignored, or taken out.",
      local: true,
    }),
  },
  outputs: {
    waiting: field(z.string(), {
      description: "Who has no place in the team yet, most of them because they are no members of the organization.",
      type: { input: "string", output: "string[]" },
    }),
    unmanagedMembers: field(z.string(), {
      description:
        "Who is in the team without being named, by e-mail address, or by uid where the service shows none. Empty where `unmanaged` is `ignore`.",
      type: { input: "string", output: "string[]" },
    }),
  },
} as const satisfies ResourceSchema;
