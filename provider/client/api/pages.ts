import type { z } from "zod";
import { NotFoundError, type RequestFacts } from "../../core/errors.js";
import { shapeError } from "../http/failures.js";
import type { Answer } from "../http/content.js";
import type { Transport } from "../http/transport.js";
import { conform, decode, page } from "./wire.js";

/** Requested rows per page; the service may return fewer, so the walk follows `next` only. */
export const PAGE_SIZE = 100;
/** Highest number of pages, far above any real list; more pages are an error, never a shortened list. */
export const MOST_PAGES = 1000;
/** Highest number of walks of one list that changes during them. */
export const MOST_WALKS = 3;

/** Highest number of rows of all pages together. */
export const MOST_ROWS = 100_000;
/** Highest number of characters of all pages together: enough for as many people, and a limit of memory. */
export const LARGEST_LIST = 32 * 1024 * 1024;

const LONGEST_QUERY = 2000;
/** Used only to parse a relative `next`. */
const ANYWHERE = "http://next.invalid/";

/** The reason why a walk proves nothing and starts again. */
class Shifted extends Error {
  constructor(readonly facts: RequestFacts) {
    super();
  }
}

/** Reads a whole list; see `listAll`. */
export interface ListRequest<T> {
  path: string;
  row: z.ZodType<T>;
  /** The key by which two rows are the same object. */
  key: (row: T) => string;
  filter?: Readonly<Record<string, string | undefined>>;
}

/**
 * The complete list, or an error (no-single-reads). A row that appears on two pages, because the list shifted, is kept
 * once.
 *
 * Absence must be proven, so a walk counts only if its last page's `count` (where there is one) is not above the rows
 * read, and `count` never decreased: when a row leaves an early page, an unread row moves onto that page. Otherwise,
 * and if a later page is missing (404), the walk starts again, three times at most.
 */
export async function listAll<T>(transport: Transport, request: ListRequest<T>): Promise<T[]> {
  for (let walks = 1; ; walks++) {
    try {
      return await walk(transport, request);
    } catch (error) {
      if (!(error instanceof Shifted)) throw error;
      if (walks === MOST_WALKS) throw unsettled(error.facts);
    }
  }
}

async function walk<T>(transport: Transport, request: ListRequest<T>): Promise<T[]> {
  const rows = new Map<string, T>();
  const route = new Route(request.filter);
  let total = 0;
  let size = 0;
  for (let query: string | undefined = route.first(); query !== undefined;) {
    const answer: Answer = await readPage(transport, request.path, query, route.pages === 1);
    size += answer.body.length;
    if (size > LARGEST_LIST) throw shapeError(answer.facts, "the list is larger than any real one");
    const { results, next, count } = decode(page, answer);
    for (const [index, result] of results.entries()) {
      const row = conform(request.row, result, answer.facts, ["results", index]);
      rows.set(request.key(row), row);
    }
    if (rows.size > MOST_ROWS) throw shapeError(answer.facts, `the list has more than ${MOST_ROWS} rows`);
    if (count !== undefined && count < total) throw new Shifted(answer.facts);
    total = count ?? total;
    query = next === undefined ? undefined : route.follow(next, answer.facts);
    if (query === undefined && rows.size < total) throw new Shifted(answer.facts);
  }
  return [...rows.values()];
}

async function readPage(transport: Transport, path: string, query: string, first: boolean): Promise<Answer> {
  try {
    return await transport.get(path, query);
  } catch (error) {
    // The list was found one page before: this page is missing, not the list.
    if (error instanceof NotFoundError && !first) throw new Shifted(error.request);
    throw error;
  }
}

/** The queries of one walk: each is sent once, and their number is limited. */
class Route {
  private readonly asked = new Set<string>();
  private readonly kept: URLSearchParams;

  constructor(filter: ListRequest<unknown>["filter"] = {}) {
    this.kept = new URLSearchParams(given({ ...filter, limit: String(PAGE_SIZE) }));
  }

  get pages(): number {
    return this.asked.size;
  }

  first(): string {
    const query = new URLSearchParams([...this.kept, ["page", "1"]]);
    this.note(query);
    return query.toString();
  }

  /**
   * The query of `next`, as it is: `page` stays `page` and `cursor` stays `cursor` (pages-follow-next). Its host and
   * path are ignored (next-names-any-host). Filters of the first query that `next` omits are added, so that no later
   * page contains more than the first query asked for.
   */
  follow(next: string, facts: RequestFacts): string {
    const url = URL.canParse(next, ANYWHERE) ? new URL(next, ANYWHERE) : undefined;
    if (url === undefined || url.search === "" || url.search.length > LONGEST_QUERY) {
      throw shapeError(facts, "its link to the next page is unusable");
    }
    const query = new URLSearchParams(url.search);
    for (const [name, value] of this.kept) if (!query.has(name)) query.set(name, value);
    if (!this.note(query)) throw shapeError(facts, "its pages form a loop");
    if (this.pages > MOST_PAGES) throw shapeError(facts, `the list has not ended after ${MOST_PAGES} pages`);
    return query.toString();
  }

  private note(query: URLSearchParams): boolean {
    const sorted = new URLSearchParams(query);
    sorted.sort();
    const before = this.pages;
    return this.asked.add(sorted.toString()).size > before;
  }
}

function given(values: Readonly<Record<string, string | undefined>>): [string, string][] {
  return Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined);
}

function unsettled(facts: RequestFacts) {
  return shapeError(
    facts,
    `the list changed during each of ${MOST_WALKS} attempts to read it, or has fewer rows than it reports`,
    "Run again when nobody else is changing this list; only a complete list proves that something is absent.",
  );
}
