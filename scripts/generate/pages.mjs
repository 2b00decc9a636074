// Where the documentation of a class, function or resource is, and the examples that it shows.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PROJECT } from "../project.mjs";
import { homepage } from "./sources.mjs";
import { fence } from "./text.mjs";

export const EXAMPLES = "examples/reference";
const read = (path) => readFileSync(join(PROJECT, path), "utf8");

/** The address of a page of the documentation, for hovers in editors. */
export const pageOf = (path) => new URL(`reference/${path}`, homepage).href;

/** The text of an example, or undefined. */
export function exampleText(path) {
  const file = `${EXAMPLES}/${path}.ts`;
  return existsSync(join(PROJECT, file)) ? read(file) : undefined;
}

/** A file as a block of code. */
export const shownFile = (path) => fence(path.split(".").at(-1), read(path));

/** The names of a resource's examples, the first one first; `adopt` and `get` have sections of their own. */
export function examplesOf(key) {
  const names = readdirSync(join(PROJECT, EXAMPLES, key))
    .filter((name) => name.endsWith(".ts") && !["adopt.ts", "get.ts", "basic.ts"].includes(name))
    .toSorted();
  return ["basic.ts", ...names];
}

/** The files that the examples of a resource read. */
export const dataOf = (key) =>
  readdirSync(join(PROJECT, EXAMPLES, key)).filter((name) => !name.endsWith(".ts") && name !== "import.json");

/** A page that is written by hand but for the parts between two marks each. */
export function pageWith(file, contents) {
  const [first, ...rest] = read(file).split(/(?<=<!-- begin: .*-->\n)[^]*?(?=<!-- end -->)/);
  if (rest.length !== contents.length) {
    throw new Error(
      `${file} has the marks <!-- begin: … --> and <!-- end --> ${rest.length} times, not ${contents.length}.`,
    );
  }
  return [file, first + rest.map((text, at) => `\n${contents[at]}\n\n${text}`).join("")];
}

/** A page whose marks name files: it shows them. */
export function pageWithFiles(file) {
  const names = [...read(file).matchAll(/^<!-- begin: (.*) -->$/gm)].map(([, name]) => name);
  return pageWith(
    file,
    names.map((name) => shownFile(name)),
  );
}
