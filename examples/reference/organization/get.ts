import { Organization } from "pulumi-avala";

const globex = Organization.get("globex", "3f6c1a52-8d0e-4b7a-9c41-5e2f7a9b0c13");

export const plan = globex.plan;
