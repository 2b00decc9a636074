import { getOrganizationOutput } from "pulumi-avala";

const globex = getOrganizationOutput({ organization: "globex" });

export const plan = globex.plan;
export const memberCount = globex.memberCount;
