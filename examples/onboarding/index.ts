import { Config } from "@pulumi/pulumi";
import { Invitation, Organization, OrganizationMember, Team, TeamMembership } from "pulumi-avala";
import type { OrganizationMemberArgs, TeamMembershipArgs } from "pulumi-avala";

/** What the stack's configuration says of a person: all that OrganizationMember takes, and the role in the team. */
type Person = Omit<OrganizationMemberArgs, "organization"> & { team?: TeamMembershipArgs["role"] };

const people = new Config().getObject<Record<string, Person>>("people") ?? {};

const acme = new Organization("acme", { name: "Acme Robotics" });
const perception = new Team("perception", { organization: acme, name: "Perception" });

const members = Object.entries(people).map(([name, { team: role, ...person }]) => {
  const member = new OrganizationMember(name, { organization: acme, ...person });
  const { email, reason, validUntil } = person;
  if (role) new TeamMembership(`${name}-perception`, { team: perception, email, role, reason, validUntil });
  return [name, member] as const;
});

// Mailed once. What she may do after that is decided by hand, in Avala.
const auditor = new Invitation("auditor", { organization: acme, email: "kay@example.com" });

export const organization = acme.slug;
export const statuses = Object.fromEntries([...members, ["auditor", auditor] as const].map(([n, p]) => [n, p.status]));
