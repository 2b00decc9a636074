import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { facts } from "./facts.js";

/** The texts of all files below a folder with this ending. */
function textsOf(folder: string, end: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const files = names.map((name) => join(folder, name)).filter((file) => file.endsWith(end) && file !== __filename);
  return files.map((file) => readFileSync(file, "utf8"));
}

const root = join(__dirname, "../..");
/** The string literals of tests, including titles. */
const titles = textsOf(join(root, "test"), ".test.ts").flatMap((text) => text.match(/"[^"\n]*"|`[^`\n]*`/g) ?? []);
/** Hyphenated words alone in brackets: comments refer to a fact in this form. */
const references = textsOf(join(root, "provider"), ".ts").flatMap(
  (text) => text.match(/(?<=\()[a-z]+(?:-[a-z]+)+(?:, [a-z]+(?:-[a-z]+)+)*(?=\))/g) ?? [],
);

describe("the facts of the contract", () => {
  it.each(facts)("%s is tested by name", (fact) => {
    expect(titles.some((title) => title.match(/[a-z-]+/g)?.includes(fact))).toBe(true);
  });

  it("include all that comments of the provider refer to", () => {
    const names = references.flatMap((text) => text.split(", "));
    expect(names).toContain("no-single-reads");
    expect(names.filter((name) => !facts.includes(name))).toEqual([]);
  });
});
