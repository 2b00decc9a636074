import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { documents, read, root } from "../examples/support.js";

jest.setTimeout(60_000);

const folder = join(root, "docs/pictures");
const digests = JSON.parse(readFileSync(join(folder, "sources.json"), "utf8")) as Record<string, string>;
const names = Object.keys(digests);
const files = readdirSync(folder).filter((name) => name !== "sources.json");

function pictures(...args: string[]) {
  const { status, stderr } = spawnSync(process.execPath, [join(root, "scripts/pictures.mjs"), ...args], {
    cwd: root,
    encoding: "utf8",
  });
  return { status, stderr };
}

describe("npm run pictures -- --check", () => {
  it("finds that every picture shows what the commands print today", () => {
    expect(pictures("--check")).toEqual({ status: 0, stderr: "" });
  });

  it("names the pictures that show something else, that nothing is drawn for, and that nothing is known of", () => {
    const work = mkdtempSync(join(tmpdir(), "pictures-"));
    const other = join(work, "sources.json");
    const { "access-matrix": _unknown, ...known } = digests;
    writeFileSync(other, JSON.stringify({ ...known, "drift-matrix": digests["review-page"], removed: "0" }));
    const { status, stderr } = pictures("--check", "--digests", other);
    rmSync(work, { recursive: true });
    const stale = ["drift-matrix", "removed", "access-matrix"].map((name) => `docs/pictures/${name}`);
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: `Not up to date: ${stale.join(", ")}. Run npm run pictures.\n`,
    });
  });
});

it("there is each picture for light and for dark readers, and none that is not made", () => {
  const ofName = (name: string) => {
    const ending = files.includes(`${name}-light.svg`) ? "svg" : "webp";
    return [`${name}-dark.${ending}`, `${name}-light.${ending}`];
  };
  expect(files.toSorted()).toEqual(names.flatMap(ofName).toSorted());
});

it("pictures are small: no file has more than 150 kB, all together 1.5 MB", () => {
  const sizes = files.map((name) => [name, statSync(join(folder, name)).size] as const);
  expect(sizes.filter(([, size]) => size > 150_000)).toEqual([]);
  expect(sizes.reduce((sum, [, size]) => sum + size, 0)).toBeLessThan(1_500_000);
});

it("neither pictures nor what they are made from contain a path of this machine or a port", () => {
  const recorded = join(root, "scripts/pictures/recorded");
  const texts = [
    ...files.filter((name) => name.endsWith(".svg")).map((name) => join(folder, name)),
    ...readdirSync(recorded).map((name) => join(recorded, name)),
  ].map((file) => readFileSync(file, "utf8"));
  expect(texts.filter((text) => text.includes(root) || /127\.0\.0\.1|\/tmp\/|\/home\//.test(text))).toEqual([]);
});

/** Each `<picture>` of a document, and its parts. */
const shown = documents.flatMap((document) =>
  [...read(document).matchAll(/<picture>[^]*?<\/picture>/g)].map(([html]) => {
    const [, dark = ""] = /<source media="\(prefers-color-scheme: dark\)" srcset="([^"]*)"/.exec(html) ?? [];
    const [, alt = "", light = ""] = /<img alt="([^"]*)" src="([^"]*)" width="830"/.exec(html) ?? [];
    const [name] = /[^/]*(?=-light\.\w+$)/.exec(light) ?? [""];
    return { document, name, dark, light, alt };
  }),
);

it("every picture is shown in a document", () => {
  expect(names.filter((name) => !shown.some((one) => one.name === name))).toEqual([]);
});

it.each(shown)("$document shows $name to light and dark readers, with a text for everybody else", (one) => {
  const { document, name, dark, light, alt } = one;
  const inFolder = (path: string) => join(dirname(join(root, document)), path);
  const [, ending] = light.split(".").slice(-2);
  expect([inFolder(dark), inFolder(light)]).toEqual(
    ["dark", "light"].map((scheme) => join(folder, `${name}-${scheme}.${ending}`)),
  );
  expect(names).toContain(name);
  expect(alt).toMatch(/^[A-Z][^]{150,}\.$/);
});
