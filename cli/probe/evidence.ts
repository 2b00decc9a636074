import type { Reply, Row } from "./reply.js";

/**
 * What a probe has seen: each part is the answer to a request that was sent, and absent if it was not. Requests are sent
 * first, by `reads.ts` and `writes.ts`; statements only look at the answers.
 */
export interface Evidence {
  reads: Reads;
  /** Absent without `--write`. */
  writes?: Writes;
}

/** A list, and what shows how it is paged. */
export interface ListEvidence {
  /** Pages of up to 100 rows: `?limit=100&page=1`, and those to which `next` leads. At least one. */
  pages: readonly Reply[];
  /** Whether the last page says that there is no other. */
  complete: boolean;
  /** The first page once more. */
  again?: Reply;
  /** Without a query. */
  byDefault?: Reply;
  /** `?limit=1&page=1`. */
  single?: Reply;
  /** What `next` of `single` leads to. */
  second?: Reply;
  /** `?limit=1&cursor=2`, which is how Avala's SDKs ask for the second page. */
  cursor?: Reply;
}

/** The answers to reads. */
export interface Reads {
  /** Host and port of the base URL. */
  host: string;
  /** `/users/me/permissions/`. */
  permissions: Reply;
  /** `/users/me/`. */
  currentUser: Reply;
  /** `/organizations/`. */
  organizations: ListEvidence;
  /** A page of `/organizations/` far past its end. */
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
  /** Its row in the list of organizations, if that shows it. */
  row?: Row;
  detail: Reply;
  members: ListEvidence;
  invitations: ListEvidence;
  teams: ListEvidence;
  /** `/organizations/{slug}/members/{uid}/` of a member. */
  singleMember?: Reply;
  /** `/organizations/{slug}/teams/{slug}/` of a slug that nobody has. */
  missingTeam: Reply;
  /** The team with the most members, if there is a team. */
  team?: { detail: Reply; members: ListEvidence };
}

/** The answers to the writes of an own organization, by step; a step that was not reached is absent. */
export interface Writes {
  [step: string]: Reply | undefined;
}
