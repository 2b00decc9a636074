import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { startEmulator, type TestEmulator } from "../support/emulator.js";
import { Project, ref } from "../support/pulumi.js";

jest.setTimeout(300_000);

const root = join(__dirname, "../..");
const { peerDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  peerDependencies: Record<string, string>;
};
const oldest = peerDependencies["@pulumi/pulumi"]!.replace(/^\^/, "");
const program = readFileSync(join(root, "test/support/programs/fromJson.js"), "utf8");

const core = { kind: "Team", name: "core", args: { organization: ref("acme"), name: "Core" } } as const;
const declared = [
  { kind: "Organization", name: "acme", args: { name: "Acme" } },
  core,
  { kind: "Invitation", name: "ada", args: { organization: ref("acme"), email: "ada@example.com" } },
  { kind: "TeamMembership", name: "owner", args: { team: ref("core"), email: "owner@example.com", role: "lead" } },
  {
    kind: "People",
    name: "staff",
    args: { organization: ref("acme"), file: "people.yaml", teams: { core: ref("core") } },
  },
] as const;
/** It is read by the YAML parser of that SDK, which is an older one too. */
const people =
  "- { email: grace@example.com, teams: [core], reason: , validUntil: 2027-01-31, maxEmails: 5, resend: 1 }\n";

describe(`the package as published, with the oldest SDK it accepts (${oldest})`, () => {
  let emulator: TestEmulator;
  let project: Project;
  let before: Awaited<ReturnType<TestEmulator["state"]>>;

  beforeAll(async () => {
    emulator = await startEmulator();
    project = await Project.open(emulator.environment(), { "index.js": program, "people.yaml": people });
    const packed = join(project.folder, "packed");
    mkdirSync(packed);
    const npm = (...args: string[]) => execFileSync("npm", args, { cwd: project.folder, stdio: "pipe" });
    execFileSync(process.execPath, [join(root, "scripts/start.mjs"), "pack", "--to", packed], { stdio: "pipe" });
    npm(
      "install",
      "--silent",
      "--no-audit",
      "--no-fund",
      join(
        packed,
        readdirSync(packed).find((name) => name.startsWith("pulumi-avala"))!,
      ),
      `@pulumi/pulumi@${oldest}`,
    );
    before = await emulator.state();
  });
  afterAll(async () => {
    project?.close();
    await emulator?.close();
  });

  it("is what the program uses", () => {
    const version = (name: string) =>
      (
        JSON.parse(readFileSync(join(project.folder, "node_modules", name, "package.json"), "utf8")) as {
          version: string;
        }
      ).version;
    expect(version("@pulumi/pulumi")).toBe(oldest);
    expect(readdirSync(join(project.folder, "node_modules/pulumi-avala"))).not.toContain("provider");
  });

  it("answers functions in both forms, and waits for resources that do not exist yet", async () => {
    project.write({
      "index.js": `
        const pulumi = require("@pulumi/pulumi");
        const { Organization, getOrganizationOutput, getOrganizations, getOrganizationsOutput } = require("pulumi-avala");
        const box = new pulumi.ComponentResource("test:index:Box", "box");
        const boxed = new Organization("boxed", { name: "Boxed" }, { parent: box });
        exports.slug = getOrganizationOutput({ organization: boxed }).slug;
        exports.before = getOrganizations().then(({ length }) => length);
        exports.after = getOrganizationsOutput({ dependsOn: box }).apply(({ length }) => length);
      `,
    });
    await emulator.clearLog();
    await project.expectOk(["preview"]);
    expect(await emulator.calls()).toEqual(["GET /organizations/"]);
    // The result of the plain form is not certain: it does not wait for the resource.
    await project.expectOk(["up", "--yes", "--skip-preview"]);
    const { stdout } = await project.expectOk(["stack", "output", "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({ slug: "boxed", after: 1 });
  });

  it("creates, settles, shows drift, repairs it and destroys", async () => {
    // Instead of the objects that the functions have read, which are deleted.
    project.write({ "index.js": program });
    project.declare([...declared]);
    await project.expectOk(["up", "--yes", "--skip-preview"]);
    expect((await project.preview(["--expect-no-changes"])).code).toBe(0);
    const { reason, ...grace } = project.outputs("staff-grace@example.com");
    expect(reason).toBeUndefined();
    expect(grace).toMatchObject({ validUntil: "2027-01-31", maxEmails: 5, resend: "1", status: "invited" });
    expect(project.outputs("staff-grace@example.com-core")).toMatchObject({ role: "member", status: "waiting" });

    await emulator.api("PATCH", "/organizations/acme/teams/core/", { name: "Renamed" });
    expect((await project.refresh()).code).toBe(0);
    const repaired = await project.expectOk(["up", "--yes"]);
    expect(repaired.steps).toEqual(["update Team core"]);
    // Older SDKs drop the inputs that a refresh has found: the preview would not show the drift.
    expect(repaired.runs.at(-1)!.steps).toMatchObject([{ name: "core", old: { inputs: { name: "Renamed" } } }]);
    expect((await project.preview(["--refresh", "--expect-no-changes"])).code).toBe(0);

    await project.expectOk(["destroy", "--yes", "--skip-preview"]);
    expect((await emulator.state()).organizations).toEqual(before.organizations);
  });

  it("says which SDK get needs", async () => {
    project.declare([{ kind: "Organization", name: "other", get: "0a000000-0000-4000-8000-000000000000" }]);
    const { code, screen } = await project.preview();
    expect(code).not.toBe(0);
    expect(screen).toContain(`get() needs @pulumi/pulumi 3.268.0 or newer; this program uses ${oldest}`);
    expect(screen).toContain("npm install @pulumi/pulumi@latest");
  });
});
