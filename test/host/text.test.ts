import { readFileSync } from "node:fs";
import { join } from "node:path";
import { providerText } from "../../provider/schema/token.js";
import { resources } from "../../provider/schema/index.js";
import { Engine, Host, type Kind } from "../support/host.js";

/** The text in states of every release. A change here breaks refresh and destroy for all of them: never edit, only add. */
const texts: Record<string, string> = {
  organization: 'exports.handler=()=>require("pulumi-avala/provider").organization',
  team: 'exports.handler=()=>require("pulumi-avala/provider").team',
  organizationMember: 'exports.handler=()=>require("pulumi-avala/provider").organizationMember',
  teamMembership: 'exports.handler=()=>require("pulumi-avala/provider").teamMembership',
  teamRoster: 'exports.handler=()=>require("pulumi-avala/provider").teamRoster',
  invitation: 'exports.handler=()=>require("pulumi-avala/provider").invitation',
};
const keys = Object.keys(texts) as Kind[];

it("has a pinned text for every resource", () => {
  expect(Object.fromEntries(Object.keys(resources).map((key) => [key, providerText(key)]))).toEqual(texts);
});

it("stays below a hundred bytes: state and every call carry it", () => {
  for (const text of Object.values(texts)) expect(Buffer.byteLength(text)).toBeLessThan(100);
});

it("names a subpath that the package exports", () => {
  const { exports } = JSON.parse(readFileSync(join(__dirname, "../../package.json"), "utf8")) as {
    exports: Record<string, unknown>;
  };
  expect(exports).toHaveProperty(["./provider"]);
});

describe("in the SDK's own host process", () => {
  let engine: Engine;
  let host: Host;
  beforeAll(async () => {
    engine = await Engine.start();
    host = await Host.start(engine, { AVALA_API_KEY: "k" });
    await host.configure();
  });
  afterAll(async () => {
    await host.close();
    engine.kill();
  });

  it.each(keys)("%s finds its handlers", async (kind) => {
    const { inputs, failures } = await host.check(kind, {}, { nonsense: 1 });
    expect(inputs["__provider"]).toBe(texts[kind]);
    expect(failures.map(({ property }) => property)).toContain("nonsense");
  });
});
