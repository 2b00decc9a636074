import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { sourcesOf, unixIn } from "../support/portability.js";

/* `npm run test:portable`, which CI runs on Windows and macOS: it has what needs no Unix. Every suite is on a list. */

const root = resolve(__dirname, "../..");
const lists = JSON.parse(readFileSync(join(root, "test/portable.json"), "utf8")) as {
  portable: string[];
  unixOnly: Record<string, string>;
  files: Record<string, string>;
};

/** All test files below a folder, as paths in the clone. */
const suitesIn = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".test.ts"))
    .map((name) => `${folder}/${name.replaceAll("\\", "/")}`)
    .toSorted();

/** What the file and its helpers use of Unix. */
const usedBy = (file: string): string =>
  [...new Set([...sourcesOf(join(root, file))].flatMap(unixIn))].toSorted().join(", ");

it("every folder of tests is on one of the two lists", () => {
  const folders = readdirSync(join(root, "test"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && suitesIn(`test/${entry.name}`).length > 0)
    .map(({ name }) => `test/${name}`);
  expect([...lists.portable, ...Object.keys(lists.unixOnly)].toSorted()).toEqual(folders.toSorted());
});

it("of the portable folders, exactly those files are left out that use what only Unix has", () => {
  const used = lists.portable.flatMap(suitesIn).map((file) => [file, usedBy(file)] as const);
  expect(lists.files).toEqual(Object.fromEntries(used.filter(([, what]) => what !== "")));
});
