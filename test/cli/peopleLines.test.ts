import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parse } from "yaml";
import type { Finding } from "../../cli/drift/finding.js";
import {
  outsideLists,
  peopleComponents,
  PeopleLists,
  peopleLines,
  type PeopleLines,
} from "../../cli/drift/peopleFiles.js";
import { Places, placeText } from "../../cli/pulumi/places.js";
import { programLines, rosterLines } from "../../cli/drift/programLines.js";
import { linesToAdd } from "../../cli/drift/report.js";
import { typeOf, type Managed } from "../../cli/pulumi/managed.js";

const acme = { uid: "a", slug: "acme", name: "Acme" };
const [core, labs] = [
  { uid: "c", name: "Core" },
  { uid: "l", name: "Labs" },
];
const uid = "0d2f7a52-6d9c-4c38-8e5c-5e6a0c1b7c11";

const resource = (kind: Managed["kind"], name: string, outputs: object, isInPeople = true, teamUid?: string) =>
  ({
    kind,
    name,
    urn: `urn:pulumi:dev::p::${isInPeople ? "avala:index:People$" : ""}pulumi-nodejs:dynamic/avala:${kind}::${name}`,
    organizationUid: acme.uid,
    teamUid,
    who: undefined,
    outputs,
  }) as unknown as Managed;
const member = (component: string, email: string) =>
  resource("OrganizationMember", `${component}-${email}`, { email: email.toUpperCase() });
const place = (component: string, email: string, key: string, teamUid: string) =>
  resource("TeamMembership", `${component}-${email}-${key}`, { email }, true, teamUid);
const team = (name: string, teamUid: string) => resource("Team", name, {}, false, teamUid);

const linesOf = (findings: Finding[], managed: Managed[], places = Places.none) =>
  peopleLines(findings, new PeopleLists(peopleComponents(managed), places));
const shown = (lines: PeopleLines) => linesToAdd({ people: [lines], rosters: [], program: [] })[0]!;

const found = (
  subject: Finding["subject"],
  person: Finding["person"],
  role?: string,
  of?: Finding["team"],
): Finding => ({
  kind: "unmanaged",
  subject,
  organization: acme,
  person,
  role,
  team: of,
  message: "",
  repair: "",
  import: { type: "t", name: "n", id: "i" },
});
const eve = { email: "eve@example.com", userUid: uid };

const staff = [
  member("my-staff", "ada@example.com"),
  place("my-staff", "ada@example.com", "first-team", core.uid),
  team("core", core.uid),
  team("labs", labs.uid),
];

it.each<[string, Managed[], Finding[], string]>([
  ["a member", staff, [found("person", eve, "member")], "- email: eve@example.com\n"],
  [
    "an admin in teams, under the key in use, else the name of the Team",
    staff,
    [
      found("person", eve, "admin"),
      found("teamMembership", eve, "member", labs),
      found("teamMembership", { userUid: uid }, "lead", core),
    ],
    "- email: eve@example.com\n  role: admin\n  teams: { first-team: lead, labs: member }\n",
  ],
  [
    "an invitation",
    staff,
    [found("invitation", { email: "fay@example.com" }, "admin")],
    "- email: fay@example.com\n  role: admin\n",
  ],
  ["somebody without an address", staff, [found("person", { userUid: uid }, "member")], `- user: "${uid}"\n`],
  [
    "a hostile address",
    staff,
    [found("person", { email: 'e"\n- x: y@example.com' })],
    '- email: "e\\"\\n- x: y@example.com"\n',
  ],
  [
    "a team of somebody who is listed",
    staff,
    [found("teamMembership", { email: "ada@example.com" }, "lead", labs)],
    "# ada@example.com: add labs: lead to teams\n",
  ],
  [
    "two people",
    staff,
    [found("person", eve), found("person", { email: "fay@example.com" })],
    "- email: eve@example.com\n\n- email: fay@example.com\n",
  ],
])("the lines for %s", (_what, managed, findings, expected) => {
  const [lines, ...more] = linesOf(findings, managed);
  expect(more).toEqual([]);
  expect(lines).toMatchObject({ component: "my-staff", organization: acme.uid });
  expect(shown(lines!)).toEqual({
    title: 'Lines for the file or list of People "my-staff"',
    lines: expected,
    language: "yaml",
  });
  const people = (parse(lines!.yaml) ?? []) as object[];
  expect(people).toHaveLength(findings.filter(({ subject }) => subject !== "teamMembership").length);
});

it.each<[string, Managed[], Finding[]]>([
  [
    "without People",
    [resource("OrganizationMember", "ada", { email: "ada@example.com" }, false)],
    [found("person", eve)],
  ],
  ["without unmanaged people", staff, [found("team", undefined, undefined, labs)]],
  ["of another organization", staff, [{ ...found("person", eve), organization: { ...acme, uid: "b" } }]],
  [
    "of a roster's people, which are in its members",
    staff,
    [{ ...found("teamMembership", eve), import: undefined } as Finding],
  ],
  ["of a team membership of somebody in no list", staff, [found("teamMembership", eve, "lead", labs)]],
])("there are none %s", (_what, managed, findings) => {
  expect(linesOf(findings, managed)).toEqual([]);
});

describe("bug: the lines for several components were all for the first one", () => {
  const guests = [member("guests", "gil@example.com"), place("guests", "gil@example.com", "lab", labs.uid)];
  const managed = [...staff, ...guests];

  it("a team of somebody who is listed belongs to their list", () => {
    const findings = [found("teamMembership", { email: "gil@example.com" }, "member", core)];
    expect(linesOf(findings, managed)).toEqual([
      {
        component: "guests",
        organization: acme.uid,
        isKnown: false,
        yaml: "",
        lines: "",
        more: [{ person: "gil@example.com", team: "core", role: "member", places: [] }],
      },
    ]);
  });

  it("somebody new belongs to the list whose people are in most of their teams, else to the first", () => {
    const inLabs = [found("person", eve, "member"), found("teamMembership", eve, "lead", labs)];
    expect(linesOf([...inLabs, found("person", { email: "fay@example.com" })], managed)).toMatchObject([
      { component: "guests", yaml: "- email: eve@example.com\n  teams: { lab: lead }\n" },
      { component: "my-staff", yaml: "- email: fay@example.com\n" },
    ]);
  });

  it("each organization has its own lists, also for one person in both", () => {
    const other = { ...acme, uid: "b" };
    const there = { ...member("others", "ada@example.com"), organizationUid: other.uid };
    const findings = [found("person", eve), { ...found("person", eve), organization: other }];
    expect(linesOf(findings, [...managed, there])).toMatchObject([
      { component: "my-staff", organization: "a", yaml: "- email: eve@example.com\n" },
      { component: "others", organization: "b", yaml: "- email: eve@example.com\n" },
    ]);
  });
});

describe("with the files of the project", () => {
  const folder = mkdtempSync(join(tmpdir(), "places-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  /** Places in a new folder with these files. */
  function placesIn(files: Record<string, string>, positions: Record<string, string> = {}): Places {
    const project = mkdtempSync(join(folder, "project-"));
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(project, name)), { recursive: true });
      writeFileSync(join(project, name), text);
    }
    const resources = Object.entries(positions).map(([urn, sourcePosition]) => ({ urn, sourcePosition }));
    return Places.in(project, { deployment: { resources } });
  }
  const adaIn = "# people\n- email: Ada@example.com\n  teams: [first-team]\n";
  const gil = "- email: gil@example.com\n";
  const guests = member("guests", "gil@example.com");
  const ofAda = found("teamMembership", { email: "ada@example.com" }, "lead", labs);
  const newcomers = [found("person", eve, "admin"), found("teamMembership", eve, "lead", labs)];
  const component = "urn:pulumi:dev::p::avala:index:People::my-staff";

  it.each<[string, Record<string, string>, Record<string, string>, title: string, lines: string]>([
    [
      "YAML",
      { "people.yaml": adaIn },
      {},
      "(people.yaml:2)",
      "- email: eve@example.com\n  role: admin\n  teams: { labs: lead }\n",
    ],
    [
      "JSON",
      { "people.json": '{ "people": [\n{ "user": "x" },\n{ "email": "ada@example.com" }\n] }' },
      {},
      "(people.json:3)",
      '{"email":"eve@example.com","role":"admin","teams":{"labs":"lead"}},\n',
    ],
    [
      "CSV with semicolons",
      { "people.csv": '\ufeff"Name";Email;Role;Teams\nAda;ada@example.com;;first-team\n' },
      {},
      "(people.csv:2)",
      ";eve@example.com;admin;labs: lead\n",
    ],
    [
      "CSV with commas, without a column of teams",
      { "people.csv": "email,role\nada@example.com,\n" },
      {},
      "(people.csv:2)",
      "eve@example.com,admin # teams: labs: lead\n",
    ],
    [
      "a list in the program",
      {},
      { [component]: "project:///index.ts#12,3" },
      "(index.ts:12)",
      '{"email":"eve@example.com","role":"admin","teams":{"labs":"lead"}},\n',
    ],
    [
      "a file in a folder",
      { "people/acme.yml": adaIn },
      {},
      "(people/acme.yml:2)",
      "- email: eve@example.com\n  role: admin\n  teams: { labs: lead }\n",
    ],
    [
      "the folder of the program",
      { "Pulumi.yaml": "name: p\nruntime: nodejs\nmain: src/\n", "src/people.yaml": adaIn },
      {},
      "(src/people.yaml:2)",
      "- email: eve@example.com\n  role: admin\n  teams: { labs: lead }\n",
    ],
  ])("the lines have the format of the list, and say where it is: %s", (_what, files, positions, where, lines) => {
    const [found] = linesOf(newcomers, staff, placesIn(files, positions));
    expect(shown(found!)).toMatchObject({ title: `Lines for the list of People "my-staff" ${where}`, lines });
  });

  it.each<[string, Record<string, string>]>([
    ["in one of two files", { "a.yaml": adaIn, "b.yaml": adaIn }],
    ["in one of two files with other people", { "a.yaml": gil + adaIn, "b.yaml": adaIn + "- email: x@example.com\n" }],
  ])("the lines are YAML, beside the component, where its list is %s", (_what, files) => {
    const [lines] = linesOf(newcomers, staff, placesIn(files, { [component]: "project:///index.ts#12,3" }));
    expect(shown(lines!)).toMatchObject({
      title: 'Lines for the file or list of People "my-staff" (index.ts:12)',
      lines: "- email: eve@example.com\n  role: admin\n  teams: { labs: lead }\n",
    });
  });

  it("the lines are YAML without the folder of a project", () => {
    const resources = [{ urn: component, sourcePosition: "project:///index.ts#12,3" }];
    const [lines] = linesOf(newcomers, staff, Places.in(undefined, { deployment: { resources } }));
    expect(shown(lines!)).toMatchObject({
      title: 'Lines for the file or list of People "my-staff" (index.ts:12)',
      language: "yaml",
    });
  });

  it("the file is known, though somebody was removed from it", () => {
    const [lines] = linesOf(
      newcomers,
      [...staff, member("my-staff", "old@example.com")],
      placesIn({ "a.yaml": adaIn }),
    );
    expect(lines).toMatchObject({ place: { file: "a.yaml", line: 2 }, isKnown: true });
  });

  it.each<[string, Record<string, string>, Managed[], string]>([
    ["the only file", { "a.yaml": adaIn }, staff, "a.yaml:2"],
    [
      "two files with other people, one of them that of the component",
      { "a.yaml": gil + adaIn, "b.yaml": adaIn },
      [...staff, guests],
      "b.yaml:2",
    ],
    [
      "two files that may both be that of the component",
      { "a.yaml": adaIn, "b.yaml": adaIn },
      staff,
      "a.yaml:2 or b.yaml:2",
    ],
    ["a file that lists more people than the last run has declared", { "a.yaml": gil + adaIn }, staff, "a.yaml:3"],
    ["no file", { "c.yaml": "- email: x@example.com\n", "bad.yaml": "{", "notes.json": '"x"' }, staff, ""],
  ])("a person is found in %s", (_what, files, managed, where) => {
    const [lines] = linesOf([ofAda], managed, placesIn(files));
    expect(shown(lines!).lines).toBe(
      `# ada@example.com: add labs: lead to teams${where === "" ? "" : ` (${where})`}\n`,
    );
  });

  it("each of several files is found for its component", () => {
    const lines = linesOf(
      [ofAda, found("person", eve), found("teamMembership", { email: "gil@example.com" }, "member", core)],
      [...staff, guests],
      placesIn({ "staff.yaml": adaIn, "guests.yaml": `${gil}  role: member\n` }),
    );
    expect(
      lines.map(({ component: name, place: at, more }) => [name, at?.file, more.map(({ places }) => places)]),
    ).toEqual([
      ["my-staff", "staff.yaml", [[{ file: "staff.yaml", line: 2 }]]],
      ["guests", "guests.yaml", [[{ file: "guests.yaml", line: 1 }]]],
    ]);
  });

  it("a person of a People is declared where they are listed, else where the program declares the People", () => {
    const [listed] = staff;
    const positions = { [component]: "project:///index.ts#12,3", [listed!.urn]: "project:///lib/people.js#110,20" };
    const placeOf = (places: Places) =>
      new PeopleLists(peopleComponents(staff), places).placesOfResource(listed!).map(placeText);
    expect(placeOf(placesIn({ "people.yaml": adaIn }, positions))).toEqual(["people.yaml:2"]);
    expect(placeOf(placesIn({}, positions))).toEqual(["index.ts:12"]);
  });

  it("a roster's people are in the file of teams that has its key", () => {
    const text = "core:\n  members: {}\nlabs-people:\n  name: Labs\n  members:\n    lee@example.com: lead\n";
    const roster = resource("TeamRoster", "labs-people", {}, false, labs.uid);
    const { import: _, ...unlisted } = found("teamMembership", eve, "lead", labs);
    expect(rosterLines([unlisted], [roster], placesIn({ "teams.yaml": text }))).toMatchObject([
      { place: { file: "teams.yaml", line: 6 }, lines: "eve@example.com: lead\n" },
    ]);
  });

  it.each<[string, unknown, string | undefined]>([
    ["of the project", "project:///src/index.ts#7,1", "src/index.ts:7"],
    ["with a space", "project:///my%20app.ts#7", "my app.ts:7"],
    ["of a package", "project:///node_modules/x/index.js#7,1", undefined],
    ["of another folder", "file:///elsewhere/index.ts#7,1", undefined],
    ["without a line", "project:///index.ts", undefined],
    ["that is not a text", 7, undefined],
  ])("a position %s", (_what, position, expected) => {
    const resource = { ...member("my-staff", "ada@example.com"), kind: "Team", urn: "urn:x" } as Managed;
    const places = placesIn({}, { [resource.urn]: position as string });
    expect(new PeopleLists([], places).placesOfResource(resource).map(placeText)).toEqual(
      expected === undefined ? [] : [expected],
    );
  });
});

describe("the lines for everything that no list of people takes", () => {
  const roster = resource("TeamRoster", "labs-people", {}, false, labs.uid);
  const unlisted = (person: Finding["person"], role = "member"): Finding => {
    const { import: _, ...rest } = found("teamMembership", person, role, labs);
    return rest;
  };

  it("of a roster are entries of its members", () => {
    const lines = rosterLines([unlisted(eve, "lead"), unlisted({ userUid: uid })], [roster], Places.none);
    expect(lines).toEqual([
      {
        roster: "labs-people",
        organization: "a",
        team: "l",
        lines: `"eve@example.com": "lead",\n"${uid}": "member",\n`,
      },
    ]);
  });

  it.each<[string, Finding, string]>([
    [
      "Team",
      {
        ...found("team", undefined, undefined, { ...labs, slug: "labs" }),
        import: { type: typeOf("Team"), name: "labs", id: "a/l" },
      },
      'new Team("labs", { organization: "a", name: "Labs", adopt: "labs" });\n',
    ],
    [
      "OrganizationMember",
      { ...found("person", eve, "admin"), import: { type: typeOf("OrganizationMember"), name: "eve", id: "a/2" } },
      'new OrganizationMember("eve", { organization: "a", email: "eve@example.com", role: "admin" });\n',
    ],
    [
      "Invitation",
      {
        ...found("invitation", { email: "fay@example.com" }, "member"),
        import: { type: typeOf("Invitation"), name: "fay", id: "a/f" },
      },
      'new Invitation("fay", { organization: "a", email: "fay@example.com", role: "member" });\n',
    ],
    [
      "TeamMembership",
      {
        ...found("teamMembership", { userUid: uid }, "lead", core),
        import: { type: typeOf("TeamMembership"), name: "core-eve", id: "a/c/2" },
      },
      `new TeamMembership("core-eve", { team: "a/c", user: "${uid}", role: "lead" });\n`,
    ],
  ])("of the program are a resource: %s", (kind, finding, expected) => {
    const findings = outsideLists([finding], new PeopleLists([], Places.none));
    expect(programLines(findings, [], Places.none)).toEqual([{ kind, organization: "a", lines: expected }]);
  });

  it("are none where a list takes them", () => {
    const lists = new PeopleLists(peopleComponents(staff), Places.none);
    const all = [
      found("person", eve),
      found("teamMembership", eve, "lead", labs),
      found("teamMembership", { email: "ada@example.com" }, "lead", labs),
    ];
    expect(outsideLists(all, lists)).toEqual([]);
    const nowhere = [
      found("teamMembership", { email: "hal@example.com" }, "lead", labs),
      found("teamMembership", { email: "ada@example.com" }, "lead", { uid: "z" }),
    ];
    expect(outsideLists(nowhere, lists)).toEqual(nowhere);
  });

  it("keep hostile names within their literals", () => {
    const name = '"}); process.exit(); //\u202e\n';
    const finding = {
      ...found("team", undefined, undefined, { uid: "z", slug: "z", name }),
      import: { type: typeOf("Team"), name: "z", id: "a/z" },
    };
    const [lines] = programLines([finding], [], Places.none);
    expect(lines!.lines).toBe(
      'new Team("z", { organization: "a", name: "\\"}); process.exit(); //\\u202e\\n", adopt: "z" });\n',
    );
  });
});
