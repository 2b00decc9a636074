import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { RunError } from "@pulumi/pulumi";
import { readDataFile } from "../../provider/core/dataFile.js";
import { People, PeopleError, type PeopleArgs } from "../../provider/index.js";
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

  it("in another encoding is refused, and a byte order mark of UTF-8 is accepted", () => {
    expect(unreadable(Buffer.from([0xff, 0xfe, 0x2d, 0]))).toMatch(/ is not valid YAML: .*utf-8/);
    expect(people(listFile('\ufeff[{ "email": "a@example.com" }]', "people.json"))).toHaveLength(1);
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
    const nobody = [{}];
    const fault = "entry 1: email is missing: name the person by email, or by user (their uid)";
    const rest = `is invalid:\n  ${fault}\nNothing was declared. [AVALA_PEOPLE]`;
    const file = write(JSON.stringify(nobody), "people.json");
    expect(refusal({ people: nobody })).toBe(`People "staff" ${rest}`);
    expect(refusal({ file })).toBe(`People "staff": ${file} ${rest}`);
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
