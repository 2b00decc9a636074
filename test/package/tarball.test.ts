import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

jest.setTimeout(240_000);

const root = join(__dirname, "../..");
/** Outside the clone's resolution: what is not installed here is found in the clone's node_modules all the same. */
let folder: string;
let files: string[];

const npm = (...args: string[]) => execFileSync("npm", args, { cwd: folder, encoding: "utf8", stdio: "pipe" });
const node = (script: string) =>
  execFileSync(process.execPath, ["-e", script], { cwd: folder, encoding: "utf8", stdio: "pipe" });
const refusal = (name: string) => `try { require(${JSON.stringify(name)}) } catch (error) { console.log(error.code) }`;

beforeAll(() => {
  mkdirSync(join(root, ".work/package"), { recursive: true });
  folder = mkdtempSync(join(root, ".work/package/p-"));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "plain", private: true }));
  npm("pack", root, join(root, "emulator"), "--silent", "--pack-destination", folder);
  const tarballs = readdirSync(folder).filter((name) => name.endsWith(".tgz"));
  files = tarballs.flatMap((name) =>
    execFileSync("tar", ["tzf", join(folder, name)], { encoding: "utf8" })
      .trim()
      .split("\n"),
  );
  npm("install", "--silent", "--no-audit", "--no-fund", ...tarballs.map((name) => join(folder, name)));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the packages as published", () => {
  it("hold what is built, and nothing of sources, tests or settings", () => {
    const unexpected = files.filter(
      (file) =>
        !/^package\/(dist\/.+\.(js|d\.ts|js\.map)|package\.json|README\.md|(?:CHANGELOG|SECURITY)\.md|LICENSE)$/.test(
          file,
        ),
    );
    expect(unexpected).toEqual([]);
    expect(files).toContain("package/dist/lifecycle/index.js");
    expect(files.filter((file) => /test|\.env|secret/i.test(file))).toEqual([]);
  });

  it("offer resources and functions to programs and handlers to the host, and nothing else", () => {
    expect(JSON.parse(node('console.log(JSON.stringify(Object.keys(require("pulumi-avala")).sort()))'))).toEqual([
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
    expect(
      JSON.parse(node('console.log(JSON.stringify(Object.keys(require("pulumi-avala/provider")).sort()))')),
    ).toEqual(["invitation", "organization", "organizationMember", "team", "teamMembership", "teamRoster"]);
    for (const hidden of ["pulumi-avala/dist/index.js", "pulumi-avala/client", "pulumi-avala/dist/schema/index.js"]) {
      expect(node(refusal(hidden)).trim()).toBe("ERR_PACKAGE_PATH_NOT_EXPORTED");
    }
  });

  it("do not load the HTTP client into a program that only declares", () => {
    const loaded = node(
      'require("pulumi-avala"); console.log(Object.keys(require.cache).filter((file) => /node_modules.undici.|pulumi-avala.dist.client/.test(file)).length)',
    );
    expect(loaded.trim()).toBe("0");
  });

  it("bring the command line, which ends with the exit codes it documents", () => {
    const command = (...args: string[]) =>
      spawnSync("npx", ["--no", "--", "pulumi-avala", ...args], { cwd: folder, encoding: "utf8" });
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
    expect(command("--version")).toMatchObject({ status: 0, stdout: `${version}\n` });
    expect(command("--help").stdout).toContain("transfer-ownership");
    expect(command("stauts")).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("Is status meant?") as string,
    });
  });

  it("bring the emulator as a command", () => {
    const help = execFileSync("npx", ["--no", "--", "avala-emulator", "--help"], { cwd: folder, encoding: "utf8" });
    expect(help).toContain("--port");
  });
});
