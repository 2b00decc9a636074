import type { Evidence, ListEvidence, Reads } from "../evidence.js";
import { envelopeOf, rowsOf } from "../pages.js";
import { OTHER_HOST } from "../profile.js";
import { objectIn, rowsIn, shownReply, succeeded, type Reply, type Row } from "../reply.js";
import { differs, holds, notVisible, type Finding, type Statement } from "../statement.js";
import { answered, listsIn, overLists, statusIs, together, type Named } from "./look.js";

const section = "Lists";

export const listStatements: readonly Statement[] = [
  {
    name: "no-single-reads",
    section,
    claim: "Members, invitations and team members cannot be read one by one. They are rows of lists.",
    basis: "published",
    source: "API reference; SDK 0.10.0 has no such operation",
    provider: '"Not found" is concluded from a complete list only. A list that fails on any page is an error.',
    ifDifferent: "Nothing changes for the provider: it reads lists, and would need fewer requests if it did not.",
    copes: "yes",
    test: "test/client/pages.test.ts",
    probe: { needs: "reads", judge: readsOneByOne },
  },
  {
    name: "pages-follow-next",
    section,
    claim:
      "Pages are numbered (`page`, `limit`); the default page has 20 rows. An unknown parameter, such as `cursor`, is ignored and returns the first page again.",
    basis: "published",
    source: "SDK 0.10.0",
    provider: "Sends `limit=100` and repeats the query of `next` as it is. A page that comes twice is an error.",
    ifDifferent:
      "If `next` is missing or leads to the same page, a list of more than one page is an error, and operations that need it change nothing. A different kind of `next` is followed as it is.",
    copes: "refuses",
    test: "test/client/pages.test.ts",
    probe: { needs: "reads", judge: (evidence) => overLists(evidence, followsNext) },
  },
  {
    name: "next-names-any-host",
    section,
    claim: "`next` is an absolute URL and may name a different host than the base URL.",
    basis: "published",
    source: "Tests of SDK 0.10.0",
    provider: "Uses the query of `next` only; host and path stay those of the base URL. Redirects are not followed.",
    ifDifferent: "Nothing changes for the provider: it uses only the query, which a relative URL has too.",
    copes: "yes",
    test: "test/client/pages.test.ts",
    probe: {
      needs: "reads",
      judge: (evidence) => overLists(evidence, (list) => hostOfNext(list, evidence.reads.host)),
    },
  },
  {
    name: "array-or-page",
    section,
    claim: "Older deployments return each list as one JSON array.",
    basis: "published",
    source: "Earlier versions of the SDK",
    provider: "Accepts an array as the complete list.",
    ifDifferent:
      "A list that is neither a page (`results`) nor an array is an error, and operations that need it change nothing. Both kinds in one deployment are no problem.",
    copes: "refuses",
    test: "test/client/pages.test.ts",
    probe: { needs: "reads", judge: arraysOrPages },
  },
  {
    name: "count-is-the-total",
    section,
    claim: "`count` of a page is the number of rows of the complete list.",
    basis: "published",
    source: "API reference",
    provider:
      "Reads a list again if it has fewer rows than `count`, and then ends with an error. Works without `count`.",
    ifDifferent:
      "If `count` is larger than the number of rows, each read of the list is an error, and nothing is changed. A smaller one is ignored.",
    copes: "refuses",
    test: "test/client/pages.test.ts",
    probe: { needs: "reads", judge: (evidence) => overLists(evidence, countsRows) },
  },
  {
    name: "page-size-up-to-100",
    section,
    claim: "A page has as many rows as `limit` asks for, up to 100.",
    basis: "assumed",
    source: "Avala's documentation recommends `limit=100`",
    provider: "Sends `limit=100`, and follows `next` whatever the size of a page.",
    ifDifferent: "Smaller pages mean more requests for each list: runs on large organizations take longer.",
    copes: "yes",
    test: "test/properties/faults/everyDeployment.test.ts",
    probe: {
      needs: "reads",
      judge: (evidence) => overLists(evidence, pageSize, [...listsIn(evidence), ...ownLists(evidence)]),
    },
  },
  {
    name: "default-page-has-20-rows",
    section,
    claim: "Without `limit`, a page has 20 rows if there are more.",
    basis: "published",
    source: "SDK 0.10.0",
    provider: "Always sends `limit`.",
    ifDifferent: "Nothing changes for the provider: it never asks for a page of the default size.",
    copes: "yes",
    test: "test/client/operations.test.ts",
    probe: { needs: "reads", judge: (evidence) => overLists(evidence, defaultSize) },
  },
  {
    name: "page-past-the-end-is-404",
    section,
    claim: "A page past the end of a list is answered 404.",
    basis: "assumed",
    source: "Default of the framework of the service",
    provider: "Begins a list again if a later page has gone. Never takes it as an object that is gone.",
    ifDifferent: "Nothing changes for the provider: an empty page ends a list too.",
    copes: "yes",
    test: "test/client/pages.test.ts",
    probe: { needs: "reads", judge: pastEnd },
  },
  {
    name: "lists-keep-their-order",
    section,
    claim: "The same request returns the rows in the same order, and pages of any size cut the same order.",
    basis: "assumed",
    source: "Nothing published names the order of a list",
    provider: "Reads a list again if its pages have fewer rows than `count`, and then ends with an error.",
    ifDifferent:
      "If it differs on each run of the probe, lists of more than one page may end with an error, and nothing is changed by mistake. A person who joined or left during the probe looks the same: run it again.",
    copes: "refuses",
    test: "test/client/pages.test.ts",
    probe: { needs: "reads", judge: (evidence) => overLists(evidence, keepsOrder) },
  },
  {
    name: "hidden-emails",
    section,
    claim: "The email addresses of members may be hidden from a key, all or some of them.",
    basis: "assumed",
    source: "The SDK declares the address as optional",
    provider:
      "A person who is named by an address that may be hidden is an error (`AVALA_IDENTITY_UNKNOWN`), never a new person.",
    ifDifferent:
      "Some addresses are hidden, others not. New people cannot be declared by address before `AVALA_HIDDEN_PEOPLE` says who the hidden ones are not; people with a recorded uid are not affected.",
    copes: "refuses",
    test: "test/lifecycle/hiddenRows.test.ts",
    probe: { needs: "reads", judge: ({ reads }) => addresses(reads) },
  },
  {
    name: "people-change-avala",
    section,
    claim: "People also work in Avala's own pages: they join, leave and change roles between two runs.",
    basis: "published",
    source: "Avala's documentation",
    provider:
      'Manages only declared people. Unmanaged people are reported and never removed, unless `unmanaged: "remove"` or `forceDestroy` is set.',
    ifDifferent: "Nothing: the provider is prepared for changes that do not happen.",
    copes: "yes",
    test: "test/properties/model/model.test.ts",
    probe: { never: "it is not a property of the service." },
  },
];

/** What tells rows apart, the best first: a deployment may have renamed one. */
const names = ["uid", "user_uid", "slug", "invited_email", "email", "username", "name"];

function identity(row: Row): unknown {
  return names.map((name) => row[name]).find((value) => ["string", "number"].includes(typeof value));
}

function readsOneByOne({ reads }: Evidence): Finding {
  const reply = reads.organization?.singleMember;
  return reply ? statusIs(reply, [404, 405]) : notVisible("The key sees no member.");
}

const single = "the list has fewer than two rows";
const array = "the list is an array";

function followsNext({ pages, single: one, second, cursor }: ListEvidence): Finding {
  if (one === undefined) return notVisible(envelopeOf(pages[0]!) ? single : array);
  return answered(one, () => {
    const rows = rowsIn(one);
    if (rows?.length !== 1)
      return differs(rows ? `a page of limit=1 has ${rows.length} rows` : unreadable("a request with limit=1", one));
    const [row] = rows as [Row];
    const next = objectIn(one)!["next"];
    if (typeof next !== "string") return differs("a page of one row has no next, though there are more rows");
    const leads = URL.canParse(next, "http://localhost") ? new URL(next, "http://localhost").searchParams : undefined;
    if (leads?.get("page") !== "2") return differs("the next of the first page does not contain page=2");
    const problem = secondPage(row, second) ?? cursorPage(row, cursor);
    return problem === undefined ? holds("each next leads to the next row, and cursor is ignored") : differs(problem);
  });
}

const unreadable = (what: string, reply: Reply): string => `${what} is answered ${shownReply(reply)}`;

function secondPage(first: Row, second: Reply | undefined): string | undefined {
  if (second === undefined) return "a next cannot be followed";
  const rows = rowsIn(second);
  if (rows === undefined) return unreadable("the page that next leads to", second);
  if (rows.length !== 1) return `the next leads to a page of ${rows.length} rows after one of 1 row`;
  return identity(rows[0]!) === identity(first) ? "the next leads to the same row again" : undefined;
}

function cursorPage(first: Row, cursor: Reply | undefined): string | undefined {
  if (cursor === undefined) return undefined;
  const rows = rowsIn(cursor);
  if (rows === undefined) return unreadable("a request with cursor", cursor);
  return identity(rows[0] ?? {}) === identity(first) ? undefined : "a cursor is not ignored";
}

function hostOfNext({ pages, single: one }: ListEvidence, host: string): Finding {
  const links = [...pages, one]
    .map((page) => objectIn(page)?.["next"])
    .filter((next) => next !== null && next !== undefined);
  if (links.length === 0) return notVisible(Array.isArray(pages[0]!.json) ? array : "no page has a next");
  const hosts = links.map((next) => (typeof next === "string" && URL.canParse(next) ? new URL(next).host : undefined));
  if (hosts.includes(undefined)) return differs("a next is not an absolute URL");
  if (hosts.every((other) => other === host))
    return holds("each next names the host of the base URL", { nextHost: null });
  return holds("a next names a different host than the base URL", { nextHost: OTHER_HOST });
}

function arraysOrPages(evidence: Evidence): Finding {
  const parts = listsIn(evidence).map(([name, { pages }]): Named<Finding> => [name, kindOf(pages[0]!)]);
  const kinds = new Set(parts.flatMap(([, found]) => ("settings" in found ? [found.settings!.lists] : [])));
  const found = together(parts, "no list was read");
  if (kinds.size < 2) return found;
  const details = parts.map(([name, { details }]) => `${name}: ${details}`).join("; ");
  return differs(`Some lists are arrays, others pages (${details}).`);
}

function kindOf(page: Reply): Finding {
  if (!succeeded(page)) return notVisible(`answered ${shownReply(page)}`);
  if (rowsIn(page) === undefined) return differs("neither a page with results nor an array");
  return Array.isArray(page.json) ? holds("an array", { lists: "array" }) : holds("a page", { lists: "page" });
}

function countsRows({ pages, complete, ...more }: ListEvidence, rows: readonly Row[]): Finding {
  const read = [...pages, more.again, more.single, more.second, more.byDefault, more.cursor];
  const envelopes = read.flatMap((page) => (page && envelopeOf(page)) ?? []);
  if (envelopes.length === 0) return notVisible(array);
  const counts = envelopes.map(({ count }) => count);
  if (counts.includes(undefined)) return differs("a page has no number in count");
  const wrong = counts.find((count) => (complete ? count !== rows.length : count! < rows.length));
  if (wrong !== undefined) return differs(`a count is ${wrong}, but ${rows.length} rows were read`);
  return complete
    ? holds("each count is the number of rows")
    : notVisible("the list is too long to be read to its end");
}

/** The teams of the probe's own organization: they are more than a small page shows. */
const ownLists = ({ writes }: Evidence): Named<ListEvidence>[] =>
  writes?.teams ? [["teams of the probe", writes.teams]] : [];

/** The size that `limit` asks for, and the largest that anybody relies on. */
const ASKED = 100;

function pageSize({ pages }: ListEvidence): Finding {
  const envelope = envelopeOf(pages[0]!);
  if (!envelope) return notVisible(array);
  const { length } = rowsIn(pages[0]!)!;
  if (length > ASKED) return differs(`a page of limit=${ASKED} has ${length} rows`);
  if (length === ASKED) return holds(`a page of limit=${ASKED} has ${ASKED} rows`, { maxPageSize: ASKED });
  if (!envelope.hasNext) return notVisible(`the list has fewer than ${ASKED} rows`);
  const details = `a page of limit=${ASKED} has ${length} ${length === 1 ? "row" : "rows"}, and there are more`;
  return differs(details, length > 0 ? { maxPageSize: length } : undefined);
}

const DEFAULT_SIZE = 20;

function defaultSize({ pages, complete, byDefault }: ListEvidence, rows: readonly Row[]): Finding {
  const envelope = envelopeOf(pages[0]!);
  if (!envelope) return notVisible(array);
  const size = byDefault && rowsIn(byDefault)?.length;
  if (size === undefined)
    return byDefault ? differs(unreadable("a list without limit", byDefault)) : notVisible(single);
  const total = complete ? rows.length : Math.max(rows.length, envelope.count ?? 0);
  if (size !== Math.min(DEFAULT_SIZE, total)) return differs(`a page without limit has ${size} rows of ${total}`);
  return total > DEFAULT_SIZE
    ? holds(`a page without limit has ${size} rows`)
    : notVisible(`the list has at most ${DEFAULT_SIZE} rows`);
}

function pastEnd({ reads }: Evidence): Finding {
  const [first] = reads.organizations.pages;
  if (first && Array.isArray(first.json)) return notVisible("The list of organizations is an array.");
  return statusIs(reads.pastEnd, [404]);
}

function keepsOrder({ pages, again, single: one, second }: ListEvidence, rows: readonly Row[]): Finding {
  if (again === undefined) return notVisible(single);
  const first = rowsIn(pages[0]!)!.map(identity);
  const repeated = rowsIn(again)?.map(identity);
  if (repeated === undefined) return differs(unreadable("the list, requested again,", again));
  if (JSON.stringify(repeated) !== JSON.stringify(first)) return differs("a second request returns a different order");
  const [start, next] = [one, second].map((page) => identityOfOnly(page && rowsIn(page)));
  const moved =
    (start !== undefined && start !== first[0]) || (next !== undefined && ![start, identity(rows[1]!)].includes(next));
  return moved ? differs("pages of one row have a different order than the list") : holds("the order stays");
}

/** Of a page of one row; whether a page leads to itself is judged elsewhere. */
const identityOfOnly = (rows: readonly Row[] | undefined): unknown =>
  rows?.length === 1 ? identity(rows[0]!) : undefined;

const address = /^[^@\s]+@[^@\s]+\.\w[^@\s]*$/;

function addresses({ organization }: Reads): Finding {
  const lists = [organization?.members, organization?.team?.members];
  const people = lists.flatMap((list) => (list && rowsOf(list)) ?? []);
  if (people.length === 0) return notVisible("The key sees no member.");
  const shown = people.filter(({ email }) => typeof email === "string" && address.test(email)).length;
  const cut = people.filter(({ email }) => typeof email === "string" && email !== "").length - shown;
  if (cut > 0) return differs(`${cut} of ${people.length} members have an address that is not complete.`);
  if (shown === people.length) return holds("The address of every member is visible.", { hideEmails: false });
  if (shown === 0) return holds("The address of every member is hidden.", { hideEmails: true });
  return differs(`The addresses of ${people.length - shown} of ${people.length} members are hidden.`);
}
