import { getIndustryChoices, getOrganization, getOrganizations } from "../../provider/index.js";
import { Engine, Host } from "../support/host.js";
import { rawService } from "../support/rawService.js";
import { uids } from "../lifecycle/support.js";
import { office } from "./support.js";

/* A base URL without /api/v1 is reported as such by every command. */

const o = office();
const page = { status: 404, headers: { "content-type": "text/html" }, body: "<!doctype html><h1>Not Found</h1>" };
let site: Awaited<ReturnType<typeof rawService>>;
let environment: Record<string, string>;
beforeAll(async () => {
  site = await rawService(() => page);
});
afterAll(() => site.close());
beforeEach(() => {
  const url = `http://127.0.0.1:${site.port}`;
  environment = { AVALA_API_KEY: "avk_local", AVALA_BASE_URL: url, AVALA_ALLOW_INSECURE_BASE_URL: "1" };
});

const reported = (what: string) =>
  `${what} answered 404: the organizations API was not found at the base URL http://127.0.0.1:${site.port}, which has no path: /api/v1 is missing. Check the base URL, in AVALA_BASE_URL, avala:baseUrl or the provider's baseUrl: at Avala it ends in /api/v1.`;
const list = "GET /organizations/";

it.each([
  ["import", ["acme"]],
  ["leave", ["acme", "--yes"]],
  ["transfer-ownership", ["acme", "--to", "ada@example.com", "--yes"]],
  ["resend", ["acme", "zoe@example.com"]],
])("%s", async (command, args) => {
  const { code, stderr } = await o.desk.run([command, ...args], { env: environment });
  expect(code).toBe(1);
  expect(stderr).toContain(reported(list));
  expect(stderr).toContain("[AVALA_UNEXPECTED_STATUS]");
});

it.each(["status", "drift"])("%s", async (command) => {
  const row = (kind: string, name: string, id: string, outputs: object) => {
    const type = `pulumi-nodejs:dynamic/avala:${kind}`;
    const urn = `urn:pulumi:dev::app::${type}::${name}`;
    return { urn, custom: true, type, id, inputs: {}, outputs: { ...outputs, __v: 1 } };
  };
  const member = { organization: uids.acme, email: "zoe@example.com", status: "invited" };
  const resources = [
    row("Organization", "acme", uids.acme, { name: "Acme", slug: "acme", uid: uids.acme }),
    row("OrganizationMember", "zoe", `${uids.acme}/zoe@example.com`, member),
  ];
  const { code, stdout, stderr } = await o.desk.run([command, "--state", "-"], {
    env: environment,
    stdin: JSON.stringify({ version: 3, deployment: { resources } }),
  });
  expect([code, `${stdout}${stderr}`]).toEqual([1, expect.stringContaining(reported(list)) as string]);
});

it("doctor", async () => {
  const { stdout } = await o.desk.run(["doctor", "--json"], { env: environment });
  const { checks } = JSON.parse(stdout) as { checks: { name: string; level: string; message: string; fix: string }[] };
  const [check] = checks.filter(({ name }) => name === "reachable");
  expect([check!.level, `${check!.message} ${check!.fix}`]).toEqual(["error", reported(list)]);
});

it("up, refresh and destroy", async () => {
  const engine = await Engine.start();
  const host = await Host.start(engine, environment);
  try {
    await host.configure();
    const state = { name: "Acme", slug: "acme", __v: 1 };
    const team = { organization: uids.acme, name: "Core", slug: "core", __v: 1 };
    for (const run of [
      () => host.create("organization", { name: "Acme" }),
      () => host.read("organization", uids.acme, state),
      () => host.update("organization", uids.acme, state, { name: "Apex" }),
      () => host.create("team", { organization: uids.acme, name: "Core" }),
      () => host.read("team", `${uids.acme}/${uids.core}`, team),
      () => host.delete("team", `${uids.acme}/${uids.core}`, team),
    ]) {
      await expect(run()).rejects.toThrow("the organizations API was not found at the base URL");
    }
  } finally {
    await host.close();
    engine.kill();
  }
});

describe("functions", () => {
  const before = { ...process.env };
  beforeEach(() => Object.assign(process.env, environment));
  afterEach(() => {
    process.env = { ...before };
  });

  it.each<[string, () => Promise<unknown>, string]>([
    ["getOrganizations", () => getOrganizations(), list],
    ["getOrganization", () => getOrganization({ organization: "acme" }), list],
    ["getIndustryChoices", () => getIndustryChoices(), "GET /organizations/industry-choices/"],
  ])("%s", async (_, ask, what) => {
    await expect(ask()).rejects.toMatchObject({
      code: "AVALA_UNEXPECTED_STATUS",
      message: expect.stringContaining(reported(what)) as string,
    });
  });
});
