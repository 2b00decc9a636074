import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { RunError } from "@pulumi/pulumi";
import { openDataFile, readDataFile } from "../../provider/core/dataFile.js";
import { People, PeopleError, type PeopleArgs, type PersonArgs } from "../../provider/index.js";
import { listPeople } from "../../provider/schema/index.js";

const root = resolve(__dirname, "../..");
let folder: string;

beforeAll(() => {
  mkdirSync(join(root, ".work/tmp"), { recursive: true });
  folder = mkdtempSync(join(root, ".work/tmp/people-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function write(content: string | Buffer, name = "people.yaml"): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const list = (content: unknown, defaults: unknown = {}, teams: string[] = ["core", "labs"]) =>
  listPeople(content, defaults, teams);
const listFile = (content: string, name?: string) => list(readDataFile(write(content, name)));

const everyField = {
  email: "ada@example.com",
  role: "admin",
  reason: 'Founder, "the" first; really',
  validUntil: "2027-01-31",
  resend: "2",
  onExpiry: "resend",
  maxEmails: 5,
  onDestroy: "retain",
};

const listCsv = (content: string | Buffer, name = "people.csv") => {
  const { content: table, place } = openDataFile(write(content, name), [".csv"]);
  return listPeople(table, {}, ["core", "labs"], place);
};

/** What editors, shells and spreadsheets write. */
const encodings: [string, (text: string) => Buffer][] = [
  ["UTF-8", (text) => Buffer.from(text)],
  ["UTF-8 with a byte order mark", (text) => Buffer.from(`\ufeff${text}`)],
  ["UTF-16, little endian", (text) => Buffer.from(`\ufeff${text}`, "utf16le")],
  ["UTF-16, big endian", (text) => Buffer.from(`\ufeff${text}`, "utf16le").swap16()],
  ["UTF-16 without a byte order mark", (text) => Buffer.from(text, "utf16le")],
  ["UTF-16, big endian, without a byte order mark", (text) => Buffer.from(text, "utf16le").swap16()],
];

/** The people of a valid list. */
function people(listed: ReturnType<typeof list>) {
  expect(listed.faults).toEqual([]);
  return listed.people;
}

/** The reason why a file is refused: the text after its path. */
function unreadable(content: string | Buffer, name?: string): string {
  const path = write(content, name);
  const { message } = thrownBy(() => readDataFile(path)) as Error;
  return message.replace(path, "");
}

function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error("Nothing was thrown.");
}

/** Everything that a person may have. */
const everything = {
  email: "ada@example.com",
  teams: { core: "lead", labs: "member" },
  role: "admin",
  reason: "Founder",
  validUntil: "2027-01-31",
  resend: "2",
  onExpiry: "resend",
  maxEmails: 5,
  onDestroy: "retain",
};

const everythingInYaml = `
- email: " Ada@Example.COM "
  teams: { core: lead, labs: member }
  role: admin
  reason: Founder
  validUntil: 2027-01-31
  resend: 2
  onExpiry: resend
  maxEmails: 5
  onDestroy: retain
`;

describe("people", () => {
  const { teams, ...declared } = everything;
  const wanted = [{ who: "ada@example.com", teams, declared }];

  it("are the same in YAML, in JSON and in a program", () => {
    expect(people(listFile(everythingInYaml))).toEqual(wanted);
    expect(people(listFile(JSON.stringify([everything]), "people.json"))).toEqual(wanted);
    expect(people(list([everything]))).toEqual(wanted);
  });

  it("are the same below people", () => {
    const indented = everythingInYaml.replaceAll("\n", "\n  ");
    expect(people(listFile(`people:${indented}`))).toEqual(wanted);
  });

  it("are members of the teams that they list", () => {
    const [person] = people(listFile("- { email: a@example.com, teams: [core, labs] }"));
    expect(person!.teams).toEqual({ core: "member", labs: "member" });
  });

  it("may be named by uid, in any spelling", () => {
    const [person] = people(list([{ user: "{0D2F7A52-6D9C-4C38-8E5C-5E6A0C1B7C11}" }]));
    const user = "0d2f7a52-6d9c-4c38-8e5c-5e6a0c1b7c11";
    expect(person).toEqual({ who: user, teams: {}, declared: { user } });
  });

  it("take missing values from the file's defaults, then from the program's", () => {
    const content = {
      defaults: { reason: "file", onExpiry: "resend" },
      people: [{ email: "a@example.com", reason: "own" }, { email: "b@example.com" }],
    };
    const listed = people(list(content, { reason: "program", onExpiry: "report", maxEmails: 7 }));
    expect(listed.map(({ declared }) => declared)).toEqual([
      { email: "a@example.com", reason: "own", onExpiry: "resend", maxEmails: 7 },
      { email: "b@example.com", reason: "file", onExpiry: "resend", maxEmails: 7 },
    ]);
  });

  it("have no property with an empty value", () => {
    const file = "- email: a@example.com\n  role:\n  resend: ~\n  reason: null\n  teams:\n";
    expect(people(listFile(file))[0]!.declared).toEqual({ email: "a@example.com" });
    const nulls = { email: "a@example.com", role: null, teams: null };
    expect(people(listFile(JSON.stringify([nulls]), "people.json"))[0]!.declared).toEqual({ email: "a@example.com" });
  });

  it("keep as text what YAML would convert to another type", () => {
    const values = ["2027-01-31", "007", "1e3", "yes", "true", "0x1f", ".inf", "12:30:45"];
    for (const reason of values) {
      expect(people(listFile(`- { email: a@example.com, reason: ${reason} }`))[0]!.declared.reason).toBe(reason);
    }
  });

  it("may be an explicitly empty list", () => {
    expect(people(listFile("[]"))).toEqual([]);
    expect(people(listFile("people: []"))).toEqual([]);
  });

  it("may share an anchor", () => {
    const file = "- { email: a@example.com, teams: &both [core, labs] }\n- { email: b@example.com, teams: *both }";
    expect(people(listFile(file)).map(({ teams }) => Object.keys(teams))).toEqual([
      ["core", "labs"],
      ["core", "labs"],
    ]);
  });
});

describe("faults of a list", () => {
  it("are reported all at once, each with the entry and the property", () => {
    const file = `
defaults: { role: owner, until: 2027-01-31 }
persons: []
people:
  - { email: ada@example.com, role: boss, validUntil: tomorrow, maxEmails: many }
  - { emial: grace@example.com }
  - { email: " ADA@Example.com", reason: "" }
  - { email: linus.example.com, teams: { core: boss, lab: lead } }
  - { email: mia@example.com, user: mia, teams: [core, lab, core] }
  - tom@example.com
  - { email: "tim\\u202e@example.com", teams: [{ core: lead }] }
`;
    const ownership = "an organization has one owner, and npx pulumi-avala transfer-ownership transfers the ownership";
    expect(listFile(file).faults).toEqual([
      '"persons" is not a property of the file; valid properties: people, defaults.',
      'defaults: "until" is not a property of defaults; valid properties: role, onExpiry, maxEmails, onDestroy, reason, validUntil.',
      `defaults: role must be "admin" or "member"; ${ownership} (given: "owner")`,
      'entry 1 (ada@example.com): role must be "admin" or "member" (given: "boss")',
      'entry 1 (ada@example.com): maxEmails must be a whole number from 1 to 100 (given: "many")',
      'entry 1 (ada@example.com): validUntil must be a date such as 2027-01-31 (given: "tomorrow")',
      'entry 2: "emial" is not a property of a person; did you mean email?',
      "entry 2: email is missing: name the person by email, or by user (their uid)",
      "entry 3 (ada@example.com): is the same person as entry 1",
      'entry 3 (ada@example.com): reason must not be empty (given: "")',
      'entry 4: email must be an email address such as ada@example.com: it has no @ (given: "linus.example.com")',
      'entry 4: teams "core" must be "lead" or "member" (given: "boss")',
      'entry 4: unknown team "lab"; did you mean "labs"?',
      'entry 5 (mia@example.com): user must be a user\'s uid (a UUID); for an address use email (given: "mia")',
      "entry 5 (mia@example.com): email must not be given together with user: one of the two names the person",
      "entry 5 (mia@example.com): teams lists a team twice",
      'entry 5 (mia@example.com): unknown team "lab"; did you mean "labs"?',
      "entry 6: must be a mapping of email, user, teams, resend, role, onExpiry, maxEmails, onDestroy, reason, validUntil",
      'entry 7: email must be an email address such as ada@example.com: it contains invisible characters (U+202E) (given: "tim@example.com")',
      'entry 7: teams must list keys of teams, or map them to "lead" or "member"',
    ]);
  });

  it("name the existing teams, also if there are none", () => {
    const file = [{ email: "a@example.com", teams: ["core"] }];
    expect(list(file, {}, []).faults).toEqual([
      'entry 1 (a@example.com): unknown team "core"; the program passes no teams',
    ]);
  });

  it.each([
    ["an empty file", ""],
    ["nothing but a comment", "# nobody\n"],
    ["text", "people"],
    ["people without a list", "people:\n"],
    ["people that are a mapping", "people: { ada: {} }"],
    ["another mapping", "{}"],
  ])("include %s: it does not remove everybody", (_what, content) => {
    const { people, faults } = listFile(content);
    expect(people).toEqual([]);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(/list of people/);
  });

  it("include equal addresses in every case and Unicode form", () => {
    const [composed, decomposed] = ["ada@andr\u00e9.example", "ADA@ANDRE\u0301.example"];
    expect(list([{ email: composed }, { email: decomposed }, { email: "ada@xn--andr-epa.example" }]).faults).toEqual([
      `entry 2 (${composed}): is the same person as entry 1`,
      `entry 3 (${composed}): is the same person as entry 1`,
    ]);
  });

  it("name the entry of a uid that is listed twice", () => {
    const user = "0d2f7a52-6d9c-4c38-8e5c-5e6a0c1b7c11";
    expect(list([{ user }, { email: "a@example.com" }, { user: user.toUpperCase() }]).faults).toEqual([
      `entry 3 (${user}): is the same person as entry 1`,
    ]);
  });

  it("are reported up to a readable number", () => {
    const names = Object.fromEntries(Array.from({ length: 150_000 }, (_, index) => [`name${index}`, "x"]));
    for (const content of [
      Array.from({ length: 5000 }, () => ({})),
      [names],
      [{ email: "a@b.example", teams: names }],
    ]) {
      const { faults } = list(content);
      expect(faults.length).toBeLessThan(200);
      expect(faults.at(-1)).toBe("and more");
    }
  });

  it.each(["__proto__", "constructor", "toString", "hasOwnProperty"])(
    "include %s like any other unknown name",
    (name) => {
      for (const [content, file] of [
        [`- { email: a@example.com, teams: { ${name}: lead } }`, "people.yaml"],
        [`[{ "email": "a@example.com", "teams": { "${name}": "lead" } }]`, "people.json"],
        [`- { email: a@example.com, teams: [${name}] }`, "people.yaml"],
        [`- { email: a@example.com, ${name}: { role: admin } }`, "people.yaml"],
      ] as const) {
        expect(listFile(content, file).faults).toEqual([expect.stringContaining(`"${name}"`)]);
      }
    },
  );

  it("show hostile text without controls", () => {
    const { faults } = list([{ email: "a@example.com", "role\u001b[2J\n": 1, teams: ["co\u202ere"] }]);
    expect(faults).toHaveLength(2);
    // oxlint-disable-next-line no-control-regex -- they must not be there
    expect(faults.join("")).not.toMatch(/[\u0000-\u001f\u202e]/);
  });

  it("are found through aliases of aliases", () => {
    const bomb = ["a: &l0 [x, x]", ...Array.from({ length: 60 }, (_, i) => `l${i}: &l${i + 1} [*l${i}, *l${i}]`)];
    const { faults } = listFile(`${bomb.join("\n")}\npeople: *l60\n`);
    expect(faults.filter((fault) => /^"(a|l\d+)" is not a property/.test(fault))).toHaveLength(bomb.length);
    expect(listFile("&a [*a, { teams: *a }]").faults).not.toEqual([]);
    const many = (count: number) =>
      `- &ada { email: a@example.com, teams: [${"core, ".repeat(2000)}] }\n${"- *ada\n".repeat(count)}`;
    expect(listFile(many(10_000)).faults.at(-1)).toBe("and more");
    expect(unreadable(many(10_001), "people.yaml")).toMatch(/ it contains more than 10000 aliases$/);
  });
});

describe("a file", () => {
  it.each([
    ["is no YAML", "people: [\n", "people.yaml", /^ is not valid YAML: line \d+, column \d+: /],
    ["is no JSON", "[{]", "people.json", /^ is not valid JSON: /],
    ["lists people twice", "people: []\npeople: []\n", "people.yml", /line 2, column 1: Map keys must be unique$/],
    ["lists people twice in JSON", '{ "people": [], "people": [] }', "people.json", /Map keys must be unique$/],
    ["makes objects", "- !!js/function 'x'\n", "people.yaml", /Unresolved tag/],
    ["is two", "--- []\n--- []\n", "people.yaml", /single document/],
    ["names an anchor that is not there", "- *x\n", "people.yaml", /Unresolved alias .*: x$/],
    [
      "has the same key twice, far apart",
      `${Array.from({ length: 100_000 }, (_, n) => `k${n}: x`).join("\n")}\nk0: x\n`,
      "people.yaml",
      /line 100001, column 1: Map keys must be unique$/,
    ],
    ["goes too deep", "[".repeat(100_000), "people.yaml", /^ is not valid YAML: /],
    ["is of another kind", "email\n", "people.csv", /^ must end in \.yaml, \.yml, \.json$/],
  ])("that %s is refused", (_what, content, name, wanted) => {
    expect(unreadable(content, name)).toMatch(wanted);
  });

  it.each(encodings)("in %s is read", (_what, encoded) => {
    for (const [text, name] of [
      ['[{ "email": "a@example.com", "reason": "\u00e9" }]', "people.json"],
      ["- email: a@example.com\n  reason: \u00e9\n", "people.yaml"],
      ["email,reason\r\na@example.com,\u00e9\r\n", "people.csv"],
    ] as const) {
      const [ada] = people(listCsv(encoded(text), name));
      expect(ada).toMatchObject({ who: "a@example.com", declared: { reason: "\u00e9" } });
    }
  });

  it.each([
    ["Windows-1252", Buffer.from("- email: a@example.com\n  reason: \u00e9\n", "latin1"), "UTF-8"],
    ["half of UTF-16", Buffer.from("\ufeff-\ud83d", "utf16le"), "UTF-16"],
  ])("in %s is refused with the encoding to save it in", (_what, bytes, name) => {
    expect(unreadable(bytes)).toBe(` is not valid YAML: it is not text in ${name}; save it in UTF-8`);
  });

  it("that does not exist or cannot be read is reported with the folder in which it was looked for", () => {
    const missing = relative(process.cwd(), join(folder, "missing.yaml"));
    expect(() => readDataFile(missing)).toThrow(`${missing} does not exist; relative paths start at ${process.cwd()}`);
    const directory = join(folder, "folder.yaml");
    mkdirSync(directory);
    expect(() => readDataFile(directory)).toThrow(`${directory} cannot be read (EISDIR)`);
  });

  it("of JSON may have any layout that JSON allows", () => {
    const text =
      '{\r\n\t"people": [\n\t\t{ "email":"a@example.com", "reason":"\\u00e9\\/\\ud83d\\ude00\\t\\"" }\n\t]\n}';
    expect(people(listFile(text, "people.json"))[0]!.declared.reason).toBe('é/😀\t"');
  });
});

describe("the place of each fault", () => {
  const yaml = `persons: []
defaults:
  until: 2027-01-31
  role: owner
people:
  - email: ada@example.com
    role: boss
    validUntil: 2027-02-31
  - emial: linus@example.com
  - { email: linus@example.com, teams: { core: boss, lab: lead } }
  - email: ADA@example.com
    teams:
      - core
      - lab
      - core
  - tom@example.com
  - &x { email: tim.example.com }
  - *x
`;
  const yamlPlaces = [
    "1:1 persons",
    "3:3 until",
    "4:9 role",
    "7:11 role",
    "8:17 validUntil",
    "9:5 emial",
    "9:5 email",
    "10:48 teams",
    "10:54 unknown",
    "11:12 is",
    "15:9 teams",
    "14:9 unknown",
    "16:5 must",
    "17:17 email",
    "17:17 email",
  ];
  /** `line:column` and the first word behind the entry. */
  const places = (faults: readonly string[]) =>
    faults.map((fault) => {
      const [, line, column, rest] = /^line (\d+), column (\d+): (.*)$/.exec(fault) ?? [];
      return `${line}:${column} ${/[a-zA-Z]+/.exec(rest!.replace(/^(entry \d+( \(.*?\))?|defaults): /, ""))![0]}`;
    });
  const placed = (text: string, name: string) => {
    const { content, place } = openDataFile(write(text, name), [".csv"]);
    return places(listPeople(content, { role: "member" }, ["core", "labs"], place).faults);
  };

  it("in YAML is a line and a column", () => {
    expect(placed(yaml, "people.yaml")).toEqual(yamlPlaces);
    // A spreadsheet's or an editor's line ends change no place.
    expect(placed(yaml.replaceAll("\n", "\r\n"), "people.yaml")).toEqual(yamlPlaces);
  });

  it("in JSON is a line and a column", () => {
    const json = '[\n  { "email": "a@example.com", "role": "boss" },\n  { "teams": ["core", "lab"], "emial": "x" }\n]';
    expect(placed(json, "people.json")).toEqual(["2:39 role", "3:31 emial", "3:3 email", "3:23 unknown"]);
  });

  it("in CSV is a line and a column", () => {
    const csv =
      'email;role;teams\r\n"ada@example.com";boss;"core: lead\r\nlab"\r\n\r\nADA@example.com;;"core, core"\r\n';
    expect(placed(csv, "people.csv")).toEqual(["2:19 role", "2:24 unknown", "5:1 is", "5:18 teams"]);
  });

  it("is not one of the file if the program is at fault", () => {
    const { content, place } = openDataFile(write("[]", "people.yaml"));
    expect(listPeople(content, { role: "boss" }, [], place).faults).toEqual([
      expect.stringMatching(/^defaults: role must be/),
    ]);
  });

  it.each([
    ["nothing", "", "1:1", "a value, but the file ends"],
    ["a comma too many", '[\n  { "email": "a@example.com" },\n]', "3:1", "a value"],
    ["a comma too few", '[{ "a": "b" "c": "d" }]', "1:13", "a comma, or the end of the list or object"],
    ["single quotes", "[\n{ 'email': 1 }]", "2:3", "a property name in double quotes or }"],
    ["a comma before the end", '{ "a": 1, }', "1:11", "a property name in double quotes"],
    ["no colon", '{ "a" 1 }', "1:7", "a colon"],
    ["a comment", "[] // nobody", "1:4", "nothing more"],
    ["a text that goes on", '["a]', "1:2", "a value or ]"],
    ["the wrong end", "[}", "1:2", "a value or ]"],
    ["half a file", '{ "people": [', "1:14", "a value or ], but the file ends"],
    ["a number of another language", "[01]", "1:2", "a value or ]"],
  ])("of JSON with %s is where it stops being JSON", (_what, text, place, expected) => {
    const [line, column] = place.split(":");
    expect(unreadable(text, "people.json")).toBe(
      ` is not valid JSON: line ${line}, column ${column}: expected ${expected}`,
    );
  });
});

describe("a table", () => {
  const table = (text: string) => listCsv(text);
  const both = [
    { who: "ada@example.com", teams: { core: "lead", labs: "member" }, declared: everyField },
    { who: "bob@example.com", teams: {}, declared: { email: "bob@example.com" } },
  ];

  it.each([
    ["commas", ","],
    ["semicolons", ";"],
    ["tabs", "\t"],
  ])("with %s is a list of people", (_what, delimiter) => {
    const rows = [
      ["email", "role", "teams", "reason", "validUntil", "resend", "onExpiry", "maxEmails", "onDestroy"],
      ["Ada@Example.com", "admin", '"core: lead, labs"', '"Founder, ""the"" first; really"'],
      ["bob@example.com", "", "", "", "", "", "", "", ""],
    ];
    rows[1]!.push("2027-01-31", "2", "resend", "5", "retain");
    for (const end of ["\r\n", "\n", "\r"]) {
      const text = rows.map((row) => row.join(delimiter)).join(end);
      for (const whole of [text, text + end, `sep=${delimiter}${end}${text}`, `\ufeff${text}${end}${end}`])
        expect(people(table(whole))).toEqual(both);
    }
  });

  it.each([
    ["titles as people write them", "E-Mail , Valid Until,max_emails\na@example.com,2027-01-31,5\n"],
    ["a column of names, and comments", "#,Name,email,# since\n1,Ada,a@example.com,2020\n"],
    ["empty columns and rows at the end", "email,,\na@example.com,,\n,,\n"],
    ["rows that are cut behind their last text", "email,role,teams\na@example.com\n"],
    ["one column", "email\na@example.com\n"],
    ["quotes around all", '"email";"role"\n"a@example.com";""\n'],
  ])("may have %s", (_what, text) => {
    expect(people(table(text)).map(({ who }) => who)).toEqual(["a@example.com"]);
  });

  it.each([
    [
      "email;rolle\na@example.com;admin\n",
      'line 1, column 7: "rolle" is not a property of a person; did you mean role?',
    ],
    ["email,email\na@example.com,\n", "line 1, column 7: the column email is there twice"],
    ["email,\na@example.com,x\n", "line 1, column 7: the column has no name"],
    ["email\na@example.com,admin\n", "line 2, column 15: the row has more cells than the first one"],
    ["email,role\n", "line 1, column 1: it must contain a list of people: a row of column names, and a row for each"],
    ["", "line 1, column 1: it must contain a list of people: a row of column names, and a row for each"],
    ["a@example.com,admin\nb@example.com,\n", 'line 1, column 1: "a@example.com" is not a property'],
    ["email,teams\na@example.com,core: boss\n", 'teams "core" must be "lead" or "member"'],
    ["email,teams\na@example.com,:lead\n", 'unknown team ""'],
    ["email,maxEmails\na@example.com,many\n", "line 2, column 15: entry 1 (a@example.com): maxEmails must be a whole"],
    ["email,validUntil\na@example.com,31.01.2027\n", "validUntil must be a date such as 2027-01-31"],
    ["email,validUntil\na@example.com,2027-02-31\n", "validUntil is not a day of the calendar"],
  ])("is refused as %j", (text, fault) => {
    expect(table(text).faults).toContainEqual(expect.stringContaining(fault));
  });

  it.each([
    ['email\n"a@example.com\n', "line 2, column 1: a quoted cell without a closing quote"],
    ['email,role\na@example.com,ad"min\n', "line 2, column 17: a quote inside of an unquoted cell"],
    ['email,role\n"a@example.com"x,\n', "line 2, column 16: text behind the closing quote of a cell"],
  ])("is none if it reads %j", (text, fault) => {
    expect(() => table(text)).toThrow(`people.csv is not valid CSV: ${fault}`);
  });

  it("is for People alone", () => {
    expect(unreadable("email\n", "people.csv")).toBe(" must end in .yaml, .yml, .json");
  });
});

describe("the component", () => {
  function refusal(args: Partial<PeopleArgs>): string {
    const error = thrownBy(() => new People("staff", { organization: "acme", ...args })) as PeopleError;
    expect([error instanceof PeopleError, RunError.isInstance(error), error.code]).toEqual([
      true,
      true,
      "AVALA_PEOPLE",
    ]);
    return error.message;
  }

  it("reports where the fault is, and that nothing has been declared", () => {
    const nobody = [{}] as PersonArgs[];
    const fault = "entry 1: email is missing: name the person by email, or by user (their uid)";
    const rest = `is invalid:\n  ${fault}\nNothing was declared. [AVALA_PEOPLE]`;
    const file = write(JSON.stringify(nobody), "people.json");
    expect(refusal({ people: nobody })).toBe(`People "staff" ${rest}`);
    expect(refusal({ file })).toBe(`People "staff": ${file} ${rest.replace("entry", "line 1, column 2: entry")}`);
  });

  it("accepts one source", () => {
    const wanted = 'People "staff" requires either people or file.\nNothing was declared. [AVALA_PEOPLE]';
    expect(refusal({})).toBe(wanted);
    expect(refusal({ people: [], file: "people.yaml" })).toBe(wanted);
  });

  it("reports a file that cannot be read", () => {
    const file = join(folder, "missing.yaml");
    expect(refusal({ file })).toMatch(/^People "staff": .*missing\.yaml does not exist; .*\n.*\[AVALA_PEOPLE\]$/);
  });
});
