import { parse } from "yaml";
import { versions } from "../../cli/doctor/supported.js";
import { supported } from "../../provider/core/version.js";
import { documents, read, under } from "../examples/support.js";

const { node, sdk, cli, typescript } = versions;

/** `3.216.0` as people write it. */
const short = (version: string) => version.replace(/\.0$/, "");
const bothForms = (...all: string[]) => [...new Set(all.flatMap((version) => [version, short(version)]))];

interface Manifest {
  engines?: { node?: string };
  dependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
}

const manifests = [
  "package.json",
  "emulator/package.json",
  ...under("examples", "/package.json"),
  ...under("templates", "/package.json"),
].map((path) => [path, JSON.parse(read(path)) as Manifest] as const);
const [, own] = manifests[0]!;

describe("the supported versions are the same in", () => {
  it("every manifest", () => {
    const ranges = manifests.flatMap(([path, { engines, dependencies, peerDependencies }]) => {
      const required = dependencies?.["@pulumi/pulumi"] ?? peerDependencies?.["@pulumi/pulumi"] ?? supported.sdk;
      return [`${path}: ${engines?.node ?? supported.node}, ${required}`];
    });
    expect(ranges).toEqual(manifests.map(([path]) => `${path}: ${supported.node}, ${supported.sdk}`));
  });

  it("the dependencies of the tests", () => {
    expect(own.devDependencies).toMatchObject({
      "@pulumi/pulumi": sdk.tested,
      typescript: expect.stringMatching(new RegExp(`^~${typescript.tested}\\.`)),
    });
    expect(Number.parseInt(typescript.tested, 10)).toBeLessThan(typescript.below);
  });

  it("the CI workflow, in the job that runs all tests", () => {
    const { jobs } = parse(read(".github/workflows/ci.yml")) as {
      jobs: Record<string, { steps: { run?: string }[]; strategy?: { matrix: { node: string[] } } }>;
    };
    const complete = Object.values(jobs).filter(({ steps }) =>
      steps.some(({ run }) => run?.startsWith("bash .ci/run")),
    );
    expect(complete.map(({ strategy }) => strategy?.matrix.node)).toEqual([node.tested]);
    expect(node.tested[0]).toBe(node.oldest);
  });

  it.each([
    ["scripts/start.mjs", /MINIMUM_NODE_VERSION = "(.*)"/, `${node.oldest}.0`],
    ["scripts/bundle.mjs", /target: "node(.*)"/, node.oldest],
    ["scripts/pulumi.mjs", /MINIMUM_CLI_VERSION = "(.*)"/, cli.importsFrom],
    ["scripts/pulumi.mjs", /\bCLI_VERSION = "(.*)"/, cli.tested],
  ])("%s: %s", (path, pattern, version) => {
    expect(pattern.exec(read(path))?.[1]).toBe(version);
  });
});

describe("docs/reference/versions.md", () => {
  const rows = new Map(
    read("docs/reference/versions.md")
      .split("\n")
      .filter((line) => line.startsWith("| "))
      .map((line) => line.split("|").slice(1, -1))
      .map(([name, ...cells]) => [name!.trim(), cells.map((cell) => cell.trim())]),
  );

  it.each([
    ["Node.js", `${node.oldest} or newer`, node.tested.join(", ")],
    ["`@pulumi/pulumi`", `${short(sdk.oldest)} or newer, below 4`, `${sdk.oldest}, ${sdk.tested}`],
    ["Pulumi CLI", `${short(cli.importsFrom)} or newer, below 4`, cli.tested],
    ["TypeScript", `below ${typescript.below}`, typescript.tested],
  ])("%s: %s, tested with %s", (name, range, tested) => {
    expect(rows.get(name)?.slice(0, 2)).toEqual([range, tested]);
  });

  it.each([
    ["`Organization.get` and the `get` methods of the other resources", `\`@pulumi/pulumi\` ${short(sdk.getsFrom)}`],
    ["`pulumi import --file`, `npx pulumi-avala import`", `Pulumi CLI ${short(cli.importsFrom)}`],
    ["the newest `@pulumi/pulumi`", `Node.js ${node.newestSdkNeeds}`],
  ])("%s needs %s", (feature, needed) => {
    expect(rows.get(feature)).toEqual([needed]);
  });
});

/** What a sentence requires: "needs CLI 3.254", "Node.js 20.19 or newer", "TypeScript below 7". */
const requirement = (name: string) =>
  new RegExp(
    `\\b(?:needs?|requires?) (?:the )?(?:Pulumi )?${name} (\\d+(?:\\.\\d+)*)|${name} \\(?(\\d+(?:\\.\\d+)*) or newer|${name} below (\\d+)`,
    "g",
  );

describe("every document and every message requires these versions, and no others, of", () => {
  const texts = [
    ...documents,
    ...["provider", "cli"].flatMap((room) => under(room, ".ts")),
    ...under("docs/reference/resources", ".md"),
  ];

  it.each([
    ["Node", "Node(?:\\.js)?(?: programs only)?", [node.oldest, node.newestSdkNeeds]],
    ["the SDK", "`?@pulumi/pulumi`?", bothForms(sdk.oldest, sdk.getsFrom)],
    ["the CLI", "CLI", bothForms(cli.importsFrom)],
    ["TypeScript", "TypeScript", [String(typescript.below)]],
  ])("%s", (_, name, known) => {
    const required = texts.flatMap((path) => {
      // Comments and paragraphs go over several lines.
      const text = read(path).replaceAll(/\s+(?:\* )?/g, " ");
      return [...text.matchAll(requirement(name))].map(([, ...found]) => [path, found.find(Boolean)!] as const);
    });
    expect(required.length).toBeGreaterThan(1);
    expect(required.filter(([, version]) => !known.includes(version))).toEqual([]);
  });
});
