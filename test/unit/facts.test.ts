import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { sections } from "../../cli/probe/statement.js";
import { statements } from "../../cli/probe/statements/index.js";

const root = join(__dirname, "../..");

/** The texts of all files below a folder with this ending, by their paths. */
function textsIn(folder: string, end: string): [path: string, text: string][] {
  const names = readdirSync(join(root, folder), { recursive: true, encoding: "utf8" });
  return names
    .filter((name) => name.endsWith(end))
    .map((name) => [join(folder, name), readFileSync(join(root, folder, name), "utf8")]);
}

const comment = /\/\*[^]*?\*\/|(?<!:)\/\/.*/g;
/** Hyphenated words alone in brackets, one or several: comments refer to statements of the contract in this form. */
const reference = /(?<=\()[a-z]+(?:-[a-z0-9]+)+(?:, [a-z]+(?:-[a-z0-9]+)+)*(?=\))/g;

/** Statements that the comments of a text refer to, by their names. */
function referencesIn(text: string): string[] {
  const comments = text.match(comment) ?? [];
  return comments
    .flatMap((one) => one.replaceAll(/`[^`]*`/g, "").match(reference) ?? [])
    .flatMap((names) => names.split(", "));
}

/** Those that the provider refers to: each is tested by name. */
const facts = [...new Set(textsIn("provider", ".ts").flatMap(([, text]) => referencesIn(text)))].toSorted();

const names = statements.map(({ name }) => name);
/** The string literals of tests, including titles. */
const titles = textsIn("test", ".test.ts")
  .filter(([path]) => !__filename.endsWith(path))
  .flatMap(([, text]) => text.match(/"[^"\n]*"|`[^`\n]*`/g) ?? []);

describe("the statements of the contract", () => {
  it.each(statements)("$name has a test, and every text that the page and the probe show", (statement) => {
    const { name, section, test, claim, source, provider, ifDifferent, probe } = statement;
    expect(name).toMatch(/^[a-z]+(-[a-z0-9]+)*$/);
    expect(sections).toContain(section);
    expect(test).toMatch(/^test\/.+\.test\.ts$/);
    expect(existsSync(join(root, test))).toBe(true);
    for (const text of [claim, provider, ifDifferent]) expect(text).toMatch(/^[A-Z0-9"`].*\.$/s);
    for (const text of [source, "never" in probe ? probe.never : probe.needs]) expect(text).toMatch(/^\S.*\S$/s);
  });

  it("have names of their own", () => {
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
  });

  it.each(facts)("%s, to which the provider refers, is tested by name", (fact) => {
    expect(titles.some((title) => title.match(/[a-z-]+/g)?.includes(fact))).toBe(true);
  });

  it.each(["provider", "cli", "emulator/src", "test"])("include all that comments in %s refer to", (folder) => {
    const found = textsIn(folder, ".ts").flatMap(([path, text]) =>
      referencesIn(text).map((name) => [path, name] as const),
    );
    expect(found.filter(([, name]) => !names.includes(name))).toEqual([]);
  });
});

it("a comment refers to statements in brackets, alone or several; text and code do not", () => {
  const text = `
    /** One (lists-may-lag), and more (slugs-move, hidden-emails); \`Acme (acme-robotics)\`, (a b-c) and (not) are others. */
    const shown = "(in-text)"; // at the end (one-owner)
    const url = "https://example.com/(in-a-path)";`;
  expect(referencesIn(text)).toEqual(["lists-may-lag", "slugs-move", "hidden-emails", "one-owner"]);
  expect(facts).toContain("no-single-reads");
});
