import { z } from "@hono/zod-openapi";
import { refusal } from "./errors.js";
import type { Call } from "./operation.js";

const DEFAULT_SIZE = 20;

export const pageQuery = z.object({
  page: z.string().optional(),
  limit: z.string().optional(),
  ordering: z.string().optional(),
});

/** A page of rows, or, from an older deployment, all of them. */
export const pageOf = (row: z.ZodType) =>
  z.union([
    z.object({
      count: z.int(),
      next: z.string().nullable(),
      previous: z.string().nullable(),
      results: z.array(row),
    }),
    z.array(row),
  ]);

type Value = string | number;

/** Rows in the order of `?ordering=a,-b`; names that are not offered are ignored. */
function ordered<Row>(rows: Row[], ordering: string | null, by: Record<string, (row: Row) => Value>): Row[] {
  const terms = (ordering ?? "").split(",").flatMap((term) => {
    const value = by[term.trim().replace(/^-/, "")];
    return value ? [{ value, sign: term.trim().startsWith("-") ? -1 : 1 }] : [];
  });
  if (terms.length === 0) return rows;
  return rows.toSorted((a, b) => {
    for (const { value, sign } of terms) {
      const [left, right] = [value(a), value(b)];
      if (left !== right) return left < right ? -sign : sign;
    }
    return 0;
  });
}

/** Answers the page that was asked for; only its own rows are serialized. */
export function paginate<Row>(
  call: Call,
  rows: Row[],
  serialize: (row: Row) => object,
  by: Record<string, (row: Row) => Value>,
): Response {
  const { settings } = call.service;
  const sorted = ordered(rows, call.query.get("ordering"), by);
  if (settings.lists === "array") return call.json(sorted.map(serialize));
  const size = pageSize(call.query.get("limit"), settings.maxPageSize);
  const pages = Math.max(1, Math.ceil(rows.length / size));
  const page = pageNumber(call.query.get("page"), pages);
  return call.json({
    count: rows.length,
    next: page < pages ? pageLink(call, page + 1) : null,
    previous: page > 1 ? pageLink(call, page - 1) : null,
    results: sorted.slice((page - 1) * size, page * size).map(serialize),
  });
}

function pageSize(limit: string | null, max: number): number {
  const wanted = /^\d+$/.test(limit ?? "") ? Number(limit) : 0;
  return Math.min(wanted > 0 ? wanted : DEFAULT_SIZE, max);
}

function pageNumber(page: string | null, pages: number): number {
  if (page === "last") return pages;
  // An empty one counts as none.
  const number = !page ? 1 : /^\d+$/.test(page) ? Number(page) : 0;
  if (number < 1 || number > pages) throw refusal(404, "Invalid page.");
  return number;
}

/** Absolute, on the host the settings name: a client that follows it blindly sends its key there. */
function pageLink(call: Call, page: number): string {
  const link = new URL(call.url);
  if (page === 1) link.searchParams.delete("page");
  else link.searchParams.set("page", String(page));
  return `${link.protocol}//${call.service.settings.nextHost ?? link.host}${link.pathname}${link.search}`;
}
