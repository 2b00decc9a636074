import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { RunError } from "@pulumi/pulumi";
import { readPeopleFile } from "../../examples/teams-from-yaml/peopleFile.js";
import { exampleFiles, root } from "./support.js";

const text = exampleFiles("teams-from-yaml")["people.yaml"]!;
let folder: string;

beforeAll(() => {
  mkdirSync(join(root, ".work/tmp"), { recursive: true });
  folder = mkdtempSync(join(root, ".work/tmp/people-"));
});

afterAll(() => rmSync(folder, { recursive: true }));

function read(content: string) {
  const path = join(folder, "people.yaml");
  writeFileSync(path, content);
  return readPeopleFile(path);
}

function refusal(content: string): string {
  try {
    read(content);
  } catch (error) {
    if (RunError.isInstance(error)) return error.message;
    throw error;
  }
  throw new Error("The file was taken.");
}

describe("the people file", () => {
  it("brings addresses into normal form", () => {
    const { people } = read(text.replace("ada@example.com", '" Ada@Example.COM "'));
    expect(people.map(({ email }) => email)).toEqual(["ada@example.com", "grace@example.com", "linus@example.com"]);
  });

  it("keeps a date as text", () => {
    expect(read(text).people[2]!.validUntil).toBe("2027-08-31");
  });

  it.each([
    [
      "a team that is not there",
      "labeling: member }",
      "labelling: member }",
      'unknown team "labelling"; add it under teams',
    ],
    ["a person listed twice", "grace@example.com", "ADA@example.com", "ada@example.com is listed twice"],
    ["a person without an address", "email: ada@example.com", "email:", 'entry 1 of people: "email" is missing'],
    ["a misspelt field of a person", "teams: { labeling: lead }", "team: { labeling: lead }", '"team" is unknown'],
    ["a misspelt field of a team", "description:", "descripton:", '"descripton" is unknown'],
    ["a misspelt field of the file", "people:\n", "persons:\n", '"people" is missing'],
    ["people that are not a list", "people:\n", "people: {}\nmore:\n", '"more" is unknown'],
    ["a file that is no YAML", "teams:\n", "teams: [\n", "at line"],
  ])("refuses %s", (_what, right, wrong, reason) => {
    expect(text).toContain(right);
    expect(refusal(text.replace(right, wrong))).toContain(reason);
  });

  it.each([
    ["an empty file", ""],
    ["text", "people"],
    ["a mapping of people", "organization: Acme\nteams: { a: { name: A } }\npeople: { ada: {} }"],
    ["an entry that is nothing", "organization: Acme\nteams: { a: { name: A } }\npeople: [null]"],
  ])("refuses %s", (_what, content) => {
    expect(refusal(content)).toMatch(/^people\.yaml is invalid:\n/);
  });

  it("reports all faults at once", () => {
    const faulty = text.replace("labeling: member }", "x: member }").replace("labeling: lead", "y: lead");
    expect(refusal(faulty)).toMatch(/"x".*\n.*"y"/);
  });
});
