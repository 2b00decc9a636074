import { isDeepStrictEqual } from "node:util";
import type { Settings, State } from "../../emulator/src/index.js";
import { notRun } from "../support/browser.js";
import { startEmulator, type TestEmulator } from "../support/emulator.js";
import { type Operation, OPERATIONS } from "./operations.js";
import { findSdk } from "./python.js";
import { recordsOf, type Row } from "./records.js";
import { type Description, KINDS, type Model, ourClient, type Page, type Sdk, type SdkCall, startSdk } from "./sdk.js";
import { crowd, keys, MANY, NOW, PENDING, UIDS, world } from "./world.js";

let emulator: TestEmulator;
beforeAll(async () => {
  emulator = await startEmulator({ now: () => NOW });
});
afterAll(() => emulator.close());

/** Operations of the emulator for which the SDK has no method. */
const WITHOUT_METHOD = ["acceptInvitation", "getCurrentUser", "getPermissions"];

it("the table has the operations of the emulator, but for those without a method of the SDK", async () => {
  const document = (await (await fetch(new URL("/openapi.json", emulator.url))).json()) as {
    paths: Record<string, Record<string, { operationId: string }>>;
  };
  const offered = Object.values(document.paths).flatMap((path) => Object.values(path).map((one) => one.operationId));
  expect([...OPERATIONS.map(({ id }) => id), ...WITHOUT_METHOD].toSorted()).toEqual(offered.toSorted());
  expect(OPERATIONS).toHaveLength(24);
});

/** What the SDK raises, by status; 409 and redirects have no class of their own. */
const RAISED = {
  400: "avala.errors.ValidationError",
  401: "avala.errors.AuthenticationError",
  403: "avala.errors.ForbiddenError",
  404: "avala.errors.NotFoundError",
  409: "avala.errors.AvalaError",
  429: "avala.errors.RateLimitError",
  500: "avala.errors.ServerError",
};
/** What it raises for an answer that its models do not allow, and for a list that is not a page. */
const NOT_OF_MODEL = "pydantic_core._pydantic_core.ValidationError";
const NOT_A_PAGE = "builtins.AttributeError";

const RANKS = ["anybody", "member", "lead", "manager", "owner"] as const;
/** Callers: what they are, or the scopes of the owner's key. */
const CALLERS: { key: string; is: Operation["needs"]; scopes?: Operation["method"][] }[] = [
  { key: keys.owner, is: "owner" },
  { key: keys.ada, is: "manager" },
  { key: keys.lee, is: "lead" },
  { key: keys.mia, is: "member" },
  { key: keys.stranger, is: "anybody" },
  { key: keys.reading, is: "owner", scopes: ["GET"] },
  { key: keys.writing, is: "owner", scopes: ["POST", "PATCH", "DELETE"] },
  { key: keys.nothing, is: "owner", scopes: [] },
];

function expectedFor({ id, method, needs }: Operation, { is, scopes }: (typeof CALLERS)[number]): string | null {
  if (scopes && !scopes.includes(method)) return RAISED[403];
  if (is === "anybody" && needs !== "anybody") return RAISED[404];
  if (RANKS.indexOf(is) < RANKS.indexOf(needs)) return RAISED[403];
  return id === "leaveOrganization" && is === "owner" ? RAISED[400] : null;
}

/** Settings of the emulator, and the operations that the SDK cannot read or is refused with them. */
const SETTINGS: { settings: Partial<Settings>; raised?: Record<string, string> }[] = [
  { settings: { nextHost: "other.example:444" } },
  { settings: { slugFollowsName: true } },
  { settings: { lowercaseEmails: true } },
  { settings: { hideEmails: true } },
  { settings: { hideEmailsOf: [UIDS.zoe] } },
  { settings: { hideEmailsOf: [PENDING] }, raised: { listInvitations: NOT_OF_MODEL } },
  { settings: { expiredInvitations: "hidden" } },
  { settings: { teamCreatorJoins: true } },
  { settings: { voidStatus: 200 } },
  { settings: { invitesPerMinute: 1 } },
  { settings: { hiddenIs: 403 } },
  { settings: { readLagMs: 60_000 } },
  { settings: { currentUser: 403 } },
  { settings: { maxPageSize: 1 } },
  { settings: { organizationDelete: "soft" } },
  { settings: { organizationDelete: "refuse" }, raised: { deleteOrganization: RAISED[409] } },
  { settings: { seats: 1 }, raised: { createInvitation: RAISED[403] } },
  {
    settings: { writeBody: "minimal" },
    raised: {
      createOrganization: NOT_OF_MODEL,
      updateOrganization: NOT_OF_MODEL,
      createTeam: NOT_OF_MODEL,
      updateTeam: NOT_OF_MODEL,
    },
  },
  {
    settings: { lists: "array" },
    raised: Object.fromEntries(OPERATIONS.filter(({ list }) => list).map(({ id }) => [id, NOT_A_PAGE])),
  },
];

it("the table has every setting of the emulator, but for the rate limit", async () => {
  const tried = new Set(SETTINGS.flatMap(({ settings }) => Object.keys(settings)));
  const all = Object.keys((await emulator.control("GET", "/settings")) as Settings);
  expect([...tried, "rateLimit"].toSorted()).toEqual(all.toSorted());
});

interface Failing {
  what: string;
  /** Sets it up. */
  arrange?: () => Promise<unknown>;
  key?: string;
  operation: string;
  sdk?: Partial<SdkCall>;
  ours?: Operation["ours"];
  /** What the SDK raises. */
  raises: { type: string; status_code?: number; [fact: string]: unknown };
  /** What the provider's client throws, and the fragment of its message that comes from the service. */
  throws: { name: string; says?: string };
}

const fault = (action: object) => () => emulator.faults({ action } as never);
const PAGE = "<!doctype html><h1>Bad gateway</h1>";
const html = { "content-type": "text/html" };

const FAILURES: Failing[] = [
  {
    what: "an unknown key",
    key: "avk_unknown",
    operation: "getOrganization",
    raises: { type: RAISED[401], status_code: 401, message: "Invalid API key." },
    throws: { name: "UnauthorizedError", says: "Invalid API key." },
  },
  {
    what: "a revoked key",
    arrange: () => emulator.revokeKey(keys.ada),
    key: keys.ada,
    operation: "listOrganizations",
    raises: { type: RAISED[401], status_code: 401, message: "API key has been revoked or has expired." },
    throws: { name: "UnauthorizedError", says: "API key has been revoked or has expired." },
  },
  {
    what: "a role that is not sufficient",
    key: keys.mia,
    operation: "listInvitations",
    raises: { type: RAISED[403], status_code: 403, message: "You do not have permission to perform this action." },
    throws: { name: "ForbiddenError", says: "You do not have permission to perform this action." },
  },
  {
    what: "a plan that is not sufficient",
    arrange: () => emulator.settings({ seats: 1 }),
    operation: "createInvitation",
    raises: { type: RAISED[403], status_code: 403, body: expect.objectContaining({ code: "plan_insufficient" }) },
    throws: { name: "ForbiddenError", says: "plan_insufficient" },
  },
  {
    what: "an organization that does not exist",
    arrange: () => emulator.reset({ ...world(), organizations: [] }),
    operation: "getOrganization",
    raises: { type: RAISED[404], status_code: 404, message: "Not found." },
    throws: { name: "NotFoundError", says: "Not found." },
  },
  {
    what: "a page after the last one",
    operation: "listMembers",
    arrange: fault({ status: 404, body: { detail: "Invalid page." } }),
    raises: { type: RAISED[404], status_code: 404, message: "Invalid page." },
    throws: { name: "NotFoundError", says: "Invalid page." },
  },
  {
    what: "messages for a field",
    operation: "createTeam",
    sdk: { options: { name: " ", color: "#1234567" } },
    ours: (client) => client.teams.create("acme", { name: " ", color: "#1234567" }),
    raises: {
      type: RAISED[400],
      status_code: 400,
      message: "HTTP 400",
      body: {
        name: ["This field may not be blank."],
        color: ["Ensure this field has no more than 7 characters."],
      },
    },
    throws: { name: "InvalidError", says: "name: This field may not be blank." },
  },
  {
    what: "a refusal as text",
    operation: "leaveOrganization",
    key: keys.owner,
    raises: { type: RAISED[400], message: "The owner cannot leave. Transfer the ownership first." },
    throws: { name: "InvalidError", says: "The owner cannot leave. Transfer the ownership first." },
  },
  {
    what: "a list of messages",
    operation: "createTeam",
    arrange: fault({ status: 422, body: [{ loc: ["body", "name"], msg: "too odd", type: "value_error" }] }),
    raises: { type: RAISED[400], status_code: 422, details: [expect.objectContaining({ msg: "too odd" })] },
    throws: { name: "InvalidError", says: "body.name: too odd" },
  },
  {
    what: "a person who is in the team already",
    operation: "addTeamMember",
    sdk: { options: { user_uid: UIDS.zoe } },
    ours: (client) => client.teamMembers.add("acme", "crew", { userUid: UIDS.zoe }),
    raises: { type: RAISED[409], status_code: 409, message: "This person is already a member of the team." },
    throws: { name: "ConflictError", says: "This person is already a member of the team." },
  },
  {
    what: "too many requests",
    arrange: async () => {
      await emulator.settings({ rateLimit: { perMinute: 1, perSecond: 1 } });
      await fetch(`${emulator.url}/organizations/`, { headers: { "x-avala-api-key": keys.owner } });
    },
    operation: "getTeam",
    raises: { type: RAISED[429], status_code: 429, retry_after: 60, message: expect.stringContaining("throttled") },
    throws: { name: "RateLimitedError", says: "throttled" },
  },
  ...[500, 502, 503].map((status) => ({
    what: `a page with ${status}`,
    arrange: fault({ status, headers: html, body: PAGE }),
    operation: "getOrganization",
    raises: { type: RAISED[500], status_code: status, message: `HTTP ${status}`, body: null },
    throws: { name: "UnavailableError" },
  })),
  {
    what: "a redirect",
    arrange: fault({ status: 302, headers: { location: "/login/" } }),
    operation: "getOrganization",
    raises: { type: RAISED[409], status_code: 302, message: "HTTP 302" },
    throws: { name: "UnexpectedStatusError" },
  },
  {
    what: "a login page",
    arrange: fault({ status: 200, headers: html, body: PAGE }),
    operation: "getOrganization",
    raises: { type: "json.decoder.JSONDecodeError" },
    throws: { name: "ResponseShapeError" },
  },
  {
    what: "a connection that is cut",
    arrange: fault({ drop: "before" }),
    operation: "getOrganization",
    raises: { type: "httpx.RemoteProtocolError" },
    throws: { name: "TransportError" },
  },
];

/** Where the API returns each model: together, its answers have all fields. */
const PLACES: Record<Model, string[]> = {
  Organization: ["/organizations/", "/organizations/acme/"],
  OrganizationMember: ["/organizations/acme/members/"],
  Invitation: ["/organizations/acme/invitations/"],
  Team: ["/organizations/acme/teams/", "/organizations/acme/teams/crew/"],
  TeamMember: ["/organizations/acme/teams/crew/members/"],
};

/** Results that are not of a model. */
const WITHOUT_MODEL: Record<string, unknown> = {
  listIndustryChoices: {
    choices: { robotics: "Robotics", autonomous_vehicle: "Autonomous vehicle", ai_ml: "AI / ML", other: "Other" },
  },
};

/** Fields of a list of organizations, in which others are absent. */
const IN_LIST =
  "uid name slug handle industry visibility plan is_verified is_active member_count team_count role created_at";

/** What the state says of each row, and what it does not know as it was returned. */
function expectedResult(model: Model, list: boolean, result: unknown, state: State): unknown {
  const records = recordsOf(model, state);
  const onlyInList = model === "Organization" && list ? IN_LIST.split(" ") : undefined;
  const known = (record: Row) => Object.entries(record).filter(([name]) => onlyInList?.includes(name) ?? true);
  const completed = (record: Row, row: Row | undefined): Row => ({ ...row, ...Object.fromEntries(known(record)) });
  if (list) {
    const { rows } = result as Page;
    return { rows: records.map((record, index) => completed(record, rows[index])), next: null, previous: null };
  }
  const row = result as Row;
  const record = records.find((one) => (one["uid"] ?? one["user_uid"]) === (row["uid"] ?? row["user_uid"]));
  return completed(record ?? { error: "no such row" }, row);
}

/** A page without its signed addresses, which are new in each answer. */
const withoutLogos = ({ rows, ...page }: Page) => ({ ...page, rows: rows.map((row) => ({ ...row, logo: null })) });

const found = findSdk();
if ("reason" in found) {
  notRun("the emulator under the official Python SDK", found.reason);
} else {
  let sdk: Sdk;
  let described: Description;
  beforeAll(async () => {
    sdk = startSdk(found.python);
    described = await sdk.describe();
  });
  afterAll(() => sdk.close());
  beforeEach(() => emulator.reset(world()));

  it("the SDK is the pinned one, and the table has all of its operations", () => {
    expect(described.version).toBe("0.10.0");
    const { slug_for_uid, ...sync } = described.operations.sync;
    expect(slug_for_uid).toEqual(["organization_uid"]);
    const methods = OPERATIONS.map(({ sdk: { method } }) => method).toSorted();
    for (const operations of [sync, described.operations.async])
      expect(Object.keys(operations).toSorted()).toEqual(methods);
  });

  it.each(OPERATIONS)("$id is called with every parameter of the SDK, but for those of lists", ({ sdk: of, list }) => {
    const { method, args = [], options = {} } = of;
    const parameters = described.operations.sync[method]!.slice(args.length);
    const ofLists = ["search", "role", "limit", "cursor", "page"];
    expect(parameters.filter((name) => !(list && ofLists.includes(name)))).toEqual(Object.keys(options));
  });

  describe.each(KINDS)("the official SDK, %s,", (kind) => {
    const call = (of: SdkCall, key = keys.owner) => sdk.call(kind, { url: emulator.url, key }, of);
    const raisedBy = async (of: SdkCall, key?: string) => (await call(of, key)).error?.type ?? null;

    it.each(OPERATIONS)("$id: its result and its effect", async ({ id, sdk: of, key, effect, model, list }) => {
      const before = await emulator.state();
      const { result, error } = await call(of, key);
      expect(error).toBeUndefined();
      const after = await emulator.state();
      const expected = structuredClone(before);
      effect?.(expected.organizations[0]!, expected);
      expect([after.organizations, after.emails]).toEqual([expected.organizations, expected.emails]);
      expect(result ?? null).toEqual(
        model ? expectedResult(model, list ?? false, result, after) : (WITHOUT_MODEL[id] ?? null),
      );
    });

    it.each(CALLERS)("$key may do what $is may, within its scopes", async (caller) => {
      const found: Record<string, [string | null, boolean]> = {};
      for (const { id, sdk: of } of OPERATIONS) {
        await emulator.reset(world());
        const before = await emulator.state();
        const raised = await raisedBy(of, caller.key);
        const { organizations, emails } = await emulator.state();
        found[id] = [raised, !isDeepStrictEqual([organizations, emails], [before.organizations, before.emails])];
      }
      const expected = OPERATIONS.map((operation) => {
        const raised = expectedFor(operation, caller);
        return [operation.id, [raised, raised === null && operation.effect !== undefined]];
      });
      expect(found).toEqual(Object.fromEntries(expected));
    });

    it.each(FAILURES)("$what: an error of the class for it", async (failing) => {
      const operation = OPERATIONS.find(({ id }) => id === failing.operation)!;
      const { arrange, raises, throws, key = keys.owner, ours = operation.ours } = failing;
      await arrange?.();
      expect((await call({ ...operation.sdk, ...failing.sdk }, key)).error).toMatchObject(raises);
      await emulator.reset(world());
      await arrange?.();
      const client = ourClient({ url: emulator.url, key });
      const thrown = await ours(client).catch((error: unknown) => error);
      await client.close();
      expect(thrown).toMatchObject({ name: throws.name, message: expect.stringContaining(throws.says ?? "") });
    });

    it("the headers of the rate limit are read", async () => {
      await emulator.settings({ rateLimit: { perMinute: 100, perSecond: 20 } });
      const { rateLimit } = await call({ method: "list" });
      expect(rateLimit).toEqual({ limit: "100", remaining: "99", reset: expect.stringMatching(/^\d{10}$/) });
    });

    describe("lists of several pages", () => {
      beforeEach(() => emulator.reset(crowd()));
      const lists = OPERATIONS.filter(({ list }) => list);

      it.each(lists)("$id: 20 rows, or as many as are asked for, up to 100", async ({ sdk: of }) => {
        for (const [options, rows, next] of [
          [{}, 20, "2"],
          [{ limit: 7 }, 7, "2"],
          [{ limit: 100 }, 100, "2"],
          [{ limit: 1000 }, 100, "2"],
        ] as const) {
          const page = (await call({ ...of, options })).result as Page;
          expect({ ...page, rows: page.rows.length }).toEqual({ rows, next, previous: null });
        }
      });

      // Except for one list, the SDK can only send the number of the next page as a cursor, which the service ignores.
      it.each(lists)("$id: the next page, asked for with a cursor, is the first page again", async ({ sdk: of }) => {
        const first = (await call(of)).result as Page;
        const second = (await call({ ...of, options: { cursor: first.next } })).result as Page;
        expect(withoutLogos(second)).toEqual(withoutLogos(first));
        expect(second.next).toBe("2");
      });
    });
  });

  describe("lists of organizations, with the number of the page", () => {
    beforeEach(() => emulator.reset(crowd()));
    const call = (of: SdkCall) => sdk.call("sync", { url: emulator.url, key: keys.owner }, of);

    it("are walked to their end", async () => {
      const slugs: unknown[] = [];
      const links: unknown[] = [];
      for (let page: string | null = "1"; page !== null;) {
        const { rows, next, previous } = (await call({ method: "list", options: { page } })).result as Page;
        slugs.push(...rows.map(({ slug }) => slug));
        links.push([previous, next]);
        page = next;
      }
      expect(slugs).toEqual((await emulator.state()).organizations.map(({ slug }) => slug));
      expect(slugs).toHaveLength(MANY);
      // The link to the first page has no number.
      expect(links).toEqual([
        [null, "2"],
        [null, "3"],
        ["2", "4"],
        ["3", "5"],
        ["4", "6"],
        ["5", null],
      ]);
    });

    it("slug_for_uid finds an organization of the last page by any spelling of its uid, and no other", async () => {
      const { uid, slug } = (await emulator.state()).organizations.at(-1)!;
      for (const spelling of [uid, uid.toUpperCase(), uid.replaceAll("-", ""), `{${uid}}`]) {
        expect((await call({ method: "slug_for_uid", args: [spelling] })).result).toBe(slug);
      }
      expect((await call({ method: "slug_for_uid", args: [PENDING] })).result).toBeNull();
    });
  });

  it.each(SETTINGS)("what the SDK can read with %j", async ({ settings, raised = {} }) => {
    const found: Record<string, string> = {};
    for (const { id, key, sdk: of } of OPERATIONS) {
      await emulator.reset({ ...world(), settings });
      const type = (await sdk.call("sync", { url: emulator.url, key: key ?? keys.owner }, of)).error?.type;
      if (type) found[id] = type;
    }
    expect(found).toEqual(raised);
  });

  it.each(Object.keys(PLACES) as Model[])("the emulator's %s has the fields of the SDK's model", async (model) => {
    const answers = (await Promise.all(PLACES[model].map((path) => emulator.api("GET", path)))) as unknown[];
    const rows = answers.map((answer) => (answer as { results?: object[] }).results?.[0] ?? (answer as object));
    const fields = new Set(rows.flatMap((row) => Object.keys(row)));
    expect([...fields].toSorted()).toEqual(described.models[model].toSorted());
  });
}
