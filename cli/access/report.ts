import type { CellState } from "../output/matrix.js";

/** What `--fail-on` asks for. */
export const findingNames = ["expired", "no-reason", "external", "unmanaged"] as const;
export type FindingName = (typeof findingNames)[number];

/** A resource that declares an access. */
export interface DeclaredBy {
  kind: string;
  name: string;
  urn: string;
  /** The people file that lists the person, and the line, where the program's folder holds exactly one such place. */
  file?: string | undefined;
  line?: number | undefined;
}

export interface TeamOf {
  uid: string;
  slug?: string | undefined;
  name?: string | undefined;
}

/** What somebody has in an organization, or in one of its teams. Plain data: `--json` prints it as it is. */
export interface Access {
  /** Undefined: in the organization itself. */
  team?: TeamOf | undefined;
  /** As the service shows it, else as declared; `unknown` where neither tells. */
  role: string;
  /** Where a declaration says something else. */
  declaredRole?: string | undefined;
  status: CellState;
  declared: DeclaredBy[];
  managed: boolean;
  reason?: string | undefined;
  validUntil?: string | undefined;
  /** When the membership began or the person was invited, as the service shows. */
  since?: string | undefined;
  /** Until when a pending invitation can be accepted. */
  invitedUntil?: string | undefined;
  findings: FindingName[];
}

export interface Person {
  email?: string | undefined;
  userUid?: string | undefined;
  fullName?: string | undefined;
  lastActiveAt?: string | undefined;
  /** Of a domain that is not internal; undefined where that is not known. */
  external?: boolean | undefined;
  organization?: Access | undefined;
  teams: Access[];
}

export interface TeamRow extends TeamOf {
  managed: boolean;
  members: number;
  leads: number;
}

export interface OrganizationReport {
  uid: string;
  slug?: string | undefined;
  name?: string | undefined;
  /** What the report goes by: the state alone, or the service beside it. */
  source: "state" | "service";
  internalDomains: string[];
  teams: TeamRow[];
  people: Person[];
  changes?: Change[];
}

/** What one access has become since the report that it is compared with. */
export interface Change {
  kind: "gained" | "lost" | "changed";
  person: Pick<Person, "email" | "userUid">;
  team?: TeamOf | undefined;
  /** In words, such as "member, waiting"; absent of what was gained. */
  before?: string | undefined;
  /** Absent of what was lost. */
  after?: string | undefined;
}

export interface Report {
  /** The time for which `validUntil` is judged, ISO 8601. */
  asOf: string;
  organizations: OrganizationReport[];
  /** What the key may not see or the state does not tell. */
  notes: string[];
}

/** Whether it is an access now, or becomes one by itself: not of what has ended. */
export function isLiving({ status }: Pick<Access, "status">): boolean {
  return status !== "gone" && status !== "expired";
}

export const accessesOf = ({ organization, teams }: Person): Access[] => [
  ...(organization ? [organization] : []),
  ...teams,
];
