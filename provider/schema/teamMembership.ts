import * as z from "zod";
import { field, type ResourceSchema } from "./fields.js";
import { exactlyOnePerson } from "./rules.js";
import { date, nonEmptyText, oneOf, personEmail, teamReference, userUid } from "./shapes.js";

export const teamMembership = {
  kind: "TeamMembership",
  key: "teamMembership",
  description:
    "One person's membership of a team. If the person is not a member of the organization yet, the resource stays pending, without an error; the first `up` after they accept their invitation adds them to the team.",
  id: "`<organization uid>/<team uid>/<user uid or email>`",
  inputs: {
    team: field(teamReference(), {
      description: "The team: the resource or its id.",
      identity: "team",
      reference: "Team",
      replaces: "if it names a different team",
    }),
    user: field(userUid().optional(), {
      description: "The person, by uid. Set either this or `email`.",
      identity: "person",
      replaces: "if it names a different person; the uid of a person who was named by email before is not a change",
    }),
    email: field(personEmail().optional(), {
      description:
        "The person, by email address. Case and the spelling of an international domain make no difference; an address that public email systems cannot deliver to is refused. Set either this or `user`.",
      identity: "person",
      replaces: "if it names a different person; a new address of the same person is not a change",
    }),
    role: field(oneOf(["lead", "member"]).default("member"), {
      description: "Role in the team. Removing it from the program makes a lead a member.",
    }),
    onDestroy: field(oneOf(["remove", "retain"]).optional(), {
      description:
        "What happens when the resource is destroyed: `remove` removes the person from the team, `retain` leaves them in it.",
      defaultText: "`remove`",
      clientOnly: true,
    }),
    reason: field(nonEmptyText(1024).optional(), {
      description:
        "Why the person has this access, for reviewers and policies. Recorded in the state only, never sent to Avala.",
      clientOnly: true,
    }),
    validUntil: field(date().optional(), {
      description:
        "Last day of the access (UTC), such as `2027-01-31`, for reviewers, policies and `npx pulumi-avala status`. Recorded in the state only, never sent to Avala: the access does not end by itself.",
      clientOnly: true,
    }),
  },
  outputs: {
    status: field(z.string(), {
      description:
        "`active`: in the team. `waiting`: pending, because the person is not a member of the organization yet. `gone`: the person was in the team and was removed outside this resource.",
      known: ["active", "waiting", "gone"],
    }),
    userUid: field(z.string().optional(), { description: "The person's uid, as soon as they are a member." }),
    username: field(z.string().optional(), { description: "The person's user name, as soon as they are a member." }),
  },
  exactlyOne: ["user", "email"],
  rules: exactlyOnePerson,
} as const satisfies ResourceSchema;
