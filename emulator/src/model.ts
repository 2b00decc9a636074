import type { Settings } from "./settings.js";

export type OrganizationRole = "owner" | "admin" | "member";
export type TeamRole = "lead" | "member";
/** An overdue invitation stays `pending` until something sweeps it; `expired` is written by the sweep. */
export type InvitationStatus = "pending" | "accepted" | "cancelled" | "expired";

export interface Person {
  uid: string;
  email: string;
  username: string;
  fullName: string;
  picture: string | null;
  /** The last call before the start; later ones are in `Service.lastActive`. */
  lastActiveAt?: string | undefined;
}

export interface Key {
  key: string;
  person: Person;
  revoked: boolean;
  /** What the key is restricted to; without them it has all permissions of its user. */
  scopes?: readonly string[] | undefined;
  /** What `GET /users/me/` answers to this key, in place of the setting. */
  currentUser?: Settings["currentUser"] | undefined;
  /** Addresses that lists do not show to this key: `<uid of the organization>/<uid of the person>`. */
  hides?: ReadonlySet<string> | undefined;
}

export interface Membership<Role> {
  person: Person;
  role: Role;
  createdAt: string;
  /** Has the rights of the role, and is in no list and no count: staff of the service. */
  unlisted?: true | undefined;
}

export interface Invitation {
  uid: string;
  organization: Organization;
  email: string;
  role: Exclude<OrganizationRole, "owner">;
  status: InvitationStatus;
  token: string;
  invitedBy: Person;
  expiresAt: string;
  createdAt: string;
}

export interface Team {
  uid: string;
  organization: Organization;
  name: string;
  slug: string;
  description: string;
  color: string;
  createdAt: string;
  updatedAt: string;
  /** By the person's uid. */
  members: Map<string, Membership<TeamRole>>;
}

export interface Organization {
  uid: string;
  name: string;
  slug: string;
  handle: string | null;
  description: string;
  logo: string | null;
  website: string;
  industry: string;
  email: string;
  phone: string;
  visibility: string;
  plan: string;
  isVerified: boolean;
  isActive: boolean;
  datasetCount: number;
  projectCount: number;
  sliceCount: number;
  allowedDomains: string[] | null;
  readme: string | null;
  organizationType: string | null;
  xUrl: string | null;
  huggingFaceUrl: string | null;
  githubUrl: string | null;
  linkedinUrl: string | null;
  /** null: not limited. */
  slugEditsRemaining: number | null;
  createdAt: string;
  updatedAt: string;
  /** Set while no more than the row of the list is known: what it counts. */
  counts?: { members: number; teams: number } | undefined;
  /** By the person's uid. */
  members: Map<string, Membership<OrganizationRole>>;
  /** All that were ever sent, by uid. */
  invitations: Map<string, Invitation>;
  /** Those with status `pending`, overdue or not, by lower-case address. */
  pending: Map<string, Invitation>;
  teams: Map<string, Team>;
  teamsBySlug: Map<string, Team>;
}

export interface Email {
  to: string;
  kind: "invitation" | "resend";
  invitationUid: string;
  at: string;
}

export interface RequestEntry {
  /** 1 for the first call since the start or the last reset. */
  n: number;
  method: string;
  path: string;
  /** As sent, without the question mark. */
  query: string;
  /** null while the answer is not finished, 0 where a fault has cut the connection in its place. */
  status: number | null;
  at: string;
  /** Email address of the key's user, null when the key was refused. */
  by: string | null;
}
