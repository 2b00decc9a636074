import type { State } from "../../../emulator/src/index.js";
import type { Properties } from "../../support/host.js";
import type { Recorded } from "../../support/stack.js";

export type Service = State;
export type OrganizationRow = State["organizations"][number];
export type TeamRow = OrganizationRow["teams"][number];
export type InvitationRow = OrganizationRow["invitations"][number];

/** The fields of an organization or team in a program, and their slugs. */
export const organizationFields = [
  "name",
  "slug",
  "description",
  "website",
  "email",
  "phone",
  "visibility",
  "industry",
  "handle",
] as const;
export const teamFields = ["name", "slug", "description", "color"] as const;

export const lower = (text: string): string => text.trim().toLowerCase();

/** Everybody has one address at a time: it distinguishes people in one snapshot of the service. */
export function uidOf(service: Service, email: string): string | undefined {
  return service.people.find((person) => lower(person.email) === lower(email))?.uid;
}

export function addressOf(service: Service, uid: string): string | undefined {
  return service.people.find((person) => person.uid === uid)?.email;
}

export function organizationOf(service: Service, reference: string): OrganizationRow | undefined {
  return service.organizations.find(({ uid, slug, isActive }) => isActive && (uid === reference || slug === reference));
}

export function teamOf(service: Service, id: string): TeamRow | undefined {
  const [organization, team] = id.split("/");
  return organizationOf(service, organization!)?.teams.find(({ uid }) => uid === team);
}

/** By uid: a person's role in an organization or team. */
export function rolesIn(service: Service, rows: readonly { email: string; role: string }[]): Map<string, string> {
  return new Map(rows.map(({ email, role }) => [uidOf(service, email)!, role]));
}

/** By the emulator's clock. */
export function isValid(service: Service, { status, expiresAt }: InvitationRow): boolean {
  return status === "pending" && Date.parse(expiresAt!) > Date.now() + service.clockOffsetSeconds * 1000;
}

/** The valid invitation of an address. */
export function invitationOf(service: Service, organization: OrganizationRow, email: string) {
  return organization.invitations.find((row) => lower(row.email) === lower(email) && isValid(service, row));
}

/** The names of a person in a declaration or record: uids, and addresses in lower case. */
export function namesOf(service: Service, { user, email, userUid }: Properties): Set<string> {
  const names = [user, userUid].filter((name) => typeof name === "string");
  if (typeof email === "string") {
    names.push(lower(email));
    const uid = uidOf(service, email);
    // A known uid is the only name.
    if (uid !== undefined && typeof userUid !== "string" && typeof user !== "string") names.push(uid);
  }
  return new Set(names as string[]);
}

/** Entries of a roster's text: the person and their role. */
export function rosterLines(text: unknown): Map<string, string> {
  const lines = typeof text === "string" ? text.split("\n").filter(Boolean) : [];
  return new Map(lines.map((line) => line.split(" ") as [string, string]));
}

/** The organization's or team's part of an id. */
export const organizationUid = ({ id }: Recorded): string => id.split("/")[0]!;
export const teamId = ({ id }: Recorded): string => id.split("/").slice(0, 2).join("/");
