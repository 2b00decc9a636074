import { getTeamOutput, TeamMembership } from "pulumi-avala";

const platform = getTeamOutput({ organization: "initech", name: "Platform" });

export const lee = new TeamMembership("lee-platform", { team: platform.id, email: "lee@example.com", role: "lead" });
