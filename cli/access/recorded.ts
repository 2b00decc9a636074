import { hiddenIn } from "../../provider/policy/hiddenState.js";
import { personOf } from "../../provider/core/identity.js";
import { namesOf, rosterOf } from "../../provider/schema/index.js";
import { printable } from "../../provider/core/text.js";
import { declarationsOf, rosterMembership, type Declaration } from "../membership/declarations.js";
import type { Managed } from "../pulumi/managed.js";
import type { TeamOf } from "./report.js";

/** A declaration, and which of its texts are secret and cannot be read. */
export interface RecordedAccess extends Declaration {
  sealed: readonly string[];
  /** The resource shows the person; nothing declares them. */
  unmanaged?: true;
}

/** What a state records of one organization. */
export interface RecordedOrganization {
  uid: string;
  slug: string | undefined;
  name: string | undefined;
  ownerUid: string | undefined;
  teams: TeamOf[];
  accesses: RecordedAccess[];
  notes: string[];
}

/** By organization, in the order of the state. */
export function recordedIn(managed: readonly Managed[]): RecordedOrganization[] {
  const byUid = new Map<string, RecordedOrganization>();
  for (const resource of managed) {
    const { organizationUid: uid } = resource;
    const organization = byUid.get(uid) ?? blank(uid);
    byUid.set(uid, organization);
    enter(organization, resource);
  }
  return [...byUid.values()];
}

export function blank(uid: string): RecordedOrganization {
  return { uid, slug: undefined, name: undefined, ownerUid: undefined, teams: [], accesses: [], notes: [] };
}

function enter(organization: RecordedOrganization, resource: Managed): void {
  const { kind, outputs, teamUid, sealed } = resource;
  if (kind === "Organization") {
    organization.slug = text(outputs["slug"]);
    organization.name = text(outputs["name"]);
    organization.ownerUid = hiddenIn(outputs).owner;
  } else if (kind === "Team") {
    organization.teams.push({ uid: teamUid!, slug: text(outputs["slug"]), name: text(outputs["name"]) });
  } else if (kind === "TeamRoster") {
    if (sealed.includes("members")) {
      organization.notes.push(
        `The people of roster ${printable(resource.name)} are encrypted in this state, and are not shown.`,
      );
    }
    organization.accesses.push(...rosterAccesses(resource));
  } else {
    organization.accesses.push(...declarationsOf(resource).map((one) => ({ ...one, sealed })));
  }
}

function rosterAccesses(roster: Managed): RecordedAccess[] {
  const { outputs } = roster;
  const waiting = new Set(namesOf(outputs["waiting"]));
  const declared = [...rosterOf(outputs["members"])].map(([who, role]) => ({
    ...rosterMembership(roster, who, role, waiting.has(who) ? "waiting" : "active"),
    sealed: [],
  }));
  const others = namesOf(outputs["unmanagedMembers"]).map((who) => ({
    ...rosterMembership(roster, who, undefined, "active"),
    sealed: [],
    unmanaged: true as const,
  }));
  return [...declared, ...others];
}

/**
 * Resources whose address is secret and cannot be read: their ids contain it in clear, and the mask has to know it.
 */
export function withAddressesOfIds(managed: readonly Managed[]): Managed[] {
  return managed.map((resource) => {
    const named = personOf(resource.who ?? "");
    const found = { email: named.email, user: named.userUid };
    const known = Object.entries(found).filter(
      ([name, value]) => value !== undefined && value !== "" && resource.sealed.includes(name),
    );
    return known.length === 0
      ? resource
      : { ...resource, outputs: { ...resource.outputs, ...Object.fromEntries(known) } };
  });
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
