import { CONTENTS } from "../bundle.mjs";
import { PACKAGES, readJson, repositoryOf, sha256 } from "./packages.mjs";

/**
 * The CycloneDX document of a package: what npm installs with it, in the versions of package-lock.json, and what esbuild has
 * put into its bundles. `npm sbom` does not know the bundles, and does not end in a clone whose examples depend on its top.
 */
export function sbomOf(root, name, tarball) {
  const { folder, bundles } = PACKAGES.find((one) => one.name === name);
  const manifest = readJson(root, folder, "package.json");
  const { packages: locked } = readJson(root, "package-lock.json");
  const bundled = bundlesByFolder(root, bundles);
  const installed = installedWith(locked, folder === "." ? "" : folder, manifest.dependencies);
  const folders = [...new Set([...installed.keys(), ...bundled.keys()])].toSorted();
  const digest = sha256(tarball);
  const top = { ...identity(name, manifest.version), type: "library", hashes: [{ alg: "SHA-256", content: digest }] };
  return {
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    serialNumber: `urn:uuid:${uuidOf(digest)}`,
    version: 1,
    metadata: { component: { ...top, ...described(root, manifest) } },
    components: folders.map((path) => component(path, locked[path], bundled.get(path))),
    dependencies: [
      { ref: top["bom-ref"], dependsOn: folders.map((path) => refOf(path, locked)) },
      ...folders.map((path) => ({
        ref: refOf(path, locked),
        dependsOn: (installed.get(path) ?? []).map((needed) => refOf(needed, locked)),
      })),
    ],
  };
}

function described(root, { description, license, homepage }) {
  const externalReferences = [
    { type: "vcs", url: repositoryOf(root) },
    { type: "website", url: homepage },
  ];
  return { description, licenses: [{ license: { id: license } }], externalReferences };
}

/** What a folder of node_modules is called: the part behind the last `node_modules/`. */
const nameOf = (path) => path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);

const refOf = (path, locked) => purl(nameOf(path), locked[path].version);

const purl = (name, version) => `pkg:npm/${name.replace("@", "%40")}@${version}`;

function identity(name, version) {
  return { "bom-ref": purl(name, version), name, version, purl: purl(name, version) };
}

function component(path, { version, license, integrity }, bundles) {
  const [algorithm, digest] = integrity.split("-");
  const content = Buffer.from(digest, "base64").toString("hex");
  return {
    type: "library",
    ...identity(nameOf(path), version),
    scope: "required",
    licenses: license.includes(" ") ? [{ expression: license }] : [{ license: { id: license } }],
    hashes: [{ alg: algorithm.replace("sha", "SHA-"), content }],
    ...(bundles && { properties: bundles.map((value) => ({ name: "pulumi-avala:bundledIn", value })) }),
  };
}

/** For each folder of node_modules, the bundles that contain its package. */
function bundlesByFolder(root, bundles) {
  const found = new Map();
  const contents = bundles.length > 0 ? readJson(root, CONTENTS) : {};
  for (const file of bundles.map((name) => `${name}.js`)) {
    for (const path of contents[file]) found.set(path, [...(found.get(path) ?? []), `dist/${file}`]);
  }
  return found;
}

/** Dependencies of dependencies, as folder of node_modules → the folders that it needs. */
function installedWith(locked, from, dependencies = {}) {
  const found = new Map();
  const waiting = foldersOf(locked, from, dependencies);
  while (waiting.length > 0) {
    const path = waiting.pop();
    if (found.has(path)) continue;
    const { dependencies: needed = {}, peerDependencies: peers = {} } = locked[path];
    const folders = foldersOf(locked, path, { ...peers, ...needed });
    found.set(path, folders);
    waiting.push(...folders);
  }
  return found;
}

const foldersOf = (locked, from, dependencies) =>
  Object.keys(dependencies).flatMap((name) => resolved(locked, from, name) ?? []);

/** As Node resolves a package: in the nearest node_modules above. A peer dependency may be optional and absent. */
function resolved(locked, from, name) {
  const candidate = `${from === "" ? "" : `${from}/`}node_modules/${name}`;
  if (locked[candidate]) return candidate;
  return from === "" ? undefined : resolved(locked, from.replace(/(?:^|\/)[^/]*$/, ""), name);
}

/** A name in the form of a UUID (version 8) for a digest: the same package has the same. */
function uuidOf(digest) {
  const [a, b, c, d, e] = [
    digest.slice(0, 8),
    digest.slice(8, 12),
    digest.slice(13, 16),
    digest.slice(17, 20),
    digest.slice(20, 32),
  ];
  return `${a}-${b}-8${c}-8${d}-${e}`;
}
