import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { program } from "../support/commandLine.js";
import { startEmulator, type TestEmulator } from "../support/emulator.js";
import { Project, ref, type Declared } from "../support/pulumi.js";

/* `access --as-of` and `--compare` on a stack of the real engine with three versions. */

jest.setTimeout(300_000);

const person = (name: string) => `${name}@example.com`;
const acme: Declared = { kind: "Organization", name: "acme", args: { name: "Acme" } };
const core: Declared = { kind: "Team", name: "core", args: { organization: ref("acme"), name: "Core" } };
const member = (name: string, args: object = {}): Declared => ({
  kind: "OrganizationMember",
  name,
  args: { organization: ref("acme"), email: person(name), ...args },
});
const inCore = (name: string, role: string): Declared => ({
  kind: "TeamMembership",
  name: `core/${name}`,
  args: { team: ref("core"), email: person(name), role },
});
const ada = member("ada", { role: "admin", reason: { $secret: "because of Ada" } });
/** Programs, in their order: version 1, 2 and 3. */
const programs: Declared[][] = [
  [acme, core, ada],
  [acme, core, ada, member("zoe", { validUntil: "2020-01-31" }), inCore("ada", "lead")],
  [acme, core, ada],
];
const people = [
  ["ada@example.com: admin invited"],
  ["ada@example.com: admin active; Core lead active", "zoe@example.com: member invited"],
  ["ada@example.com: admin active"],
];

let emulator: TestEmulator;
let project: Project;
/** The command line with a CLI whose backend exports versions, as Pulumi Cloud does. */
let cloud: Record<string, string>;
const file = (name: string) => join(project.folder, name);

beforeAll(async () => {
  emulator = await startEmulator({ seed: { people: ["owner", "ada"].map((name) => ({ email: person(name) })) } });
  project = await Project.open(emulator.environment());
  for (const [at, resources] of programs.entries()) {
    project.declare(resources);
    await project.expectOk(["up", "--yes", "--skip-preview"]);
    await project.expectOk(["stack", "export", "--file", `sealed-${at + 1}.json`]);
    await project.expectOk(["stack", "export", "--show-secrets", "--file", `open-${at + 1}.json`]);
    if (at === 0) await emulator.accept(person("ada"));
  }
  await emulator.clearLog();
  const bin = file("bin");
  mkdirSync(bin);
  const { stdout } = await project.exec("sh", ["-c", "command -v pulumi"]);
  const fake = `#!/bin/sh
kind=sealed; version=
for word in "$@"; do
  case "$previous" in --version) version=$word ;; esac
  case "$word" in --show-secrets) kind=open ;; esac
  previous=$word
done
[ -n "$version" ] || exec ${stdout.trim()} "$@"
[ -f "${project.folder}/$kind-$version.json" ] || { echo "error: [404] Not found: No update $version" >&2; exit 255; }
[ "$kind" = sealed ] || [ "$PULUMI_CONFIG_PASSPHRASE" = local ] || { echo "error: incorrect passphrase" >&2; exit 255; }
cat "${project.folder}/$kind-$version.json"
`;
  writeFileSync(join(bin, "pulumi"), fake, { mode: 0o755 });
  cloud = { PATH: `${bin}:${project.environment()["PATH"]}` };
});
afterAll(async () => {
  project?.close();
  await emulator.close();
});

interface Access {
  team?: { name: string };
  role: string;
  status: string;
  reason?: string;
}
interface Report {
  asOf: string;
  notes: string[];
  organizations: {
    people: { email?: string; organization?: Access; teams: Access[] }[];
    changes?: { kind: string; person: { email?: string }; team?: { name: string }; before?: string; after?: string }[];
  }[];
}

async function access(args: string[], env: Record<string, string> = {}) {
  const ended = await project.exec(process.execPath, [program, "access", "--stack", "test", "--json", ...args], env);
  const document = JSON.parse(ended.stdout) as Report & { error?: { code: string; message: string; fix: string } };
  const listed = (document.organizations ?? []).flatMap((organization) =>
    organization.people.map(({ email, organization: own, teams }) => {
      const words = [...(own ? [own] : []), ...teams].map(
        ({ team, role, status }) => `${team ? `${team.name} ` : ""}${role} ${status}`,
      );
      return `${email}: ${words.join("; ")}`;
    }),
  );
  const changes = (document.organizations ?? []).flatMap((organization) =>
    (organization.changes ?? []).map(
      ({ kind, person: { email }, team, before, after }) =>
        `${kind} ${email}${team ? ` ${team.name}` : ""}: ${before ?? ""} -> ${after ?? ""}`,
    ),
  );
  return { ...ended, document, listed, changes };
}
const openedNote = expect.stringMatching(/^Secret values are shown as \[secret\].*incorrect passphrase/) as string;
const uncompared = "1 secret text not compared: one of the states contains it encrypted.";
/** Since version 1, as the third sees it. */
const accepted = "changed ada@example.com: admin, invited, reason: [secret] -> admin, reason: [secret]";

describe("--as-of", () => {
  it.each<[string, string, Record<string, string> | undefined, string[]]>([
    ["version 1", "1", {}, people[0]!],
    ["version 2", "2", {}, people[1]!],
    ["the newest version", "3", {}, people[2]!],
    ["a file with secrets in clear", "open-2.json", undefined, people[1]!],
    ["a file with encrypted secrets", "sealed-2.json", undefined, people[1]!],
  ])("%s shows who had access then, and no secret", async (_, state, env, expected) => {
    const given = /^\d$/.test(state) ? state : file(state);
    const { code, listed, document, stdout } = await access(["--as-of", given], env && cloud);
    expect([code, listed, document.notes]).toEqual([0, expected, []]);
    expect(stdout).not.toContain("because of Ada");
    expect(stdout).toContain('"reason": "[secret]"');
    const written = JSON.parse(readFileSync(file(`open-${/\d/.exec(state)![0]}.json`), "utf8")) as {
      deployment: { manifest: { time: string } };
    };
    expect(document.asOf).toBe(new Date(written.deployment.manifest.time).toISOString());
  });

  it("a checkpoint of the backend's own history is a state as well", async () => {
    const folder = file("state/.pulumi/history/e2e/test");
    const checkpoints = readdirSync(folder).filter((name) => name.endsWith(".checkpoint.json"));
    const listed = await Promise.all(
      checkpoints.toSorted().map(async (name) => (await access(["--as-of", join(folder, name)])).listed),
    );
    expect(listed).toEqual(people);
  });

  it("counts ends on the day of the state", async () => {
    const args = ["--as-of", file("open-2.json"), "--fail-on", "expired"];
    expect((await access(args)).code).toBe(2);
  });
});

describe("--compare", () => {
  const gained = [
    "changed ada@example.com: admin, invited, reason: [secret] -> admin, reason: [secret]",
    "gained ada@example.com Core:  -> lead",
    "gained zoe@example.com:  -> member, invited, until 2020-01-31",
  ];
  it.each<[string, string[], string[], string[]]>([
    ["a version with the stack", ["--compare", "1"], [accepted], []],
    ["the newest version with the stack", ["--compare", "3"], [], []],
    ["two versions", ["--as-of", "2", "--compare", "1"], gained, []],
    ["a version with a file", ["--as-of", "sealed-2.json", "--compare", "1"], gained, [uncompared]],
    ["two files", ["--as-of", "open-2.json", "--compare", "open-1.json"], gained, []],
    ["a file with encrypted secrets", ["--compare", "sealed-1.json"], [accepted], [uncompared]],
    ["a file that changes nothing, with encrypted secrets", ["--compare", "sealed-3.json"], [], [uncompared]],
  ])("%s", async (_, args, changes, notes) => {
    const given = args.map((arg) => (arg.endsWith(".json") ? file(arg) : arg));
    const { code, changes: found, document, stdout } = await access(given, cloud);
    expect([code, found.toSorted(), document.notes]).toEqual([0, changes, notes]);
    expect(stdout).not.toContain("because of Ada");
  });

  it.each([
    [
      "stack",
      "urn:pulumi:other::e2e::",
      /the earlier one is of stack "other" of project "e2e", this one of stack "test"/,
    ],
    [
      "project",
      "urn:pulumi:test::app::",
      /the earlier one is of stack "test" of project "app", this one of stack "test"/,
    ],
  ])("says that a state is of another %s", async (_, urns, note) => {
    const other = readFileSync(file("open-3.json"), "utf8").replaceAll("urn:pulumi:test::e2e::", urns);
    writeFileSync(file("other.json"), other);
    const { code, document, stderr } = await access(["--compare", file("other.json")]);
    expect([code, document.notes]).toEqual([0, [expect.stringMatching(note)]]);
    expect(stderr).toMatch(note);
  });
});

it.each([
  ["the stack", []],
  ["--as-of", ["--as-of", "2"]],
  ["--compare", ["--as-of", "2", "--compare", "1"]],
])("bug: without the passphrase, the secrets of %s are shown as such, and the rest is reported", async (_, args) => {
  const { code, listed, document, stdout } = await access(args, { ...cloud, PULUMI_CONFIG_PASSPHRASE: "wrong" });
  const notes = args.includes("--compare") ? [openedNote, uncompared] : [openedNote];
  expect([code, listed, document.notes]).toEqual([0, args.length === 0 ? people[2] : people[1], notes]);
  expect(stdout).not.toContain("because of Ada");
});

describe("is an error with the way out", () => {
  const none = { code: "AVALA_STACK", fix: expect.stringMatching(/pulumi stack history lists.*pass a file/) as string };
  it.each<[string, string[], boolean]>([
    ["a version beyond the newest", ["--as-of", "99"], true],
    ["a version beyond the newest, to compare with", ["--compare", "99"], true],
    ["version 0", ["--as-of", "0"], true],
    ["a version on a backend that keeps files", ["--as-of", "1"], false],
    ["a version to compare with on a backend that keeps files", ["--compare", "1"], false],
  ])("%s", async (_, args, isCloud) => {
    const { code, document } = await access(args, isCloud ? cloud : {});
    expect([code, document.error]).toEqual([1, expect.objectContaining(none)]);
  });

  it("a deleted stack, unless the state is a file", async () => {
    await project.expectOk(["stack", "rm", "--yes", "--force", "--preserve-config"]);
    for (const args of [[], ["--as-of", "1"]]) {
      const { code, document } = await access(args);
      expect([code, document.error]).toMatchObject([1, { code: "AVALA_STACK" }]);
      expect(document.error!.message).toMatch(/no stack named 'test'/);
    }
    const { code, listed } = await access(["--as-of", file("open-2.json"), "--compare", file("open-1.json")]);
    expect([code, listed]).toEqual([0, people[1]]);
  });
});
