import type { Reply } from "./reply.js";

/**
 * What a probe has seen: each part is the answer to a request that was sent, and absent if it was not. Requests are sent
 * first, by `reads.ts` and `writes.ts`; statements only look at the answers.
 */
export interface Evidence {
  reads: Reads;
  /** Absent without `--write`. */
  writes?: Writes;
}

/** A list of an organization: the whole of it, and what shows how it is paged. */
export interface ListEvidence {
  /** `?limit=100&page=1`. */
  whole: Reply;
  /** `?limit=1&page=1`. */
  single?: Reply;
  /** The query of `next` of `single`. */
  second?: Reply;
}

/** The answers to reads. Only those of the chosen organization and team have values of their own: see `reads.ts`. */
export interface Reads {
  /** `/users/me/permissions/`. */
  permissions: Reply;
  /** `/users/me/`. */
  currentUser: Reply;
  /** `/organizations/`. */
  organizations: ListEvidence;
  /** `/organizations/` without a query. */
  organizationsByDefault: Reply;
  /** `/organizations/?limit=1&cursor=...`. */
  cursorIgnored: Reply;
  /** `/organizations/?limit=100&page=...`, far past the end. */
  pastEnd: Reply;
  /** `/organizations/` without a key. */
  withoutKey: Reply;
  /** `/organizations` without the last slash. */
  withoutSlash: Reply;
  /** `/organizations/{slug}/` of a slug that nobody has. */
  missing: Reply;
  /** A path that the API does not have. */
  wrongPath: Reply;
  /** `/organizations/industry-choices/`. */
  industryChoices: Reply;
  /** `/organizations/{slug}/` of the organization that `--other-organization` names. */
  otherOrganization?: Reply;
  /** The organization that was looked at; absent if the key sees none. */
  organization?: OrganizationReads;
}

export interface OrganizationReads {
  detail: Reply;
  members: ListEvidence;
  invitations: ListEvidence;
  teams: ListEvidence;
  /** `/organizations/{slug}/members/{uid}/` of a member. */
  singleMember?: Reply;
  /** `/organizations/{slug}/teams/{slug}/` of a slug that nobody has. */
  missingTeam: Reply;
  team?: { detail: Reply; members: ListEvidence };
}

/** The answers to the writes of an own organization, by step; a step that was not reached is absent. */
export interface Writes {
  [step: string]: Reply | undefined;
}
