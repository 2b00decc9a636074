import type { LogLevel } from "./http/attemptLog.js";

/** Objects of the organizations API: names in camelCase, missing fields absent, enums open. */

/**
 * The response to a write may omit `uid` and `slug` (writes-echo-input), and any field that the deployment does not
 * have.
 */
export interface Organization {
  uid?: string;
  slug?: string;
  name?: string;
  handle?: string | null;
  description?: string;
  website?: string;
  industry?: string;
  email?: string;
  phone?: string;
  visibility?: string;
  plan?: string;
  isVerified?: boolean;
  isActive?: boolean;
  /** Role of the API key's user. */
  role?: string | null;
  memberCount?: number;
  teamCount?: number;
  datasetCount?: number;
  projectCount?: number;
  sliceCount?: number;
  slugEditsRemaining?: number | null;
  allowedDomains?: string[] | null;
  readme?: string;
  organizationType?: string;
  xUrl?: string;
  huggingFaceUrl?: string;
  githubUrl?: string;
  linkedinUrl?: string;
  createdAt?: string;
}

/** A row of a list, or an object that is read by its path, always has a uid. */
export type Identified<T extends { uid?: string; slug?: string }> = T & {
  uid: string;
  slug: string;
};

export interface OrganizationWrite {
  name?: string;
  slug?: string;
  handle?: string | null;
  description?: string;
  logo?: string;
  website?: string;
  industry?: string;
  email?: string;
  phone?: string;
  visibility?: string;
}

export interface Member {
  userUid: string;
  username?: string;
  /** Absent if the service hides addresses from the key. */
  email?: string;
  fullName?: string;
  /** owner, admin, member; open. */
  role?: string;
  createdAt?: string;
  /** Visible to owners and admins only. */
  lastActiveAt?: string;
}

export interface Invitation {
  uid: string;
  email?: string;
  role?: string;
  /** pending, accepted, expired, cancelled; open. */
  status?: string;
  expiresAt?: string;
  isExpired?: boolean;
  createdAt?: string;
  /** Accept link, a secret. Non-enumerable, so that no log or JSON text contains it. */
  acceptUrl?: string;
  /** Accept link, a secret. Non-enumerable, like `acceptUrl`. */
  copyLink?: string;
}

export interface Team {
  uid?: string;
  slug?: string;
  name?: string;
  description?: string;
  color?: string;
  memberCount?: number;
  createdAt?: string;
}

export interface TeamWrite {
  name?: string;
  description?: string;
  color?: string;
}

export interface TeamMember {
  userUid: string;
  username?: string;
  email?: string;
  fullName?: string;
  /** lead, member; open. */
  role?: string;
  createdAt?: string;
}

export interface CredentialPermissions {
  type?: string;
  /** Effective permissions of the key: `[]` means none. Absent if the service does not return them. */
  scopes?: string[];
  capabilities: string[];
  toolsets: string[];
  isStaffPrivileged?: boolean;
}

export interface ClientSettings {
  apiKey: string;
  /** Checked with `checkBaseUrl` before a client is created. */
  baseUrl: string;
  /** Texts besides the key that no message contains, such as a part of the base URL. */
  secrets?: readonly string[];
  /** Default 100. */
  requestsPerMinute?: number;
  /** Default 20. */
  requestsPerSecond?: number;
  /** Milliseconds for one request, headers and body. Default 30 000. */
  timeoutMs?: number;
  /** Refuse everything but GET. */
  readOnly?: boolean;
  /** Equal reads at the same time share one request. Default true. */
  shareReads?: boolean;
  /** Attempts for one call, including the first. Default 5. */
  mostTries?: number;
  /** The level of detail of the lines that `onAttempt` gets. If absent, attempts are not reported. */
  log?: LogLevel;
  /**
   * Called after each attempt with a line that describes it, if `log` is set: without bodies, keys and personal data.
   */
  onAttempt?: (line: string) => void;
  /** Called before an attempt is repeated, because the service did not answer, or a gateway answered in its place. */
  onRetry?: (line: string) => void;
  /** Attempts for one call as long as this client has not reached the service yet. Default: `mostTries`. */
  mostFirstTries?: number;
  /** Called with the service's time, for each response with a `Date` header. */
  onDate?: (date: string) => void;
  /** Called before each request is sent; throws to stop it (the watchdog's hook). */
  beforeRequest?: () => void;
  /** Called once when the waiting requests exceed the budget of a minute. */
  onWait?: (info: { waiting: number; seconds: number }) => void;
}

/** Each list is complete or an error: never a part of it (no-single-reads). */
export interface AvalaClient {
  readonly baseUrl: string;
  /** Milliseconds since 1970 by the service's clock, from its latest response; before the first, by the local clock. */
  now(): number;
  organizations: {
    list(): Promise<Identified<Organization>[]>;
    get(slug: string): Promise<Identified<Organization>>;
    create(input: OrganizationWrite & { name: string }): Promise<Organization>;
    update(slug: string, patch: OrganizationWrite): Promise<Organization>;
    delete(slug: string): Promise<void>;
    leave(slug: string): Promise<void>;
    transferOwnership(slug: string, newOwnerUid: string): Promise<void>;
    industryChoices(): Promise<{ value: string; label: string }[]>;
  };
  members: {
    list(slug: string, filter?: { search?: string; role?: string }): Promise<Member[]>;
    setRole(slug: string, userUid: string, role: string): Promise<void>;
    remove(slug: string, userUid: string): Promise<void>;
  };
  invitations: {
    list(slug: string): Promise<Invitation[]>;
    create(slug: string, input: { email: string; role?: string }): Promise<Partial<Invitation>>;
    resend(slug: string, invitationUid: string): Promise<void>;
    cancel(slug: string, invitationUid: string): Promise<void>;
  };
  teams: {
    list(slug: string): Promise<Identified<Team>[]>;
    get(slug: string, teamSlug: string): Promise<Identified<Team>>;
    create(slug: string, input: TeamWrite & { name: string }): Promise<Team>;
    update(slug: string, teamSlug: string, patch: TeamWrite): Promise<Team>;
    delete(slug: string, teamSlug: string): Promise<void>;
  };
  teamMembers: {
    list(slug: string, teamSlug: string): Promise<TeamMember[]>;
    add(slug: string, teamSlug: string, input: { userUid: string; role?: string }): Promise<void>;
    setRole(slug: string, teamSlug: string, userUid: string, role: string): Promise<void>;
    remove(slug: string, teamSlug: string, userUid: string): Promise<void>;
  };
  credential: {
    /** `undefined` on deployments without this operation (404). */
    permissions(): Promise<CredentialPermissions | undefined>;
    /**
     * The API key's user. `undefined` if the service does not return it: it refuses the request (403), does not have
     * the operation (404), or the response is not a user with a uid.
     */
    currentUser(): Promise<{ uid: string } | undefined>;
  };
  close(): Promise<void>;
}
