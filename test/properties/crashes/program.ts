import type { State } from "../../../emulator/src/index.js";
import { ref, type Declared } from "../../support/pulumi.js";

const person = (name: string) => `${name}@example.com`;

/** Every organization of these tests goes through these, each by a run of its own. */
export type Phase = "made" | "changed" | "destroyed";

/** The declarations of one organization; `adopt` contains the line that a refusal has named, by logical name. */
export interface Copy {
  name: string;
  phase: Phase;
  adopt: Record<string, string>;
}

/**
 * All kinds of resources in one organization. When it changes, each kind does: fields, a role while invited (cancel and
 * invite), a resend, a person in place of another (made, then deleted), another logical name (a handover, which sends
 * nothing to the service), two people of a roster at once.
 */
export function declarationsOf({ name, phase, adopt }: Copy): Declared[] {
  if (phase === "destroyed") return [];
  const changed = phase === "changed";
  const organization = ref(name);
  const [core, crew] = [ref(`${name}/core`), ref(`${name}/crew`)];
  const resources: Declared[] = [
    {
      kind: "Organization",
      name,
      args: { name, handle: `${name}_handle`, description: changed ? "Changed" : "Made", onDestroy: "delete" },
    },
    {
      kind: "Team",
      name: `${name}/core`,
      args: { organization, name: "Core", color: changed ? "#112233" : "#445566" },
    },
    { kind: "Team", name: `${name}/crew`, args: { organization, name: "Crew" } },
    {
      kind: "OrganizationMember",
      name: changed ? `${name}/mia, renamed` : `${name}/mia`,
      args: { organization, email: person("mia") },
    },
    {
      kind: "OrganizationMember",
      name: `${name}/ada`,
      args: { organization, email: person("ada"), role: changed ? "admin" : "member" },
    },
    {
      kind: "Invitation",
      name: `${name}/grace`,
      args: { organization, email: person("grace"), ...(changed ? { resend: "once more" } : {}) },
    },
    {
      kind: "TeamMembership",
      name: `${name}/place`,
      args: { team: core, email: person(changed ? "mia" : "owner"), role: "member" },
    },
    {
      kind: "TeamRoster",
      name: `${name}/roster`,
      args: {
        team: crew,
        members: changed ? { [person("owner")]: "lead", [person("mia")]: "member" } : { [person("owner")]: "member" },
      },
    },
  ];
  return resources.map((resource) => ({
    ...resource,
    args: { ...resource.args, ...(adopt[resource.name] === undefined ? {} : { adopt: adopt[resource.name] }) },
  }));
}

/**
 * The writes of a phase: those of each line arrive in any order, and the next line only after the engine has finished all
 * of the line before, in all organizations. (A second one of its kind is "again".)
 */
export const writesOf: Record<Phase, readonly (readonly string[])[]> = {
  made: [
    [
      "POST /organizations/ acme",
      "PATCH /organizations/acme/",
      "POST /organizations/acme/teams/ Core",
      "POST /organizations/acme/teams/ Crew",
      "POST /organizations/acme/invitations/ mia@example.com",
      "POST /organizations/acme/invitations/ ada@example.com",
      "POST /organizations/acme/invitations/ grace@example.com",
      "POST /organizations/acme/teams/core/members/",
      "POST /organizations/acme/teams/crew/members/",
    ],
  ],
  changed: [
    [
      "PATCH /organizations/acme/",
      "PATCH /organizations/acme/teams/core/",
      "POST /organizations/acme/invitations/*/cancel/",
      "POST /organizations/acme/invitations/ ada@example.com",
      "POST /organizations/acme/invitations/*/resend/",
      "POST /organizations/acme/teams/core/members/",
      "POST /organizations/acme/teams/crew/members/",
      "PATCH /organizations/acme/teams/crew/members/*/role/",
    ],
    ["DELETE /organizations/acme/teams/core/members/*/"],
  ],
  destroyed: [
    [
      "DELETE /organizations/acme/teams/crew/members/*/",
      "DELETE /organizations/acme/teams/crew/members/*/ again",
      "DELETE /organizations/acme/teams/core/members/*/",
    ],
    [
      "POST /organizations/acme/invitations/*/cancel/",
      "POST /organizations/acme/invitations/*/cancel/ again",
      "DELETE /organizations/acme/members/*/",
      "DELETE /organizations/acme/teams/crew/",
      "DELETE /organizations/acme/teams/core/",
    ],
    ["DELETE /organizations/acme/"],
  ],
};

/** The email of a resend, which no list shows. */
export const resent = "grace@example.com resend";

/** Writes before which a crash leaves a different result than after the preceding write: as many in each phase. */
export const arriving: Record<Phase, readonly string[]> = {
  made: [
    "POST /organizations/ acme",
    "PATCH /organizations/acme/",
    "POST /organizations/acme/teams/ Core",
    "POST /organizations/acme/invitations/ ada@example.com",
    "POST /organizations/acme/teams/core/members/",
  ],
  changed: [
    "POST /organizations/acme/invitations/*/cancel/",
    "POST /organizations/acme/invitations/ ada@example.com",
    "POST /organizations/acme/invitations/*/resend/",
    "PATCH /organizations/acme/teams/crew/members/*/role/",
    "DELETE /organizations/acme/teams/core/members/*/",
  ],
  destroyed: [
    "DELETE /organizations/acme/teams/crew/members/*/",
    "POST /organizations/acme/invitations/*/cancel/",
    "DELETE /organizations/acme/members/*/",
    "DELETE /organizations/acme/teams/core/",
    "DELETE /organizations/acme/",
  ],
};

/** The service's data of an organization after a phase, and the emails sent so far. */
export const heldAfter: Record<"made" | "changed", ReturnType<typeof essence>> = {
  made: {
    description: "Made",
    handle: "acme_handle",
    members: ["owner@example.com owner"],
    invitations: [
      "ada@example.com member pending",
      "grace@example.com member pending",
      "mia@example.com member pending",
    ],
    teams: [
      { name: "Core", description: "", color: "#445566", members: ["owner@example.com member"] },
      { name: "Crew", description: "", color: "#6366F1", members: ["owner@example.com member"] },
    ],
    emails: ["ada@example.com invitation", "grace@example.com invitation", "mia@example.com invitation"],
  },
  changed: {
    description: "Changed",
    handle: "acme_handle",
    members: ["mia@example.com member", "owner@example.com owner"],
    invitations: [
      "ada@example.com admin pending",
      "ada@example.com member cancelled",
      "grace@example.com member pending",
      "mia@example.com member accepted",
    ],
    teams: [
      { name: "Core", description: "", color: "#112233", members: ["mia@example.com member"] },
      {
        name: "Crew",
        description: "",
        color: "#6366F1",
        members: ["mia@example.com member", "owner@example.com lead"],
      },
    ],
    emails: [
      "ada@example.com invitation",
      "ada@example.com invitation",
      "grace@example.com invitation",
      resent,
      "mia@example.com invitation",
    ],
  },
};

/** The parts of an organization that have to be the same after a crash, and its emails. */
export function essence(organization: State["organizations"][number], emails: State["emails"]) {
  const { name, description, handle, members, invitations, teams } = organization;
  const uids = new Set(invitations.map(({ uid }) => uid));
  return {
    description,
    handle: handle?.replace(name, "acme"),
    members: members.map(({ email, role }) => `${email} ${role}`).toSorted(),
    invitations: invitations.map(({ email, role, status }) => `${email} ${role} ${status}`).toSorted(),
    teams: teams
      .map((team) => ({ ...team, members: team.members.map(({ email, role }) => `${email} ${role}`).toSorted() }))
      .map(({ name, description, color, members }) => ({ name, description, color, members }))
      .toSorted((one, other) => one.name.localeCompare(other.name)),
    emails: emails
      .filter(({ invitationUid }) => uids.has(invitationUid))
      .map(({ to, kind }) => `${to} ${kind}`)
      .toSorted(),
  };
}
