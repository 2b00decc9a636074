import { createEmulator, startEmulator } from "../../emulator/src/index.js";
import { emulated } from "./service.js";

const emulator = emulated();
const { api, control } = emulator;

/** A key of the owner, who may do everything: refusals are because of its scopes. */
async function keyOf(scopes?: string[]): Promise<string> {
  const key = `avk_${scopes?.join("_")}`;
  expect((await control("POST", "/keys", { key, email: "owner@example.com", scopes })).status).toBe(204);
  return key;
}

const [read, write] = ["organizations.read", "organizations.write"];
const refused = { status: 403, body: { detail: "You do not have permission to perform this action." } };

interface Document {
  paths: Record<string, Record<string, object>>;
}

/** Every operation, with the parameters of the seed. */
async function operations(): Promise<[method: string, path: string][]> {
  const document = (await (
    await createEmulator().fetch(new Request("http://127.0.0.1/openapi.json"))
  ).json()) as Document;
  const mia = await emulator.uidOf("mia");
  const values: Record<string, string> = { slug: "acme", team_slug: "core", user_uid: mia };
  return Object.entries(document.paths).flatMap(([path, item]) =>
    Object.keys(item).map((method): [string, string] => [
      method.toUpperCase(),
      path.replace("/api/v1", "").replace(/{(\w+)}/g, (_, name: string) => values[name] ?? "none"),
    ]),
  );
}

describe("a key with scopes", () => {
  it.each<[string, string[] | undefined, reads: boolean, writes: boolean]>([
    ["no restriction", undefined, true, true],
    ["both scopes", [read!, write!], true, true],
    ["reading only", [read!], true, false],
    ["writing only", [write!], false, true],
    ["scopes of other things", ["datasets.read", "datasets.write"], false, false],
    ["nothing granted", [], false, false],
  ])("of %s is checked by each operation", async (_what, scopes, reads, writes) => {
    const key = await keyOf(scopes);
    const all = await operations();
    expect(all).toHaveLength(27);
    for (const [method, path] of all.toSorted(
      ([one], [other]) => Number(one === "DELETE") - Number(other === "DELETE"),
    )) {
      const isAllowed = path.startsWith("/users/") || (method === "GET" ? reads : writes);
      const before = (await control("GET", "/state")).body;
      const { status, body } = await api(method, path, method === "GET" ? undefined : {}, key);
      const isRefused = status === 403 && JSON.stringify({ status, body }) === JSON.stringify(refused);
      const isUnchanged = JSON.stringify((await control("GET", "/state")).body) === JSON.stringify(before);
      expect({ method, path, isRefused }).toEqual({ method, path, isRefused: !isAllowed });
      expect({ method, path, isKept: isAllowed || isUnchanged }).toEqual({ method, path, isKept: true });
    }
  });

  it.each<[string[] | undefined, string[], string[]]>([
    [[read!], [read!], ["organizations"]],
    [
      [write!, "exports.create"],
      [write!, "exports.create"],
      ["organizations", "exports"],
    ],
    [[], [], []],
  ])("of %j reports its granted scopes", async (scopes, granted, toolsets) => {
    const answer = await api("GET", "/users/me/permissions/", undefined, await keyOf(scopes));
    expect(answer).toMatchObject({ status: 200, body: { scopes: granted, toolsets } });
  });

  it("without restriction reports every scope", async () => {
    const { scopes, toolsets } = (await api("GET", "/users/me/permissions/")).body;
    expect(scopes).toHaveLength(25);
    expect(scopes).toEqual(expect.arrayContaining([read, write, "exports.create", "search.read"]));
    expect(toolsets).toHaveLength(13);
  });

  it("keeps them in the state", async () => {
    await keyOf([read!]);
    const before = (await control("GET", "/state")).body;
    expect(before.keys).toContainEqual({
      key: "avk_organizations.read",
      email: "owner@example.com",
      revoked: false,
      scopes: [read],
    });
    await emulator.reset(before);
    expect((await control("GET", "/state")).body).toEqual(before);
    expect((await api("POST", "/organizations/", { name: "B" }, "avk_organizations.read")).status).toBe(403);
  });

  it("is refused if the service has no such scope", async () => {
    const key = { key: "avk_x", email: "owner@example.com", scopes: ["organizations.raed"] };
    expect(await control("POST", "/keys", key)).toMatchObject({
      status: 400,
      body: { error: "scopes[0]: This is not a scope of the service." },
    });
    expect(await control("POST", "/reset", { seed: { people: [{ email: key.email }], keys: [key] } })).toMatchObject({
      status: 400,
    });
    expect(() => createEmulator({ keys: { avk_x: { email: key.email, scopes: key.scopes } } })).toThrow(
      "This is not a scope of the service.",
    );
  });

  it("survives a reset if it is given at the start", async () => {
    const keys = { avk_ro: { email: "ann@example.com", scopes: [read!] }, avk_any: "ann@example.com" };
    const own = await startEmulator({ keys });
    await fetch(`${own.controlUrl}/reset`, { method: "POST" });
    const make = async (key: string) =>
      (
        await fetch(`${own.url}/organizations/`, {
          method: "POST",
          headers: { "x-avala-api-key": key, "content-type": "application/json" },
          body: '{"name":"B"}',
        })
      ).status;
    expect([await make("avk_ro"), await make("avk_any")]).toEqual([403, 201]);
    await own.close();
  });
});
