import type { State } from "../../emulator/src/index.js";
import type { Model } from "./sdk.js";

export type Row = Record<string, unknown>;

/** Keys as the wire spells them. */
export const wired = (record: object): Row =>
  Object.fromEntries(
    Object.getOwnPropertyNames(record).map((name) => [
      name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      (record as Row)[name],
    ]),
  );

/** The rows that the emulator's state has for a model, as the SDK returns them: without links and times that calls change. */
export function recordsOf(model: Model, state: State): Row[] {
  const [acme] = state.organizations;
  const personOf = ({ email, role, createdAt }: { email: string; role: string; createdAt?: string | undefined }) => {
    const { uid, lastActiveAt: _lastActiveAt, ...person } = state.people.find((row) => row.email === email)!;
    return { userUid: uid, ...person, role, createdAt };
  };
  const owner = { organizationUid: acme?.uid, organizationName: acme?.name, organizationSlug: acme?.slug };
  const all: Record<Model, () => object[]> = {
    Organization: () =>
      state.organizations.map(({ members, teams, logo: _logo, invitations: _invitations, ...row }) => ({
        ...row,
        memberCount: members.length,
        teamCount: teams.length,
        role: members.find(({ email }) => email === "owner@example.com")?.role,
      })),
    OrganizationMember: () => acme!.members.map(personOf),
    Invitation: () =>
      acme!.invitations.map(({ email, token: _token, invitedBy, ...row }) => ({
        ...row,
        invitedEmail: email,
        invitedByUsername: state.people.find((person) => person.email === invitedBy)?.username,
        organizationName: owner.organizationName,
        organizationSlug: owner.organizationSlug,
        isExpired: false,
      })),
    Team: () => acme!.teams.map(({ members, ...row }) => ({ ...row, ...owner, memberCount: members.length })),
    TeamMember: () => acme!.teams[0]!.members.map(personOf),
  };
  return all[model]().map((record) => mapped(wired(record)));
}

const mapped = (record: Row): Row =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, name.endsWith("_at") ? time(value) : value]));

/** As Python writes it. */
const time = (value: unknown) =>
  typeof value === "string" ? value.replace(".000Z", "Z").replace(/(\.\d{3})Z$/, "$1000Z") : value;
