import { canonicalUid, namesOf, normalizeEmail, personOf, rosterOf, splitId } from "../../schema/index.js";
import { StackError } from "../errors.js";

/** A person as a program declares them in one place, with what the state records of it. */
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
  maxEmails: number | undefined;
  onExpiry: string | undefined;
  /** They have been a member since they were declared. */
  joinedOnce: boolean;
  reason: string | undefined;
  validUntil: string | undefined;
}

/** What the state of a stack tells. */
export interface Recorded {
  declarations: Declaration[];
  /** Names of the declared teams by uid. */
  teamNames: ReadonlyMap<string, string>;
}

type Properties = Readonly<Record<string, unknown>>;

const prefix = "pulumi-nodejs:dynamic/avala:";
const personKinds = ["OrganizationMember", "Invitation", "TeamMembership"] as const;

/** The people and teams in an exported state. Resources that are only read (`get`), or on their way out, are not declared. */
export function declarationsIn(state: unknown): Recorded {
  const { deployment } = properties(state);
  if (typeof deployment !== "object" || deployment === null) {
    throw new StackError(
      "That is no exported state: it has no deployment.",
      "Give the output of: pulumi stack export.",
    );
  }
  const { resources = [] } = properties(deployment);
  const managed = (Array.isArray(resources) ? resources : [])
    .map(properties)
    .filter((resource) => resource["external"] !== true && resource["delete"] !== true);
  return {
    declarations: managed.flatMap((resource) => declarationOf(resource) ?? waitingIn(resource)),
    teamNames: new Map(managed.flatMap(teamName)),
  };
}

function declarationOf(resource: Properties): Declaration | undefined {
  const kind = personKinds.find((kind) => resource["type"] === prefix + kind);
  const id = text(resource["id"]);
  // Without an id it is still being created.
  if (kind === undefined || id === undefined) return undefined;
  const inTeam = kind === "TeamMembership";
  const parts = idParts(id, inTeam ? 3 : 2);
  const outputs = properties(resource["outputs"]);
  const value = (name: string) => text(outputs[name]);
  const named = personOf(parts.at(-1)!);
  const email = value("email");
  const urn = text(resource["urn"]) ?? "";
  return {
    kind,
    urn,
    name: urn.slice(urn.lastIndexOf("::") + 2),
    organizationUid: canonicalUid(parts[0]!) ?? parts[0]!,
    teamUid: inTeam ? parts[1] : undefined,
    email: email === undefined ? named.email : normalizeEmail(email),
    userUid: value("userUid") ?? value("user") ?? named.userUid,
    username: value("username"),
    role: value("role"),
    status: value("status"),
    expiresAt: value("expiresAt"),
    emailsSent: number(outputs["emailsSent"]),
    maxEmails: number(outputs["maxEmails"]),
    onExpiry: value("onExpiry"),
    joinedOnce: value("userUid") !== undefined,
    reason: value("reason"),
    validUntil: value("validUntil"),
  };
}

/** A roster stands for a whole team: of its people those are told of who wait. */
function waitingIn(resource: Properties): Declaration[] {
  const id = text(resource["id"]);
  if (resource["type"] !== `${prefix}TeamRoster` || id === undefined) return [];
  const [organizationUid, teamUid] = idParts(id, 2);
  const outputs = properties(resource["outputs"]);
  const roles = rosterOf(outputs["members"]);
  const urn = text(resource["urn"]) ?? "";
  return namesOf(outputs["waiting"]).map((who) => ({
    kind: "TeamRoster",
    urn,
    name: urn.slice(urn.lastIndexOf("::") + 2),
    organizationUid: canonicalUid(organizationUid!) ?? organizationUid!,
    teamUid,
    email: personOf(who).email,
    userUid: personOf(who).userUid,
    username: undefined,
    role: roles.get(who),
    status: "waiting",
    expiresAt: undefined,
    emailsSent: undefined,
    maxEmails: undefined,
    onExpiry: undefined,
    joinedOnce: false,
    reason: undefined,
    validUntil: undefined,
  }));
}

function idParts(id: string, count: number): string[] {
  try {
    return splitId(id, count);
  } catch (error) {
    throw new StackError((error as Error).message, "Give the output of: pulumi stack export.");
  }
}

function teamName(resource: Properties): [string, string][] {
  const [, uid] = (text(resource["id"]) ?? "").split("/");
  const name = text(properties(resource["outputs"])["name"]);
  return resource["type"] === `${prefix}Team` && uid !== undefined && name !== undefined ? [[uid, name]] : [];
}

function properties(value: unknown): Properties {
  return typeof value === "object" && value !== null ? (value as Properties) : {};
}

/** A text; secrets are exported encrypted, as objects, and count as not known. */
function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function number(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}
