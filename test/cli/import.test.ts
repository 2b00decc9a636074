import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { parse } from "yaml";
import { readDataFile } from "../../provider/core/dataFile.js";
import { listPeople } from "../../provider/schema/index.js";
import { acme, person, uids } from "../lifecycle/support.js";
import { acmeUid, seedWithHostileNames, hostileNameCount, email } from "../support/hostileNames.js";
import { steeringInLines } from "../hostile/texts.js";
import { fits } from "../support/jsonSchema.js";
import { office } from "./support.js";

const root = join(__dirname, "../..");

const all = () => seedWithHostileNames({ people: 12, teams: hostileNameCount, each: 3 });
const o = office(all);

let out: string;
let count = 0;
beforeEach(() => (out = join(o.desk.folder, `out-${++count}`)));

interface Result {
  files: string[];
  changed: string[];
  people: number;
  teams: number;
  teamMemberships: number;
  notes: string[];
  next: string[];
}
const imported = (...args: string[]) => o.desk.json<Result & object>(["import", "acme", "--out", out, ...args]);
const refused = async (...args: string[]) => {
  const ended = await o.desk.run(["import", "acme", "--out", out, ...args]);
  expect([ended.code, ended.stdout]).toEqual([1, ""]);
  return ended.stderr;
};
const read = (name: string) => readFileSync(join(out, name), "utf8");
const write = (name: string, text: string) => writeFileSync(join(out, name), text);
/** Everything in the folder. */
const contents = () => Object.fromEntries(readdirSync(out).map((name) => [name, read(name)]));

interface Entry {
  type: string;
  name: string;
  logicalName?: string;
  id?: string;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
}
const entries = (name = "import.json") => (JSON.parse(read(name)) as { resources: Entry[] }).resources;
const ofKind = (kind: string) => entries().filter(({ type }) => type.endsWith(`:${kind}`));

const everything = [
  ".avala-import.json",
  ".gitignore",
  "Pulumi.yaml",
  "README.md",
  "import.json",
  "index.ts",
  "package.json",
  "people.yaml",
  "tsconfig.json",
];

describe("the reads of an import", () => {
  it("are each list once, without a write or an email", async () => {
    const { people, teams, teamMemberships } = await imported();
    expect({ people, teams, teamMemberships }).toEqual({
      people: 12,
      teams: hostileNameCount,
      teamMemberships: 3 * hostileNameCount,
    });
    const calls = await o.emulator.calls();
    const { teams: rows } = (await o.emulator.state()).organizations[0]!;
    expect(calls.toSorted()).toEqual(
      [
        "GET /organizations/",
        "GET /organizations/acme/",
        ...["members", "invitations", "teams"].map((list) => `GET /organizations/acme/${list}/`),
        ...rows.map(({ slug }) => `GET /organizations/acme/teams/${slug}/members/`),
      ].toSorted(),
    );
    expect(await o.emails()).toEqual([]);
  });

  it("need only a key with read scope", async () => {
    const { code } = await o.desk.run(["import", "acme", "--out", out], { env: { AVALA_READ_ONLY: "1" } });
    expect(code).toBe(0);
  });
});

describe("the files", () => {
  it.each([
    ["edges", everything],
    ["roster", [...everything, "teams.yaml"].toSorted()],
  ])("of %s are a complete project without hidden characters or terminal controls", async (style, files) => {
    const { notes } = await imported("--style", style);
    expect(notes).toEqual([expect.stringMatching(/^Skipped expired invitations \(.*late@example\.com/)]);
    const written = contents();
    expect(Object.keys(written).toSorted()).toEqual(files);
    for (const text of Object.values(written)) expect(text).not.toMatch(steeringInLines);
    const { diagnostics } = ts.transpileModule(written["index.ts"]!, { reportDiagnostics: true });
    expect(diagnostics).toEqual([]);
    expect(JSON.parse(written["package.json"]!)).toMatchObject({
      dependencies: { "pulumi-avala": expect.stringMatching(/^\^\d/) },
    });
  });

  it.each<[string, (kind: string) => string]>([
    ["edges", (kind) => (["OrganizationMember", "TeamMembership"].includes(kind) ? "avala:index:People$" : "")],
    ["roster", (kind) => (kind === "OrganizationMember" ? "avala:index:People$" : "")],
  ])("of %s record the address of each resource, as the program passes it", async (style, above) => {
    await imported("--style", style);
    const ours = entries().filter(({ type }) => type.includes("/avala:"));
    expect(ours.length).toBeGreaterThan(12);
    for (const { type, name, logicalName = name, inputs, outputs, ...more } of ours) {
      const kind = type.split(":").at(-1)!;
      const isBelow = (more as { parent?: string }).parent !== undefined;
      const address = `${isBelow ? above(kind) : ""}${kind}::${logicalName}`;
      expect([inputs!["__address"], outputs!["__address"]]).toEqual([address, address]);
    }
  });

  it("bug: contain a .gitignore, and the steps on the screen install the packages", async () => {
    // Packages above the folder are of other versions.
    const above = join(o.desk.folder, "node_modules");
    for (const name of ["@pulumi/pulumi", "pulumi-avala", "typescript", "@types/node"]) {
      mkdirSync(join(above, name), { recursive: true });
      writeFileSync(join(above, name, "package.json"), "{}");
    }
    const { next } = await imported();
    rmSync(above, { recursive: true });
    expect(next.slice(0, 2)).toEqual(["npm install", "pulumi stack init prod"]);
    expect(read(".gitignore").split("\n")).toEqual(["node_modules/", "adopt.json", "import.json", "preview.json", ""]);
  });

  it.each([
    ["edges", ["people.yaml"]],
    ["roster", ["people.yaml", "teams.yaml"]],
  ])("of %s name their schema for editors, which accepts them", async (style, names) => {
    await imported("--style", style);
    for (const name of names) {
      const [, schema] = /^# yaml-language-server: \$schema=\.\/node_modules\/pulumi-avala\/(\S+)\n/.exec(read(name))!;
      expect(
        fits(JSON.parse(readFileSync(join(root, schema!), "utf8")) as Record<string, unknown>, parse(read(name))),
      ).toBe(true);
    }
  });

  it("contain the names of people as comments, which nothing in a name can end", async () => {
    const names = [
      "Ada Lovelace",
      "x\n- email: eve@example.com",
      "# \u202ehidden",
      "a: b\r\n  role: admin",
      "\u2028- y",
    ];
    const seed = all();
    seed.people = seed.people!.map((one, at) => ({ ...one, fullName: names[at % names.length]! }));
    await o.emulator.reset(seed);
    for (const style of ["edges", "roster"]) {
      out = join(o.desk.folder, `names-${style}`);
      await imported("--style", style);
      const text = read("people.yaml") + (style === "roster" ? read("teams.yaml") : "");
      expect(text).toMatch(/^- email: \S+ # Ada Lovelace$/m);
      expect(text).not.toMatch(steeringInLines);
      const { people, faults } = listPeople(
        readDataFile(join(out, "people.yaml")),
        undefined,
        ofKind("Team").map(({ name, logicalName = name }) => logicalName),
      );
      expect(faults).toEqual([]);
      expect(people.map(({ who }) => who)).not.toContain("eve@example.com");
      expect(people).toHaveLength(12);
    }
  });

  it("keep the line of their schema when the package moves", async () => {
    await imported();
    const line = "# yaml-language-server: $schema=../../node_modules/pulumi-avala/people.schema.json";
    write("people.yaml", read("people.yaml").replace(/^.*/, line));
    expect((await imported()).changed).toEqual([]);
    expect(read("people.yaml")).toMatch(line);
  });

  it("contain no key and no accept link", async () => {
    await imported();
    const { invitations } = (await o.emulator.state()).organizations[0]!;
    const text = Object.values(contents()).join("\n");
    for (const { token } of invitations) expect(text).not.toContain(token);
    expect(text).not.toContain("avk_");
  });

  it("name people in normal form, including invited people and without the owner", async () => {
    await imported();
    const keys = ofKind("Team").map(({ name, logicalName = name }) => logicalName);
    const { people, faults } = listPeople(readDataFile(join(out, "people.yaml")), undefined, keys);
    expect(faults).toEqual([]);
    const expected = Array.from({ length: 11 }, (_, number) => email(number + 1).toLowerCase());
    expect(people.map(({ who }) => who)).toEqual([...expected, "zoe@example.com"].toSorted());
    expect(people.find(({ who }) => who === "zoe@example.com")).toMatchObject({
      declared: { role: "admin" },
      teams: {},
    });
    expect(ofKind("OrganizationMember")).toHaveLength(12);
    const state = (who: string) => ofKind("OrganizationMember").find(({ name }) => name === `people-${who}`)!.outputs;
    expect(state("zoe@example.com")).toMatchObject({ status: "invited", emailsSent: 0 });
    expect(state("upper.case@example.com")).toMatchObject({ status: "active", email: "upper.case@example.com" });
  });

  it("of rosters name teams and all their people, including the owner, as the service does", async () => {
    await imported("--style", "roster");
    const file = parse(read("teams.yaml")) as Record<string, { name: string; members: Record<string, string> }>;
    const { teams } = (await o.emulator.state()).organizations[0]!;
    const shown = ({ name, members }: { name: string; members: [string, string][] }) => ({
      name,
      members: members.map(([who, role]) => `${who.toLowerCase()} ${role}`).toSorted(),
    });
    const byName = (one: { name: string }, other: { name: string }) => (one.name < other.name ? -1 : 1);
    expect(
      Object.values(file)
        .map(({ name, members }) => shown({ name, members: Object.entries(members) }))
        .toSorted(byName),
    ).toEqual(
      teams
        .map(({ name, members }) => shown({ name, members: members.map(({ email, role }) => [email, role]) }))
        .toSorted(byName),
    );
    expect(Object.hasOwn(file, "__proto__")).toBe(false);
  });

  it("give each team a unique name, which is not a reserved word nor another name of the program", async () => {
    await imported();
    const source = ts.createSourceFile("index.ts", read("index.ts"), ts.ScriptTarget.Latest, true);
    const declared = source.statements
      .filter(ts.isVariableStatement)
      .flatMap(({ declarationList }) => declarationList.declarations.map(({ name }) => name.getText()));
    expect(declared).toHaveLength(hostileNameCount + 3);
    expect(new Set(declared).size).toBe(declared.length);
    expect(declared).toEqual(
      expect.arrayContaining(["acme", "acme2", "classTeam", "awaitTeam", "team2fast", "peopleTeam"]),
    );
    const logical = ofKind("Team").map(({ name, logicalName = name }) => logicalName);
    expect(new Set(logical).size).toBe(hostileNameCount);
    for (const name of logical) expect(name).toMatch(/^[A-Za-z0-9](?:[\w-]{0,62}[A-Za-z0-9])?$/);
    const inFile = entries().map(({ name }) => name);
    expect(new Set(inFile).size).toBe(inFile.length);
  });

  it("do not declare the owner's role, but their team memberships", async () => {
    await imported();
    const { teams } = (await o.emulator.state()).organizations[0]!;
    const memberships = teams.filter(({ members }) => members.some((row) => row.email === email(0)));
    expect(memberships.length).toBeGreaterThan(0);
    expect(read("index.ts").match(/^new TeamMembership\("owner-/gm)).toHaveLength(memberships.length);
    expect(read("index.ts")).toContain("npx pulumi-avala transfer-ownership acme --to <person>");
    expect(read("people.yaml")).not.toContain(email(0));
    expect(ofKind("OrganizationMember").filter(({ id }) => id!.endsWith(`/${email(0)}`))).toEqual([]);
  });

  it("declare the values that the service shows, without empty values and defaults of the service", async () => {
    await imported();
    const [organization] = ofKind("Organization");
    expect(organization!.inputs).toEqual({
      __address: "Organization::acme",
      __provider: 'exports.handler=()=>require("pulumi-avala/provider").organization',
      name: 'Acme "Robotics" \u202e${x} */',
      description: "one\n# two: `three`\n- four",
      website: "https://example.com/?a=b#c",
      industry: "other",
      phone: "+1 (2) # 3: 4",
      email: "Contact@Example.com",
      handle: "acme_1",
      visibility: "private",
    });
    expect(read("index.ts")).not.toMatch(/\b(slug|logo|adopt):|description: ""/);
  });
});

describe("a second run", () => {
  it.each(["edges", "roster"])("of %s writes the same files for any order of the lists", async (style) => {
    await imported("--style", style);
    const before = contents();
    const { changed } = await imported();
    expect(changed).toEqual([]);
    expect(contents()).toEqual(before);

    const seed = all();
    const [one] = seed.organizations!;
    const turned = {
      ...one!,
      members: one!.members.toReversed(),
      teams: one!.teams!.toReversed().map((team) => ({ ...team, members: team.members!.toReversed() })),
      invitations: one!.invitations!.toReversed(),
    };
    await o.emulator.reset({ ...seed, people: seed.people!.toReversed(), organizations: [turned] });
    expect((await imported()).changed).toEqual([]);
    rmSync(out, { recursive: true });
    await imported("--style", style);
    expect(contents()).toEqual(before);
  });

  it("adds new objects, and keeps names if slugs have changed", async () => {
    await imported();
    const before = ofKind("Team").map(({ id, name, logicalName = name }) => `${id} ${logicalName}`);
    await o.emulator.settings({ slugFollowsName: true });
    await o.emulator.api("PATCH", "/organizations/acme/teams/class/", { name: "Lessons" });
    await o.emulator.api("POST", "/organizations/acme/teams/", { name: "class" });
    const { changed } = await imported();
    expect(changed).toEqual(["index.ts", "import.json"]);
    const after = ofKind("Team").map(({ id, name, logicalName = name }) => `${id} ${logicalName}`);
    expect(after).toEqual(expect.arrayContaining(before));
    expect(after.filter((line) => !before.includes(line))).toEqual([expect.stringMatching(/ class-2$/)]);
    expect(read("index.ts")).toMatch(/new Team\("class", \{ organization: acme, name: "Lessons"/);
  });

  it("writes nothing if a file that would change has been edited, and names the file", async () => {
    await imported();
    write("people.yaml", `${read("people.yaml")}\n- email: new@example.com\n`);
    await o.emulator.join(acmeUid, "late@example.com");
    const before = contents();
    const reported = await refused();
    expect(reported).toMatch(/"people\.yaml".*--out.*\[AVALA_REFUSED\]\n$/);
    expect(reported).not.toContain("import.json");
    expect(contents()).toEqual(before);
  });

  it("keeps edits and other line ends if nothing is new, and writes missing files again", async () => {
    await imported();
    write("index.ts", `${read("index.ts")}// Mine.\n`);
    write("people.yaml", read("people.yaml").replaceAll("\n", "\r\n"));
    rmSync(join(out, "import.json"));
    expect((await imported()).changed).toEqual(["import.json"]);
    expect(read("index.ts")).toMatch(/\/\/ Mine\.\n$/);
    await o.emulator.join(acmeUid, "late@example.com");
    expect((await imported()).changed).toEqual(["people.yaml", "import.json"]);
  });

  it("leaves package.json, although another version would write a different one", async () => {
    await imported();
    const mine = read("package.json").replace(/"\^[\d.]+"/, '"^0.0.1"');
    write("package.json", mine);
    await o.emulator.join(acmeUid, "late@example.com");
    expect((await imported()).changed).toEqual(["people.yaml", "import.json"]);
    expect(read("package.json")).toBe(mine);
  });

  it("does not change the style of existing resources", async () => {
    await imported();
    expect(await refused("--style", "roster")).toMatch(/style edges.*\[AVALA_REFUSED\]/);
  });

  it.each([
    ["of another version", { version: 2 }],
    ["that names files elsewhere", { names: { [acmeUid]: "../../elsewhere" } }],
    ["of another style", { style: "graph" }],
    ["without hashes", { files: undefined }],
  ])("refuses a record %s", async (_what, changed) => {
    await imported();
    write(".avala-import.json", JSON.stringify({ ...JSON.parse(read(".avala-import.json")), ...changed }));
    const before = contents();
    expect(await refused()).toMatch(/\.avala-import\.json is not a valid record/);
    expect(contents()).toEqual(before);
  });
});

describe("in a folder with other files", () => {
  it("adds the program to an existing project, and prints the line to add", async () => {
    mkdirSync(out);
    const own = { "Pulumi.yaml": "name: mine\nruntime: nodejs\n", "index.ts": "export {};\n", "people.yaml": "[]\n" };
    for (const [name, text] of Object.entries(own)) write(name, text);
    const { files, next } = await imported("--style", "roster");
    expect(files).toEqual(["acme.ts", "acme.people.yaml", "acme.teams.yaml", "acme.import.json"]);
    expect(contents()).toMatchObject(own);
    expect(readdirSync(out).toSorted()).toEqual([...Object.keys(own), ...files, ".avala-import.acme.json"].toSorted());
    expect(next).toContain('Add to the program:  import "./acme";');
    expect(next.some((step) => step.startsWith("npm install ") && step.includes("pulumi-avala"))).toBe(true);
    expect(read("acme.ts")).toContain('file: "acme.people.yaml"');
    expect((await imported()).changed).toEqual([]);
  });

  it("adds a second organization of the same name beside the first", async () => {
    const seed = all();
    const other = {
      name: seed.organizations![0]!.name,
      slug: "index",
      members: [{ email: email(0), role: "owner" as const }],
    };
    await o.emulator.reset({ ...seed, organizations: [...seed.organizations!, other] });
    await imported();
    const before = contents();
    const { files } = await o.desk.json<Result>(["import", "index", "--out", out]);
    expect(files).toEqual([
      "index-organization.ts",
      "index-organization.people.yaml",
      "index-organization.import.json",
    ]);
    expect(contents()).toMatchObject(before);
    expect((await imported()).changed).toEqual([]);
  });

  it.each([
    ["a CommonJS package", { "package.json": "{}" }, "./acme"],
    ["an ES module", { "package.json": '{ "type": "module" }' }, "./acme.js"],
    ["an ES module, written by PowerShell", { "package.json": '\ufeff{ "type": "module" }' }, "./acme.js"],
    ["a package that cannot be read", { "package.json": "{" }, "./acme"],
  ])("prints the line for %s (bug: ES modules could not find ./acme)", async (_what, more, specifier) => {
    mkdirSync(out);
    write("Pulumi.yaml", "name: mine\nruntime: nodejs\n");
    for (const [name, text] of Object.entries(more)) write(name, text);
    const { next } = await imported();
    expect(next).toContain(`Add to the program:  import "${specifier}";`);
  });

  it.each([
    ["Pulumi.yml", "name: mine\nruntime:\n  name: nodejs\n  options: { packagemanager: npm }\n"],
    ["Pulumi.json", '{ "name": "mine", "runtime": "nodejs" }\n'],
    ["Pulumi.json", '\ufeff{ "name": "mine", "runtime": { "name": "nodejs" } }\n'],
  ])("finds a project in %s", async (name, text) => {
    mkdirSync(out);
    write(name, text);
    const { files } = await imported();
    expect(files).toEqual(["acme.ts", "acme.people.yaml", "acme.import.json"]);
  });

  it.each([
    ["Pulumi.yaml", "name: mine\nruntime: python\n", "with the runtime .python."],
    ["Pulumi.yaml", "name: mine\nruntime:\n  name: go\n", "with the runtime .go."],
    ["Pulumi.json", '{ "name": "mine", "runtime": "yaml" }', "with the runtime .yaml."],
    ["Pulumi.yaml", "name: mine\n", "with an unknown runtime"],
    ["Pulumi.yaml", "name: [", "with an unknown runtime"],
  ])("bug: refuses to write TypeScript into a project of another language: %s, %j", async (name, text, runtime) => {
    mkdirSync(out);
    write(name, text);
    const message = await refused();
    expect(message).toMatch(new RegExp(`is a Pulumi project ${runtime}, and import writes a TypeScript program`));
    expect(message).toContain("Import into a folder of its own with --out");
    expect(contents()).toEqual({ [name]: text });
  });

  it("leaves the .gitignore of the folder as it is", async () => {
    mkdirSync(out);
    write(".gitignore", "mine\n");
    const { files, changed } = await imported();
    expect(files).toContain(".gitignore");
    expect(changed).not.toContain(".gitignore");
    expect(read(".gitignore")).toBe("mine\n");
    expect((await imported()).changed).toEqual([]);
  });

  it("does not overwrite files that it has not written", async () => {
    mkdirSync(out);
    write("package.json", "{}\n");
    expect(await refused()).toMatch(/"package\.json"/);
    expect(readdirSync(out)).toEqual(["package.json"]);
  });
});

describe("data that the service does not show", () => {
  it("names people by uid where addresses are hidden", async () => {
    await o.emulator.settings({ hideEmails: true });
    const { people } = await imported();
    expect(people).toBeGreaterThan(0);
    expect(read("people.yaml")).not.toMatch(/person\d/);
    expect(read("people.yaml")).toMatch(/^- user: /m);
    expect(ofKind("OrganizationMember")[0]!.outputs).toMatchObject({ status: "active" });
  });

  it("reports that the key may not see invitations", async () => {
    await o.emulator.addKey("avk_plain", email(3));
    const { code, stderr } = await o.desk.run(["import", "acme", "--out", out], {
      env: { AVALA_API_KEY: "avk_plain" },
    });
    expect([code, stderr]).toEqual([0, expect.stringContaining("Invitations are not visible to this API key")]);
    expect(ofKind("OrganizationMember")).toHaveLength(11);
  });

  it("writes a program for an organization whose only member is its owner", async () => {
    const seed = all();
    const [one] = seed.organizations!;
    await o.emulator.reset({
      ...seed,
      organizations: [{ ...one!, members: [one!.members[0]!], teams: [], invitations: [] }],
    });
    expect(await imported()).toMatchObject({ people: 0, teams: 0, teamMemberships: 0, notes: [] });
    expect(listPeople(readDataFile(join(out, "people.yaml")), undefined, [])).toEqual({ people: [], faults: [] });
    expect(read("index.ts")).toContain('import { Organization, People } from "pulumi-avala";');
  });

  it("leaves out a team whose name no program can declare, and reports it", async () => {
    const seed = all();
    seed.organizations![0]!.teams![0]!.name = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
    await o.emulator.reset(seed);
    const { notes, teams } = await imported();
    expect(teams).toBe(hostileNameCount - 1);
    expect(notes).toContainEqual(expect.stringMatching(/^Skipped: team "04da6b54.* and its memberships; /));
  });
});

it.each<[string[], RegExp]>([
  [[], /needs <organization> or --fill/],
  [["acme", "--style", "graph"], /Unknown style "graph"/],
  [["acme", "--fill", "import.json"], /<organization> and --fill cannot be combined/],
  [["--fill", "import.json", "--out", "x"], /--out and --fill cannot be combined/],
  [["acme", "--preview", "x.json"], /--preview requires --fill/],
])("refuses %j, without a request", async (args, reported) => {
  const { code, stderr } = await o.desk.run(["import", ...args]);
  expect([code, stderr]).toEqual([1, expect.stringMatching(reported)]);
  expect(stderr).toMatch(/ \[AVALA_USAGE\]\n$/);
  expect(await o.emulator.calls()).toEqual([]);
});

it("says what to do if packages are missing for --run", async () => {
  const reported = await refused("--run");
  expect(reported).toMatch(
    /@pulumi\/pulumi, pulumi-avala, @types\/node, typescript cannot be resolved from .*npm install.*\[AVALA_STACK\]\n$/,
  );
  expect(existsSync(join(out, "index.ts"))).toBe(true);
});

describe("--fill", () => {
  const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
  const type = (kind: string) => `pulumi-nodejs:dynamic/avala:${kind}`;
  const urn = (kind: string, name: string) => `urn:pulumi:dev::p::${type(kind)}::${name}`;
  interface Given {
    kind: string;
    name: string;
    inputs: Record<string, unknown>;
    /** URNs of the resources from which an unknown input comes. */
    of?: Record<string, string[]>;
    provider?: string;
  }
  const organization = (name: string, inputs: object): Given => ({ kind: "Organization", name, inputs: { ...inputs } });
  const inside = (kind: string, name: string, inputs: object): Given => ({
    kind,
    name,
    inputs: { organization: unknown, ...inputs },
    of: { organization: [urn("Organization", "acme")] },
  });
  const inTeam = (kind: string, name: string, inputs: object): Given => ({
    kind,
    name,
    inputs: { team: unknown, ...inputs },
    of: { team: [urn("Team", "core")] },
  });

  /** The import file that the engine would write for a program, filled in. */
  async function filled(given: Given[], providers: Given[] = []) {
    mkdirSync(out);
    const resources = given.map(({ kind, name }) => ({ type: type(kind), name, id: "<PLACEHOLDER>" }));
    const providerUrn = (name: string) => `urn:pulumi:dev::p::pulumi:providers:pulumi-nodejs::${name}`;
    const steps = [
      ...providers.map(({ name, inputs }) => ({ op: "create", urn: providerUrn(name), newState: { inputs } })),
      ...given.map(({ kind, name, inputs, of: propertyDependencies, provider = "default" }) => ({
        op: "create",
        urn: urn(kind, name),
        newState: { type: type(kind), inputs, propertyDependencies, provider: `${providerUrn(provider)}::${unknown}` },
      })),
    ];
    write("import.json", JSON.stringify({ resources }));
    write("preview.json", JSON.stringify({ steps }));
    const result = await o.desk.json<{ leftOut: { name: string; reason: string }[]; notes: string[] }>(
      ["import", "--fill", join(out, "import.json"), "--preview", join(out, "preview.json")],
      { env: { TENANT_API_KEY: "avk_tenant" } },
    );
    expect(await o.emulator.writes()).toEqual([]);
    return {
      ids: Object.fromEntries(entries().map(({ name, id }) => [name, id])),
      left: Object.fromEntries(result.leftOut.map(({ name, reason }) => [name, reason])),
      notes: result.notes,
    };
  }

  const role = { role: "member", onExpiry: "report", maxEmails: 3 };
  const start = acme();
  beforeEach(() =>
    o.emulator.reset({
      ...start,
      organizations: [
        {
          ...start.organizations![0]!,
          invitations: [
            { email: person("zoe"), expiresAt: "2999-01-01T00:00:00.000Z" },
            { email: person("late"), expiresAt: "2020-01-01T00:00:00.000Z" },
          ],
        },
        ...["twin", "twin-2"].map((slug) => ({
          name: "Twin",
          slug,
          members: [{ email: person("owner"), role: "owner" as const }],
        })),
      ],
    }),
  );

  it("finds each kind by the names in its declaration", async () => {
    const { ids, left } = await filled([
      organization("acme", { name: "Acme" }),
      inside("Team", "core", { name: "Core" }),
      inside("OrganizationMember", "ada", { email: person("ada"), ...role, role: "admin" }),
      inside("OrganizationMember", "lee", { user: uids.lee, ...role }),
      inside("OrganizationMember", "zoe", { email: person("zoe"), ...role }),
      inTeam("TeamMembership", "lee-core", { email: person("lee"), role: "lead" }),
    ]);
    expect(left).toEqual({});
    const core = `${uids.acme}/${uids.core}`;
    expect(ids).toEqual({
      acme: uids.acme,
      core,
      ada: `${uids.acme}/${person("ada")}`,
      lee: `${uids.acme}/${uids.lee}`,
      zoe: `${uids.acme}/${person("zoe")}`,
      "lee-core": `${core}/${person("lee")}`,
    });
  });

  describe("bug: entries with an id were dropped unless their names were those of the program", () => {
    const given = (kind: string, name: string, ...parts: string[]) => ({
      type: type(kind),
      name,
      id: [uids.acme, ...parts].join("/"),
    });
    const step = (op: string, one: Given, parents: string[] = [], parent?: string) => ({
      op,
      urn: `urn:pulumi:dev::p::${[...parents, type(one.kind)].join("$")}::${one.name}`,
      newState: { type: type(one.kind), inputs: one.inputs, propertyDependencies: one.of, parent },
    });
    const inAcme = (kind: string, name: string, inputs: object): Given => ({
      kind,
      name,
      inputs: { organization: uids.acme, ...inputs },
    });
    const inCore = (name: string, inputs: object): Given => ({
      kind: "TeamMembership",
      name,
      inputs: { team: `${uids.acme}/${uids.core}`, role: "lead", ...inputs },
    });
    async function fill(resources: object[], steps: object[], ...more: string[]) {
      mkdirSync(out, { recursive: true });
      write("import.json", JSON.stringify({ resources }));
      write("preview.json", JSON.stringify({ steps }));
      const files = [join(out, "import.json"), "--preview", join(out, "preview.json")];
      const { code, stdout, stderr } = await o.desk.run(["import", "--fill", ...files, "--json", ...more]);
      expect(await o.emulator.writes()).toEqual([]);
      const { nameTable } = JSON.parse(read("import.json")) as { nameTable?: object };
      return { code, stderr, nameTable, answer: (stdout === "" ? {} : JSON.parse(stdout)) as Record<string, unknown> };
    }

    it.each<[string, object, Given]>([
      [
        "an address",
        given("OrganizationMember", "x", person("lee")),
        inAcme("OrganizationMember", "people-lee", { email: person("lee"), ...role }),
      ],
      [
        "an address in another case",
        given("OrganizationMember", "x", person("LEE")),
        inAcme("OrganizationMember", "lee", { email: person("lee"), ...role }),
      ],
      [
        "an address for a uid",
        given("OrganizationMember", "x", person("lee")),
        inAcme("OrganizationMember", "lee", { user: uids.lee, ...role }),
      ],
      [
        "a uid for an address",
        given("OrganizationMember", "x", uids.lee),
        inAcme("OrganizationMember", "lee", { email: person("lee"), ...role }),
      ],
      [
        "an invited person",
        given("OrganizationMember", "x", person("zoe")),
        inAcme("OrganizationMember", "z", { email: person("zoe"), ...role }),
      ],
      ["a team", given("Team", "x", uids.core), inAcme("Team", "first", { name: "Core" })],
      ["a team to adopt", given("Team", "x", uids.core), inAcme("Team", "first", { name: "New", adopt: "core" })],
      ["a team membership", given("TeamMembership", "x", uids.core, uids.lee), inCore("y", { email: person("lee") })],
    ])("matches %s", async (_what, entry, one) => {
      const { code, answer } = await fill([entry], [step("create", one)]);
      expect([code, answer]).toMatchObject([0, { leftOut: [], incomplete: 0 }]);
      expect(entries()).toEqual([
        expect.objectContaining({ name: "x", logicalName: one.name, outputs: expect.any(Object) as object }),
      ]);
    });

    it("names the components that declare them: those of the state by urn, new ones by an entry", async () => {
      const stack = "urn:pulumi:dev::p::pulumi:pulumi:Stack::p-dev";
      const people = "avala:index:People";
      const old = `urn:pulumi:dev::p::${people}::old`;
      const fresh = `urn:pulumi:dev::p::${people}::fresh`;
      const component = (op: string, urn: string) => ({
        op,
        urn,
        newState: { type: people, parent: stack, inputs: {} },
      });
      const lee = inAcme("OrganizationMember", "old-lee", { email: person("lee"), ...role });
      const zoe = inAcme("OrganizationMember", "fresh-zoe", { email: person("zoe"), ...role });
      const { code, nameTable } = await fill(
        [given("OrganizationMember", "a", person("lee")), given("OrganizationMember", "b", person("zoe"))],
        [
          component("same", old),
          component("create", fresh),
          step("create", lee, [people], old),
          step("create", zoe, [people], fresh),
        ],
      );
      expect([code, nameTable]).toEqual([0, { old }]);
      expect(entries()).toMatchObject([
        { type: people, name: "fresh", component: true },
        { name: "a", logicalName: "old-lee", parent: "old" },
        { name: "b", logicalName: "fresh-zoe", parent: "fresh" },
      ]);
    });

    it("leaves those that no resource declares as they are, with exit code 2, and imports nothing", async () => {
      const stranger = given("OrganizationMember", "mia", person("mia"));
      const lee = given("OrganizationMember", "x", person("lee"));
      const one = inAcme("OrganizationMember", "lee", { email: person("lee"), ...role });
      const { code, answer } = await fill([stranger, lee], [step("create", one)]);
      expect([code, answer]).toMatchObject([2, { incomplete: 1, leftOut: [{ name: "mia" }] }]);
      expect(entries()).toEqual([stranger, expect.objectContaining({ logicalName: "lee" })]);
      const again = await fill([stranger], [step("create", one)], "--run");
      expect([again.code, again.stderr]).toEqual([
        1,
        expect.stringMatching(/Nothing was imported\. .*\n {2}OrganizationMember "mia": no .*\[AVALA_REFUSED\]\n$/),
      ]);
      expect(entries()).toEqual([stranger]);
    });

    it("removes those that the state contains already, with the reason", async () => {
      const one = inAcme("OrganizationMember", "lee", { email: person("lee"), ...role });
      const { code, answer } = await fill([given("OrganizationMember", "x", person("lee"))], [step("same", one)]);
      expect([code, answer]).toMatchObject([
        0,
        { incomplete: 0, leftOut: [{ name: "x", reason: "in the state already" }] },
      ]);
      expect(entries()).toEqual([]);
    });
  });

  it("records current values that differ from the declaration: the preview shows the change", async () => {
    const { ids } = await filled([
      organization("acme", { name: "Acme", description: "New" }),
      inside("OrganizationMember", "ada", { email: person("ada"), ...role }),
    ]);
    expect(Object.keys(ids)).toEqual(["acme", "ada"]);
    expect(ofKind("OrganizationMember")[0]!.outputs).toMatchObject({ role: "admin", userUid: uids.ada });
  });

  it("fills in a roster by its team", async () => {
    const { ids } = await filled([
      organization("acme", { adopt: "acme", name: "Other" }),
      inside("Team", "core", { adopt: uids.core, name: "Other" }),
      inTeam("TeamRoster", "roster", {
        members: `${person("lee")} lead\n${person("zoe")} member`,
        unmanaged: "report",
      }),
    ]);
    expect(ids["roster"]).toBe(`${uids.acme}/${uids.core}`);
    expect(ofKind("TeamRoster")[0]!.outputs).toMatchObject({ waiting: person("zoe") });
  });

  it("leaves out missing and ambiguous objects, and says why", async () => {
    const { ids, left } = await filled([
      organization("acme", { name: "Acme" }),
      organization("twin", { name: "Twin" }),
      organization("twin2", { name: "Twin", slug: "twin-2" }),
      organization("nowhere", { adopt: "nowhere", name: "Acme" }),
      organization("own", { name: "Acme", allowDuplicateName: true }),
      inside("Team", "core", { name: "Core" }),
      inside("Team", "nix", { name: "core" }),
      inside("OrganizationMember", "new", { email: person("new"), ...role }),
      inside("OrganizationMember", "late", { email: person("late"), ...role }),
      inTeam("TeamMembership", "ada-core", { email: person("ada"), role: "member" }),
    ]);
    expect(Object.keys(ids)).toEqual(["acme", "twin2", "core", "late"]);
    expect(left).toEqual({
      twin: expect.stringMatching(/^2 organizations have its name/),
      nowhere: expect.stringMatching(/"nowhere" is not visible/),
      own: expect.stringMatching(/allowDuplicateName/),
      nix: "does not exist",
      new: expect.stringMatching(/up invites them/),
      "ada-core": "the person is not in the team",
    });
    // An expired invitation in the state sends no email; a new one would.
    expect(ofKind("OrganizationMember")[0]!.outputs).toMatchObject({ status: "expired" });
  });

  it("reads the deployment of an explicit provider with its own key only, or by a unique name", async () => {
    await o.emulator.addKey("avk_tenant", person("owner"));
    const provider = (name: string, inputs: object): Given => ({
      kind: "",
      name,
      inputs: { "avala:explicit": "true", ...inputs },
    });
    const here = { "avala:baseUrl": o.between.url, "avala:allowInsecureBaseUrl": "true" };
    const by = (given: Given, name: string): Given => ({ ...given, provider: name });
    const { ids, left } = await filled(
      [
        by(organization("own", { name: "Acme" }), "own"),
        by(organization("hidden", { name: "Acme" }), "hidden"),
        by(organization("adopted", { adopt: "twin", name: "Twin" }), "hidden"),
        by(organization("elsewhere", { adopt: "twin-2", name: "Twin" }), "elsewhere"),
        by(organization("unset", { adopt: "twin-2", name: "Twin" }), "unset"),
      ],
      [
        provider("own", { "avala:apiKeyEnv": "TENANT_API_KEY", ...here }),
        provider("hidden", { "avala:apiKey": "[secret]", ...here }),
        provider("elsewhere", { "avala:apiKey": "[secret]" }),
        provider("unset", { "avala:apiKeyEnv": "OTHER_API_KEY", ...here }),
      ],
    );
    expect(Object.keys(ids)).toEqual(["own", "adopted"]);
    expect(left).toEqual({
      hidden: expect.stringMatching(/key of its provider is not known/),
      elsewhere: expect.stringMatching(/base URL is different/),
      unset: expect.stringMatching(/the variable that apiKeyEnv names is not set/),
    });
  });

  it("fills in neither of two resources that would match the same object", async () => {
    const { ids, left } = await filled([
      organization("acme", { name: "Acme" }),
      organization("again", { adopt: "acme", name: "Acme" }),
      inside("Team", "core", { name: "Core" }),
    ]);
    expect(ids).toEqual({});
    expect(left).toMatchObject({ acme: expect.stringMatching(/a different resource matches the same object/) });
    expect(Object.keys(left).toSorted()).toEqual(["acme", "again", "core"]);
  });

  it("keeps secret inputs secret, in the engine's form, in a file readable by its owner only", async () => {
    const seed = acme();
    seed.organizations![0]!.description = "What";
    await o.emulator.reset(seed);
    const { left, notes } = await filled([
      organization("acme", { name: "Acme", description: "[secret]" }),
      inside("OrganizationMember", "ada", { email: person("ada"), ...role, reason: "[secret]" }),
      inside("OrganizationMember", "hidden", { email: "[secret]", ...role }),
    ]);
    const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", plaintext: '"What"' };
    const [organizationEntry] = ofKind("Organization");
    expect(organizationEntry!.inputs!["description"]).toEqual(secret);
    expect(organizationEntry!.outputs!["description"]).toEqual(secret);
    expect(notes).toEqual([expect.stringMatching(/reason of "ada"/)]);
    expect(Object.keys(left)).toEqual(["hidden"]);
  });

  it.each([
    ["import.json", "[]"],
    ["import.json", "no JSON"],
    ["preview.json", "{}"],
  ])("refuses %s that contains %s, and leaves it", async (name, text) => {
    mkdirSync(out);
    write("import.json", '{"resources":[]}');
    write("preview.json", '{"steps":[]}');
    write(name, text);
    const { code, stderr } = await o.desk.run([
      "import",
      "--fill",
      join(out, "import.json"),
      "--preview",
      join(out, "preview.json"),
    ]);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/ \[AVALA_STACK\]\n$/)]);
    expect(read(name)).toBe(text);
  });
});
