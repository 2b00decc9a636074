import { randomBytes } from "node:crypto";
import type { RawRequest } from "../../provider/client/index.js";
import { canonicalUid } from "../../provider/core/identity.js";
import { nextQuery, rowsOf } from "./pages.js";
import type { ListEvidence, Presence } from "./evidence.js";
import { objectIn, rowsIn, type Reply, type Row } from "./reply.js";

export type Send = (request: RawRequest) => Promise<Reply>;

/** A request of the probe would have changed something else than its own organization. */
export class NotOwnError extends Error {}

const LIST = "/organizations/";
/** Pages of one list that are read. */
const MOST_PAGES = 20;
/** Statuses of an object that does not exist, or that the user may not see. */
const HIDDEN = new Set([403, 404, 410]);

/** Part of a path that leads nowhere else. */
export const isSegment = (value: unknown): value is string => typeof value === "string" && /^[-\w]{1,255}$/.test(value);

/**
 * The organization that a probe creates. Whatever is changed is changed through `write`, which sends nothing unless an
 * answer has shown, since the slug may last have moved, that the slug leads to this organization.
 */
export class OwnOrganization {
  /** Nobody else has this name; later names begin with it. */
  readonly name = `pulumi-avala probe ${randomBytes(5).toString("hex")}`;
  /** Part of other values that nobody else has: handle and slug. */
  readonly mark = this.name.slice(-10);
  uid: string | undefined;
  /** Whether its creation has been sent: it may exist, whatever the answer is. */
  mayExist = false;
  /** The answer to `POST /organizations/`. */
  created: Reply | undefined;
  /** The latest answer that showed the organization. */
  detail: Reply | undefined;
  /** Slugs that may lead to it, the most likely one first. */
  #slugs: string[] = [];
  #checked: string | undefined;
  /** Slugs that were seen to lead to something else. */
  readonly #others = new Set<string>();
  #send: Send;

  constructor(send: Send) {
    this.#send = send;
  }

  /** The slug under which it was seen last, or may be. */
  get slug(): string | undefined {
    return this.#checked ?? this.#slugs[0];
  }

  /** The name under which it was seen last. */
  get shownName(): string {
    const seen = objectIn(this.detail)?.["name"];
    return typeof seen === "string" ? seen : this.name;
  }

  /** Replaces the way in which requests are sent. */
  sendBy(send: Send): void {
    this.#send = send;
  }

  async create(description: string): Promise<Reply> {
    const body = { name: this.name, description };
    this.mayExist = true;
    const reply = await this.#send({ method: "POST", path: LIST, body });
    this.created = reply;
    const { uid, slug, name } = objectIn(reply) ?? {};
    if (name !== undefined && name !== this.name) return reply;
    this.uid = uidOf(uid);
    if (isSegment(slug)) this.#slugs = [slug];
    return reply;
  }

  /**
   * Takes the slug that the creation has returned together with the uid, if no read shows the organization.
   * @returns whether there is such a slug, and it cannot have moved since
   */
  useCreated(): boolean {
    const [slug] = this.#slugs;
    if (this.uid === undefined || this.detail || slug === undefined || this.#others.has(slug)) return false;
    this.#checked = slug;
    return true;
  }

  /**
   * Reads by the known slugs, then in the list; remembers the slug that leads to the organization.
   * @param inList whether the list is read too, if a slug is known
   */
  async look(inList = true): Promise<Presence> {
    this.#checked = undefined;
    const seen: Presence[] = [];
    for (const slug of this.#slugs) {
      const presence = await this.#at(slug);
      if (presence === "active" || presence === "inactive") return presence;
      seen.push(presence);
    }
    if (!inList && seen.length > 0) return "unknown";
    const list = await this.list(LIST);
    const row = rowsOf(list)?.find((candidate) => this.#isOwn(candidate));
    if (row) return this.#listed(row);
    if (seen.includes("unknown") || rowsOf(list) === undefined) return "unknown";
    return list.complete ? "absent" : "unlisted";
  }

  /** A list shows it; the slug that it states has to lead there. */
  async #listed(row: Row): Promise<Presence> {
    this.uid ??= uidOf(row["uid"]);
    const { slug } = row;
    if (!isSegment(slug)) return "unknown";
    const presence = await this.#at(slug);
    if (presence === "active" || presence === "inactive") return presence;
    this.#slugs = [slug, ...this.#slugs.filter((other) => other !== slug)];
    return "unknown";
  }

  async #at(slug: string): Promise<Presence> {
    const reply = await this.#send({ method: "GET", path: `${LIST}${slug}/` });
    if (HIDDEN.has(reply.status)) return "absent";
    const row = objectIn(reply);
    if (!row) return "unknown";
    if (!this.#isOwn(row)) {
      this.#others.add(slug);
      return "absent";
    }
    this.uid ??= uidOf(row["uid"]);
    this.detail = reply;
    this.#checked = slug;
    this.#slugs = [slug, ...this.#slugs.filter((other) => other !== slug)];
    return row["is_active"] === false ? "inactive" : "active";
  }

  /** By its uid and its name; by one of the two where the service does not return the other. */
  #isOwn({ uid, name }: Row): boolean {
    const own = this.uid !== undefined && uidOf(uid) === this.uid;
    if (name === undefined) return own;
    const isNamed = typeof name === "string" && name.startsWith(this.name);
    return isNamed && (own || this.uid === undefined || uid === undefined);
  }

  /** The slug may have moved: nothing is written before the next look. */
  mayHaveMoved(...slugs: unknown[]): void {
    this.#checked = undefined;
    this.#slugs = [...new Set([...slugs.filter(isSegment), ...this.#slugs])];
  }

  /**
   * Changes the organization, or something in it.
   * @throws NotOwnError unless the slug is known to lead to this organization
   */
  async write(method: "POST" | "PATCH" | "DELETE", below: string, more: Partial<RawRequest> = {}): Promise<Reply> {
    if (this.#checked === undefined) throw new NotOwnError();
    return this.#send({ ...more, method, path: `${LIST}${this.#checked}/${checkedBelow(below)}` });
  }

  /** Reads something in it. */
  async get(below: string): Promise<Reply> {
    return this.#send({ method: "GET", path: `${LIST}${this.slug}/${checkedBelow(below)}` });
  }

  /** Reads by another slug. */
  async getAt(slug: string): Promise<Reply> {
    return this.#send({ method: "GET", path: `${LIST}${slug}/` });
  }

  listBelow(below: string): Promise<ListEvidence> {
    return this.list(`${LIST}${this.slug}/${checkedBelow(below)}`);
  }

  /** All pages of a list; not complete if a page is missing. */
  async list(path: string): Promise<ListEvidence> {
    const pages = [await this.#send({ method: "GET", path: `${path}?limit=100&page=1` })];
    while (pages.length < MOST_PAGES) {
      const query = nextQuery(pages.at(-1)!);
      if (query === undefined || pages.some(({ request }) => request.path === path + query)) break;
      pages.push(await this.#send({ method: "GET", path: path + query }));
    }
    return { pages, complete: pages.every((page) => rowsIn(page)) && isWhole(pages) };
  }
}

/** Whether nothing follows the last page, and no row is missing from the number that the service states. */
function isWhole(pages: readonly Reply[]): boolean {
  const { next, count } = objectIn(pages.at(-1)) ?? {};
  const rows = pages.flatMap((page) => rowsIn(page) ?? []);
  return (next === null || next === undefined) && (typeof count !== "number" || rows.length >= count);
}

/** A uid in one spelling; what is not a UUID as it is. */
function uidOf(value: unknown): string | undefined {
  if (typeof value !== "string" && typeof value !== "number") return undefined;
  return canonicalUid(String(value)) ?? String(value);
}

/** A path of words below the organization: nothing in it leads out of the organization. */
function checkedBelow(below: string): string {
  if (below === "" || /^(?:[-\w]+\/)+$/.test(below)) return below;
  throw new NotOwnError();
}
