import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { version } from "../../package.json";
import { read, root } from "../examples/support.js";
import { evaluate } from "./support.js";

interface Component {
  type: string;
  "bom-ref": string;
  name: string;
  version: string;
  purl: string;
  scope: string;
  licenses: ({ license: { id: string } } | { expression: string })[];
  hashes: { alg: string; content: string }[];
  properties?: { name: string; value: string }[];
}
interface Sbom {
  bomFormat: string;
  specVersion: string;
  serialNumber: string;
  metadata: { component: Component };
  components: Component[];
  dependencies: { ref: string; dependsOn: string[] }[];
}

let folder: string;
let sboms: Record<string, Sbom>;
const names = ["pulumi-avala", "avala-emulator"];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "sbom-"));
  const tarball = join(folder, "package.tgz");
  writeFileSync(tarball, "a tarball");
  const each = "Object.fromEntries(input.names.map((name) => [name, sbomOf(input.root, name, input.tarball)]))";
  sboms = evaluate(["sbom"], each, { root, names, tarball });
});
afterAll(() => rmSync(folder, { recursive: true }));

describe.each(names)("the SBOM of %s", (name) => {
  const all = () => [sboms[name]!.metadata.component, ...sboms[name]!.components];

  it("is a CycloneDX document about this version of the package, and names its tarball", () => {
    expect(sboms[name]).toMatchObject({ bomFormat: "CycloneDX", specVersion: "1.6" });
    expect(sboms[name]!.serialNumber).toMatch(
      /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    expect(sboms[name]!.metadata.component).toMatchObject({ name, version, purl: `pkg:npm/${name}@${version}` });
    const digest = createHash("sha256").update("a tarball").digest("hex");
    expect(sboms[name]!.metadata.component.hashes).toEqual([{ alg: "SHA-256", content: digest }]);
  });

  it("names each component once, with version, licence, address and the hash of the lock", () => {
    expect(new Set(all().map((one) => one["bom-ref"])).size).toBe(all().length);
    const { packages } = JSON.parse(read("package-lock.json")) as { packages: Record<string, { integrity?: string }> };
    for (const one of sboms[name]!.components) {
      expect(one.purl).toBe(`pkg:npm/${one.name.replace("@", "%40")}@${one.version}`);
      const [hash] = one.hashes;
      expect(hash!.alg).toBe("SHA-512");
      const integrity = `sha512-${Buffer.from(hash!.content, "hex").toString("base64")}`;
      expect(
        Object.entries(packages)
          .filter(([path]) => path.endsWith(`node_modules/${one.name}`))
          .map(([, { integrity: known }]) => known),
      ).toContain(integrity);
      expect(one.licenses).toHaveLength(1);
    }
  });

  it("says what depends on what, and names nothing else", () => {
    const known = all().map((one) => one["bom-ref"]);
    expect(sboms[name]!.dependencies.map(({ ref }) => ref).toSorted()).toEqual(known.toSorted());
    for (const { dependsOn } of sboms[name]!.dependencies)
      expect(dependsOn.filter((ref) => !known.includes(ref))).toEqual([]);
  });

  it("contains every package that a program or a bundle can load", () => {
    const manifest = JSON.parse(read(name === "pulumi-avala" ? "package.json" : "emulator/package.json")) as {
      dependencies: object;
    };
    const found = sboms[name]!.components.map((one) => one.name);
    expect(found).toEqual(expect.arrayContaining(Object.keys(manifest.dependencies)));
  });
});

/** The comments of esbuild name every file of a bundle. */
it.each(["plugin", "cli", "emulator"])("the SBOM of pulumi-avala names what dist/%s.js contains", (bundle) => {
  const file = join(root, `dist/${bundle}.js`);
  expect(existsSync(file)).toBe(true);
  const comments = readFileSync(file, "utf8").matchAll(/^\s*(?:\/\/ |")node_modules\/((?:@[^/]+\/)?[^/]+)\//gm);
  const contained = sboms["pulumi-avala"]!.components.filter(({ properties = [] }) =>
    properties.some(({ value }) => value === `dist/${bundle}.js`),
  ).map(({ name }) => name);
  expect(contained.toSorted()).toEqual([...new Set([...comments].map(([, name]) => name!))].toSorted());
  expect(contained.length).toBeGreaterThan(0);
});
