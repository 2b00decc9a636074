import {
  type Kind,
  type Row,
  answered,
  answersOf,
  both,
  eachRow,
  everyKind,
  field,
  html,
  inPlaceOf,
  isCall,
  isList,
  isListOf,
  pageChanged,
  refused,
  renamed,
  requestsOf,
  rowOf,
  rowsChanged,
  without,
} from "../breaking.js";
import { type Answer, type Call } from "../service.js";
import { type Broken, isMissing, missingAs, organization, postTeam, remembering, because } from "./common.js";

const ofPeople = ["adding-twice-is-refused", "own-user-joins-team", "team-role-changes", "void-answers"];
const ofTeamMembers = ["adding-twice-is-refused", "team-creator-joins", "team-role-changes"];

/** Steps that a list of teams shows. */
const ofTeams = [
  ...ofPeople,
  "counts-follow-writes",
  "deleted-is-404",
  "no-idempotency-keys",
  "organization-delete",
  "team-color-keeps-its-case",
  "team-creator-joins",
  "team-names-may-repeat",
];

/** Steps that only a complete list shows. */
const ofWholeLists = {
  invitation: ["cancelled-invitations-vanish", "inviting-twice-is-refused"],
  team: ["counts-follow-writes", "no-idempotency-keys", "team-color-keeps-its-case", "team-names-may-repeat"],
  teamMember: ofTeamMembers,
};

/** What cannot be seen without the rows of a list. */
const ofRows: Record<Kind, string[]> = {
  organization: ["default-page-has-20-rows", "list-agrees-with-detail", "organization-delete", "page-size-up-to-100"],
  member: ["member-has-its-fields", "no-single-reads", "one-owner", ...ofPeople],
  invitation: [
    "accepted-invitations-vanish",
    "answers-hold-secrets",
    "cancelled-invitations-vanish",
    "expired-may-be-pending",
    "invitation-has-its-fields",
    "inviting-twice-is-refused",
  ],
  team: ["lists-may-lag", "team-has-its-fields", "team-member-has-its-fields", "team-roles", ...ofTeams],
  teamMember: ["team-member-has-its-fields", "team-roles", ...ofTeamMembers],
};

/** By the name of the statement that is broken. */
export const lists: Readonly<Record<string, readonly Broken[]>> = {
  "pages-follow-next": [
    {
      what: "next is null on every page",
      breaker: answersOf(isList, (answer) => pageChanged(answer, (page) => ({ ...page, next: null }))),
      also: {
        ...because("no page has a next", "next-names-any-host"),
        ...because("the second page of the organizations is not found", "count-is-the-total"),
      },
    },
    {
      what: "next is absent",
      breaker: answersOf(isList, (answer) => pageChanged(answer, without("next"))),
      also: {
        ...because("no page has a next", "next-names-any-host"),
        ...because("the second page of the organizations is not found", "count-is-the-total"),
      },
    },
    {
      what: "next leads to the same page",
      breaker: answersOf(isList, (answer, { query }) =>
        pageChanged(answer, (page) => ({ ...page, next: withPage(page["next"], query.get("page") ?? "1") })),
      ),
    },
    {
      what: "a cursor is honoured",
      breaker: inPlaceOf(
        (call) => isList(call) && call.query.has("cursor"),
        () => answered(404, { detail: "Invalid cursor." }),
      ),
    },
    {
      what: "a cursor leads to another page",
      breaker: requestsOf(
        (call) => isList(call) && call.query.has("cursor"),
        ({ query }) => ({ query: changedQuery(query, { page: "2" }) }),
      ),
    },
    {
      what: "next has a cursor in place of a page",
      breaker: both(
        answersOf(isList, (answer) =>
          pageChanged(answer, (page) => ({
            ...page,
            next: typeof page["next"] === "string" ? page["next"].replace("page=", "cursor=") : null,
          })),
        ),
        requestsOf(
          (call) => isList(call) && call.query.has("cursor"),
          ({ query }) => ({
            query: changedQuery(query, { page: query.get("cursor") ?? "1" }),
          }),
        ),
      ),
    },
    {
      what: "limit is ignored",
      breaker: requestsOf(
        (call) => isList(call) && call.query.has("limit"),
        ({ query }) => ({ query: changedQuery(query, { limit: "100" }) }),
      ),
    },
  ],
  "next-names-any-host": [
    {
      what: "next is a path",
      breaker: answersOf(isList, (answer) =>
        pageChanged(answer, (page) => ({
          ...page,
          next: typeof page["next"] === "string" ? page["next"].replace(/^https?:..[^/]+/, "") : null,
        })),
      ),
    },
    {
      what: "next is a query",
      breaker: answersOf(isList, (answer) =>
        pageChanged(answer, (page) => ({
          ...page,
          next: typeof page["next"] === "string" ? page["next"].replace(/^[^?]+/, "") : null,
        })),
      ),
    },
  ],
  "array-or-page": everyKind.map((kind) => ({
    what: `the list of each ${kind} has its rows in data`,
    breaker: answersOf(isListOf(kind), (answer) => pageChanged(answer, renamed("results", "data"))),
    also: because("the rows cannot be read", ...ofRows[kind]),
    ...(kind === "organization" && { organization: "unproven" as const }),
  })),
  "count-is-the-total": everyKind.flatMap((kind) => [
    {
      what: `count of each ${kind} is one too high`,
      breaker: counted(kind, (page) => Number(page["count"]) + 1),
      ...(kind in ofWholeLists && {
        also: because("the list says that it is not complete", ...ofWholeLists[kind as keyof typeof ofWholeLists]),
      }),
    },
    ...(kind === "organization"
      ? [{ what: `count is that of the page`, breaker: counted(kind, ({ results }) => (results as Row[]).length) }]
      : []),
  ]),
  "page-size-up-to-100": [
    {
      what: "pages have 2 rows at most",
      breaker: requestsOf(isList, ({ query }) => ({
        query: changedQuery(query, { limit: String(Math.min(2, Number(query.get("limit") ?? 20))) }),
      })),
      also: {
        ...because("it has 2 rows as well", "default-page-has-20-rows"),
        ...because("the list of organizations has too many pages"),
      },
    },
    {
      what: "pages have 25 rows at most",
      breaker: requestsOf(isList, ({ query }) => ({
        query: changedQuery(query, { limit: String(Math.min(25, Number(query.get("limit") ?? 20))) }),
      })),
    },
    {
      what: "a limit of 100 gives the default page",
      breaker: requestsOf(isList, ({ query }) => ({
        query: query.get("limit") === "100" ? changedQuery(query, { limit: "20" }) : query,
      })),
    },
  ],
  "default-page-has-20-rows": [
    { what: "the default page has 10 rows", breaker: defaultPage("10") },
    { what: "the default page has 25 rows", breaker: defaultPage("25") },
    { what: "the default page has 100 rows", breaker: defaultPage("100") },
  ],
  "page-past-the-end-is-404": [
    {
      what: "a page past the end is empty",
      breaker: missingAs(isList, () => answered(200, { count: 0, next: null, previous: null, results: [] })),
    },
    { what: "a page past the end is 400", breaker: missingAs(isList, () => refused(400)) },
    {
      what: "a page past the end is the first one",
      breaker: () => async (call, pass) => {
        const answer = await pass();
        return isList(call) && isMissing(answer) ? pass({ query: changedQuery(call.query, { page: "1" }) }) : answer;
      },
    },
  ],
  "lists-keep-their-order": [
    {
      what: "every answer has another order",
      breaker: remembering(
        () => ({ turns: 0 }),
        (memory) =>
          answersOf(isListOf("organization"), (answer) =>
            rowsChanged(answer, (rows) => turned(rows, ++memory.turns)),
          )(),
      ),
    },
    {
      what: "pages of one row have another order",
      breaker: () => async (call, pass) => {
        if (!isListOf("organization")(call) || call.query.get("limit") !== "1") return pass();
        const all = await pass({ query: changedQuery(call.query, { page: "1", limit: "100" }) });
        return pageOf(call, await pass(), (rowOf(all.body)["results"] as Row[]).toReversed());
      },
    },
  ],
  "no-single-reads": [
    {
      what: "a member can be read",
      breaker: inPlaceOf(isCall(`GET ${organization}members/{uid}/`), ({ path }) =>
        answered(200, { user_uid: path.split("/").at(-2), role: "member" }),
      ),
    },
    { what: "a member is a page", breaker: inPlaceOf(isCall(`GET ${organization}members/{uid}/`), () => html(200)) },
  ],
  "lists-may-lag": [
    {
      what: "new teams are never listed",
      breaker: remembering(
        () => new Set<unknown>(),
        (made) => async (call, pass) => {
          const answer = await pass();
          if (postTeam(call)) made.add(rowOf(answer.body)["uid"]);
          return isListOf("team")(call)
            ? rowsChanged(answer, (rows) => rows.filter(({ uid }) => !made.has(uid)))
            : answer;
        },
      ),
      also: because("the teams are not found", ...ofTeams),
    },
  ],
  "hidden-emails": [
    {
      what: "some members have no address",
      breaker: eachRow(
        "member",
        field("email", (email, { role }) => (role === "member" ? null : email)),
      ),
    },
    {
      what: "addresses are cut short",
      breaker: eachRow(
        "member",
        field("email", (email) => String(email).replace(/@.*/, "@…")),
      ),
    },
  ],
};

const turned = (rows: readonly Row[], turns: number): Row[] => rows.map((_, i) => rows[(i + turns) % rows.length]!);

function changedQuery(query: URLSearchParams, values: Record<string, string>): URLSearchParams {
  const changed = new URLSearchParams(query);
  for (const [name, value] of Object.entries(values)) changed.set(name, value);
  return changed;
}

function withPage(next: unknown, page: string): unknown {
  if (typeof next !== "string") return next;
  const url = new URL(next);
  url.searchParams.set("page", page);
  return url.href;
}

/** A page of these rows, like the answer. */
function pageOf({ query }: Call, answer: Answer, rows: Row[]): Answer {
  return rowsChanged(answer, (before) => {
    const size = Number(query.get("limit") ?? 20);
    const first = (Number(query.get("page") ?? 1) - 1) * size;
    return rows.slice(first, first + before.length);
  });
}

function counted(kind: Kind, count: (page: Row) => number) {
  return answersOf(isListOf(kind), (answer) => pageChanged(answer, (page) => ({ ...page, count: count(page) })));
}

function defaultPage(size: string) {
  return requestsOf(
    (call) => isList(call) && !call.query.has("limit"),
    ({ query }) => ({ query: changedQuery(query, { limit: size }) }),
  );
}
