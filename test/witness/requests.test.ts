import { inputsWhere, organization, type ResourceSchema, team } from "../../provider/schema/index.js";
import { takenOnCreate } from "../../provider/lifecycle/resources/organization.js";
import { version } from "../../provider/core/version.js";
import type { State } from "../../emulator/src/index.js";
import type { AvalaClient } from "../../provider/client/index.js";
import { notRun } from "../support/browser.js";
import { startEmulator, type TestEmulator } from "../support/emulator.js";
import { openProxy, type ProxiedCall } from "../support/proxy.js";
import { type Operation, OPERATIONS, VARIANTS } from "./operations.js";
import { findSdk } from "./python.js";
import { wired } from "./records.js";
import {
  type Description,
  type Kind,
  KINDS,
  type Model,
  ourClient,
  type Outcome,
  type Page,
  type Sdk,
  type SdkCall,
  startSdk,
} from "./sdk.js";
import { crowd, keys, MANY, NOW, UIDS, world } from "./world.js";

/** How a request of the provider's client differs from the one of the SDK, on purpose. */
interface Difference {
  /** The part of the request. */
  where: string;
  sdk?: string;
  ours?: string;
  why: string;
}

const ALWAYS: Difference[] = [
  {
    where: "header user-agent",
    sdk: "python-httpx/0.28.1",
    ours: `pulumi-avala/${version}`,
    why: "Each client names itself.",
  },
  {
    where: "header accept-encoding",
    sdk: "gzip, deflate",
    why: "The client limits the size of an answer in bytes; a compressed one could be a thousand times larger.",
  },
];
const LIST: Difference[] = [
  { where: "query limit", ours: "100", why: "A page has 20 rows by default: fewer requests for each list." },
  { where: "query page", ours: "1", why: "With it, a link back to the first page is recognised as a loop." },
];
const NEXT_PAGE: Difference[] = [
  { where: "query cursor", sdk: "2", why: "The service ignores it and answers the first page (pages-follow-next)." },
  { where: "query page", ours: "2", why: "The number that the link to the next page contains." },
];

/** Fields that the provider sends in an update and the SDK cannot send. */
const UNSENT = { slug: "The documented body has it; the SDK has no parameter for it." };

/** Fields of the SDK's models that the provider does not read. */
const UNREAD: Record<Model, Record<string, string>> = {
  Organization: {
    logo: "A signed URL, whose query may contain credentials (logo-urls-are-signed).",
    joined_at: "Nothing uses it.",
    billing_status: "Nothing uses it.",
    public_slug: "Nothing uses it.",
    updated_at: "Changes by itself.",
  },
  OrganizationMember: { picture: "Nothing uses it." },
  Invitation: {
    organization_name: "Known from the path.",
    organization_slug: "Known from the path.",
    invited_by_username: "A user name may be a phone number (usernames-may-be-phones).",
  },
  Team: {
    organization_uid: "Known from the path.",
    organization_name: "Known from the path.",
    organization_slug: "Known from the path.",
    updated_at: "Changes by itself.",
  },
  TeamMember: { picture: "Nothing uses it." },
};

/** Answers that the SDK returns and the provider does not read. */
const UNREAD_ANSWERS: Record<string, string> = {
  addTeamMember: "Whether the person is in the team is looked up in the list, as after a lost answer.",
};

/** Fields that have another name for the provider. */
const RENAMED: Record<string, string> = { invited_email: "email" };

/**
 * A text that is not a slug: the path that is sent, or null for a refusal before anything is sent. The SDK puts it into the
 * path as it is, so that some lead to a different route; the provider sends it as one segment or not at all.
 */
const TEXTS: { slug: string; sdk: string | null; ours: string | null }[] = [
  { slug: "", sdk: null, ours: null },
  { slug: ".", sdk: null, ours: null },
  { slug: "..", sdk: null, ours: null },
  { slug: "../teams", sdk: null, ours: null },
  { slug: "a\nb", sdk: null, ours: null },
  { slug: "a/b", sdk: "/organizations/a/b/", ours: null },
  { slug: "a\\b", sdk: "/organizations/a\\b/", ours: null },
  { slug: "industry-choices", sdk: "/organizations/industry-choices/", ours: null },
  { slug: "invitations", sdk: "/organizations/invitations/", ours: null },
  { slug: "%2e%2e", sdk: null, ours: "/organizations/%252e%252e/" },
  { slug: "a%2Fb", sdk: "/organizations/a%2Fb/", ours: "/organizations/a%252Fb/" },
  { slug: "a?b", sdk: "/organizations/a?b/", ours: "/organizations/a%3Fb/" },
  { slug: "a#b", sdk: "/organizations/a", ours: "/organizations/a%23b/" },
  { slug: "a+b", sdk: "/organizations/a+b/", ours: "/organizations/a%2Bb/" },
  { slug: "a b", sdk: "/organizations/a%20b/", ours: "/organizations/a%20b/" },
  { slug: "é", sdk: "/organizations/%C3%A9/", ours: "/organizations/%C3%A9/" },
];

it("every difference has a reason", () => {
  const reasons = [...ALWAYS, ...LIST, ...NEXT_PAGE].map(({ why }) => why);
  const ofFields = [...Object.values(UNREAD), UNREAD_ANSWERS, UNSENT].flatMap((fields) => Object.values(fields));
  for (const why of [...reasons, ...ofFields]) expect(why).toMatch(/^[A-Z].*\.$/);
});

const found = findSdk();
if ("reason" in found) {
  notRun("the provider's requests beside those of the official Python SDK", found.reason);
} else {
  let emulator: TestEmulator;
  let proxy: Awaited<ReturnType<typeof openProxy>>;
  let sdk: Sdk;
  let described: Description;
  const calls: ProxiedCall[] = [];
  beforeAll(async () => {
    emulator = await startEmulator({ now: () => NOW });
    proxy = await openProxy(emulator.url, (call, forward) => {
      calls.push(call);
      return forward();
    });
    sdk = startSdk(found.python);
    described = await sdk.describe();
  });
  afterAll(async () => {
    await sdk.close();
    await proxy.close();
    await emulator.close();
  });

  interface Run<Result> {
    requests: ProxiedCall[];
    result: Result;
    state: State;
  }

  /** From the start of the world: the requests, the result, and the state of the service after it. */
  async function run<Result>(act: () => Promise<Result>, seed = world()): Promise<Run<Result>> {
    await emulator.reset(seed);
    calls.length = 0;
    const result = await act();
    return { requests: [...calls], result, state: await emulator.state() };
  }
  const runSdk = (kind: Kind, of: SdkCall, key = keys.owner, seed = world()): Promise<Run<Outcome>> =>
    run(() => sdk.call(kind, { url: proxy.url, key }, of), seed);
  const runOurs = (act: (client: AvalaClient) => Promise<unknown>, key = keys.owner, seed = world()) =>
    run(async () => {
      const client = ourClient({ url: proxy.url, key });
      try {
        return await act(client);
      } finally {
        await client.close();
      }
    }, seed);

  describe.each(KINDS)("beside the official SDK, %s", (kind) => {
    const cells = [...OPERATIONS, ...VARIANTS] as (Operation & { list?: true })[];

    it.each(cells)("$id is the same request but for the listed differences", async ({ sdk: of, ours, key, list }) => {
      const theirs = await runSdk(kind, of, key);
      expect(theirs.result.error).toBeUndefined();
      const own = await runOurs(ours, key);
      expect([theirs.requests, own.requests].map(({ length }) => length)).toEqual([1, 1]);
      expect(differences(theirs.requests[0]!, own.requests[0]!)).toEqual(inOrder([...ALWAYS, ...(list ? LIST : [])]));
      expect(comparable(own.state)).toEqual(comparable(theirs.state));
    });

    it.each(OPERATIONS.filter(({ list }) => list))("$id: the next page", async ({ sdk: of, ours, id }) => {
      // The SDK has the number of a page for one list only.
      const numbered = kind === "sync" && id === "listOrganizations";
      const options = { limit: 100, [numbered ? "page" : "cursor"]: "2" };
      const theirs = await runSdk(kind, { ...of, options }, keys.owner, crowd());
      const own = await runOurs(ours, keys.owner, crowd());
      expect(own.result).toHaveLength(MANY);
      expect(own.requests).toHaveLength(2);
      const expected = [...ALWAYS, ...(numbered ? [] : NEXT_PAGE)];
      expect(differences(theirs.requests[0]!, own.requests[1]!)).toEqual(inOrder(expected));
    });

    it.each<{ search?: string; role?: string }>([
      { search: "zoe" },
      { search: "Zoë שלום 🤖 &+%2F?#=" },
      { role: "owner" },
      { search: "株式会社", role: "member" },
    ])("listMembers with %j", async (filter) => {
      const theirs = await runSdk(kind, { method: "list_members", args: ["acme"], options: filter });
      const own = await runOurs((client) => client.members.list("acme", filter));
      expect(differences(theirs.requests[0]!, own.requests[0]!)).toEqual(inOrder([...ALWAYS, ...LIST]));
      const uids = ((theirs.result.result as Page).rows as { user_uid: string }[]).map(({ user_uid }) => user_uid);
      expect((own.result as { userUid: string }[]).map(({ userUid }) => userUid)).toEqual(uids);
    });

    const answered = OPERATIONS.flatMap(({ model, ...operation }) => (model ? [{ ...operation, model }] : []));
    it.each(answered.filter(({ id }) => id in UNREAD_ANSWERS))(
      "$id: the answer is not read",
      async ({ sdk: of, ours }) => {
        expect((await runSdk(kind, of)).result.result).toMatchObject({ user_uid: UIDS.ada });
        expect((await runOurs(ours)).result).toBeUndefined();
      },
    );

    const read = answered.filter(({ id }) => !(id in UNREAD_ANSWERS));
    it.each(read)("$id: the answer is read alike", async ({ sdk: of, ours, list, model }) => {
      const theirs = (await runSdk(kind, of)).result.result;
      const own = (await runOurs(ours)).result;
      const rows = (list ? (theirs as Page).rows : [theirs]) as Record<string, unknown>[];
      const ownRows = (list ? own : [own]) as object[];
      expect(comparable(ownRows.map(shown))).toEqual(comparable(rows.map((row) => readable(row, model))));
    });

    it("listIndustryChoices: the answer is read alike", async () => {
      const { result } = (await runSdk(kind, { method: "industry_choices" })).result;
      const own = await runOurs((client) => client.organizations.industryChoices());
      const choices = Object.entries((result as { choices: Record<string, string> }).choices);
      expect(own.result).toEqual(choices.map(([value, label]) => ({ value, label })));
    });

    it.each(TEXTS)("a text that is not a slug: $slug", async ({ slug, ...expected }) => {
      const { requests } = await runSdk(kind, { method: "get", args: [slug] });
      const own = await runOurs((client) => client.organizations.get(slug).catch((error: Error) => error.name));
      const sent = ([call]: ProxiedCall[]) => call?.path ?? null;
      expect({ sdk: sent(requests), ours: sent(own.requests) }).toEqual(expected);
    });
  });

  it("the provider sends what the SDK can send, and in an update of an organization the listed fields besides", () => {
    const { create, update, create_team, update_team } = described.operations.sync;
    const sent = (resource: ResourceSchema) =>
      inputsWhere(resource, ({ clientOnly, identity }) => !clientOnly && !identity);
    expect(takenOnCreate.toSorted()).toEqual(create!.toSorted());
    expect(["slug", ...sent(organization)].toSorted()).toEqual([...update!, ...Object.keys(UNSENT)].toSorted());
    expect(["slug", ...sent(team)]).toEqual(create_team);
    expect(["slug", "team_slug", ...sent(team)]).toEqual(update_team);
  });

  it.each(Object.keys(UNREAD) as Model[])("the SDK's %s has every field that is listed as not read", (model) => {
    expect(described.models[model]).toEqual(expect.arrayContaining(Object.keys(UNREAD[model])));
  });

  /** The parts of a request in which two differ: the value of each, or undefined where it is not sent. */
  function differences(theirs: ProxiedCall, own: ProxiedCall) {
    const [before, after] = [partsOf(theirs), partsOf(own)];
    const all = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    const different = all.filter((where) => before[where] !== after[where]);
    return inOrder(different.map((where) => ({ where, sdk: before[where], ours: after[where] })));
  }
}

type Found = Pick<Difference, "where" | "sdk" | "ours">;
const inOrder = (all: Found[]) =>
  all.map(({ where, sdk, ours }) => ({ where, sdk, ours })).toSorted((a, b) => a.where.localeCompare(b.where));

function partsOf({ method, path, headers, body }: ProxiedCall): Record<string, string | undefined> {
  const url = new URL(path, "http://service.example");
  const named = (kind: string, values: Iterable<[string, unknown]>) =>
    Object.fromEntries([...values].map(([name, value]) => [`${kind} ${name}`, String(value)]));
  return {
    method,
    path: url.pathname,
    body,
    ...named("query", url.searchParams),
    ...named("header", Object.entries(headers)),
  };
}

/** A state or an answer without the uids and tokens that the emulator has made up. */
function comparable(content: unknown): unknown {
  const uids = /[0-9a-f]{8}-[-0-9a-f]{27}/g;
  const given = new Set(JSON.stringify(world()).match(uids));
  const known = JSON.stringify(content).replace(uids, (uid) => (given.has(uid) ? uid : "new"));
  return JSON.parse(known.replace(/("token":"|\/invitations\/)[^"/]*/g, "$1new")) as unknown;
}

/** An object of our client with the names of the wire, without what is null. */
const shown = (row: object) => Object.fromEntries(Object.entries(wired(row)).filter(([, value]) => value !== null));

/** What the provider reads of the SDK's row, as the provider spells it. */
function readable(row: Record<string, unknown>, model: Model): Record<string, unknown> {
  const kept = Object.entries(row).filter(([name, value]) => value !== null && !(name in UNREAD[model]));
  const spelled = (name: string, value: unknown) =>
    name.endsWith("_at") ? new Date(value as string).toISOString() : value;
  return Object.fromEntries(kept.map(([name, value]) => [RENAMED[name] ?? name, spelled(name, value)]));
}
