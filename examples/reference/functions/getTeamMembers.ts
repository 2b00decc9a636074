import { getTeamMembersOutput } from "pulumi-avala";

const people = getTeamMembersOutput({ organization: "globex", slug: "core" });

export const leads = people.apply((rows) => rows.filter(({ role }) => role === "lead").map(({ userUid }) => userUid));
