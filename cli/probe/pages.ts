import type { ListEvidence } from "./evidence.js";
import { isObject, objectIn, rowsIn, type Reply, type Row } from "./reply.js";

/** All rows that were read; `undefined` if the first page is not a list. */
export function rowsOf({ pages }: ListEvidence): Row[] | undefined {
  return rowsIn(pages[0]) && pages.flatMap((page) => rowsIn(page) ?? []);
}

/** The query of `next`, with its question mark; `undefined` if there is no other page, or nothing usable. */
export function nextQuery(page: Reply): string | undefined {
  const next = objectIn(page)?.["next"];
  if (typeof next !== "string" || next.length > 4000 || !URL.canParse(next, "http://localhost")) return undefined;
  const { search } = new URL(next, "http://localhost");
  return search === "" ? undefined : search;
}

/** What a page says of itself; `undefined` for an array, or an answer that is not a list. */
export function envelopeOf(page: Reply): { count: number | undefined; hasNext: boolean } | undefined {
  if (!isObject(page.json) || rowsIn(page) === undefined) return undefined;
  const { count, next } = page.json;
  return { count: typeof count === "number" ? count : undefined, hasNext: next !== null && next !== undefined };
}
