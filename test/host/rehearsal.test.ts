import { acme, person, uids } from "../lifecycle/support.js";
import { startEmulator, type TestEmulator } from "../support/emulator.js";
import { Engine, Host } from "../support/host.js";
import { recorder } from "../support/recorder.js";
import { copyOf } from "../support/rehearsal.js";

/* A rehearsal, as far as the process of the handlers is concerned: they read and write the copy, and nothing else. */

jest.setTimeout(60_000);

let emulator: TestEmulator;
let real: Awaited<ReturnType<typeof recorder>>;
let copy: Awaited<ReturnType<typeof copyOf>>;
let engine: Engine;
let host: Host | undefined;
beforeAll(async () => {
  emulator = await startEmulator();
  real = await recorder();
  copy = await copyOf({ [`${real.origin}/api/v1`]: emulator });
});
beforeEach(async () => {
  await emulator.reset(acme());
  real.answers();
  engine = await Engine.start();
});
afterEach(async () => {
  await host?.close();
  host = undefined;
  engine.kill();
});
afterAll(async () => {
  await copy.close();
  await real.close();
  await emulator.close();
});

const key = "avk_real-7f3a";
const environment = () => ({
  AVALA_API_KEY: key,
  AVALA_BASE_URL: `${real.origin}/api/v1`,
  AVALA_ALLOW_INSECURE_BASE_URL: "1",
});
const config = () => ({
  "avala:apiKey": key,
  "avala:baseUrl": `${real.origin}/api/v1`,
  "avala:allowInsecureBaseUrl": "true",
});

it.each<[string, () => Record<string, string>, () => Record<string, string>]>([
  ["the environment", environment, () => ({})],
  ["the stack configuration", () => ({}), config],
  ["an explicit provider", environment, () => ({ ...config(), "avala:explicit": "true" })],
  [
    "a variable that an explicit provider names",
    () => ({ TENANT_API_KEY: key }),
    () => ({ ...config(), "avala:apiKey": "", "avala:apiKeyEnv": "TENANT_API_KEY", "avala:explicit": "true" }),
  ],
])("handlers with a key of %s read and write the copy only", async (_, given, configured) => {
  await emulator.addKey(copy.keyFor(`${real.origin}/api/v1`, key), person("owner"));
  host = await Host.start(engine, { ...given(), AVALA_REHEARSAL: copy.url });
  await host.configure(configured());
  const { inputs } = await host.check("team", {}, { organization: uids.acme, name: "Blue" });
  const { id, properties } = await host.create("team", inputs);
  expect((await host.read("team", id, properties)).id).toBe(id);
  expect(await emulator.writes()).toEqual(["POST /organizations/acme/teams/"]);
  expect((await emulator.requests()).map(({ by }) => by)).not.toContain(null);
  expect(JSON.stringify(properties)).not.toContain("127.0.0.1");
  expect(real.received).toEqual([]);
});

it("a key that the copy does not know is refused, and asked of nobody else", async () => {
  host = await Host.start(engine, { ...environment(), AVALA_REHEARSAL: copy.url });
  await host.configure();
  const error = (await host.read("organization", uids.acme, { name: "Acme" }).catch((one: unknown) => one)) as Error;
  expect(error.message).toContain("[AVALA_UNAUTHORIZED]");
  for (const secret of [copy.token, copy.keyFor(`${real.origin}/api/v1`, key), key]) {
    expect(`${error.message}${host.output}`).not.toContain(secret);
  }
  expect(real.received).toEqual([]);
});

it.each(["https://api.avala.ai/api/v1", "http://127.0.0.1:1/short", " "])(
  "nothing is sent where AVALA_REHEARSAL is another text: %j",
  async (text) => {
    host = await Host.start(engine, { ...environment(), AVALA_REHEARSAL: text });
    await host.configure();
    await expect(host.read("organization", uids.acme, { name: "Acme" })).rejects.toThrow(
      /AVALA_REHEARSAL is set, but is not .* \[AVALA_CONFIG\]$/s,
    );
    expect(await emulator.requests()).toEqual([]);
    expect(real.received).toEqual([]);
  },
);
