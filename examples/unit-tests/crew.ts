import { getOrganization, OrganizationMember, Team, TeamRoster } from "pulumi-avala";

/** A team of people who are invited into an organization that exists already. */
export async function declareCrew(slug: string, name: string, people: Record<string, "lead" | "member">) {
  const { id, plan } = await getOrganization({ organization: slug });
  if (plan === "basic" && Object.keys(people).length > 2) {
    throw new Error(`${slug} has the plan basic: at most 2 people`);
  }
  const members = Object.keys(people).map((email) => new OrganizationMember(email, { organization: id, email }));
  const team = new Team(name, { organization: id, name });
  const roster = new TeamRoster(name, { team, members: people });
  return { members, team, roster };
}
