import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commands } from "../../cli/commands.js";
import { acme } from "../lifecycle/support.js";
import { startEmulator, type TestEmulator } from "../support/emulator.js";
import { Project } from "../support/pulumi.js";

jest.setTimeout(300_000);

const root = join(__dirname, "../..");
/** Outside of the clone, whose node_modules contain everything. */
const outside = process.platform === "win32" ? tmpdir() : "/tmp";

let emulator: TestEmulator;
let stacks: Project;
let folder: string;
/** Of the package and of the emulator. */
let tarballs: string[];

beforeAll(async () => {
  emulator = await startEmulator({ seed: acme() });
  stacks = await Project.open(emulator.environment());
  folder = mkdtempSync(join(outside, "packed-"));
  execFileSync(process.execPath, [join(root, "scripts/start.mjs"), "pack", "--to", folder]);
  tarballs = readdirSync(folder);
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  stacks.close();
  await emulator.close();
});

const packed = (name: string) => `file:../${tarballs.find((file) => file.startsWith(name))!}`;

/** Runs a typed command in a project's folder. */
async function run(project: string, [command, ...args]: string[]) {
  const child = spawn(command!, args, { cwd: join(folder, project), env: stacks.environment(), stdio: "pipe" });
  let [stdout, stderr] = ["", ""];
  child.stdin.end();
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, stdout, stderr };
}

/** The stdout of a typed command in a project's folder. */
async function type(project: string, words: string[]): Promise<string> {
  const { code, stdout, stderr } = await run(project, words);
  if (code !== 0) throw new Error(`${words.join(" ")} ended with ${code}:\n${stdout}\n${stderr}`);
  return stdout;
}

/** A version that the oldest Node of this package can run. */
const getPnpm = ["--yes", "--package", "pnpm@10.34.8", "-c", "command -v pnpm"];
const pnpm = execFileSync("npx", getPnpm, { encoding: "utf8" }).trim();
const managers = [
  { name: "npm", install: ["npm", "install", "--no-audit", "--no-fund"], exec: ["npx", "--no", "--"] },
  { name: "pnpm", install: [pnpm, "install"], exec: [pnpm, "exec"] },
];

describe.each(managers)("the packed package, installed by $name outside of the clone", ({ name, install, exec }) => {
  const typed = (...words: string[]) => type(name, words);
  const avala = (...args: string[]) => typed(...exec, "pulumi-avala", ...args, "--stack", name);

  beforeAll(async () => {
    mkdirSync(join(folder, name));
    const manifest = {
      name: "plain",
      private: true,
      main: "index.ts",
      dependencies: { "@pulumi/pulumi": "^3.216.0", "pulumi-avala": packed("pulumi-avala") },
      devDependencies: { "@types/node": "^20.19.0", "avala-emulator": packed("avala-emulator"), typescript: "~6.0.3" },
    };
    writeFileSync(join(folder, name, "package.json"), JSON.stringify(manifest));
    writeFileSync(join(folder, name, "Pulumi.yaml"), "name: plain\nruntime: nodejs\nmain: index.ts\n");
    writeFileSync(join(folder, name, "index.ts"), 'import "./acme";\n');
    await typed(...install);
    await typed("pulumi", "stack", "init", name, "--non-interactive");
  });

  it("imports an organization, which then has no drift and nothing to review", async () => {
    await emulator.clearLog();
    expect(await avala("import", "acme", "--run")).toContain("Imported. pulumi preview shows no change.");
    await typed(...exec, "tsc", "--noEmit", "--strict", "--module", "nodenext", "index.ts");
    expect(await avala("drift")).toContain("No drift.");
    expect(await avala("review")).toContain("Nobody gains or loses access, no emails, no requests.");
    expect(await avala("rehearse")).toContain("Rehearsed on a copy");
    expect(await avala("access", "--live")).toMatch(/^lee@example\.com .*people\.yaml:\d+/m);
    expect(await avala("status")).toContain("Nothing is pending.");
    expect(await avala("doctor")).toContain(" 0 failed.");
    expect(await avala("probe")).toMatch(/^\d+ hold, 1 differs, /m);
    expect(await emulator.writes()).toEqual([]);
  });

  it("has every command", async () => {
    const overview = await typed(...exec, "pulumi-avala", "--help");
    for (const command of commands) expect(overview).toContain(command.summary);
  });
});

describe("the packages as published, installed by npm", () => {
  const node = (script: string) => type("npm", [process.execPath, "-e", script]);
  const keysOf = async (name: string) =>
    JSON.parse(await node(`console.log(JSON.stringify(Object.keys(require("${name}")).sort()))`)) as string[];
  const refusal = (name: string) =>
    `try { require(${JSON.stringify(name)}) } catch (error) { console.log(error.code) }`;

  it("contain the built files, and no sources, tests or settings", () => {
    const files = tarballs.flatMap((name) =>
      execFileSync("tar", ["tzf", join(folder, name)], { encoding: "utf8" })
        .trim()
        .split("\n"),
    );
    const unexpected = files.filter(
      (file) =>
        !/^package\/(dist\/.+\.(js|d\.ts)|dist\/LICENSES\.txt|package\.json|[a-z-]+\.schema\.json|README\.md|(?:CHANGELOG|SECURITY)\.md|LICENSE)$/.test(
          file,
        ),
    );
    expect(unexpected).toEqual([]);
    expect(files).toContain("package/dist/plugin.js");
    for (const name of ["people", "teams", "drift-ignore"]) expect(files).toContain(`package/${name}.schema.json`);
    expect(files.filter((file) => /dist\/lifecycle\/.*\.js/.test(file))).toEqual([]);
    expect(files.filter((file) => /test|\.env|secret/i.test(file))).toEqual([]);
  });

  it("carry the licences of what their bundles contain", () => {
    const read = (file: string) => readFileSync(join(folder, "npm/node_modules/pulumi-avala/dist", file), "utf8");
    const bundled = ["plugin.js", "cli.js"].flatMap((file) =>
      [...read(file).matchAll(/^\s*\/?\/? ?"?node_modules\/((?:@[^/]+\/)?[^/]+)/gm)].map(([, name]) => name!),
    );
    expect([...new Set(bundled)].toSorted()).toEqual(["commander", "hono", "undici", "zod"]);
    for (const name of ["commander", "hono", "undici", "zod"])
      expect(read("LICENSES.txt")).toMatch(new RegExp(`^${name} [0-9.]+, MIT`, "m"));
  });

  it("offer resources and functions to programs and handlers to the host, and nothing else", async () => {
    expect(await keysOf("pulumi-avala")).toEqual([
      "Invitation",
      "Organization",
      "OrganizationMember",
      "People",
      "PeopleError",
      "Provider",
      "Team",
      "TeamMembership",
      "TeamRoster",
      "getIndustryChoices",
      "getIndustryChoicesOutput",
      "getInvitations",
      "getInvitationsOutput",
      "getOrganization",
      "getOrganizationMembers",
      "getOrganizationMembersOutput",
      "getOrganizationOutput",
      "getOrganizations",
      "getOrganizationsOutput",
      "getTeam",
      "getTeamMembers",
      "getTeamMembersOutput",
      "getTeamOutput",
      "getTeams",
      "getTeamsOutput",
    ]);
    const handlers = ["invitation", "organization", "organizationMember", "team", "teamMembership", "teamRoster"];
    expect(await keysOf("pulumi-avala/provider")).toEqual(handlers);
    for (const hidden of ["pulumi-avala/dist/index.js", "pulumi-avala/client", "pulumi-avala/dist/schema/index.js"]) {
      expect((await node(refusal(hidden))).trim()).toBe("ERR_PACKAGE_PATH_NOT_EXPORTED");
    }
  });

  it("do not load the HTTP client into a program that only declares", async () => {
    const loaded = await node(
      'require("pulumi-avala"); console.log(Object.keys(require.cache).filter((file) => /node_modules.undici.|pulumi-avala.dist.client/.test(file)).length)',
    );
    expect(loaded.trim()).toBe("0");
  });

  it("contain the command line, which ends with the exit codes it documents", async () => {
    const command = (...args: string[]) => run("npm", ["npx", "--no", "--", "pulumi-avala", ...args]);
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
    expect(await command("--version")).toMatchObject({ code: 0, stdout: `${version}\n` });
    expect((await command("--help")).stdout).toContain("transfer-ownership");
    expect(await command("stauts")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("Did you mean status?") as string,
    });
  });

  it("contain the emulator as a command", async () => {
    expect(await type("npm", ["npx", "--no", "--", "avala-emulator", "--help"])).toContain("--port");
  });
});

it("actions that change something, from the packed package", async () => {
  await emulator.api("POST", "/organizations/acme/invitations/", { email: "zoe@example.com" });
  const avala = (...args: string[]) => type("npm", ["npx", "--no", "--", "pulumi-avala", ...args]);
  await avala("resend", "acme", "zoe@example.com");
  expect((await emulator.emails()).map(({ kind, to }) => `${kind} ${to}`)).toEqual([
    "invitation zoe@example.com",
    "resend zoe@example.com",
  ]);
  await avala("transfer-ownership", "acme", "--to", "ada@example.com", "--yes");
  await avala("leave", "acme", "--yes");
  const { members } = (await emulator.state()).organizations[0]!;
  expect(members.find(({ role }) => role === "owner")!.email).toBe("ada@example.com");
  expect(members.map(({ email }) => email)).not.toContain("owner@example.com");
});
