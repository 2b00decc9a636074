import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { root } from "../examples/support.js";
import { build } from "./support.js";

jest.setTimeout(240_000);

const WHOLE = `
# Whole

[page](whole.md), [anchor](whole.md#whole), [own anchor](#whole), [file](../scripts/site.mjs), [folder](../scripts/),
[listed](../CHANGELOG.md), [schema](../people.schema.json), [web](https://example.com/gone) and ![picture](whole.svg)

<picture>
  <source media="(prefers-color-scheme: dark)" srcset="whole.svg">
  <img src="whole.svg" alt="whole">
</picture>
`;

/** What a page of the copy contains, and what the build then says about it. */
const BROKEN: [kind: string, markdown: string, problem: string][] = [
  ["a page", "[x](gone.md)", "docs/broken.md: gone.md does not exist."],
  ["an anchor of another page", "[x](whole.md#gone)", "/broken: /pulumi-avala/whole#gone leads to an anchor"],
  ["an anchor of the same page", "[x](#gone)", "/broken: #gone leads to an anchor"],
  ["an anchor of a page outside docs/", "[x](../CHANGELOG.md#gone)", "/broken: /pulumi-avala/changelog#gone leads to"],
  ["a file outside docs/", "[x](../scripts/gone.mjs)", "docs/broken.md: ../scripts/gone.mjs does not exist."],
  ["a folder", "[x](../gone/)", "docs/broken.md: ../gone/ does not exist."],
  ["what is outside of the clone", "[x](../../..)", "docs/broken.md: ../../.. does not exist."],
  ["a schema", "[x](../gone.schema.json)", "docs/broken.md: ../gone.schema.json does not exist."],
  ["a picture", "![x](gone.svg)", "docs/broken.md: gone.svg does not exist."],
  ["a picture for light", '<p><img src="light.svg" alt="x"></p>', "docs/broken.md: light.svg does not exist."],
  [
    "a picture for dark",
    '<picture>\n<source media="x" srcset="dark.svg">\n<img src="whole.svg" alt="x">\n</picture>',
    "docs/broken.md: dark.svg does not exist.",
  ],
  ["an address written as HTML", '<a href="/gone">x</a>', "/broken: /gone leads to a page outside of the site."],
];

const FILES: Record<string, string> = {
  "README.md": "# Read me\n\n## Guarantees\n\n- **Kept.** Always.\n",
  "CHANGELOG.md": "# Changelog\n",
  "people.schema.json": "{}",
  "examples/quickstart/index.ts": "",
  "docs/index.md": "---\nlayout: home\n---\n",
  "docs/README.md":
    "**All**\n\n- [a](../README.md)\n- [b](../CHANGELOG.md)\n- [c](whole.md)\n- [d](broken.md)\n- [e](gone/listed.md)\n",
  "docs/whole.md": WHOLE,
  "docs/whole.svg": '<svg xmlns="http://www.w3.org/2000/svg"/>',
  "docs/unlisted.md": "# Unlisted\n",
  "docs/broken.md": BROKEN.map(([, markdown]) => markdown).join("\n\n"),
};

/** A copy of the clone with these pages alone, whose build says all that it finds at once. */
let copy: string;
let built: { code: number | null; problems: string[] };

beforeAll(async () => {
  mkdirSync(join(root, ".work"), { recursive: true });
  copy = mkdtempSync(join(root, ".work/brokenSite-"));
  for (const path of ["package.json", "scripts", "docs/.vitepress"]) {
    cpSync(join(root, path), join(copy, path), { recursive: true });
  }
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"), "junction");
  for (const [path, content] of Object.entries(FILES)) {
    mkdirSync(join(copy, dirname(path)), { recursive: true });
    writeFileSync(join(copy, path), content);
  }
  const { code, output } = await build(copy);
  const [, list = output] = output.split("The site is not complete:\n");
  built = { code, problems: list.trim().split("\n") };
});

afterAll(() => rmSync(copy, { recursive: true, force: true }));

it("fails", () => {
  expect(built.code).toBe(1);
});

it.each(BROKEN)("names %s that does not exist: %s", (_, __, problem) => {
  expect(built.problems).toContainEqual(expect.stringContaining(problem));
});

it("names a page that the index lacks, and one that it lists without a file", () => {
  expect(built.problems).toContain("docs/unlisted.md is not listed in docs/README.md.");
  expect(built.problems).toContain("docs/gone/listed.md is listed, and does not exist.");
});

it("names nothing of the page whose links are whole", () => {
  expect(
    built.problems.filter((problem) => problem.startsWith("docs/whole.md") || /^\/whole: (?!.*listed)/.test(problem)),
  ).toEqual([]);
});
