import * as z from "zod";
import { field, type ResourceSchema } from "./fields.js";
import { exactlyOnePerson } from "./rules.js";
import { date, nonEmptyText, oneOf, personEmail, teamReference, userUid } from "./shapes.js";

export const teamMembership = {
  kind: "TeamMembership",
  key: "teamMembership",
  description:
    "One person in one team. Given somebody who is not a member of the organization yet, it waits, without an error; the first run after they have accepted their invitation makes the grant.",
  id: "`<organization uid>/<team uid>/<user uid or e-mail>`",
  inputs: {
    team: field(teamReference(), {
      description: "The team: the resource or its id.",
      identity: "team",
      reference: "Team",
      replaces: "when it is another team",
    }),
    user: field(userUid().optional(), {
      description: "The person, by uid. Either this or `email`.",
      identity: "person",
      replaces: "when it is another person; the uid of a person named by e-mail before is not a change",
    }),
    email: field(personEmail().optional(), {
      description:
        "The person, by e-mail address, compared without regard to case and to the spelling of an international domain; one that no public mail system delivers to is refused. Either this or `user`.",
      identity: "person",
      replaces: "when it is another person; a new address of the same person is not a change",
    }),
    role: field(oneOf(["lead", "member"]).default("member"), {
      description: "Role in the team, `lead` or `member`. Taking it out of the program makes a lead a member.",
    }),
    onDestroy: field(oneOf(["remove", "retain"]).optional(), {
      description: "What becomes of the person's place in the team when the resource goes.",
      absent: "`remove`",
      local: true,
    }),
    reason: field(nonEmptyText(1024).optional(), {
      description: "Why the person has this access; for reviewers and policies. Stays local.",
      local: true,
    }),
    validUntil: field(date().optional(), {
      description:
        "Day after which the access has run out, such as `2027-01-31`; for reviewers and policies. Stays local.",
      local: true,
    }),
  },
  outputs: {
    status: field(z.string(), {
      description:
        "`active`: in the team. `waiting`: not a member of the organization yet. `gone`: was in the team and has been taken out by somebody else.",
      known: ["active", "waiting", "gone"],
    }),
    userUid: field(z.string().optional(), { description: "The person's uid, once they are a member." }),
    username: field(z.string().optional(), { description: "The person's user name, once they are a member." }),
  },
  rules: exactlyOnePerson,
} as const satisfies ResourceSchema;
