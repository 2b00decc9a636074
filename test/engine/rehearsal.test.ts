import { credentialsOf, type Credential } from "../../cli/rehearse/credentials.js";
import { startEmulator, type TestEmulator } from "../support/emulator.js";
import { Project } from "../support/pulumi.js";
import { openProxy } from "../support/proxy.js";
import { copyOf } from "../support/rehearsal.js";

/*
 * A rehearsal with the real engine: what the engine writes of providers is enough to know the keys of a run, and program
 * and host processes speak to the copy with each of them.
 */

jest.setTimeout(240_000);

const program = `
  const { readFileSync } = require("node:fs");
  const pulumi = require("@pulumi/pulumi");
  const { getOrganizations, Organization, Provider, Team } = require("pulumi-avala");
  const { first, second, variable, team } = JSON.parse(readFileSync("given.json", "utf8"));
  const apiKey = pulumi.secret("avk_literal-3c");
  const providers = {
    configured: undefined,
    literal: new Provider("literal", { apiKey, baseUrl: second }),
    named: new Provider("named", { apiKeyEnv: variable, baseUrl: first }),
  };
  module.exports = async () => {
    const seen = {};
    for (const [name, provider] of Object.entries(providers)) {
      const organization = new Organization(name, { name }, { provider });
      new Team(name + "-" + team, { organization, name: team }, { provider });
      seen[name] = (await getOrganizations({ provider })).length;
    }
    return seen;
  };
`;

/** A service behind its real base URL, which notes what arrives there. */
async function living() {
  const emulator = await startEmulator();
  const received: string[] = [];
  const { url, close } = await openProxy(emulator.url, ({ method, path }, forward) => {
    received.push(`${method} ${path}`);
    return forward();
  });
  return { emulator, url, received, close: async () => void (await Promise.all([close(), emulator.close()])) };
}

let services: Awaited<ReturnType<typeof living>>[];
let project: Project;
beforeAll(async () => {
  services = [await living(), await living()];
  project = await Project.open({ AVALA_ALLOW_INSECURE_BASE_URL: "1" }, { "index.js": program });
});
afterAll(async () => {
  project.close();
  for (const service of services) await service.close();
});

const writesBy = async ({ requests }: TestEmulator) =>
  (await requests()).filter(({ method }) => method !== "GET").map(({ by, method, path }) => `${by} ${method} ${path}`);

it("changes, functions and deletions of each provider go to the copy, with the keys that the documents name", async () => {
  const [first, second] = services as [(typeof services)[number], (typeof services)[number]];
  const declare = (variable: string, team: string) =>
    project.write({ "given.json": JSON.stringify({ first: first.url, second: second.url, variable, team }) });
  const configure = async (key: string) => {
    await project.expectOk(["config", "set", "--secret", "avala:apiKey", key]);
    await project.expectOk(["config", "set", "avala:baseUrl", first.url]);
  };
  await first.emulator.addKey("avk_old-1a", "configured@example.com");
  await first.emulator.addKey("avk_named-2b", "named@example.com");
  await second.emulator.addKey("avk_literal-3c", "literal@example.com");
  await configure("avk_old-1a");
  declare("OLD_API_KEY", "Old");
  await project.expectOk(["up", "--yes", "--skip-preview"], { OLD_API_KEY: "avk_named-2b" });

  // Keys of the stack and of a provider change, and each provider deletes something.
  await first.emulator.revokeKey("avk_old-1a");
  await first.emulator.addKey("avk_new-1b", "configured@example.com");
  await configure("avk_new-1b");
  declare("NEW_API_KEY", "New");
  const environment = { NEW_API_KEY: "avk_named-2b" };
  const json = async (...args: string[]) => JSON.parse((await project.expectOk(args, environment)).stdout) as unknown;
  const preview = await json("preview", "--json", "--show-sames", "--show-replacement-steps");
  const state = await json("stack", "export", "--show-secrets");
  const config = Object.entries(
    (await json("config", "--json", "--show-secrets")) as Record<string, { value: string }>,
  );
  const given = new Map(config.map(([key, { value }]) => [key, value]));
  const { credentials, unknown } = credentialsOf(
    { ...environment, AVALA_ALLOW_INSECURE_BASE_URL: "1" },
    given,
    state,
    preview,
  );
  expect(credentials.map(pairOf).toSorted()).toEqual([
    `avk_literal-3c ${second.url} Provider literal`,
    `avk_named-2b ${first.url} Provider named`,
    `avk_new-1b ${first.url} stack configuration`,
  ]);
  expect(unknown).toEqual([]);

  const copy = await copyOf({ [first.url]: first.emulator, [second.url]: second.emulator });
  try {
    for (const { settings } of credentials) {
      const { apiKey, baseUrl } = settings.client;
      const { emulator } = services.find(({ url }) => url === baseUrl)!;
      await emulator.addKey(copy.keyFor(baseUrl, apiKey), people[apiKey]!);
      await emulator.revokeKey(apiKey);
    }
    for (const { emulator, received } of services) {
      await emulator.clearLog();
      received.length = 0;
    }
    const up = await project.up(undefined, { ...environment, AVALA_REHEARSAL: copy.url });
    expect([up.code, up.errors]).toEqual([0, []]);
    expect((await writesBy(first.emulator)).toSorted()).toEqual([
      "configured@example.com DELETE /organizations/configured/teams/old/",
      "configured@example.com POST /organizations/configured/teams/",
      "named@example.com DELETE /organizations/named/teams/old/",
      "named@example.com POST /organizations/named/teams/",
    ]);
    expect((await writesBy(second.emulator)).toSorted()).toEqual([
      "literal@example.com DELETE /organizations/literal/teams/old/",
      "literal@example.com POST /organizations/literal/teams/",
    ]);
    expect(services.flatMap(({ received }) => received)).toEqual([]);
    expect(`${up.screen}${project.stateText()}`).not.toMatch(new RegExp(`${copy.token}|rehearsal_|avk_|${copy.url}`));
    expect(JSON.parse((await project.expectOk(["stack", "output", "--json"])).stdout)).toEqual({
      configured: 1,
      literal: 1,
      named: 1,
    });
  } finally {
    await copy.close();
  }
});

const people: Record<string, string> = {
  "avk_new-1b": "configured@example.com",
  "avk_named-2b": "named@example.com",
  "avk_literal-3c": "literal@example.com",
};

function pairOf({ settings, sources }: Credential): string {
  return [settings.client.apiKey, settings.client.baseUrl, ...sources].join(" ");
}
