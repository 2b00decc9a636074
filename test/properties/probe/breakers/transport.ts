import {
  answered,
  answersOf,
  both,
  eachRow,
  html,
  inPlaceOf,
  isCall,
  isListOf,
  refused,
  requestsOf,
  rowOf,
  without,
  type Row,
} from "../breaking.js";
import { type Answer, type Breaker, type Call } from "../service.js";
import { administratorKey, ownKey } from "../world.js";
import {
  type Broken,
  asKey,
  getOrganization,
  getOrganizations,
  industryChoices,
  keyOf,
  missingAs,
  organization,
  patchOrganization,
  patchTeam,
  remembering,
  team,
  because,
} from "./common.js";

const getTeam = isCall(`GET ${team}`);
const isRead = ({ method }: Call) => method === "GET";

const header = (name: string, value: (before: string | undefined) => string | undefined) =>
  answersOf(
    () => true,
    (answer) => {
      const { [name]: before, ...headers } = answer.headers;
      const after = value(before);
      return { ...answer, headers: { ...headers, ...(after !== undefined && { [name]: after }) } };
    },
  );

/** Statements that the list of organizations shows. */
const ofOrganizations = ["default-page-has-20-rows", "list-agrees-with-detail", "page-size-up-to-100"];

const isAnonymous = ({ headers }: Call) => !headers.has("x-avala-api-key");

/** By the name of the statement that is broken. */
export const transport: Readonly<Record<string, readonly Broken[]>> = {
  "key-in-header": [
    {
      what: "the list of organizations refuses the key",
      breaker: inPlaceOf(
        (call) => getOrganizations(call) && isRead(call),
        () => refused(401),
      ),
      organization: "unproven",
      also: {
        ...because("the list of organizations cannot be read", ...ofOrganizations, "page-past-the-end-is-404"),
        ...because("only a list proves that the organization is gone", "organization-delete"),
      },
    },
  ],
  "refuses-without-key": [
    { what: "without a key, the owner's organizations are listed", breaker: asKey(isAnonymous, ownKey) },
    { what: "403 without a key", breaker: inPlaceOf(isAnonymous, () => refused(403)) },
    { what: "404 without a key", breaker: inPlaceOf(isAnonymous, () => refused(404)) },
    { what: "an empty list without a key", breaker: inPlaceOf(isAnonymous, () => answered(200, [])) },
    {
      what: "a redirect to a login page without a key",
      breaker: inPlaceOf(isAnonymous, () => answered(302, undefined, { location: "/login/" })),
    },
  ],
  "answers-are-json": [
    { what: "reads are labelled as text", breaker: answersOf(isRead, labelled("text/plain")) },
    { what: "the list of teams is labelled as HTML", breaker: answersOf(isListOf("team"), labelled("text/html")) },
    {
      what: "the list of industries is HTML",
      breaker: inPlaceOf(industryChoices, () => html(200)),
      also: because("the list of industries cannot be read", "industries-are-listed"),
    },
  ],
  "paths-end-in-slash": [
    {
      what: "a path without its last slash is served",
      breaker: requestsOf(
        ({ path }) => !path.endsWith("/"),
        ({ path }) => ({ path: `${path}/` }),
      ),
    },
    {
      what: "a path without its last slash is a page of the web site",
      breaker: inPlaceOf(
        ({ path }) => !path.endsWith("/"),
        () => html(200),
      ),
    },
    {
      what: "a path without its last slash is refused with 403",
      breaker: inPlaceOf(
        ({ path }) => !path.endsWith("/"),
        () => refused(403),
      ),
    },
  ],
  "missing-is-404": [
    {
      what: "a missing organization is 200 and empty",
      breaker: missingAs(getOrganization, () => answered(200, {})),
      also: because(
        "a slug that leads nowhere any more is answered like that",
        "slugs-move",
        "not-found-may-be-forbidden",
      ),
    },
    {
      what: "a missing organization is 403",
      breaker: missingAs(getOrganization, () => refused(403)),
      also: because("a slug that leads nowhere any more is answered like that", "slugs-move"),
    },
    { what: "a missing organization is an HTML page", breaker: missingAs(getOrganization, () => html(404)) },
    {
      what: "a missing organization is 404 without detail",
      breaker: missingAs(getOrganization, () => answered(404, { error: "missing" })),
    },
    {
      what: "a missing team is 410",
      breaker: missingAs(getTeam, (answer) => ({ ...answer, status: 410 })),
      also: because("a team that was deleted is answered like that", "deleted-is-404"),
    },
    { what: "a missing team is an HTML page", breaker: missingAs(getTeam, () => html(404)) },
    {
      what: "the detail of a missing team is a list",
      breaker: missingAs(getTeam, () => answered(404, { detail: ["missing"] })),
    },
  ],
  "wrong-path-is-404": [
    {
      what: "a wrong path is a page with 200",
      breaker: missingAs(
        (call) => !isKnown(call),
        () => html(200),
      ),
    },
    {
      what: "a wrong path is 403",
      breaker: missingAs(
        (call) => !isKnown(call),
        () => refused(403),
      ),
    },
    {
      what: "a wrong path is a redirect",
      breaker: missingAs(
        (call) => !isKnown(call),
        () => answered(302, undefined, { location: "/" }),
      ),
    },
  ],
  "not-found-may-be-forbidden": [
    {
      what: "an organization of others is shown",
      breaker: othersOrganization((call, pass) => pass({ headers: keyOf(call, administratorKey) })),
    },
    { what: "an organization of others is 401", breaker: othersOrganization(() => refused(401)) },
    { what: "an organization of others is 410", breaker: othersOrganization(() => refused(410)) },
  ],
  "rate-limit-per-user": [
    {
      what: "no limit is stated",
      breaker: both(...["limit", "remaining", "reset"].map((name) => header(`x-ratelimit-${name}`, () => undefined))),
    },
    { what: "another limit is stated", breaker: header("x-ratelimit-limit", () => "60") },
    { what: "the limit is a text", breaker: header("x-ratelimit-limit", () => "unlimited") },
    { what: "the rest is not stated", breaker: header("x-ratelimit-remaining", () => undefined) },
    { what: "the reset is not stated", breaker: header("x-ratelimit-reset", () => undefined) },
    { what: "the rest does not fall", breaker: header("x-ratelimit-remaining", () => "90") },
  ],
  "no-idempotency-keys": [
    {
      what: "a repeated key repeats the answer",
      breaker: remembering(
        () => new Map<string, Answer>(),
        (answers) => async (call, pass) => {
          const key = call.headers.get("idempotency-key");
          if (key === null) return pass();
          const answer = answers.get(key) ?? (await pass());
          answers.set(key, answer);
          return answer;
        },
      ),
    },
    {
      what: "a repeated key is refused",
      breaker: remembering(
        () => new Set<string>(),
        (keys) => (call, pass) => {
          const key = call.headers.get("idempotency-key");
          if (key === null) return pass();
          if (keys.has(key)) return refused(409);
          keys.add(key);
          return pass();
        },
      ),
    },
  ],
  "answers-hold-secrets": [
    { what: "invitations have no links", breaker: eachRow("invitation", without("accept_url", "copy_link")) },
    {
      what: "the links of invitations are null",
      breaker: eachRow("invitation", (row) => ({ ...row, accept_url: null, copy_link: null })),
    },
  ],
  "errors-name-fields": [
    { what: "invalid input is 422", breaker: invalid((answer) => ({ ...answer, status: 422 })) },
    { what: "invalid input is refused in one sentence", breaker: invalid(() => refused(400)) },
    { what: "invalid input is refused with a page", breaker: invalid(() => html(400)) },
    {
      what: "an unknown visibility is ignored",
      breaker: requestsOf(isInvalid, ({ body }) => ({ body: without("visibility")(rowOf(body)) })),
    },
  ],
  "unknown-fields-are-ignored": [
    {
      what: "an unknown field is refused",
      breaker: inPlaceOf(hasUnknownField, () => answered(400, { unknown: ["This field is not known."] })),
    },
    { what: "an unknown field is kept", breaker: keepsUnknown() },
  ],
};

/** An update with a visibility that does not exist. */
function isInvalid(call: Call): boolean {
  const { visibility = "public" } = rowOf(call.body);
  return patchOrganization(call) && !["public", "private"].includes(String(visibility));
}

function invalid(change: (answer: Answer) => Answer) {
  return answersOf(isInvalid, (answer) => (answer.status === 400 ? change(answer) : answer));
}

/** Unknown fields of updates are in all later answers. */
function keepsUnknown() {
  return remembering(
    (): Row => ({}),
    (kept) => async (call, pass) => {
      const answer = await pass();
      if (hasUnknownField(call)) Object.assign(kept, rowOf(call.body));
      if (!patchOrganization(call) && !getOrganization(call)) return answer;
      return answer.status === 200 ? { ...answer, body: { ...kept, ...rowOf(answer.body) } } : answer;
    },
  );
}

function labelled(type: string) {
  return (answer: Answer): Answer => ({ ...answer, headers: { ...answer.headers, "content-type": type } });
}

/** Paths of the API. */
function isKnown(call: Call): boolean {
  const anyMethod = [
    "",
    "members/",
    "members/{uid}/",
    "members/{uid}/role/",
    "invitations/",
    "invitations/{uid}/",
    "invitations/{uid}/cancel/",
    "teams/",
    "teams/{team}/",
    "teams/{team}/members/",
    "teams/{team}/members/{uid}/",
    "teams/{team}/members/{uid}/role/",
  ];
  const known = isCall(
    "* /organizations/",
    "* /users/me/",
    "* /users/me/permissions/",
    ...anyMethod.map((path) => `* ${organization}${path}`),
  );
  return known(call) || industryChoices(call);
}

/** Answers for the organization that the key's user is not a member of. */
function othersOrganization(breaker: Breaker) {
  return (): Breaker => (call, pass) =>
    getOrganization(call) && call.path === "/organizations/globex-secret/" ? breaker(call, pass) : pass();
}

function hasUnknownField(call: Call): boolean {
  const known = [
    "name",
    "slug",
    "handle",
    "description",
    "logo",
    "website",
    "industry",
    "email",
    "phone",
    "visibility",
    "color",
  ];
  return (
    (patchOrganization(call) || patchTeam(call)) && Object.keys(rowOf(call.body)).some((name) => !known.includes(name))
  );
}
