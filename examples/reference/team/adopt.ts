import { Team } from "pulumi-avala";

// Takes over the team with the slug "support", and keeps its people.
const support = new Team("support", { organization: "initech", name: "Support", adopt: "support" });

export const id = support.id;
