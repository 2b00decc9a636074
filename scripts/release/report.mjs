import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { filesIn } from "../project.mjs";
import { npmIn } from "./clones.mjs";
import { PACKAGES, readJson, sha256, tagOf, tarballOf } from "./packages.mjs";
import { npmTag } from "./plan.mjs";
import { sbomOf } from "./sbom.mjs";

/** Unpacks a tarball and answers the folder of the package. */
export function unpack(tarball, folder) {
  mkdirSync(folder, { recursive: true });
  execFileSync("tar", ["xzf", tarball, "-C", folder]);
  return join(folder, "package");
}

/** The files in which two tarballs differ; `the archive itself` if only its form does. */
export async function differences(tarballs, folder) {
  if (sha256(tarballs[0]) === sha256(tarballs[1])) return [];
  const [one, two] = tarballs.map((file, at) => unpack(file, join(folder, "compared", `${at}`, basename(file))));
  const names = [...new Set([one, two].flatMap(filesIn))];
  const text = (root, name) => (filesIn(root).includes(name) ? readFileSync(join(root, name), "latin1") : undefined);
  const unequal = names.filter((name) => text(one, name) !== text(two, name));
  return unequal.length > 0 ? unequal : ["the archive itself"];
}

/** Files by folder, with the size of each folder; the files at the top and the bundles on their own. */
export function tree(folder, tarball) {
  const sizes = new Map();
  const files = filesIn(folder);
  for (const file of files) {
    const size = statSync(join(folder, file)).size;
    const [first, second] = file.split("/");
    const row = file.split("/").length <= 2 ? file : `${first}/${second}/`;
    const known = sizes.get(row) ?? { size: 0, count: 0 };
    sizes.set(row, { size: known.size + size, count: known.count + 1 });
  }
  const small = (row, { size }) => row.startsWith("dist/") && !row.endsWith("/") && size < 20_000;
  const rows = [...sizes]
    .filter(([row, one]) => !small(row, one))
    .map(([row, { size, count }]) => line(size, row.endsWith("/") ? `${row} (${count} files)` : row));
  const rest = [...sizes].filter(([row, one]) => small(row, one)).map(([, one]) => one);
  if (rest.length > 0)
    rows.push(
      line(
        rest.reduce((sum, { size }) => sum + size, 0),
        `dist/ (${rest.length} other files)`,
      ),
    );
  const total = [...sizes.values()].reduce((sum, { size }) => sum + size, 0);
  return [
    ...rows,
    line(total, `unpacked, ${files.length} files`),
    line(statSync(tarball).size, basename(tarball)),
  ].join("\n");
}

const line = (bytes, text) => `${(bytes / 1000).toFixed(1).padStart(9)} kB  ${text}`;

/** Writes SBOMs and SHA256SUMS beside the tarballs; answers the checksums and a summary of each SBOM. */
export function writeDocuments(clone, out) {
  const summaries = PACKAGES.map(({ name }) => {
    const tarball = join(out, tarballOf(clone, name));
    const sbom = sbomOf(clone, name, tarball);
    const file = basename(tarball).replace(/\.tgz$/, ".cdx.json");
    writeFileSync(join(out, file), `${JSON.stringify(sbom, null, 2)}\n`);
    const bundled = sbom.components.filter(({ properties }) => properties);
    const names = (components) => components.map((one) => `${one.name} ${one.version}`).join(", ") || "none";
    return `${file}: ${sbom.components.length} components; in bundles: ${names(bundled)}; installed only: ${names(sbom.components.filter(({ properties }) => !properties))}`;
  });
  const sums = readdirSync(out)
    .filter((name) => /\.(?:tgz|json)$/.test(name))
    .toSorted()
    .map((name) => `${sha256(join(out, name))}  ${name}\n`)
    .join("");
  writeFileSync(join(out, "SHA256SUMS"), sums);
  return `${sums}\n${summaries.join("\n")}`;
}

/** Name, version, tag and access, and what `npm publish --dry-run` says to the tarball. */
export async function publication(tarball, clone, fail) {
  const lines = [];
  const args = ["publish", tarball, "--dry-run", "--provenance=false", "--tag", npmTag(clone)];
  const code = await npmIn(dirname(tarball), args, (text) => lines.push(text));
  if (code !== 0)
    fail(`npm publish --dry-run of ${basename(tarball)} ended with ${code}:\n${lines.slice(-15).join("\n")}`);
  const { version } = readJson(clone, "package.json");
  const said = lines.filter((text) => /^npm warn|^\+ |Publishing to/.test(text.trim())).join("\n");
  return `${basename(tarball)}: version ${version}, npm tag ${npmTag(clone)}, access public, git tag ${tagOf(clone)}\n${said}`;
}
