import { readdirSync } from "node:fs";
import { createServer } from "node:http";
import { Socket, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { setImmediate } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import * as avala from "../../provider/index.js";
import { resources } from "../../provider/schema/index.js";

/* Unit tests of users, with pulumi.runtime.setMocks: the mocks answer, nothing is sent and nothing is written. */

const acme = "00000001-0000-4000-8000-000000000000";
const core = `${acme}/00000002-0000-4000-8000-000000000000`;

type Mocks = pulumi.runtime.Mocks;
type Call = pulumi.runtime.MockCallArgs;
type Made = pulumi.runtime.MockResourceArgs;

/** The results in a user's test. */
let calls: Call[];
let made: Made[];

const connect = jest.spyOn(Socket.prototype, "connect");
const received: string[] = [];
const server = createServer((request, response) => {
  received.push(`${request.method} ${request.url}`);
  response.end("[]");
});

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  Object.assign(process.env, {
    AVALA_API_KEY: "avk_real",
    AVALA_BASE_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1`,
    AVALA_ALLOW_INSECURE_BASE_URL: "1",
  });
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

const engine = { host: "127.0.0.9", port: 1024 + (process.pid % 60_000) };
/** The SDK itself writes logs there. */
const isEngine = (to: unknown) => isDeepStrictEqual((to as unknown[])[0], engine);

async function withMocks(answers: Partial<Mocks> = {}, preview = false): Promise<void> {
  calls = [];
  made = [];
  // A test that an engine has started, with its address in the environment.
  pulumi.runtime.resetOptions("project", "stack", -1, `${engine.host}:${engine.port}`, "", false, "");
  await pulumi.runtime.setMocks(
    {
      call: (args) => {
        calls.push(args);
        return answers.call!(args);
      },
      newResource: (args) => {
        made.push(args);
        return answers.newResource?.(args) ?? { id: `${args.name}-id`, state: args.inputs as Record<string, unknown> };
      },
    },
    "project",
    "stack",
    preview,
  );
  connect.mockClear();
  received.length = 0;
}

/** Everything that can happen in this tick and after it has. */
async function expectSilence(): Promise<void> {
  for (let turns = 0; turns < 5; turns++) await setImmediate();
  expect(JSON.stringify(connect.mock.calls.filter(([to]) => !isEngine(to)))).toBe("[]");
  expect(received).toEqual([]);
  expect(readdirSync(tmpdir()).filter((name) => name.includes(`${engine.host}_${engine.port}`))).toEqual([]);
}

/** The value of an output. */
async function valueOf<T>(output: pulumi.Output<T> | T): Promise<unknown> {
  const own = pulumi.Output.isInstance(output) ? output : pulumi.output(output);
  return (own as unknown as { promise(): Promise<unknown> }).promise();
}

interface Internals {
  promise(): Promise<unknown>;
  isKnown: Promise<boolean>;
  isSecret: Promise<boolean>;
  allResources(): Promise<unknown>;
}

/** The error of an output: each of its promises rejects with it. */
async function failureOf(output: pulumi.Output<unknown>): Promise<unknown> {
  const own = output as unknown as Internals;
  const [value] = await Promise.allSettled([own.promise(), own.isKnown, own.isSecret, own.allResources()]);
  return value.status === "rejected" ? value.reason : undefined;
}

interface Function {
  args?: object;
  answer: object;
  ask: (opts?: pulumi.InvokeOptions) => Promise<object>;
  askOutput: (opts?: pulumi.InvokeOutputOptions) => pulumi.Output<object>;
}

const organization = { organization: "acme" };
const row = { id: acme, uid: acme, slug: "acme", handle: null, memberCount: 3 };
const person = { userUid: acme, email: "ada@example.com", role: "lead" };
const functions: Record<string, Function> = {
  getOrganization: {
    args: organization,
    answer: row,
    ask: (opts) => avala.getOrganization({ organization: "acme" }, opts),
    askOutput: (opts) => avala.getOrganizationOutput({ organization: pulumi.output("acme") }, opts),
  },
  getOrganizations: {
    answer: [row],
    ask: (opts) => avala.getOrganizations(opts),
    askOutput: (opts) => avala.getOrganizationsOutput(opts),
  },
  getOrganizationMembers: {
    args: { organization: "acme", role: "admin" },
    answer: [person, person],
    ask: (opts) => avala.getOrganizationMembers({ organization: "acme", role: "admin", search: undefined }, opts),
    askOutput: (opts) => avala.getOrganizationMembersOutput({ organization: "acme", role: "admin" }, opts),
  },
  getInvitations: {
    args: organization,
    answer: [{ uid: acme, email: "ada@example.com" }],
    ask: (opts) => avala.getInvitations({ organization: "acme" }, opts),
    askOutput: (opts) => avala.getInvitationsOutput({ organization: "acme" }, opts),
  },
  getTeam: {
    args: { team: core },
    answer: { id: core, name: "Core" },
    ask: (opts) => avala.getTeam({ team: core }, opts),
    askOutput: (opts) => avala.getTeamOutput({ team: core }, opts),
  },
  getTeams: {
    args: organization,
    answer: [],
    ask: (opts) => avala.getTeams({ organization: "acme" }, opts),
    askOutput: (opts) => avala.getTeamsOutput({ organization: "acme" }, opts),
  },
  getTeamMembers: {
    args: { organization: "acme", slug: "core" },
    answer: [person],
    ask: (opts) => avala.getTeamMembers({ organization: "acme", slug: "core" }, opts),
    askOutput: (opts) => avala.getTeamMembersOutput({ organization: "acme", slug: "core" }, opts),
  },
  getIndustryChoices: {
    answer: [{ value: "robotics", label: "Robotics" }],
    ask: (opts) => avala.getIndustryChoices(opts),
    askOutput: (opts) => avala.getIndustryChoicesOutput(opts),
  },
};
const table = Object.entries(functions);

it("every function is in the table", () => {
  const exported = Object.keys(avala).filter((name) => name.startsWith("get"));
  expect(Object.keys(functions).flatMap((name) => [name, `${name}Output`])).toEqual(expect.arrayContaining(exported));
  expect(exported).toHaveLength(16);
});

describe.each(table)("%s", (name, { args = {}, answer, ask, askOutput }) => {
  // An output inside of a secret one fails too, and no test can catch that.
  const failingOutput = name === "getInvitations" ? [] : [askOutput];
  const call: Call = { token: `avala:index:${name}`, inputs: args };

  it.each([false, true])("is answered by the mocks, in both forms (preview: %j)", async (preview) => {
    await withMocks({ call: () => answer }, preview);
    expect(await ask()).toEqual(answer);
    expect(await valueOf(askOutput())).toEqual(answer);
    expect(calls).toEqual([call, call]);
    await expectSilence();
  });

  it("is answered by asynchronous mocks", async () => {
    await withMocks({ call: () => setImmediate(answer) });
    expect(await ask()).toEqual(answer);
    await expectSilence();
  });

  it("passes its provider to the mocks, given or inherited", async () => {
    await withMocks({ call: () => answer });
    const provider = new avala.Provider("tenant", { apiKey: "avk_other" });
    const parent = new avala.Organization("acme", { name: "Acme" }, { provider });
    await ask({ provider });
    await ask({ parent });
    await valueOf(askOutput({ provider, dependsOn: parent }));
    const by = "urn:pulumi:stack::project::pulumi:providers:pulumi-nodejs::tenant::tenant-id";
    expect(calls.map((one) => one.provider)).toEqual([by, by, by]);
    await expectSilence();
  });

  const wrongKind = Array.isArray(answer) ? { list: answer } : [answer];
  it.each([
    ["nothing", () => undefined],
    ["null", () => null],
    ["an empty object", () => ({})],
    ["the wrong kind of thing", () => wrongKind],
    ["text", () => "yes"],
  ])("is refused with a clear error if they answer %s", async (_what, wrong) => {
    await withMocks({ call: wrong as never });
    const clear = {
      code: "AVALA_MOCK",
      message: expect.stringMatching(
        new RegExp(
          `^The mocks of this unit test return no result for avala:index:${name}, .* return the ${Array.isArray(answer) ? "list" : "object"} .*\\[AVALA_MOCK\\]$`,
        ),
      ) as string,
    };
    await expect(ask()).rejects.toMatchObject(clear);
    for (const output of failingOutput) expect(await failureOf(output())).toMatchObject(clear);
    await expectSilence();
  });

  it("fails with the error that they throw, including its code", async () => {
    const error = Object.assign(new Error("There is none."), { code: "AVALA_ORGANIZATION_NOT_FOUND" });
    const fail = () => {
      throw error;
    };
    await withMocks({ call: fail });
    await expect(ask()).rejects.toBe(error);
    for (const output of failingOutput) expect(await failureOf(output())).toBe(error);
    await expectSilence();
  });

  it("is refused if the mocks have no call, or the monitor is not the SDK's", async () => {
    await pulumi.runtime.setMocks({ newResource: () => ({ id: "", state: {} }) } as never);
    connect.mockClear();
    await expect(ask()).rejects.toMatchObject({ code: "AVALA_MOCK" });
    pulumi.runtime.setMockOptions({}, "project", "stack", false, "");
    await expect(ask()).rejects.toMatchObject({ code: "AVALA_MOCK" });
    await expectSilence();
  });
});

it("a function takes outputs in its Output form only, as in a run", async () => {
  await withMocks({ call: () => row });
  const wrong = { organization: pulumi.output("acme") as never };
  await expect(avala.getOrganization(wrong)).rejects.toMatchObject({ code: "AVALA_ARGUMENT" });
  expect(calls).toEqual([]);
});

it("links of mocked invitations are secrets, as in a run", async () => {
  await withMocks({
    call: () => [{ uid: acme, acceptUrl: "https://example.com/a", copyLink: "https://example.com/c" }],
  });
  const [invitation] = await avala.getInvitations({ organization: "acme" });
  for (const [link, text] of [
    [invitation!.acceptUrl!, "https://example.com/a"],
    [invitation!.copyLink!, "https://example.com/c"],
  ] as const) {
    expect(await pulumi.isSecret(link)).toBe(true);
    expect(await valueOf(link)).toBe(text);
  }
  const rows = avala.getInvitationsOutput({ organization: "acme" });
  expect(await pulumi.isSecret(rows)).toBe(true);
  expect(await valueOf(rows)).toEqual([
    { uid: acme, acceptUrl: "https://example.com/a", copyLink: "https://example.com/c" },
  ]);
});

interface Declared {
  make: (opts?: pulumi.CustomResourceOptions) => pulumi.CustomResource;
  inputs: Record<string, unknown>;
  get: () => pulumi.CustomResource;
}

const who = { organization: acme, email: "Ada@example.com" };
const kinds: Record<string, Declared> = {
  Organization: {
    make: (opts) => new avala.Organization("it", { name: "Acme" }, opts),
    inputs: { name: "Acme" },
    get: () => avala.Organization.get("it", acme),
  },
  Team: {
    make: (opts) => new avala.Team("it", { organization: acme, name: "Core" }, opts),
    inputs: { organization: acme, name: "Core" },
    get: () => avala.Team.get("it", core),
  },
  OrganizationMember: {
    make: (opts) => new avala.OrganizationMember("it", who, opts),
    inputs: who,
    get: () => avala.OrganizationMember.get("it", `${acme}/ada@example.com`),
  },
  Invitation: {
    make: (opts) => new avala.Invitation("it", who, opts),
    inputs: who,
    get: () => avala.Invitation.get("it", `${acme}/ada@example.com`),
  },
  TeamMembership: {
    make: (opts) => new avala.TeamMembership("it", { team: core, email: "ada@example.com", role: "lead" }, opts),
    inputs: { team: core, email: "ada@example.com", role: "lead" },
    get: () => avala.TeamMembership.get("it", `${core}/ada@example.com`),
  },
  TeamRoster: {
    make: (opts) => new avala.TeamRoster("it", { team: core, members: { "ada@example.com": "lead" } }, opts),
    inputs: { team: core, members: { "ada@example.com": "lead" } },
    get: () => avala.TeamRoster.get("it", core),
  },
};

it("every resource is in the table", () => {
  const all = Object.values(resources).map(({ kind }) => kind);
  expect(Object.keys(kinds).toSorted()).toEqual(all.toSorted());
});

describe.each(Object.entries(kinds))("%s", (kind, { make, inputs, get }) => {
  const schema = Object.values(resources).find((one) => one.kind === kind)!;
  const outputsOf = async (resource: pulumi.CustomResource) => {
    const names = [...Object.keys(schema.inputs), ...Object.keys(schema.outputs)];
    const values = await Promise.all(
      names.map(async (name) => [name, await valueOf((resource as unknown as Record<string, unknown>)[name])] as const),
    );
    return Object.fromEntries(values.filter(([, value]) => value !== undefined));
  };

  it.each([false, true])("returns its inputs, if the mocks do (preview: %j)", async (preview) => {
    await withMocks({}, preview);
    const resource = make();
    expect(await valueOf(resource.id)).toBe("it-id");
    expect(await outputsOf(resource)).toEqual({
      ...inputs,
      // In a preview, unanswered outputs are not known.
      ...(kind === "TeamRoster" && !preview && { waiting: [], unmanagedMembers: [] }),
    });
    expect(made).toMatchObject([{ type: `pulumi-nodejs:dynamic/avala:${kind}`, name: "it", custom: true }]);
    // In addition to the inputs: two hidden ones.
    expect(made[0]!.inputs).toEqual({
      ...inputs,
      __address: `${kind}::it`,
      __provider: `exports.handler=()=>require("pulumi-avala/provider").${schema.key}`,
    });
    await expectSilence();
  });

  it("has the outputs that the mocks answer", async () => {
    const outputs = Object.fromEntries(Object.keys(schema.outputs).map((name) => [name, [`of ${name}`]]));
    await withMocks({ newResource: ({ inputs: given }) => ({ id: "x", state: { ...given, ...outputs } as never }) });
    expect(await outputsOf(make())).toEqual({ ...inputs, ...outputs });
    await expectSilence();
  });

  it("is answered by the mocks if it is only read", async () => {
    await withMocks();
    expect(await valueOf(get().id)).toBeDefined();
    expect(made).toHaveLength(1);
    await expectSilence();
  });
});

describe("a TeamRoster", () => {
  const make = () => new avala.TeamRoster("it", { team: core, members: { "ada@example.com": "lead" } });

  it.each<[what: string, state: Record<string, unknown>, members: unknown, waiting: unknown, unmanaged: unknown]>([
    [
      "as state holds them",
      { members: "ada@example.com lead\nlee@example.com member", waiting: "lee@example.com", unmanagedMembers: "" },
      { "ada@example.com": "lead", "lee@example.com": "member" },
      ["lee@example.com"],
      [],
    ],
    [
      "as programs see them",
      { members: { "Zoe@example.com": "lead" }, waiting: ["a@b.cd"], unmanagedMembers: ["c@d.ef"] },
      { "Zoe@example.com": "lead" },
      ["a@b.cd"],
      ["c@d.ef"],
    ],
    ["of nobody", { members: {} }, {}, [], []],
    ["that are left out, as the program declares them", {}, { "ada@example.com": "lead" }, [], []],
  ])("has people %s", async (_what, state, members, waiting, unmanaged) => {
    await withMocks({ newResource: () => ({ id: "x", state: state as never }) });
    const roster = make();
    expect(await valueOf(roster.members)).toEqual(members);
    expect(await valueOf(roster.waiting)).toEqual(waiting);
    expect(await valueOf(roster.unmanagedMembers)).toEqual(unmanaged);
  });
});

it("a component and functions that take resources go through the mocks", async () => {
  await withMocks({
    newResource: ({ name, inputs }) => ({ id: `${name}-id`, state: { ...inputs, status: "invited" } as never }),
    call: ({ inputs }) => [{ userUid: acme, email: (inputs as { organization: string }).organization }],
  });
  const organization = new avala.Organization("acme", { name: "Acme" });
  const team = new avala.Team("core", { organization, name: "Core" });
  const staff = new avala.People("staff", {
    organization,
    teams: { core: team },
    people: [{ email: "ada@example.com", teams: ["core"] }],
  });
  expect(await valueOf(staff.waiting)).toEqual({ "ada@example.com": "invited" });
  expect(await valueOf(avala.getOrganizationMembersOutput({ organization }))).toEqual([
    { userUid: acme, email: "acme-id" },
  ]);
  expect(made.map(({ name }) => name).toSorted()).toEqual([
    "acme",
    "core",
    "staff",
    "staff-ada@example.com",
    "staff-ada@example.com-core",
  ]);
  await expectSilence();
});
