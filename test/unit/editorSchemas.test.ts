import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { tmpdir } from "node:os";
import { parse } from "yaml";
import { fits } from "../support/jsonSchema.js";
import { Rules } from "../../cli/drift/rules.js";
import { openDataFile } from "../../provider/core/dataFile.js";
import { listPeople, peopleDefaults, person } from "../../provider/schema/index.js";

const root = resolve(__dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "schemas-"));

type Schema = Readonly<Record<string, unknown>>;
const schemaOf = (name: string) => JSON.parse(readFileSync(join(root, `${name}.schema.json`), "utf8")) as Schema;

/** Whether an editor has nothing to say, which reads YAML with numbers and other types. */
const isFine = (name: string, text: string) => fits(schemaOf(name), parse(text));
const written = (text: string, name = "file.yaml") => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

const peopleFaults = (text: string) => {
  const { content, place } = openDataFile(written(text));
  return listPeople(content, {}, ["core", "labs", "7"], place).faults;
};
const ruleFaults = (text: string) => {
  try {
    Rules.read(written(text));
    return [];
  } catch (error) {
    return [(error as Error).message];
  }
};

const uid = "0d2f7a52-6d9c-4c38-8e5c-5e6a0c1b7c11";
const ada = "email: ada@example.com";

describe.each<[string, (text: string) => string[], string[], string[]]>([
  [
    "people",
    peopleFaults,
    [
      "[]",
      "people: []",
      "$schema: ./node_modules/pulumi-avala/people.schema.json\npeople: []",
      `- { ${ada} }`,
      `- user: ${uid}`,
      `- { ${ada}, role: admin, teams: [core, labs], reason: x, validUntil: 2027-01-31, resend: 2, maxEmails: 5 }`,
      `- { ${ada}, maxEmails: "5", resend: 2027-01-31, reason: no, onExpiry: resend, onDestroy: retain }`,
      `- { ${ada}, teams: { core: lead, labs: member } }`,
      `- { ${ada}, teams: [7] }`,
      `- { ${ada}, role: , teams: ~, reason: null, validUntil: , maxEmails: , resend: }`,
      `defaults: { role: admin, onExpiry: resend, maxEmails: 5, onDestroy: retain, reason: x, validUntil: 2028-02-29 }\npeople:\n  - ${ada}`,
    ],
    [
      "people:",
      "{}",
      "text",
      `people: [{ ${ada} }]\npersons: []`,
      `- ${ada}\n  emial: x`,
      "- role: admin",
      `- { ${ada}, user: ${uid} }`,
      `- { ${ada}, role: owner }`,
      `- { ${ada}, teams: core }`,
      `- { ${ada}, teams: { core: boss } }`,
      `- { ${ada}, teams: [core, core] }`,
      `- { ${ada}, validUntil: tomorrow }`,
      `- { ${ada}, validUntil: 2027-02-31 }`,
      `- { ${ada}, maxEmails: 0 }`,
      `- { ${ada}, maxEmails: many }`,
      `- { ${ada}, onExpiry: never }`,
      `- { ${ada}, reason: "" }`,
      `- { ${ada}, reason: [x] }`,
      `defaults: { email: ada@example.com }\npeople: []`,
      `defaults: { role: boss }\npeople: []`,
      "- ada@example.com",
    ],
  ],
  [
    "drift-ignore",
    ruleFaults,
    [
      "ignore: []",
      "$schema: x\nignore: []",
      'ignore:\n  - kind: unmanaged\n    person: "*@partner.example.com"\n    reason: guests\n  - property: [description, color]\n    organization: acme',
      "ignore: [{ team: 7 }]",
    ],
    [
      "ignore: all",
      "{}",
      "[]",
      "ignore: []\nrules: []",
      "ignore: [{ knd: changed }]",
      "ignore: [{ kind: change }]",
      "ignore: [{ kind: [] }]",
      "ignore: [{ property: descripton }]",
      "ignore: [{ reason: none }]",
      "ignore: [changed]",
    ],
  ],
])("the schema of %s", (name, faultsOf, valid, invalid) => {
  it.each(valid)("accepts what the reader accepts: %j", (text) => {
    expect(faultsOf(text)).toEqual([]);
    expect(isFine(name, text)).toBe(true);
  });

  it.each(invalid)("refuses what the reader refuses: %j", (text) => {
    expect(faultsOf(text)).not.toEqual([]);
    expect(isFine(name, text)).toBe(false);
  });

  it("describes each property for editors", () => {
    const described: [string, unknown][] = [];
    const visit = (node: unknown, path: string): void => {
      if (typeof node !== "object" || node === null) return;
      for (const [key, value] of Object.entries(node as Record<string, unknown>)) {
        if (key === "properties") {
          for (const [property, schema] of Object.entries(value as Record<string, { description?: string }>))
            described.push([`${path}.${property}`, schema.description]);
        }
        visit(value, `${path}.${key}`);
      }
    };
    visit(schemaOf(name), "");
    expect(described.length).toBeGreaterThan(5);
    expect(described.filter(([, text]) => typeof text !== "string" || text === "")).toEqual([]);
  });
});

it("the schema of people has every field of a person, and of defaults", () => {
  const { definitions, anyOf } = schemaOf("people") as unknown as {
    definitions: { person: { properties: object } };
    anyOf: { properties?: { defaults: { properties: object } } }[];
  };
  expect(Object.keys(definitions.person.properties).toSorted()).toEqual(Object.keys(person).toSorted());
  expect(Object.keys(anyOf[1]!.properties!.defaults.properties).toSorted()).toEqual(
    Object.keys(peopleDefaults).toSorted(),
  );
});

it.each([
  ["core: { name: Core, color: red, members: { ada@example.com: lead } }", true],
  ["{}", true],
  ["core: { name: Core }", false],
  ["core: { name: Core, members: { ada@example.com: boss } }", false],
  ["core: { nam: Core, members: {} }", false],
])("the schema of teams judges %j", (text, expected) => {
  expect(isFine("teams", text)).toBe(expected);
});
