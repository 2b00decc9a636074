import type { Answer, Breaker, Call } from "./service.js";

/** Values by name: an object of the API. */
export type Row = Record<string, unknown>;

type Change = (row: Row, call: Call) => Row;
type PlainChange = (row: Row) => Row;

const isRow = (value: unknown): value is Row => typeof value === "object" && value !== null && !Array.isArray(value);
export const rowOf = (value: unknown): Row => (isRow(value) ? value : {});

export const answered = (status: number, body?: unknown, headers: Record<string, string> = {}): Answer => ({
  status,
  headers,
  body,
});

export const refused = (status: number): Answer => answered(status, { detail: "Refused." });
export const html = (status: number): Answer => answered(status, "<!doctype html><title>Acme</title><h1>Acme</h1>");

const isSuccess = ({ status }: Answer): boolean => status >= 200 && status < 300;

/** Names of paths that no organization can have. */
const reserved = ["industry-choices", "invitations"];

/**
 * Whether a request is that of a template: `GET /organizations/{slug}/teams/`; `*` is any method, and words in braces
 * are one segment each.
 */
export function isCall(...templates: string[]): (call: Call) => boolean {
  const patterns = templates.map((template) => {
    const [method, path] = template.split(" ") as [string, string];
    const segments = path.replaceAll(/\{\w+\}/g, "([^/]+)");
    return { method, pattern: new RegExp(`^${segments}$`) };
  });
  return ({ method, path }) =>
    patterns.some((one) => {
      const match = one.pattern.exec(path);
      return match !== null && (one.method === "*" || one.method === method) && !reserved.includes(match[1] ?? "");
    });
}

/** Changes the answers to some requests. */
export const answersOf =
  (which: (call: Call) => boolean, change: (answer: Answer, call: Call) => Answer) => (): Breaker => (call, pass) =>
    which(call) ? pass().then((answer) => change(answer, call)) : pass();

/** Answers some requests by itself: nothing reaches the service. */
export const inPlaceOf =
  (which: (call: Call) => boolean, answer: (call: Call) => Answer) => (): Breaker => (call, pass) =>
    which(call) ? answer(call) : pass();

/** Passes some requests on in another form. */
export const requestsOf =
  (which: (call: Call) => boolean, change: (call: Call) => Partial<Call>) => (): Breaker => (call, pass) =>
    which(call) ? pass(change(call)) : pass();

/** Changes the rows of a page, or of a list without pages. */
export function rowsChanged(answer: Answer, change: (rows: Row[]) => Row[]): Answer {
  if (!isSuccess(answer)) return answer;
  if (Array.isArray(answer.body)) return { ...answer, body: change(answer.body as Row[]) };
  const page = rowOf(answer.body);
  return Array.isArray(page["results"])
    ? { ...answer, body: { ...page, results: change(page["results"] as Row[]) } }
    : answer;
}

export const pageChanged = (answer: Answer, change: (page: Row) => unknown): Answer =>
  isSuccess(answer) && isRow(answer.body) && "results" in answer.body
    ? { ...answer, body: change(answer.body) }
    : answer;

const organization = "/organizations/{slug}/";
const kinds = {
  organization: {
    list: ["GET /organizations/"],
    single: [`GET ${organization}`, "POST /organizations/", `PATCH ${organization}`],
  },
  member: { list: [`GET ${organization}members/`], single: [] },
  invitation: { list: [`GET ${organization}invitations/`], single: [`POST ${organization}invitations/`] },
  team: {
    list: [`GET ${organization}teams/`],
    single: [`GET ${organization}teams/{team}/`, `POST ${organization}teams/`, `PATCH ${organization}teams/{team}/`],
  },
  teamMember: {
    list: [`GET ${organization}teams/{team}/members/`],
    single: [`POST ${organization}teams/{team}/members/`],
  },
};
export type Kind = keyof typeof kinds;
export const everyKind = Object.keys(kinds) as Kind[];

export const isListOf = (...of: Kind[]) => isCall(...of.flatMap((kind) => kinds[kind].list));
export const isList = isListOf(...everyKind);

/** Changes every row of lists of a kind. */
export const eachRow = (kind: Kind, change: Change) =>
  answersOf(isListOf(kind), (answer, call) => rowsChanged(answer, (rows) => rows.map((row) => change(row, call))));

/** Changes every object of a kind, alone or in a list. */
export function each(kind: Kind | readonly Kind[], change: Change) {
  const of = [kind].flat() as Kind[];
  const [inList, alone] = [isListOf(...of), isCall(...of.flatMap((one) => kinds[one].single), "GET /never/")];
  return answersOf(
    (call) => inList(call) || alone(call),
    (answer, call) => {
      if (inList(call)) return rowsChanged(answer, (rows) => rows.map((row) => change(row, call)));
      return isSuccess(answer) ? { ...answer, body: change(rowOf(answer.body), call) } : answer;
    },
  );
}

/** Changes the detail of organizations, and not their rows. */
export const eachDetail = (kind: "organization" | "team", change: Change) =>
  answersOf(isCall(kinds[kind].single[0]!), (answer, call) =>
    isSuccess(answer) ? { ...answer, body: change(rowOf(answer.body), call) } : answer,
  );

export const without =
  (...names: string[]): PlainChange =>
  (row) =>
    Object.fromEntries(Object.entries(row).filter(([name]) => !names.includes(name)));

export const renamed =
  (name: string, other: string): PlainChange =>
  (row) =>
    Object.fromEntries(Object.entries(row).map(([key, value]) => [key === name ? other : key, value]));

/** Changes one field where it is. */
export const field =
  (name: string, change: (value: unknown, row: Row) => unknown): PlainChange =>
  (row) =>
    name in row ? { ...row, [name]: change(row[name], row) } : row;

/** Several changes at once. */
export const both =
  (...breakers: (() => Breaker)[]) =>
  (): Breaker =>
    breakers
      .map((make) => make())
      .reduce(
        (inner, outer) => (call, pass) =>
          outer(call, async (changed) => inner({ ...call, ...changed }, (more) => pass({ ...changed, ...more }))),
      );

/** States a rate limit that is never reached: a probe sends more than it allows in a minute. */
export const stated = (): Breaker => {
  let calls = 0;
  return async (_, pass) => {
    const answer = await pass();
    const headers = {
      "x-ratelimit-limit": "100",
      "x-ratelimit-remaining": String(99 - (calls++ % 61)),
      "x-ratelimit-reset": String(Math.ceil(Date.now() / 1000) + 1),
    };
    return { ...answer, headers: { ...answer.headers, ...headers } };
  };
};
