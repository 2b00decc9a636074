import type { Person } from "../../provider/core/identity.js";
import type { Place } from "../pulumi/places.js";
import type { CellState } from "../output/matrix.js";
import type { Managed } from "../pulumi/managed.js";

/** What can be found, in the order of the report. */
export const kinds = [
  "owner",
  "changed",
  "missing",
  "gone",
  "expired",
  "accessExpired",
  "unmanaged",
  "waiting",
  "ready",
] as const;
export type Kind = (typeof kinds)[number];

/** Pending people and steps: not a difference from the code. */
const expected: ReadonlySet<Kind> = new Set(["waiting", "ready"]);

export const isDrift = (kind: Kind): boolean => !expected.has(kind);

/** An entry of an import file, which `npx pulumi-avala import --fill` completes. */
export interface ImportEntry {
  type: string;
  name: string;
  id: string;
}

export interface OrganizationNamed {
  uid: string;
  slug: string | undefined;
  name: string | undefined;
}

export interface TeamNamed {
  uid: string;
  slug?: string | undefined;
  name?: string | undefined;
}

/** One difference between the state and Avala, or a pending person. Plain data: `--json` prints it as it is. */
export interface Finding {
  kind: Kind;
  subject: "organization" | "team" | "person" | "teamMembership" | "invitation";
  organization: OrganizationNamed;
  team?: TeamNamed | undefined;
  person?: (Person & { username?: string | undefined }) | undefined;
  role?: string | undefined;
  /** Of a new owner: who owned the organization when a run recorded it last. */
  formerOwner?: Finding["person"];
  /** The resource that declares it; none of what is unmanaged. */
  resource?: Pick<Managed, "kind" | "name" | "urn" | "id"> | undefined;
  /** Where the resource is declared: the line of a people file or of the program; several where that is not known. */
  declaredAt?: Place[];
  /** Of what has changed. */
  property?: string;
  declared?: unknown;
  now?: unknown;
  /** In one sentence. */
  message: string;
  /** When it began, as the service reports. */
  since?: string | undefined;
  /** When it ends or has ended. */
  until?: string | undefined;
  repair: string;
  /** Entry of an import file that adopts it. */
  import?: ImportEntry;
}

/** Not declared, and not drift: the owner of an organization, the API key's user. */
export interface Notice {
  organization: OrganizationNamed;
  team?: TeamNamed;
  person: NonNullable<Finding["person"]>;
  message: string;
}

/** What the state declares of one person in an organization or team; the background of the differences. */
export interface Declared {
  organization: OrganizationNamed;
  team: TeamNamed | undefined;
  person: NonNullable<Finding["person"]>;
  /** Undefined where it is secret. */
  role: string | undefined;
  state: CellState;
  /** The key may not see how it is now. */
  hidden: boolean;
}

/** What one look at one organization has found. */
export interface Found {
  organization: OrganizationNamed & { visible: boolean; invitationsVisible: boolean | undefined };
  findings: Finding[];
  notices: Notice[];
  declared: Declared[];
  /** What this key may not see, and what therefore is not compared. */
  notVisible: string[];
}

/** What a finding says of the resource that declares it. */
export function declaredBy({ kind, name, urn, id }: Managed): NonNullable<Finding["resource"]> {
  return { kind, name, urn, id };
}

export function teamNamed(uid: string, names: ReadonlyMap<string, string>): TeamNamed {
  return { uid, name: names.get(uid) };
}
