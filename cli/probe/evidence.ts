import type { Lag } from "./polling.js";
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

/** What reads have found out about the probe's own organization. `absent` is proven by a complete list. */
export type Presence =
  | "active"
  | "inactive"
  | "absent"
  /** Its slugs lead nowhere, and a list does not show it that may not be complete. */
  | "unlisted"
  | "unknown";

/**
 * The answers to the writes of the probe's own organization, in the order in which they are sent. A step that was not
 * reached is absent.
 */
export interface Writes {
  /** `POST /organizations/` with a name and a description. */
  created?: Reply;
  /** Its detail after the creation. */
  fresh?: Reply;
  /** `PATCH` with description, website, email, phone and handle. */
  filled?: Reply;
  /** `PATCH` with another description, and nothing else. */
  changed?: Reply;
  /** `PATCH` with a field that the API does not have. */
  unknownField?: Reply;
  /** `PATCH` with a visibility that does not exist. */
  badVisibility?: Reply;
  /** `PATCH` with a handle that contains a hyphen. */
  hyphenHandle?: Reply;
  /** Its detail after these. */
  patched?: Reply;
  /** `PATCH` with the empty value of one field, by field. */
  cleared?: Readonly<Record<string, Reply>>;
  /** `PATCH` with another name. */
  renamed?: Reply;
  /** Its detail after these. */
  emptied?: Reply;
  /** `PATCH` with another slug. */
  slugEdited?: Reply;
  /** Its detail by the slug before, and by the slug after that edit. */
  oldSlug?: Reply;
  newSlug?: Reply;

  /** `POST .../teams/` with name, description, color and a header `Idempotency-Key`. */
  team?: Reply;
  /** How long the list of teams took to show it; `"never"`: not within about ten seconds. */
  lag?: Lag | "never";
  /** The same request once more. */
  teamAgain?: Reply;
  /** The same once more, without that header. */
  teamSameName?: Reply;
  /** The list of teams after these. */
  teams?: ListEvidence;
  /** The detail of the organization after these. */
  counted?: Reply;
  /** The list of people of a new team. */
  newTeam?: ListEvidence;
  /** The list of members. */
  members?: ListEvidence;
  /** `POST .../members/` without content. */
  memberCreated?: Reply;
  /** `DELETE` of the own user from a team that they have joined by creating it. */
  creatorRemoved?: Reply;
  /** `POST .../teams/{slug}/members/` with the own user, as `member`. */
  added?: Reply;
  /** The same once more. */
  addedAgain?: Reply;
  /** `PATCH` of the own user's role in the team to `lead`. */
  promoted?: Reply;
  /** The list of people of that team after these. */
  teamMembers?: ListEvidence;
  /** `DELETE` of the own user from that team. */
  memberRemoved?: Reply;
  /** `PATCH` of a team with another name. */
  teamRenamed?: Reply;
  /** The list of teams after that. */
  teamsAfterRename?: ListEvidence;
  /** `DELETE` of a team. */
  teamDeleted?: Reply;
  /** Its detail after that. */
  deletedTeam?: Reply;
  /** The same `DELETE` once more. */
  teamDeletedAgain?: Reply;

  /** `POST .../invitations/` for the first address of `--invite`, its domain beginning with a capital letter. */
  invited?: Reply;
  /** The same once more. */
  invitedAgain?: Reply;
  /** The list of invitations after these. */
  invitations?: ListEvidence;
  /** `PATCH` of the invitation. */
  invitationChanged?: Reply;
  /** `POST .../cancel/` of the invitation. */
  cancelled?: Reply;
  /** The list of invitations after that. */
  invitationsAfter?: ListEvidence;

  /** The first `DELETE` of the organization, while it has a team. */
  deleted?: Reply;
  /** What reads showed of it after that: `inactive` has `is_active: false`, `active` stayed for ten seconds. */
  afterDeletion?: Presence;
  /** The next `DELETE`, after its teams were deleted, if the first was refused. */
  deletedEmpty?: Reply;
}
