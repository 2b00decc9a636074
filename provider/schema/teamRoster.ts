import * as z from "zod";
import { field, type ResourceSchema } from "./fields.js";
import { rosterText } from "./roster.js";
import { oneOf, teamReference } from "./shapes.js";

export const teamRoster = {
  kind: "TeamRoster",
  key: "teamRoster",
  description:
    "All people of one team in one resource, up to 10,000. A person who is not a member of the organization yet stays pending, without an error; the first `up` after they accept their invitation adds them to the team. Do not use it together with TeamMembership for the same team.",
  id: "`<organization uid>/<team uid>`",
  inputs: {
    team: field(teamReference(), {
      description: "The team: the resource or its id.",
      identity: "team",
      reference: "Team",
      replaces: "if it names a different team",
    }),
    members: field(rosterText(), {
      description:
        "The people, by email address or uid, each with their role, `lead` or `member`. Order and case make no difference. The state and previews contain the people as text, one person per line, so that a change shows only the lines that change.",
      type: { input: 'Record<string, pulumi.Input<"lead" | "member">>', output: 'Record<string, "lead" | "member">' },
    }),
    unmanaged: field(oneOf(["report", "ignore", "remove"]).default("report"), {
      description:
        "What happens to people in the team whom `members` does not contain and did not contain before: `report` reports them, `ignore` ignores them, `remove` removes them from the team.",
      clientOnly: true,
    }),
  },
  outputs: {
    waiting: field(z.string(), {
      description:
        "People in `members` who are not in the team yet, usually because they are not members of the organization yet.",
      type: { input: "string", output: "string[]" },
    }),
    unmanagedMembers: field(z.string(), {
      description:
        "People in the team whom `members` does not contain, by email address, or by uid if Avala hides the address. Empty if `unmanaged` is `ignore`.",
      type: { input: "string", output: "string[]" },
    }),
  },
} as const satisfies ResourceSchema;
