import { getOrganizationMembersOutput } from "pulumi-avala";

const admins = getOrganizationMembersOutput({ organization: "globex", role: "admin" });

export const emails = admins.apply((people) => people.map(({ email, username }) => email ?? username));
