import { Config, type Output } from "@pulumi/pulumi";
import { Invitation, Organization, OrganizationMember, Team, TeamMembership } from "pulumi-avala";
import type { PersonArgs } from "pulumi-avala";

/** What the stack's configuration says of a person: what OrganizationMember takes, and their role in the team. */
type Person = Omit<PersonArgs, "teams" | "email" | "user"> & { email: string; team?: "lead" | "member" };

const people = new Config().getObject<Record<string, Person>>("people") ?? {};

const acme = new Organization("acme", { name: "Acme Robotics" });
const perception = new Team("perception", { organization: acme, name: "Perception" });

// The auditor is mailed once. Her role, and when she leaves, are decided in Avala, by hand.
const auditor = new Invitation("auditor", { organization: acme, email: "kay@example.com" });

export const inOrganization: Record<string, Output<string>> = { auditor: auditor.status };
export const inTeam: Record<string, Output<string>> = {};

for (const [name, { team: role, ...person }] of Object.entries(people)) {
  const member = new OrganizationMember(name, { organization: acme, ...person });
  inOrganization[name] = member.status;
  if (role === undefined) continue;
  const { email, onDestroy, reason, validUntil } = person;
  const place = { team: perception, role, email, onDestroy, reason, validUntil };
  // Places are taken back before the person goes.
  inTeam[name] = new TeamMembership(name, place, { dependsOn: member }).status;
}
