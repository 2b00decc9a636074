import { RefusedError } from "../errors.js";
import type { ListEvidence, OrganizationReads, Reads } from "./evidence.js";
import { nextQuery, rowsOf } from "./pages.js";
import { rowsIn, succeeded, type Reply, type Row } from "./reply.js";
import type { Service } from "./service.js";

/** A slug that nobody has: too long to be the slug of anything real. */
const NOBODY = "no-organization-or-team-that-pulumi-avala-probe-could-meet";
/** A path of no version of the API. */
const NOWHERE = "/pulumi-avala-probe/";
const LIST = "/organizations/";
const FIRST_PAGE = "?limit=100&page=1";

/** Pages of one list after its first. A longer list is not read to its end. */
const MORE_PAGES = 4;
/** Requests beside those that are sent once to every deployment: further pages, and reads that are sent again. */
const SPARE = 14;

export interface ReadOptions {
  /** Slug or uid of the organization to look at. Default: the one that shows most. */
  organization?: string | undefined;
  /** Slug of an organization that exists, and that the key's user does not belong to. */
  otherOrganization?: string | undefined;
}

/**
 * Sends the reads of a probe, at most 60, one after the other.
 * @throws the provider's error if the list of organizations is refused or does not arrive: nothing could be looked at
 */
export async function collectReads(service: Service, options: ReadOptions): Promise<Reads> {
  return new Reader(service).everything(options);
}

class Reader {
  #spare = SPARE;

  constructor(private readonly service: Service) {}

  async everything({ organization, otherOrganization }: ReadOptions): Promise<Reads> {
    const permissions = await this.get("/users/me/permissions/");
    const currentUser = await this.get("/users/me/");
    const first = await this.get(LIST + FIRST_PAGE);
    const keyIsTaken = succeeded(permissions) || succeeded(currentUser);
    if (!succeeded(first) && !(first.status === 401 && keyIsTaken)) throw this.service.errorOf(first);
    const organizations = await this.list(LIST, first);
    const rows = rowsOf(organizations) ?? [];
    const chosen = chosenOrganization(rows, organizations.complete, organization);
    return {
      host: this.service.host,
      permissions,
      currentUser,
      organizations,
      pastEnd: await this.get(`${LIST}?limit=100&page=9999`),
      withoutKey: await this.get(LIST + FIRST_PAGE, true),
      withoutSlash: await this.get("/organizations"),
      missing: await this.get(`${LIST}${NOBODY}/`),
      wrongPath: await this.get(NOWHERE),
      industryChoices: await this.get(`${LIST}industry-choices/`),
      ...(otherOrganization !== undefined && { otherOrganization: await this.other(rows, otherOrganization) }),
      ...(chosen && { organization: await this.organization(chosen) }),
    };
  }

  /** Sends a read; once more if it gets no complete answer. */
  private async get(path: string, anonymous = false): Promise<Reply> {
    let reply = await this.service.get(path, { anonymous });
    if (reply.failure !== undefined && this.#spare > 0) {
      this.#spare--;
      reply = await this.service.get(path, { anonymous });
    }
    // Of no statement: other programs of this user use up the limit.
    if (reply.status === 429) throw this.service.errorOf(reply);
    return reply;
  }

  private async other(rows: readonly Row[], slug: string): Promise<Reply> {
    if (rows.some((row) => row["slug"] === slug)) {
      throw new RefusedError(
        "The API key's user belongs to the organization that --other-organization names.",
        "Name an organization that exists, and that the user does not belong to.",
      );
    }
    return this.get(`${LIST}${encodeURIComponent(slug)}/`);
  }

  private async organization({ slug, row }: Chosen): Promise<OrganizationReads> {
    const path = `${LIST}${slug}/`;
    const detail = await this.get(path);
    const members = await this.list(`${path}members/`);
    const invitations = await this.list(`${path}invitations/`);
    const teams = await this.list(`${path}teams/`);
    const uid = (rowsOf(members) ?? []).map((member) => member["user_uid"]).find(isSegment);
    const team = largestTeam(rowsOf(teams) ?? []);
    return {
      ...(row && { row }),
      detail,
      members,
      invitations,
      teams,
      ...(uid !== undefined && { singleMember: await this.get(`${path}members/${uid}/`) }),
      missingTeam: await this.get(`${path}teams/${NOBODY}/`),
      ...(team !== undefined && { team: await this.team(`${path}teams/${team}/`) }),
    };
  }

  private async team(path: string): Promise<OrganizationReads["team"]> {
    return { detail: await this.get(path), members: await this.list(`${path}members/`) };
  }

  private async list(path: string, given?: Reply): Promise<ListEvidence> {
    const pages = [given ?? (await this.get(path + FIRST_PAGE))];
    while (pages.length <= MORE_PAGES && this.#spare > 0) {
      const query = nextQuery(pages.at(-1)!);
      if (query === undefined || pages.some(({ request }) => request.path === path + query)) break;
      this.#spare--;
      pages.push(await this.get(path + query));
    }
    const complete = pages.every((page) => rowsIn(page)) && nextQuery(pages.at(-1)!) === undefined;
    const rows = rowsOf({ pages, complete }) ?? [];
    if (rows.length < 2) return { pages, complete };
    const again = await this.get(path + FIRST_PAGE);
    if (Array.isArray(pages[0]!.json)) return { pages, complete, again };
    const single = await this.get(`${path}?limit=1&page=1`);
    const second = nextQuery(single);
    return {
      pages,
      complete,
      again,
      byDefault: await this.get(path),
      single,
      ...(second !== undefined && { second: await this.get(path + second) }),
      cursor: await this.get(`${path}?limit=1&cursor=2`),
    };
  }
}

interface Chosen {
  slug: string;
  row?: Row;
}

/** Part of a path that leads nowhere else. */
const isSegment = (value: unknown): value is string => typeof value === "string" && /^[-\w]{1,255}$/.test(value);

/** The organization that was asked for, or else the one of which the key shows most. */
function chosenOrganization(rows: readonly Row[], complete: boolean, wanted: string | undefined): Chosen | undefined {
  const seen = rows.flatMap((row): Required<Chosen>[] => (isSegment(row["slug"]) ? [{ slug: row["slug"], row }] : []));
  if (wanted === undefined) return seen.toSorted((one, other) => shows(other.row) - shows(one.row))[0];
  const named = seen.find(({ slug, row }) => slug === wanted || row["uid"] === wanted.toLowerCase());
  if (named) return named;
  if (!complete && isSegment(wanted)) return { slug: wanted };
  throw new RefusedError(
    "The API key sees no organization that --organization names.",
    "Give the slug or uid of an organization that the API key's user belongs to, or omit the option.",
  );
}

/** Lists for managers, then teams and people; a long list shows how it is paged. */
function shows(row: Row): number {
  const count = (name: string) => (typeof row[name] === "number" ? row[name] : 0);
  const manages = row["role"] === "owner" || row["role"] === "admin";
  const [members, teams] = [count("member_count"), count("team_count")];
  const parts = [row["is_active"] !== false, manages, teams > 0, members > 1];
  return parts.reduce((sum, part) => sum * 2 + Number(part), 0) * 1000 + Math.min(members + teams, 500);
}

function largestTeam(rows: readonly Row[]): string | undefined {
  const size = (row: Row) => (typeof row["member_count"] === "number" ? row["member_count"] : 0);
  return rows
    .toSorted((one, other) => size(other) - size(one))
    .map((row) => row["slug"])
    .find(isSegment);
}
