import { getOrganizationMembersOutput, Organization, Provider, Team } from "pulumi-avala";

/** An organization of its own key and deployment, which two environment variables tell. */
function tenant(name: string, variables: string) {
  const provider = new Provider(name, {
    apiKeyEnv: `${variables}_API_KEY`,
    baseUrl: process.env[`${variables}_BASE_URL`],
  });
  const organization = new Organization(`${name}-acme`, { name: `Acme ${name}` }, { provider });
  const team = new Team(`${name}-perception`, { organization, name: "Perception" }, { provider });
  const people = getOrganizationMembersOutput({ organization }, { provider });
  return { organization: organization.slug, team: team.slug, people: people.apply(({ length }) => length) };
}

export const europe = tenant("europe", "EUROPE_AVALA");
export const america = tenant("america", "AMERICA_AVALA");
