import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { TransportError } from "../../provider/core/errors.js";
import { failure } from "../../cli/doctor/service.js";
import { variables } from "../../cli/doctor/settings.js";
import {
  nodeCheck,
  ownVersion,
  packageCheck,
  pulumiCheck,
  sdkCheck,
  typescriptCheck,
} from "../../cli/doctor/versions.js";
import type { Seed } from "../../emulator/src/index.js";
import { person, uids } from "../lifecycle/support.js";
import { ownerKey } from "../support/emulator.js";
import { pageOf, rawService, type Reply } from "../support/rawService.js";
import { inCopy, token } from "../support/rehearsal.js";
import { executable } from "../support/executable.js";
import { office } from "./support.js";

const o = office();

/** Doctor asks the Pulumi CLI for its version alone: a stand-in answers in a tenth of the time. */
beforeEach(() => {
  const programs = join(o.desk.folder, "bin");
  executable(join(programs, "pulumi"), '#!/bin/sh\n[ "$*" = version ] && echo v3.259.0\n');
  o.desk.environment["PATH"] = `${programs}:${process.env["PATH"]}`;
});

interface Check {
  name: string;
  level: string;
  message: string;
  fix?: string;
}

/** What doctor finds; the exit code and the summary in its JSON agree with it. */
async function examined(env: Record<string, string> = {}, args: string[] = []): Promise<Check[]> {
  const { code, stdout, stderr } = await o.desk.run(["doctor", "--json", ...args], { env });
  const { ok, checks } = JSON.parse(stdout) as { ok: boolean; checks: Check[] };
  const errors = checks.filter(({ level }) => level === "error");
  expect([ok, code]).toEqual(errors.length === 0 ? [true, 0] : [false, 1]);
  expect(stderr).toMatch(errors.length === 0 ? /^$/ : /^\d+ of \d+ checks .*\[AVALA_DOCTOR\]\n$/);
  for (const { level, fix } of checks) expect(fix !== undefined).toBe(level !== "ok");
  return checks;
}

const named = (checks: Check[], ...names: string[]) =>
  checks.filter(({ name }) => names.includes(name)).map(({ name, level, message }) => `${level} ${name}: ${message}`);

/** An environment with Node and without Pulumi. */
const withoutPulumi = { PATH: dirname(process.execPath) };

describe("versions", () => {
  it.each([
    [nodeCheck("20.19.0"), "ok", "Node 20.19.0"],
    [nodeCheck("22.3.1"), "ok", "Node 22.3.1"],
    [nodeCheck("20.18.3"), "error", "Node 20.18.3 is older than 20.19."],
    [nodeCheck("18.20.0"), "error", "older"],
    [pulumiCheck("v3.254.0"), "ok", "Pulumi v3.254.0"],
    [pulumiCheck("v4.0.0-alpha.1"), "ok", "Pulumi v4"],
    [pulumiCheck("v3.253.9"), "warning", "the import of existing objects requires 3.254.0"],
    [pulumiCheck(undefined), "error", "The Pulumi CLI is not on the PATH"],
    [sdkCheck("3.270.0", "22.0.0"), "ok", "@pulumi/pulumi 3.270.0"],
    [sdkCheck("3.216.0", "22.0.0"), "warning", "get() of resources requires 3.268.0"],
    [sdkCheck("3.215.9", "22.0.0"), "error", "older than 3.216.0"],
    [sdkCheck("4.0.0", "22.0.0"), "error", "a different major version"],
    [sdkCheck(undefined, "22.0.0"), "error", "@pulumi/pulumi cannot be resolved"],
    [typescriptCheck("6.0.3"), "ok", "TypeScript 6.0.3"],
    [typescriptCheck(undefined), "ok", "TypeScript of the Pulumi SDK"],
    [typescriptCheck("7.0.0-dev.1"), "error", "TypeScript 7.0.0-dev.1 is not supported"],
    [packageCheck(ownVersion), "ok", ownVersion],
    [packageCheck("0.0.1"), "warning", `uses pulumi-avala 0.0.1, this command is ${ownVersion}`],
    [packageCheck(undefined), "error", "pulumi-avala/provider cannot be resolved"],
  ])("%j", (check, level, reported) => {
    expect(check).toMatchObject({ level, message: expect.stringContaining(reported) as string });
  });
});

describe("the SDK that is proposed", () => {
  const needsNode = /^Install Node 22 or newer, which the latest SDK requires, then run: npm install @pulumi\/pulumi@/;
  const command = /^npm install @pulumi\/pulumi@(latest|3)$/;
  const wanting = [undefined, "3.215.9", "3.216.0", "4.0.0"];
  it.each(
    ["20.19.0", "21.7.3", "22.0.0", "24.1.0"].flatMap((node) => wanting.map((version) => [node, version] as const)),
  )("runs on Node %s, instead of %s", (node, version) => {
    expect(sdkCheck(version, node).fix).toMatch(/^2[24]/.test(node) ? command : needsNode);
  });
});

describe("outside of a project", () => {
  it("reports that there is no project, and which checks are skipped", async () => {
    const checks = await examined(withoutPulumi);
    expect(named(checks, "node", "pulumi", "program", "package", "sdk", "languageHost")).toEqual([
      `ok node: Node ${process.versions.node}`,
      "error pulumi: The Pulumi CLI is not on the PATH.",
      "ok program: No Pulumi project in this folder or its parents; program checks skipped",
    ]);
  });

  it("works without a key, and sends no request then", async () => {
    o.desk.environment = {};
    const checks = await examined();
    expect(named(checks, "settings")).toEqual(["error settings: The API key for Avala is missing."]);
    expect(named(checks, "reachable", "key", "role", "scopes", "clock")).toEqual([]);
    expect(await o.emulator.calls()).toEqual([]);
  });
});

describe("the program", () => {
  const folder = () => join(o.desk.folder, "app");
  const put = (path: string, content: unknown) => {
    mkdirSync(dirname(join(folder(), path)), { recursive: true });
    writeFileSync(join(folder(), path), typeof content === "string" ? content : JSON.stringify(content));
  };
  const installed = (name: string, version: string, more: object = {}) =>
    put(`node_modules/${name}/package.json`, { name, version, ...more });
  const ofProgram = ["program", "package", "sdk", "typescript"];
  beforeEach(() => put("Pulumi.yaml", "name: app\nruntime: nodejs\n"));
  afterEach(() => rmSync(folder(), { recursive: true, force: true }));

  it("finds what is installed in its folder, as the engine does", async () => {
    installed("pulumi-avala", ownVersion, { exports: { "./provider": "./x.js", "./package.json": "./package.json" } });
    put("node_modules/pulumi-avala/x.js", "");
    installed("@pulumi/pulumi", "3.270.0");
    installed("typescript", "7.0.1");
    put("tsconfig.json", "{}");
    expect(named(await examined({}, ["--cwd", "app"]), ...ofProgram)).toEqual([
      `ok package: pulumi-avala ${ownVersion}, resolved from the program's folder`,
      "ok sdk: @pulumi/pulumi 3.270.0",
      "error typescript: TypeScript 7.0.1 is not supported by the Pulumi SDK, which runs the program with it.",
    ]);
  });

  it("reports what is not installed, also if only the handlers are missing", async () => {
    installed("pulumi-avala", ownVersion, { exports: { ".": "./x.js", "./package.json": "./package.json" } });
    expect(named(await examined({}, ["--cwd", "app"]), ...ofProgram)).toEqual([
      "error package: pulumi-avala/provider cannot be resolved from the program's folder, where the engine looks for it.",
      "error sdk: @pulumi/pulumi cannot be resolved from the program's folder.",
    ]);
  });

  it("is looked for in the folder that main names", async () => {
    put("Pulumi.yaml", "name: app\nruntime: nodejs\nmain: src/\n");
    put("src/index.ts", "");
    put("src/node_modules/typescript/package.json", { version: "5.9.3" });
    expect(named(await examined({}, ["--cwd", "app"]), "typescript")).toEqual(["ok typescript: TypeScript 5.9.3"]);
  });

  it("reads the stack's configuration only if the environment has no key", async () => {
    const env = { ...withoutPulumi, AVALA_API_KEY: "" };
    const [configuration, settings] = named(await examined(env, ["--cwd", "app"]), "configuration", "settings");
    expect(configuration).toMatch(
      /^warning configuration: This is a Pulumi project, but the Pulumi CLI is not on the PATH/,
    );
    expect(settings).toMatch(/^error settings: The API key for Avala is missing/);
  });
});

describe("settings", () => {
  it("are those of the documentation", () => {
    const text = readFileSync(resolve(__dirname, "../../docs/reference/configuration.md"), "utf8");
    const rows = [...text.matchAll(/^\| `(AVALA_\w+)` +\| (?:`([\w:]+)`)?/gm)].map(([, name, key]) => [name, key]);
    expect(rows).toEqual(Object.entries(variables));
  });

  it("are shown with their source, the key only as set", async () => {
    const checks = await examined();
    expect(named(checks, "keySource", "baseUrl", "setting", "readOnly", "assumeDeleted")).toEqual([
      "ok keySource: API key set by AVALA_API_KEY",
      `warning baseUrl: The base URL ${o.between.url} (AVALA_BASE_URL) uses unencrypted HTTP (loopback).`,
      "ok setting: AVALA_REQUESTS_PER_MINUTE is 100000",
      "ok setting: AVALA_REQUESTS_PER_SECOND is 10000",
    ]);
  });

  it("cause a warning in a rehearsal, which goes to the copy and is shown without its token", async () => {
    const rehearsal = `http://127.0.0.1:1/${token}`;
    const checks = await examined({ AVALA_REHEARSAL: rehearsal });
    const real = { apiKey: ownerKey, baseUrl: o.between.url };
    const copy = inCopy(rehearsal, real).baseUrl.replace(token, "[removed]");
    expect(named(checks, "keySource", "baseUrl", "reachable", "unknownVariable")).toEqual([
      "ok keySource: API key set by AVALA_API_KEY",
      `warning baseUrl: AVALA_REHEARSAL is set: requests go to a copy of Avala at ${copy}.`,
      "error reachable: 127.0.0.1:1 refuses connections (ECONNREFUSED).",
    ]);
    expect(JSON.stringify(checks)).not.toContain(token);
    expect(await o.emulator.requests()).toEqual([]);
  });

  it("cause a warning if they stop a run from doing its work", async () => {
    const checks = await examined({
      AVALA_READ_ONLY: "1",
      AVALA_ASSUME_DELETED: `${uids.acme} ${uids.core}`,
      AVALA_HIDDEN_PEOPLE: uids.mia,
    });
    expect(named(checks, "hiddenPeople", "readOnly", "assumeDeleted")).toEqual([
      "ok hiddenPeople: AVALA_HIDDEN_PEOPLE lists 1 user with a hidden address, not declared by email",
      "warning readOnly: AVALA_READ_ONLY is set: changes fail.",
      "warning assumeDeleted: AVALA_ASSUME_DELETED lists 2 organizations: if not visible, they count as deleted.",
    ]);
  });

  it("that do not exist are named, with a suggestion", async () => {
    const checks = await examined({ AVALA_APIKEY: "avk_pasted", AVALA_TENANT: "x" });
    const unknown = checks.filter(({ name }) => name === "unknownVariable");
    expect(unknown).toMatchObject([
      { level: "warning", message: expect.stringMatching(/^AVALA_APIKEY/) as string },
      { level: "warning", message: expect.stringMatching(/^AVALA_TENANT/) as string },
    ]);
    expect(unknown[0]!.fix).toMatch(/^Did you mean AVALA_API_KEY\?/);
  });

  it.each([
    [{ AVALA_BASE_URL: "http://api.example.com" }, /unencrypted/],
    [{ AVALA_BASE_URL: "https://me:avk_pasted@api.example.com" }, /user name or password/],
    [{ AVALA_MAX_REMOVALS: "avk_pasted" }, /AVALA_MAX_REMOVALS is not a whole number/],
    [{ AVALA_READ_ONLY: "avk_pasted" }, /AVALA_READ_ONLY is set, but is neither true nor false/],
    [{ AVALA_HIDDEN_PEOPLE: "avk_pasted" }, /Entry 1 of AVALA_HIDDEN_PEOPLE is not a uid/],
  ])("that cannot work are errors, without a request: %j", async (env, reported) => {
    const checks = await examined(env);
    expect(named(checks, "settings")).toEqual([expect.stringMatching(reported)]);
    expect(JSON.stringify(checks)).not.toMatch(/avk_/);
    expect(await o.emulator.calls()).toEqual([]);
  });
});

describe("Avala", () => {
  const ofAvala = ["reachable", "key", "user", "scopes", "role", "clock"];

  it("answers, accepts the key, and shows the roles", async () => {
    await o.emulator.addKey("avk_mia", person("mia"));
    await o.emulator.api("POST", "/organizations/", { name: "Beta" }, "avk_mia");
    await o.emulator.clearLog();
    const checks = await examined({ AVALA_API_KEY: "avk_mia", AVALA_READ_ONLY: "1" });
    expect(named(checks, ...ofAvala)).toEqual([
      `ok reachable: ${new URL(o.between.url).host} is reachable`,
      "ok key: API key accepted",
      `ok user: The API key belongs to mia@example.com (${uids.mia})`,
      "ok scopes: The key has the scopes organizations.read and organizations.write",
      "warning role: member of Acme (acme): can read, but not manage.",
      "ok role: owner of Beta (beta)",
      "ok clock: This machine's clock agrees with the service's",
    ]);
    expect(await o.emulator.calls()).toEqual([
      "GET /users/me/permissions/",
      "GET /organizations/",
      "GET /users/me/",
      "GET /organizations/acme/members/",
    ]);
  });

  const unknown = "ok user: Avala does not report the user of the API key";
  const asked = ["GET /users/me/permissions/", "GET /organizations/", "GET /users/me/"];
  it.each<[NonNullable<Seed["settings"]>, string, number]>([
    [{ hideEmails: true }, `ok user: The API key belongs to ${uids.owner}`, 4],
    [{ currentUser: "withoutUid" }, unknown, 3],
    [{ currentUser: 403 }, unknown, 3],
    [{ currentUser: 404 }, unknown, 3],
    [{ currentUser: "html" }, unknown, 3],
  ])("shows the key's user as far as the service does: %j", async (settings, reported, requests) => {
    await o.emulator.settings(settings);
    expect(named(await examined(), "user", "role")).toEqual([reported, "ok role: owner of Acme (acme)"]);
    expect(await o.emulator.calls()).toEqual([...asked, "GET /organizations/acme/members/"].slice(0, requests));
  });

  it("shows only the uid if no organization is small, or its people are not visible", async () => {
    const reported = [`ok user: The API key belongs to ${uids.owner}`];
    o.between.expect({ on: /^GET .*members/, fate: 403 });
    expect(named(await examined(), "user")).toEqual(reported);
    for (let at = 0; at < 97; at++) await o.emulator.join(uids.acme, person(`p${at}`));
    await o.emulator.clearLog();
    expect(named(await examined(), "user")).toEqual(reported);
    expect(await o.emulator.calls()).toEqual(asked);
  });

  it("refuses the key", async () => {
    const checks = await examined({ AVALA_API_KEY: "avk_of-nobody-8Zq1" });
    expect(named(checks, ...ofAvala).slice(0, 2)).toEqual([
      `ok reachable: ${new URL(o.between.url).host} is reachable`,
      expect.stringMatching(/^error key: .* answered 401/),
    ]);
    expect(JSON.stringify(checks)).not.toContain("8Zq1");
  });

  it("is not reachable, or does not support TLS", async () => {
    const { port } = new URL(o.between.url);
    expect(named(await examined({ AVALA_BASE_URL: "http://127.0.0.1:1/api/v1" }), ...ofAvala)).toEqual([
      "error reachable: 127.0.0.1:1 refuses connections (ECONNREFUSED).",
    ]);
    expect(named(await examined({ AVALA_BASE_URL: `https://127.0.0.1:${port}/api/v1` }), ...ofAvala)).toEqual([
      expect.stringMatching(/^error reachable: .* does not use TLS/),
    ]);
  });

  it.each([
    ["ENOTFOUND", /^The host name api\.example\.com cannot be resolved/],
    ["EAI_AGAIN", /cannot be resolved/],
    ["CERT_HAS_EXPIRED", /has no valid certificate/],
    ["TIMED_OUT", /does not answer/],
  ])("is not reachable because of %s", (code, reported) => {
    const cause = Object.assign(new Error("scripted"), { code });
    const error = new TransportError("x", "y", { method: "GET", path: "/" }, false, { cause });
    expect(failure(error, "https://api.example.com/api/v1")).toMatchObject([
      { level: "error", name: "reachable", message: expect.stringMatching(reported) as string },
    ]);
  });

  describe("as others may answer", () => {
    let service: Awaited<ReturnType<typeof rawService>>;
    beforeAll(async () => (service = await rawService(() => undefined)));
    afterAll(() => service.close());
    const answers = (permissions: Reply | undefined, organizations: Reply = pageOf([]), clock?: number) => {
      service.answers(({ path }) => {
        const reply = path.startsWith("/users") ? permissions : organizations;
        if (clock === undefined) return reply;
        return {
          ...(reply as object),
          headers: { date: new Date(Math.ceil(Date.now() / 1000 + clock) * 1000).toUTCString() },
        };
      });
      return examined({ AVALA_BASE_URL: service.url });
    };
    const may = (scopes: string[], toolsets: string[] = []) => ({
      body: { type: "customer", scopes, capabilities: [], toolsets },
    });

    it("has a user without organizations, and a different clock", async () => {
      const late = await answers(may(["organizations.read", "organizations.write"]), pageOf([]), 600);
      expect(named(late, "role", "clock")).toEqual([
        "ok role: The API key's user is not a member of any organization yet",
        expect.stringMatching(/^warning clock: This machine's clock is (599|600|601) s behind the service's\.$/),
      ]);
      const early = await answers(may([]), pageOf([]), -600);
      expect(named(early, "clock")).toEqual([expect.stringMatching(/ s ahead of the service's\.$/)]);
    });

    const [read, write] = ["organizations.read", "organizations.write"];
    const untold = "ok scopes: Avala does not report the scopes of the key";
    const limited = (to: string) => `warning scopes: The key is restricted to ${to}, without ${read} and ${write}.`;
    const both = `ok scopes: The key has the scopes ${read} and ${write}`;
    const nothing =
      "warning scopes: Avala reports no scopes of the key: the key is restricted, and may not be allowed anything.";
    const many = Array.from({ length: 12 }, (_, i) => `things${i}.read`);
    it.each<[string, Reply | undefined, string]>([
      ["no such route", undefined, untold],
      ["404", { status: 404, body: { detail: "Not found." } }, untold],
      ["403", { status: 403, body: { detail: "No." } }, untold],
      ["405", { status: 405, body: { detail: "No." } }, untold],
      ["a web page", { headers: { "content-type": "text/html" }, body: "<html>Log in</html>" }, untold],
      ["a redirect", { status: 302, headers: { location: "/login/" } }, untold],
      ["nothing", { status: 204 }, untold],
      ["JSON that breaks off", { body: '{"scopes": [' }, untold],
      ["a list", { body: [read, write] }, untold],
      ["null", { body: "null" }, untold],
      ["an object without scopes", { body: {} }, untold],
      ["scopes that are null", { body: { scopes: null, toolsets: ["organizations"] } }, untold],
      ["scopes as text", { body: { scopes: `${read} ${write}` } }, untold],
      ["scopes as a map", { body: { scopes: { [read!]: true, [write!]: true } } }, untold],
      ["scopes that are not texts", { body: { scopes: [{ name: read }, { name: write }] } }, untold],
      ["no scope", { body: { scopes: [] } }, nothing],
      ["no scope, and no toolset", may([]), nothing],
      [
        "no scope, but this toolset",
        may([], ["organizations"]),
        'ok scopes: Avala reports no scopes of the key, but the toolset "organizations"; whether reads and writes are allowed is not reported',
      ],
      [
        "no scope, but others' toolsets",
        may([], ["datasets", "tasks"]),
        'warning scopes: Avala reports no scopes of the key, but the toolsets "datasets", "tasks", without organizations.',
      ],
      [
        "reads only",
        may([read!]),
        `warning scopes: The key has the scope ${read}, but not ${write}: previews, refreshes and reports work, changes fail.`,
      ],
      [
        "writes only",
        may([write!], ["organizations"]),
        `warning scopes: The key has the scope ${write}, but not ${read}, which every operation needs.`,
      ],
      ["both", may([read!, write!]), both],
      ["both, in another order among others", may(["datasets.read", write!, "tasks.write", read!]), both],
      ["both, with the toolset", may([read!, write!], ["organizations"]), both],
      ["scopes of other things", may(["datasets.read"]), limited('"datasets.read"')],
      [
        "other spellings",
        may(["Organizations.Read", "organizations.*"]),
        limited('"Organizations.Read", "organizations.*"'),
      ],
      ["hostile text", may(["\u001b[31mred"]), limited('"red"')],
      [
        "many",
        may(many),
        limited(
          `${many
            .slice(0, 8)
            .map((scope) => `"${scope}"`)
            .join(", ")}, 4 more`,
        ),
      ],
    ])("reports the scopes that the service returns: %s", async (_what, reply, reported) => {
      const checks = await answers(reply);
      expect(named(checks, "reachable", "scopes", "role")).toEqual([
        `ok reachable: ${new URL(service.url).host} is reachable`,
        reported,
        "ok role: The API key's user is not a member of any organization yet",
      ]);
      expect(JSON.stringify(checks)).not.toMatch(/may do what its user may|full/);
    });

    it("accepts the key but refuses the list: the error names the scope that a read needs", async () => {
      const checks = await answers(may(["datasets.read"]), { status: 403, body: { detail: "No." } });
      expect(named(checks, "reachable", "key", "scopes")).toEqual([
        `ok reachable: ${new URL(service.url).host} is reachable`,
        "ok key: API key accepted",
        limited('"datasets.read"'),
      ]);
      expect(checks.filter(({ name }) => name === "role")).toEqual([
        {
          name: "role",
          level: "error",
          message: expect.stringMatching(/^GET \/organizations\/ answered 403: .*"No\."$/) as string,
          fix: expect.stringMatching(/organizations\.read/) as string,
        },
      ]);
    });

    it("does not return the role", async () => {
      const row = { uid: uids.acme, slug: "acme", name: "\u001b[31mAcme", role: null };
      expect(named(await answers(undefined, pageOf([row])), "role")).toEqual([
        "warning role: Avala does not report the role in Acme (acme).",
      ]);
    });

    it("is a page, a redirect or a failure: each is requested once", async () => {
      const replies: Reply[] = [
        { headers: { "content-type": "text/html" }, body: "<html>hello</html>" },
        { status: 302, headers: { location: "https://elsewhere.example.com" } },
        { status: 503, body: "busy" },
      ];
      for (const reply of replies) {
        service.calls.length = 0;
        const found = named(await answers(reply, reply), "reachable", "key", "scopes", "role");
        expect(found).toEqual([expect.stringMatching(/^error reachable: GET \/\S+ answered/)]);
        const asked = ["GET /users/me/permissions/", "GET /organizations/"];
        expect(service.calls).toEqual("status" in reply && reply.status === 503 ? asked.slice(0, 1) : asked);
      }
    });
  });

  it.each<[string, string[], string, string]>([
    ["reads only", ["organizations.read"], "warning scopes", "ok role: owner of Acme"],
    ["both", ["organizations.read", "organizations.write"], "ok scopes", "ok role: owner of Acme"],
    ["writes only", ["organizations.write"], "warning scopes", "error role: GET /organizations/ answered 403"],
    ["nothing", [], "warning scopes", "error role: GET /organizations/ answered 403"],
  ])("answers a key that is restricted to %s", async (_what, scopes, reported, role) => {
    await o.emulator.addKey("avk_scoped", "owner@example.com", scopes);
    const found = named(await examined({ AVALA_API_KEY: "avk_scoped" }), "scopes", "role");
    expect(found).toEqual([expect.stringContaining(reported), expect.stringContaining(role)]);
  });
});

it("shows the same as text, with what to do", async () => {
  const { code, stdout, stderr } = await o.desk.run(["doctor"], { env: withoutPulumi });
  expect(code).toBe(1);
  expect(stdout).toMatch(
    /^Machine and program\n {2}ok +Node .*\n {2}error +The Pulumi CLI is not on the PATH\.\n {2}-> See /,
  );
  expect(stdout).toMatch(/\nSettings\n[^]*\nAvala\n[^]*\n\d+ passed, \d+ warnings?, 1 failed\.\n$/);
  expect(stderr).toMatch(/^1 of \d+ checks failed \(pulumi\); see the fix above\. \[AVALA_DOCTOR\]\n$/);
});
