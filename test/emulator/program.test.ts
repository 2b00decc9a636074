import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createEmulator,
  type Emulator,
  type Profile,
  type Seed,
  SeedError,
  type Settings,
  startEmulator,
} from "../../emulator/src/index.js";
import { defaultSettings } from "../../emulator/src/settings.js";

const folder = mkdtempSync(join(tmpdir(), "avala-emulator-"));
afterAll(() => rmSync(folder, { recursive: true }));

const headers = { "x-avala-api-key": "avk_local", "content-type": "application/json" };
const organizations = async (url: string, init: RequestInit = {}) =>
  (await (await fetch(`${url}/organizations/`, { headers, ...init })).json()) as { count: number };

interface Document {
  openapi: string;
  paths: Record<string, Record<string, { operationId: string }>>;
}

describe("document", () => {
  it("describes every operation", async () => {
    const { fetch } = createEmulator();
    const response = await fetch(new Request("http://127.0.0.1/openapi.json"));
    const document = (await response.json()) as Document;
    const operations = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path.replace("/api/v1", "")}`),
    );
    const organization = "/organizations/{slug}/";
    const team = `${organization}teams/{team_slug}/`;
    expect(document.openapi).toBe("3.1.0");
    expect(operations.toSorted()).toEqual(
      [
        "GET /organizations/",
        "POST /organizations/",
        "GET /organizations/industry-choices/",
        `GET ${organization}`,
        `PATCH ${organization}`,
        `DELETE ${organization}`,
        `GET ${organization}members/`,
        `PATCH ${organization}members/{user_uid}/role/`,
        `DELETE ${organization}members/{user_uid}/`,
        `POST ${organization}leave/`,
        `POST ${organization}transfer-ownership/`,
        `GET ${organization}invitations/`,
        `POST ${organization}invitations/`,
        `POST ${organization}invitations/{invitation_uid}/resend/`,
        `POST ${organization}invitations/{invitation_uid}/cancel/`,
        `GET ${organization}teams/`,
        `POST ${organization}teams/`,
        `GET ${team}`,
        `PATCH ${team}`,
        `DELETE ${team}`,
        `GET ${team}members/`,
        `POST ${team}members/`,
        `PATCH ${team}members/{user_uid}/role/`,
        `DELETE ${team}members/{user_uid}/`,
        "POST /organizations/invitations/{token}/accept/",
        "GET /users/me/",
        "GET /users/me/permissions/",
      ].toSorted(),
    );
  });
});

describe("startEmulator", () => {
  it("adds keys that survive a reset, and closes its port", async () => {
    const emulator = await startEmulator({ keys: { avk_ann: "ann@example.com" } });
    await fetch(`${emulator.controlUrl}/reset`, { method: "POST" });
    const response = await fetch(`${emulator.url}/organizations/`, { headers: { "x-avala-api-key": "avk_ann" } });
    expect(response.status).toBe(200);
    expect(emulator.url).toBe(`http://127.0.0.1:${emulator.port}/api/v1`);
    await emulator.close();
    const successor = await startEmulator({ port: emulator.port });
    expect(successor.url).toBe(emulator.url);
    await expect(startEmulator({ port: emulator.port })).rejects.toMatchObject({ code: "EADDRINUSE" });
    await successor.close();
  });

  it("starts with the settings of a profile, also after a reset; a seed and saved state win over them", async () => {
    const profile = {
      version: 1,
      settings: { voidStatus: 200, maxPageSize: 7, lists: "array" },
      date: "ignored",
    } as const;
    const stateFile = join(folder, "profiled.json");
    const changed = (settings: object) =>
      Object.fromEntries(
        Object.entries(settings).filter(([name, value]) => value !== defaultSettings[name as keyof Settings]),
      );
    const settingsAt = async ({ controlUrl }: Emulator) => {
      const { rateLimit, hideEmailsOf, ...plain } = (await (await fetch(`${controlUrl}/settings`)).json()) as Settings;
      expect([rateLimit, hideEmailsOf]).toEqual([defaultSettings.rateLimit, []]);
      return changed(plain);
    };
    const reset = (emulator: Emulator, seed: Seed) =>
      fetch(`${emulator.controlUrl}/reset`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ seed }),
      });

    const first = await startEmulator({ stateFile, profile, seed: { settings: { maxPageSize: 5 } } });
    expect(await settingsAt(first)).toEqual({ voidStatus: 200, maxPageSize: 5, lists: "array" });
    await organizations(first.url, { method: "POST", body: JSON.stringify({ name: "B" }) });
    await first.close();
    const measured = { version: 1, settings: { voidStatus: 204, readLagMs: 5 } } as const;
    const second = await startEmulator({ stateFile, profile: measured });
    expect(await settingsAt(second)).toEqual({ voidStatus: 200, maxPageSize: 5, lists: "array" });
    await second.close();

    const third = await startEmulator({ profile });
    await reset(third, {});
    expect(await settingsAt(third)).toEqual({ voidStatus: 200, maxPageSize: 7, lists: "array" });
    await reset(third, { settings: { voidStatus: 204 } });
    expect(await settingsAt(third)).toEqual({ maxPageSize: 7, lists: "array" });
    await third.close();
  });

  it.each<[fault: string, profile: unknown, message: string]>([
    ["is not an object", [], "profile: "],
    ["is empty", null, "profile: "],
    ["has no version", { settings: {} }, "profile: version: expected 1, not undefined"],
    ["has a different version", { version: 2, settings: {} }, "profile: version: expected 1, not 2"],
    ["has no settings", { version: 1 }, "profile: settings: "],
    [
      "has an unknown setting",
      { version: 1, settings: { pageSize: 3 } },
      'profile: settings: Unrecognized key: "pageSize"',
    ],
    ["has an unknown value", { version: 1, settings: { voidStatus: 201 } }, "profile: settings.voidStatus: "],
    ["has a value of another type", { version: 1, settings: { maxPageSize: "2" } }, "profile: settings.maxPageSize: "],
  ])("refuses a profile that %s", (_, profile, message) => {
    const start = () => createEmulator({ profile: profile as Profile });
    expect(start).toThrow(SeedError);
    expect(start).toThrow(message);
    expect(start).not.toThrow("\n");
  });

  it("refuses a start that contradicts itself", async () => {
    await expect(startEmulator({ seed: { keys: [{ key: "k", email: "no@example.com" }] } })).rejects.toThrow(
      "keys[0].email: no@example.com is not in people",
    );
  });
});

describe("README", () => {
  const readme = readFileSync(join(__dirname, "../../emulator/README.md"), "utf8");

  it("shows a seed that works", async () => {
    const seed = JSON.parse(/```json\n([\s\S]+?)```/.exec(readme)?.[1] ?? "") as Seed;
    const emulator = await startEmulator({ seed });
    expect((await organizations(emulator.url)).count).toBe(1);
    await emulator.close();
  });

  it("names every setting with its default", () => {
    const rows = [...readme.matchAll(/^\| `(\w+)` +\| `(.+?)` +\|/gm)].map(([, name, value]) => [name, value]);
    const defaults = Object.entries(defaultSettings).map(([name, value]) => [name, JSON.stringify(value)]);
    expect(rows).toEqual(defaults);
  });
});
