import { getTeamsOutput } from "pulumi-avala";

const teams = getTeamsOutput({ organization: "globex" });

export const sizes = teams.apply((rows) =>
  Object.fromEntries(rows.map(({ name, memberCount }) => [name, memberCount])),
);
