import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { version } from "../../package.json";
import { read, root } from "../examples/support.js";
import { evaluate } from "./support.js";

jest.setTimeout(60_000);

const REPOSITORY = "https://github.com/avala-ai/pulumi-avala";
const SITE = "https://avala-ai.github.io/pulumi-avala";
const names = ["pulumi-avala", "avala-emulator"] as const;
let folder: string;
let links: Record<string, string[]>;
let problems: Record<string, string[]>;
const unpacked = (name: string) => join(folder, name, "package");

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "release-"));
  const tarballs = evaluate<string[]>(["packages"], "pack(input.root, input.folder)", { root, folder });
  for (const [at, name] of names.entries()) {
    mkdirSync(join(folder, name));
    execFileSync("tar", ["xzf", tarballs[at]!, "-C", join(folder, name)]);
  }
  const folders = Object.fromEntries(names.map((name) => [name, unpacked(name)]));
  const each = (expression: string) =>
    `Object.fromEntries(Object.entries(input.folders).map(([name, folder]) => [name, ${expression}]))`;
  problems = evaluate(["problems"], each("problemsOf(folder, input.root)"), { root, folders });
  links = Object.fromEntries(
    names.map((name) => [
      name,
      evaluate<string[]>(["links"], "linksOf(input)", readFileSync(join(unpacked(name), "README.md"), "utf8")),
    ]),
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each(names)("the packed %s", (name) => {
  it("has nothing that is wrong: files, manifest, licences, maps, paths, secrets and links", () => {
    expect(problems[name]).toEqual([]);
  });

  it("leads from its README to the repository at its version, and names it as npm's provenance needs", () => {
    const relative = links[name]!.filter((link) => !link.startsWith("http") && !link.startsWith("#"));
    expect(
      relative.filter((link) => !["CHANGELOG.md", "SECURITY.md", "LICENSE"].includes(link.split("#")[0]!)),
    ).toEqual([]);
    const manifest = JSON.parse(readFileSync(join(unpacked(name), "package.json"), "utf8")) as Record<string, unknown>;
    expect(manifest).toMatchObject({
      version,
      license: "Apache-2.0",
      homepage: `${SITE}/`,
      repository: { type: "git", url: `git+${REPOSITORY}.git` },
      publishConfig: { access: "public", provenance: true },
    });
    expect(readFileSync(join(unpacked(name), "LICENSE"), "utf8")).toBe(read("LICENSE"));
  });
});

it("the links of the README are those of the clone, one for one", () => {
  const written = evaluate<string[]>(["links"], "linksOf(input)", read("README.md"));
  expect(written.length).toBeGreaterThan(30);
  expect(links["pulumi-avala"]).toHaveLength(written.length);
  expect(links["pulumi-avala"]).toContain(
    `${REPOSITORY}/blob/v${version}/docs/reference/configuration.md#scopes-of-the-key`,
  );
});

describe("what is found in a package that is wrong", () => {
  const clone = JSON.parse(read("package.json")) as Record<string, unknown>;
  const { scripts: _scripts, devDependencies: _development, workspaces: _workspaces, ...published } = clone;
  const manifest = (changes: Record<string, unknown>) => JSON.stringify({ ...published, ...changes });
  const good = {
    "package.json": manifest({}),
    "README.md": "# A package\n",
    LICENSE: "Apache",
    "dist/index.js": "exports.a = 1;\n",
  };
  const blob = `${REPOSITORY}/blob/v${version}`;
  const markdown = (link: string) => ({ "README.md": `[text](${link})\n` });
  const link = (target: string): [string, Record<string, string>, string[]] => [
    `a link to ${target}`,
    markdown(target),
    [`README.md: links to ${target}, which does not exist`],
  ];
  const cases: [string, Record<string, string | undefined>, string[]][] = [
    ["nothing", {}, []],
    ["a missing licence", { LICENSE: undefined }, ["LICENSE: is missing"]],
    ["a missing README", { "README.md": undefined }, ["README.md: is missing"]],
    ["a source", { "provider/index.ts": "" }, ["provider/index.ts: is not expected"]],
    ["a settings file", { ".npmrc": "" }, [".npmrc: is not expected"]],
    ...["homepage", "bugs", "repository", "publishConfig"].map((field): [string, Record<string, string>, string[]] => [
      `a manifest without ${field}`,
      { "package.json": manifest({ [field]: undefined }) },
      [`package.json: lacks ${field}`],
    ]),
    [
      "scripts",
      { "package.json": manifest({ scripts: { postinstall: "x" } }) },
      ["package.json: has scripts, which only the clone needs"],
    ],
    [
      "another version",
      { "package.json": manifest({ version: "9.9.9" }) },
      [`package.json: has version 9.9.9 instead of ${version}`],
    ],
    ["the path of the clone", { "dist/index.js": `// ${root}/x.ts` }, [`dist/index.js: contains the path ${root}`]],
    ["the folder of a user", { "dist/index.js": '"/home/ada/x.ts"' }, ["dist/index.js: contains the path /home/ada/"]],
    [
      "such a folder on Windows",
      { "dist/index.js": "C:\\Users\\ada\\x" },
      ["dist/index.js: contains the path C:\\Users\\ada\\"],
    ],
    [
      "a reference to a map that is missing",
      { "dist/index.js": "//# sourceMappingURL=index.js.map\n" },
      ["dist/index.js: refers to the map index.js.map, which is missing"],
    ],
    [
      "a map without sources",
      { "dist/index.js.map": '{"sources":["../provider/index.ts"]}' },
      ["dist/index.js.map: is not expected", "dist/index.js.map: is a map without sources"],
    ],
    [
      "bundled code without its licence",
      { "dist/index.js": "// node_modules/zod/index.js\n" },
      ["dist/index.js: contains zod without its licence"],
    ],
    [
      "bundled code with its licence",
      { "dist/index.js": "// node_modules/zod/index.js\n", "dist/LICENSES.txt": "zod 4, MIT" },
      [],
    ],
    ["an npm token", { "dist/index.js": `npm_${"a1".repeat(18)}` }, ["dist/index.js: contains an npm token"]],
    ["a GitHub token", { "dist/index.js": `ghp_${"a1".repeat(18)}` }, ["dist/index.js: contains a GitHub token"]],
    ["a cloud key", { "dist/index.js": `AKIA${"A1".repeat(8)}` }, ["dist/index.js: contains a cloud key"]],
    [
      "a private key",
      { "dist/index.js": "-----BEGIN RSA PRIVATE KEY-----\nMII" },
      ["dist/index.js: contains a private key"],
    ],
    ["an API key", { "dist/index.js": `avk_${"a1".repeat(10)}` }, ["dist/index.js: contains an API key of Avala"]],
    ["the emulator's key", { "dist/index.js": "avk_local" }, []],
    link("docs/start/install.md"),
    link("nowhere.md"),
    link("LICENSE#part"),
    link(`${blob}/docs/nowhere.md`),
    link(`${blob}/docs`),
    link(`${blob}/docs/reference/errors.md#nothing`),
    link(`${REPOSITORY}/blob/main/README.md`),
    link(`${REPOSITORY}/tree/v${version}/README.md`),
    link(`${REPOSITORY}/wiki`),
    link(`https://raw.githubusercontent.com/avala-ai/pulumi-avala/v${version}/docs/nowhere.png`),
    link(`${SITE}/nowhere`),
    link(`${SITE}/reference/errors#nothing`),
    // Bug: anchors were expected as VitePress makes them by itself, and the site has GitHub's.
    link(`${SITE}/reference/errors#avala-guard`),
    link(`${SITE}/schemas/nothing.schema.json`),
    ...[
      "LICENSE",
      "https://www.pulumi.com",
      `${REPOSITORY}/issues`,
      `${REPOSITORY}/tree/v${version}/docs`,
      `${blob}/docs/reference/errors.md#avala_guard`,
      `${SITE}/`,
      `${SITE}/start/install`,
      `${SITE}/reference/errors#avala_guard`,
      `${SITE}/schemas/people.schema.json`,
    ].map((target): [string, Record<string, string>, string[]] => [
      `no fault: a link to ${target}`,
      markdown(target),
      [],
    ]),
    [
      "a dead picture in HTML",
      { "README.md": '<img src="docs/x.png">' },
      ["README.md: links to docs/x.png, which does not exist"],
    ],
    ["no fault: a link in a block of code", { "README.md": "```md\n[text](nowhere.md)\n```\n" }, []],
  ];

  let found: string[][];
  beforeAll(() => {
    const folders = cases.map(([, changes], at) => {
      const one = join(folder, `wrong-${at}`);
      for (const [file, text] of Object.entries({ ...good, ...changes })) {
        if (text === undefined) continue;
        mkdirSync(dirname(join(one, file)), { recursive: true });
        writeFileSync(join(one, file), text);
      }
      return one;
    });
    found = evaluate(["problems"], "input.folders.map((folder) => problemsOf(folder, input.root))", { root, folders });
  });

  it.each(cases.map(([what, , expected], at) => ({ what, expected, at })))("$what", ({ expected, at }) => {
    expect(found[at]).toEqual(expected);
  });
});

describe("packing", () => {
  it("refuses what is left of a source that has been deleted, and documents with dead links", () => {
    const copy = join(folder, "clone");
    for (const path of [
      "package.json",
      "LICENSE",
      "README.md",
      "SECURITY.md",
      "CHANGELOG.md",
      "dist",
      "provider",
      "docs",
      "emulator",
    ]) {
      cpSync(join(root, path), join(copy, path), { recursive: true });
    }
    const refusal = () =>
      evaluate<string>(
        ["packages"],
        "(() => { try { pack(input, input + '/out'); } catch (error) { return error.message; } })()",
        copy,
      );
    writeFileSync(join(copy, "dist/former.js"), "");
    expect(refusal()).toContain("dist contains former, whose source has been deleted. Delete dist,");
    rmSync(join(copy, "dist/former.js"));
    writeFileSync(join(copy, "README.md"), "[text](docs/nowhere.md)\n");
    expect(refusal()).toBe("README.md links to docs/nowhere.md, which does not exist.");
  });
});
