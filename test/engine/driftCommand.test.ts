import { readFileSync } from "node:fs";
import { join } from "node:path";
import { blocks, read } from "../examples/support.js";
import { program } from "../support/commandLine.js";
import { ownerKey, startEmulator, type TestEmulator } from "../support/emulator.js";
import { Project, ref, type Declared } from "../support/pulumi.js";

jest.setTimeout(240_000);

const person = (name: string) => `${name}@example.com`;
const hidden = "what-nobody-else-is-to-read";
let emulator: TestEmulator;
let project: Project;

beforeAll(async () => {
  emulator = await startEmulator({ seed: { people: [{ email: person("owner") }, { email: person("ada") }] } });
  // It has only the key and base URL of the stack's configuration.
  project = await Project.open({});
  await project.expectOk(["config", "set", "--secret", "avala:apiKey", ownerKey]);
  await project.expectOk(["config", "set", "avala:baseUrl", emulator.url]);
  await project.expectOk(["config", "set", "avala:allowInsecureBaseUrl", "true"]);
});
afterAll(async () => {
  project.close();
  await emulator.close();
});

const acme: Declared = { kind: "Organization", name: "acme", args: { name: "Acme", description: { $secret: hidden } } };
const core: Declared = { kind: "Team", name: "core", args: { organization: ref("acme"), name: "Core" } };
const member = (name: string, args: object = {}): Declared => ({
  kind: "OrganizationMember",
  name,
  args: { organization: ref("acme"), email: person(name), ...args },
});
const membership: Declared = {
  kind: "TeamMembership",
  name: "core/ada",
  args: { team: ref("core"), email: person("ada"), role: "lead" },
};
const declared = [acme, core, member("ada", { role: "admin" }), membership, member("grace")];

/** The commands of docs/guides/drift.md, in their order. */
const [, nightly, repair, adopt] = blocks(read("docs/guides/drift.md"), "sh") as [string, string, string, string];

/** Runs commands of the guide as a shell does, with the built command line. */
async function follow(script: string) {
  const own = `${process.execPath} ${program}`;
  const text = script
    .replaceAll("npx --no -- pulumi-avala", own)
    .replaceAll(/^pulumi (\w+)/gm, "pulumi $1 --stack test");
  const ended = await project.exec("sh", ["-ec", text], { STACK: "test" });
  return { ...ended, screen: ended.stdout + ended.stderr };
}
const report = () => readFileSync(join(project.folder, "drift.md"), "utf8");

it("docs/guides/drift.md: from no drift to drift, its repair, and the adoption of unmanaged people", async () => {
  project.declare(declared);
  await project.expectOk(["up", "--yes", "--skip-preview"]);
  await emulator.accept(person("ada"));
  await project.expectOk(["up", "--yes", "--skip-preview"]);
  const state = project.stateText();
  await emulator.clearLog();

  expect(await follow(nightly)).toMatchObject({ code: 0, stdout: "no drift\n" });
  expect(report()).toMatch(/^## No drift\n[^]*### Waiting \(1\)\n[^]*`grace@example.com`/);

  const { uid, teams } = (await emulator.state()).organizations[0]!;
  const ada = (await emulator.state()).people.find(({ email }) => email === person("ada"))!.uid;
  await emulator.api("PATCH", "/organizations/acme/", { description: "by hand" });
  await emulator.api("PATCH", `/organizations/acme/members/${ada}/role/`, { role: "member" });
  await emulator.api("DELETE", `/organizations/acme/teams/${teams[0]!.slug}/members/${ada}/`);
  await emulator.join(uid, person("eve"), "admin");
  await emulator.api("POST", "/organizations/acme/teams/", { name: "Shadow" });
  await emulator.clearLog();

  const night = await follow(nightly);
  expect(night).toMatchObject({ code: 0, stdout: "drift: see drift.md\n" });
  expect(report()).toMatch(/^## Drift: 5 differences\n/);
  for (const line of [
    /^\| `Acme` \| `acme` \| `organization` \| description differs from the declared value \(`\[secret\]`\) \(`\S+fromJson\.js:\d+`\) \| Run /m,
    /^\| `ada@example.com` \| `acme` \| `admin` \| role is "member", declared as "admin" \(`\S+fromJson\.js:\d+`\) \| Run /m,
    /^\| `ada@example.com` \| `acme` \| `lead in Core` \| was removed from the team by somebody else/m,
    /^\| `eve@example.com` \| `acme` \| `admin` \| not declared by any resource/m,
    /^\| `Shadow` \| `acme` \| `team` \| not declared by any resource/m,
  ]) {
    expect(report()).toMatch(line);
  }
  expect(report() + night.screen).not.toContain(hidden);
  // Only reads, and an unchanged state.
  expect(await emulator.writes()).toEqual([]);
  expect(project.stateText()).toBe(state);

  expect((await follow(repair)).code).toBe(0);
  const then = await follow(nightly);
  expect(then.stdout).toBe("drift: see drift.md\n");
  expect(report()).toMatch(/^## Drift: 2 differences\n/);

  await emulator.clearLog();
  const shadow: Declared = {
    kind: "Team",
    name: "shadow",
    args: { organization: ref("acme"), name: "Shadow", adopt: "shadow" },
  };
  project.declare([...declared, member("eve", { role: "admin" }), shadow]);
  expect((await follow(adopt)).code).toBe(0);
  expect([await emulator.writes(), await emulator.emails()]).toEqual([[], []]);
  expect((await follow(nightly)).stdout).toBe("no drift\n");
});

it("bug: another owner is drift until a refresh records them, as docs/guides/drift.md says", async () => {
  await project.expectOk(["refresh", "--yes", "--skip-preview"]);
  const ada = (await emulator.state()).people.find(({ email }) => email === person("ada"))!.uid;
  await emulator.api("POST", "/organizations/acme/transfer-ownership/", { new_owner_uid: ada });
  expect((await follow(nightly)).stdout).toBe("drift: see drift.md\n");
  expect(report()).toMatch(/^## Drift: 1 difference\n[^]*### Owner changed \(1\)\n/);
  // The API key's user is not unmanaged, though somebody else owns the organization.
  expect(report()).toMatch(/`owner@example.com` \| `acme` \| {2}\| the API key's user/);
  await project.expectOk(["refresh", "--yes", "--skip-preview"]);
  expect((await follow(nightly)).stdout).toBe("no drift\n");
});

it("doctor finds the engine, the program's packages, and the settings of the stack", async () => {
  await project.expectOk(["config", "set", "avala:maxRemoval", "20"]);
  await project.expectOk(["config", "set", "avala:timeoutSeconds", "20"]);
  const { code, stdout } = await project.exec(process.execPath, [program, "doctor", "--stack", "test", "--json"]);
  const { checks } = JSON.parse(stdout) as { checks: { name: string; level: string; message: string; fix?: string }[] };
  expect([code, checks.filter(({ level }) => level === "error")]).toEqual([0, []]);
  expect(checks.map(({ name, level }) => `${level} ${name}`)).toEqual([
    "ok node",
    "ok pulumi",
    "ok languageHost",
    "ok package",
    "ok sdk",
    "ok keySource",
    "warning baseUrl",
    "ok setting",
    "warning unknownKey",
    "ok reachable",
    "ok key",
    "ok user",
    "ok scopes",
    "ok role",
    "ok clock",
  ]);
  const message = (name: string) => checks.find((check) => check.name === name)!.message;
  expect(message("keySource")).toBe("API key set by avala:apiKey of the stack configuration");
  expect(message("baseUrl")).toContain(`${emulator.url} (avala:baseUrl)`);
  expect(message("setting")).toBe("avala:timeoutSeconds of the stack configuration is 20");
  expect(checks.find(({ name }) => name === "unknownKey")!.fix).toMatch(/^Did you mean avala:maxRemovals\?/);
  expect(stdout).not.toContain(ownerKey);
});
