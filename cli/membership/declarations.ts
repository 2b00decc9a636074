import type { PersonDeclaration } from "../../provider/policy/person.js";
import { namesOf, rosterOf } from "../../provider/schema/index.js";
import { normalizeEmail } from "../../provider/core/address.js";
import { personOf } from "../../provider/core/identity.js";
import { managedIn, type Managed } from "../pulumi/managed.js";

/** A person as a program declares them in one organization or team, with what the state records. */
export interface Declaration {
  kind: "OrganizationMember" | "Invitation" | "TeamMembership" | "TeamRoster";
  urn: string;
  /** Logical name. */
  name: string;
  organizationUid: string;
  teamUid: string | undefined;
  email: string | undefined;
  userUid: string | undefined;
  username: string | undefined;
  role: string | undefined;
  /** As recorded; see the resource's page. */
  status: string | undefined;
  expiresAt: string | undefined;
  emailsSent: number | undefined;
  /** What decides about further emails. */
  emails: PersonDeclaration;
  /** They have been a member since they were declared. */
  joinedOnce: boolean;
  /** What the last run that found them on their way or there has recorded: one who is invited again is not a member. */
  lastWas: "member" | "invited";
  reason: string | undefined;
  validUntil: string | undefined;
}

/** What the state of a stack tells. */
export interface Recorded {
  declarations: Declaration[];
  /** Names of the declared teams by uid. */
  teamNames: ReadonlyMap<string, string>;
}

/** The people and teams in an exported state. What is secret counts as not known. */
export function declarationsIn(state: unknown): Recorded {
  const managed = managedIn(state).map(withoutSecrets);
  return { declarations: managed.flatMap(declarationsOf), teamNames: teamNamesIn(managed) };
}

/** The person that a resource stands for; of a roster, those who wait. */
export function declarationsOf(resource: Managed): Declaration[] {
  if (resource.kind === "TeamRoster") {
    const roles = rosterOf(resource.outputs["members"]);
    const names = namesOf(resource.outputs["waiting"]);
    return names.map((who) => rosterMembership(resource, who, roles.get(who), "waiting"));
  }
  return isPersonal(resource) ? [personal(resource)] : [];
}

/** Names of the teams among these resources, by uid. */
export function teamNamesIn(managed: readonly Managed[]): Map<string, string> {
  return new Map(
    managed.flatMap(({ kind, teamUid, outputs }): [string, string][] => {
      const name = text(outputs["name"]);
      return kind === "Team" && name !== undefined ? [[teamUid!, name]] : [];
    }),
  );
}

/** A team membership that a roster declares. */
export function rosterMembership(roster: Managed, who: string, role: string | undefined, status: string): Declaration {
  const { urn, name, organizationUid, teamUid } = roster;
  return {
    kind: "TeamRoster",
    urn,
    name,
    organizationUid,
    teamUid,
    email: personOf(who).email,
    userUid: personOf(who).userUid,
    username: undefined,
    role,
    status,
    expiresAt: undefined,
    emailsSent: undefined,
    emails: { isNew: false, declared: {}, recorded: {} },
    joinedOnce: false,
    lastWas: "invited",
    reason: undefined,
    validUntil: undefined,
  };
}

function withoutSecrets(resource: Managed): Managed {
  const plain = Object.entries(resource.outputs).filter(([name]) => !resource.secret.has(name));
  return { ...resource, outputs: Object.fromEntries(plain) };
}

type Personal = Managed & { kind: Exclude<Declaration["kind"], "TeamRoster">; who: string };

function isPersonal(resource: Managed): resource is Personal {
  return resource.who !== undefined;
}

function personal({ kind, urn, name, organizationUid, teamUid, who, outputs }: Personal): Declaration {
  const value = (property: string) => text(outputs[property]);
  const named = personOf(who);
  const email = value("email");
  return {
    kind,
    urn,
    name,
    organizationUid,
    teamUid,
    email: email === undefined ? named.email : normalizeEmail(email),
    userUid: value("userUid") ?? value("user") ?? named.userUid,
    username: value("username"),
    role: value("role"),
    status: value("status"),
    expiresAt: value("expiresAt"),
    emailsSent: typeof outputs["emailsSent"] === "number" ? outputs["emailsSent"] : undefined,
    // State echoes what was declared.
    emails: { isNew: false, declared: outputs, recorded: outputs },
    joinedOnce: value("userUid") !== undefined,
    lastWas: wasMember(outputs) ? "member" : "invited",
    reason: value("reason"),
    validUntil: value("validUntil"),
  };
}

/** An invitation is recorded until its person is a member, and again where a former member is invited. */
function wasMember({ status, userUid, invitationUid, expiresAt }: Managed["outputs"]): boolean {
  return status === "active" || (text(userUid) !== undefined && invitationUid === undefined && expiresAt === undefined);
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
