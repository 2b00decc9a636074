import { createServer, type Server } from "node:http";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as avala from "../../provider/index.js";
import { resources } from "../../provider/schema/index.js";

/** Everything that would be asked of Avala. */
let requests = 0;
let server: Server;
let folder: string;
const environment = { ...process.env };
const created: pulumi.runtime.MockResourceArgs[] = [];
const called: pulumi.runtime.MockCallArgs[] = [];
let answerOf: (call: pulumi.runtime.MockCallArgs) => Record<string, unknown>;

beforeAll(async () => {
  server = createServer((_, response) => {
    requests++;
    response.end("[]");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  folder = mkdtempSync(join(tmpdir(), "mocks-"));
  Object.assign(process.env, {
    TMPDIR: folder,
    AVALA_API_KEY: "avk_mocks",
    AVALA_BASE_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1`,
    AVALA_ALLOW_INSECURE_BASE_URL: "1",
  });
  delete process.env["XDG_RUNTIME_DIR"];
});
beforeEach(async () => {
  requests = created.length = called.length = 0;
  await pulumi.runtime.setMocks({
    call: (call) => {
      called.push(call);
      return answerOf(call);
    },
    newResource: (resource) => {
      created.push(resource);
      return { id: `${resource.name}-id`, state: resource.inputs };
    },
  });
});
afterEach(() => {
  // No test of this file asks Avala, or writes anything.
  if (requests > 0 || readdirSync(folder).length > 0) throw new Error(`${requests} requests, ${readdirSync(folder).join()}`);
});
afterAll(async () => {
  process.env = environment;
  rmSync(folder, { recursive: true });
  await new Promise((resolve) => server.close(resolve));
});

const valueOf = <T>(output: pulumi.Output<T>) => new Promise<T>((resolve) => output.apply(resolve));
const organization = "0b6f8c1e-3a52-4c68-9d0a-6f1c2b7e4a11";

/** Arguments of each function; the Output form takes the same. */
const functions: Record<string, object | undefined> = {
  getOrganization: { organization },
  getOrganizations: undefined,
  getOrganizationMembers: { organization },
  getInvitations: { organization },
  getTeam: { organization, name: "Core" },
  getTeams: { organization },
  getTeamMembers: { organization, slug: "core" },
  getIndustryChoices: undefined,
};
const lists = Object.keys(functions).filter((name) => name.endsWith("s"));
type Call = (...args: unknown[]) => unknown;
const call = (name: string, args: object | undefined) =>
  (avala as unknown as Record<string, Call>)[name]!(...(args === undefined ? [] : [args]));

it("covers every function that the package has", () => {
  const exported = Object.keys(avala).filter((name) => /^get[A-Z]/.test(name));
  expect(exported.toSorted()).toEqual(
    Object.keys(functions)
      .flatMap((name) => [name, `${name}Output`])
      .toSorted(),
  );
});

describe.each(Object.keys(functions))("bug: D13, %s under mocks", (name) => {
  const answer = lists.includes(name) ? { result: [{ uid: "1" }, { uid: "2" }] } : { id: "1", uid: "1", name: "Core" };
  const wanted = "result" in answer ? answer.result : answer;

  it("asks the mocks alone, in both forms", async () => {
    answerOf = () => answer;
    expect(await call(name, functions[name])).toEqual(wanted);
    expect(await valueOf(call(`${name}Output`, functions[name]) as pulumi.Output<unknown>)).toEqual(wanted);
    const asked = { token: `avala:index:${name}`, inputs: functions[name] ?? {} };
    expect(called).toEqual([expect.objectContaining(asked), expect.objectContaining(asked)]);
  });

  /** The SDK leaves out the message of an error that mocks throw. */
  it("fails where the mocks throw", async () => {
    answerOf = () => {
      throw new Error("no such thing");
    };
    await expect(call(name, functions[name])).rejects.toThrow(Error);
  });

  it("takes resources for arguments in the Output form, as their id", async () => {
    answerOf = () => answer;
    const acme = new avala.Organization("acme", { name: "Acme" });
    const args = functions[name] && { ...functions[name], organization: acme };
    await valueOf(call(`${name}Output`, args) as pulumi.Output<unknown>);
    expect(called.map(({ inputs }) => (inputs as { organization?: string }).organization)).toEqual([args && "acme-id"]);
  });
});

it.each(lists)("%s says what a mock has to answer where it answers no list", async (name) => {
  for (const answer of [{}, { result: {} }, { ...functions[name] }]) {
    answerOf = () => answer;
    await expect(call(name, functions[name])).rejects.toMatchObject({
      code: "AVALA_MOCK",
      message: expect.stringContaining(`avala:index:${name}`),
    });
  }
});

const args: Record<string, Record<string, unknown>> = {
  Organization: { name: "Acme" },
  Team: { organization, name: "Core" },
  OrganizationMember: { organization, email: "ada@example.com", role: "admin" },
  TeamMembership: { team: `${organization}/1`, email: "ada@example.com", role: "lead" },
  TeamRoster: { team: `${organization}/1`, members: { "ada@example.com": "lead" } },
  Invitation: { organization, email: "ada@example.com", role: "member" },
};

describe.each(Object.values(resources).map(({ kind }) => kind))("%s under mocks", (kind) => {
  type Constructor = new (
    name: string,
    given: object,
  ) => pulumi.CustomResource & Record<string, pulumi.Output<unknown>>;
  const Kind = (avala as unknown as Record<string, Constructor>)[kind]!;

  it("has the id and the outputs that the mocks answer", async () => {
    const resource = new Kind("one", args[kind]!);
    expect(await valueOf(resource.id)).toBe("one-id");
    for (const [name, value] of Object.entries(args[kind]!)) expect(await valueOf(resource[name]!)).toEqual(value);
  });

  it("hands the mocks its arguments, and nothing else but the two hidden inputs", async () => {
    await valueOf(new Kind("one", args[kind]!).id);
    const { type, inputs } = created.find(({ name }) => name === "one")!;
    expect(type).toBe(`pulumi-nodejs:dynamic/avala:${kind}`);
    const { __address: address, __provider: provider, ...rest } = inputs as Record<string, unknown>;
    expect(rest).toEqual(args[kind]);
    expect([address, typeof provider]).toEqual([`${kind}::one`, "string"]);
  });
});

it.each([
  ["a map and lists", { members: { "lee@example.com": "member" }, waiting: ["lee@example.com"], unmanagedMembers: [] }],
  ["the texts of state", { members: "lee@example.com member", waiting: "lee@example.com", unmanagedMembers: "" }],
])("the outputs of a TeamRoster are %s of the mocks", async (_, state) => {
  await pulumi.runtime.setMocks({ call: () => ({}), newResource: () => ({ id: "1", state }) });
  const roster = new avala.TeamRoster("one", args["TeamRoster"] as unknown as avala.TeamRosterArgs);
  expect([
    await valueOf(roster.members),
    await valueOf(roster.waiting),
    await valueOf(roster.unmanagedMembers),
  ]).toEqual([{ "lee@example.com": "member" }, ["lee@example.com"], []]);
});

it("of a TeamRoster, what the mocks leave out is what the program gave, and the rest is empty", async () => {
  await pulumi.runtime.setMocks({ call: () => ({}), newResource: () => ({ id: "1", state: {} }) });
  const roster = new avala.TeamRoster("one", args["TeamRoster"] as unknown as avala.TeamRosterArgs);
  expect([await valueOf(roster.members), await valueOf(roster.waiting)]).toEqual([{ "ada@example.com": "lead" }, []]);
});
