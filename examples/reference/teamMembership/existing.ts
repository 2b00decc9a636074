import { getTeamOutput, TeamMembership } from "pulumi-avala";

// A team that is managed elsewhere.
const research = getTeamOutput({ organization: "initech", name: "Research" });

export const lee = new TeamMembership("lee-research", { team: research.id, email: "lee@example.com" });
