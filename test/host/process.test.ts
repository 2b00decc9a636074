import { createServer, type AddressInfo, type Socket } from "node:net";
import { providerText } from "../../provider/schema/token.js";
import { startEmulator, type TestEmulator } from "../support/emulator.js";
import { Engine, Host, HostError, type Kind, type Properties } from "../support/host.js";
import { acme, person, uids } from "../lifecycle/support.js";

jest.setTimeout(60_000);

let emulator: TestEmulator;
let engine: Engine;
const started: Host[] = [];
beforeAll(async () => {
  emulator = await startEmulator();
});
beforeEach(async () => {
  await emulator.reset(acme());
  engine = await Engine.start();
});
afterEach(async () => {
  for (const host of started.splice(0)) await host.close();
  engine.kill();
});
afterAll(() => emulator.close());

const core = `${uids.acme}/${uids.core}`;

async function start(
  environment: Record<string, string> = emulator.environment(),
  config: Record<string, string> = {},
  address: Pick<Engine, "address"> = engine,
): Promise<Host> {
  // Of the hosts of all tests these alone start as at users, without preload.cjs.
  const host = await Host.start(address, { ...environment, NODE_OPTIONS: "" });
  started.push(host);
  await host.configure(config);
  return host;
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 10));
}

describe("the watchdog", () => {
  it("lets the process live as long as the engine, and ends it within two seconds after", async () => {
    let probes = 0;
    const open = new Set<Socket>();
    const listener = createServer((socket) => {
      probes += 1;
      open.add(socket);
      socket.on("close", () => open.delete(socket)).on("error", () => undefined);
    });
    await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
    const host = await start(undefined, {}, { address: `127.0.0.1:${(listener.address() as AddressInfo).port}` });
    const settled = { team: core, user: uids.lee, role: "lead" };
    await host.check("teamMembership", {}, settled);
    await until(() => probes >= 4);
    expect((await host.check("teamMembership", {}, settled)).failures).toEqual([]);

    const gone = performance.now();
    for (const socket of open) socket.destroy();
    listener.close();
    expect(await host.ended).not.toBe(0);
    expect(performance.now() - gone).toBeLessThan(2_000);
  });

  it("sends nothing more for the remaining steps", async () => {
    const people = Array.from({ length: 200 }, (_, index) => `p${index}@example.com`);
    for (const email of people) await emulator.join(uids.acme, email);
    const host = await start({ ...emulator.environment(), AVALA_REQUESTS_PER_SECOND: "5" });
    await emulator.clearLog();
    const creating = people.map((email) => host.create("teamMembership", { team: core, email, role: "member" }));
    const all = Promise.allSettled(creating);
    await until(async () => (await emulator.writes()).length > 0);
    engine.kill();
    await host.ended;
    const sent = await emulator.requests();
    expect(sent.length).toBeLessThan(people.length / 2);
    await all;
    expect(await emulator.requests()).toEqual(sent);
  });
});

describe("settings reach the handlers, key and base URL from one source", () => {
  let other: TestEmulator;
  beforeAll(async () => {
    other = await startEmulator();
  });
  beforeEach(async () => {
    await other.reset(acme());
    await emulator.addKey("avk_environment", person("owner"));
    await other.addKey("avk_configured", person("owner"));
    await emulator.clearLog();
    await other.clearLog();
  });
  afterAll(() => other.close());

  const ours = () => emulator.environment("avk_environment");
  const configured = () => ({
    "avala:apiKey": "avk_configured",
    "avala:baseUrl": other.url,
    "avala:allowInsecureBaseUrl": "true",
  });
  const asked = async () =>
    [(await emulator.requests()).length, (await other.requests()).length].map((count) => count > 0);
  const refused = async () =>
    [...(await emulator.requests()), ...(await other.requests())].filter(({ status }) => status !== 200);
  const look = (host: Host) => host.read("organization", uids.acme, { name: "Acme" });

  it.each([
    ["the environment", () => ours(), () => ({}), [true, false]],
    ["the environment before the stack's configuration", () => ours(), () => configured(), [true, false]],
    ["the stack's configuration", () => ({}), () => configured(), [false, true]],
    [
      "an explicit provider before all",
      () => ours(),
      () => ({ ...configured(), "avala:explicit": "true" }),
      [false, true],
    ],
    [
      "a variable that an explicit provider names",
      () => ({ ...ours(), TENANT_API_KEY: "avk_configured" }),
      () => ({ ...configured(), "avala:apiKey": "", "avala:apiKeyEnv": "TENANT_API_KEY", "avala:explicit": "true" }),
      [false, true],
    ],
  ])("%s", async (_, environment, config, reached) => {
    await look(await start(environment(), config()));
    expect(await asked()).toEqual(reached);
    expect(await refused()).toEqual([]);
  });

  it.each([
    [
      "a key of the configuration for a base URL of the environment",
      () => ({ AVALA_BASE_URL: emulator.url }),
      () => configured(),
      /AVALA_BASE_URL is set/,
    ],
    [
      "an explicit provider without a key",
      () => ours(),
      () => ({ "avala:explicit": "true", "avala:baseUrl": other.url }),
      /explicit Provider has no API key/,
    ],
    [
      "an explicit provider that names a variable which is not set",
      () => ours(),
      () => ({ ...configured(), "avala:explicit": "true", "avala:apiKeyEnv": "TENANT_API_KEY" }),
      /the variable that apiKeyEnv names is not set/,
    ],
    [
      "a variable of another purpose",
      () => ({ GITHUB_TOKEN: "ghp_other" }),
      () => ({ ...configured(), "avala:apiKeyEnv": "GITHUB_TOKEN" }),
      /apiKeyEnv is not the name of an environment variable that may contain an Avala key/,
    ],
    [
      "anything while a switch is neither on nor off",
      () => ({ ...ours(), AVALA_READ_ONLY: "y" }),
      () => ({}),
      /AVALA_READ_ONLY is set, but is neither true nor false/,
    ],
  ])("never %s: refused without a request", async (_, environment, config, reason) => {
    const host = await start(environment() as Record<string, string>, config());
    await expect(look(host)).rejects.toThrow(reason);
    await expect(look(host)).rejects.toThrow("[AVALA_CONFIG]");
    expect(await asked()).toEqual([false, false]);
  });
});

describe("log lines of handlers", () => {
  const waiting = { team: core, email: "nobody@example.com", role: "member" };

  it("arrive as a warning, once, on one line, with hostile names made harmless", async () => {
    const name = "Core\nwarning: all is lost\u202e\u001b[2J";
    await emulator.api("PATCH", "/organizations/acme/teams/core/", { name });
    const host = await start();
    await host.create("teamMembership", waiting);
    await host.create("teamMembership", waiting);
    expect(engine.logged).toEqual([{ severity: "warning", message: expect.stringContaining("Nobody has invited") }]);
    const { message } = engine.logged[0]!;
    expect(message).toContain("Core");
    expect(message).not.toMatch(/[\p{Cc}\u202e]/u);
    expect(host.output).toBe("");
  });

  it("arrive as information without a problem: waiting for the rate limit", async () => {
    const host = await start({ ...emulator.environment(), AVALA_REQUESTS_PER_MINUTE: "2" });
    const many = Array.from({ length: 8 }, (_, index) =>
      host.create("team", { organization: uids.acme, name: `T${index}` }),
    );
    void Promise.allSettled(many);
    await until(() => engine.logged.length > 0);
    expect(engine.logged).toEqual([{ severity: "info", message: expect.stringContaining("are waiting") }]);
  });

  it("contain an expected error without a stack trace of our code", async () => {
    const host = await start();
    await expect(host.delete("teamMembership", `${uids.core}/x/y`, { team: core })).rejects.toThrow(
      "[AVALA_ORGANIZATION_VANISHED]",
    );
    await expect(host.read("team", `${uids.acme}/${uids.acme}`, { name: "x" })).rejects.toThrow("[AVALA_GET]");
    expect(host.output).not.toMatch(/^ +at /m);
  });
});

describe("results of the handlers", () => {
  const declarations: [Kind, Properties][] = [
    ["organization", { name: "Beta" }],
    ["team", { organization: uids.acme, name: "Blue" }],
    ["teamMembership", { team: core, user: uids.mia, role: "member" }],
    ["teamMembership", { team: core, email: "nobody@example.com", role: "member" }],
    ["invitation", { organization: uids.acme, email: "nobody@example.com" }],
    ["invitation", { organization: uids.acme, email: person("mia") }],
  ];

  it.each(declarations)(
    "of %s %j: a text as id, its version, its text, nothing undefined or null",
    async (kind, inputs) => {
      const host = await start();
      const { id, properties } = await host.create(kind, (await host.check(kind, {}, inputs)).inputs);
      expect(id).toMatch(/^[-0-9a-f]{36}/);
      expect(properties).toMatchObject({ ...inputs, __v: 1, __provider: providerText(kind) });
      expect(Object.values(properties)).not.toContain(null);
      const read = await host.read(kind, id, properties);
      expect(read).toMatchObject({ id, properties });
      expect(
        (await host.update(kind, id, properties, (await host.check(kind, inputs, inputs)).inputs)).properties,
      ).toEqual(properties);
      expect(Object.keys(read.inputs!).toSorted()).toEqual(
        Object.keys((await host.check(kind, {}, inputs)).inputs).toSorted(),
      );
    },
  );

  it("of a partial failure: the recorded outputs contain the handlers' text, so that later calls can be made", async () => {
    const host = await start();
    const failure = await host
      .create("organization", { name: "Beta", slug: "acme" })
      .catch((error: HostError) => error);
    expect(failure).toBeInstanceOf(HostError);
    const { recorded } = failure as HostError;
    expect(recorded).toMatchObject({
      id: expect.stringMatching(/^[-0-9a-f]{36}$/),
      properties: { __provider: providerText("organization"), __v: 1, name: "Beta", slug: "beta", __created: true },
      reasons: [expect.stringContaining("[AVALA_INVALID]")],
    });
    const { id, properties } = recorded!;
    expect((await host.read("organization", id, properties)).id).toBe(id);
    // In another run: the claims of this one still apply.
    await host.close();
    await (await start()).delete("organization", id, properties);
    expect((await emulator.state()).organizations.map(({ slug }) => slug)).toEqual(["acme"]);
  });
});

describe("get: reading by id without a state", () => {
  const existing = async (): Promise<[Kind, string, Properties][]> => {
    await emulator.api("POST", "/organizations/acme/invitations/", { email: person("zoe"), role: "admin" });
    return [
      ["organization", uids.acme, { name: "Acme", slug: "acme", plan: "pro" }],
      ["team", core, { name: "Core", slug: "core", color: "#6366F1" }],
      ["teamMembership", `${core}/${uids.lee}`, { role: "lead", status: "active", username: "lee" }],
      ["teamMembership", `${core}/${person("lee")}`, { role: "lead", status: "active", userUid: uids.lee }],
      ["invitation", `${uids.acme}/${person("zoe")}`, { role: "admin", status: "invited" }],
      ["invitation", `${uids.acme}/${person("mia")}`, { status: "accepted", userUid: uids.mia }],
    ];
  };

  it("returns the existing object, with the documented outputs only", async () => {
    const host = await start();
    const { resources } = await import("../../provider/schema/index.js");
    for (const [kind, id, expected] of await existing()) {
      const { properties } = await host.read(kind, id, {});
      expect(properties).toMatchObject(expected);
      const documented = [...Object.keys(resources[kind].inputs), ...Object.keys(resources[kind].outputs)];
      expect(documented).toEqual(
        expect.arrayContaining(Object.keys(properties).filter((name) => !name.startsWith("__"))),
      );
    }
    expect((await emulator.writes()).slice(1)).toEqual([]);
  });

  it.each<[Kind, string]>([
    ["team", `${uids.acme}/${uids.acme}`],
    ["teamMembership", `${core}/${uids.mia}`],
    ["teamMembership", `${core}/${person("zoe")}`],
    ["teamMembership", `${uids.acme}/${uids.acme}/${uids.mia}`],
    ["invitation", `${uids.acme}/${person("zoe")}`],
  ])("bug: refuses a missing %s without looking for it again: %s", async (kind, id) => {
    await emulator.clearLog();
    await expect((await start()).read(kind, id, {})).rejects.toThrow("[AVALA_GET]");
    const calls = await emulator.calls();
    expect(calls).toEqual([...new Set(calls)]);
  });

  it.each<[Kind, string]>([
    ["organization", uids.core],
    ["organization", "acne"],
    ["team", uids.core],
    ["teamMembership", core],
  ])("refuses an id of a %s that cannot be one: %s", async (kind, id) => {
    await expect((await start()).read(kind, id, {})).rejects.toBeInstanceOf(HostError);
  });
});
