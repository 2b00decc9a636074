import { createHash } from "node:crypto";
import { createWriteStream, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { releaseOf } from "./platform.mjs";

/** SHA-512 of the archives of Pulumi's release that the set-up may fetch, in the format of `sha512sum`. */
export const CHECKSUMS = join(import.meta.dirname, "pulumiCli/SHA512SUMS");

const SYSTEMS = ["darwin", "linux", "win32"].flatMap((system) => ["arm64", "x64"].map((arch) => [system, arch]));
const HEADER =
  "# Written by `node scripts/recordChecksums.mjs`. The set-up refuses an archive that is not listed here.";

/** The checksum of an archive, by its name, from the file in the repository. */
export function recordedChecksum(archive, file = CHECKSUMS) {
  const checksum = existsSync(file) && checksumsIn(readFileSync(file, "utf8")).get(archive);
  if (!checksum) throw new Error(`${archive} has no checksum in scripts/pulumiCli/SHA512SUMS, so it is not fetched.`);
  return checksum;
}

function checksumsIn(text) {
  const lines = text.matchAll(/^([0-9a-f]{128}) [ *](?:\.\/)?(\S+)$/gm);
  return new Map([...lines].map(([, checksum, name]) => [name, checksum]));
}

/** Reads a response to its end, into a file if one is given; an error if the content has another checksum. */
export async function receive(response, checksum, file) {
  const hash = createHash("sha512");
  const output = file && createWriteStream(file);
  for await (const chunk of response.body) {
    hash.update(chunk);
    if (output && !output.write(chunk)) await new Promise((resolve) => output.once("drain", resolve));
  }
  if (output) await finished(output.end());
  const received = hash.digest("hex");
  if (received !== checksum) throw new Error(`${response.url} has the checksum ${received}, and not ${checksum}.`);
}

/**
 * Writes the checksums that Pulumi has published for a version, after every archive was fetched and has its own. They
 * come from one host and the archives from another, so that a change on one alone is noticed.
 */
export async function recordChecksums({ version, published, releases, fetch, log, file = CHECKSUMS }) {
  const list = checksumsIn(await (await answered(fetch, published)).text());
  const lines = [];
  for (const system of SYSTEMS) {
    const archive = archiveOf(version, releaseOf(...system));
    const checksum = list.get(archive);
    if (!checksum) throw new Error(`${published} does not list ${archive}.`);
    log(`Fetching ${archive}.`);
    await receive(await answered(fetch, `${releases}/${archive}`), checksum);
    lines.push(`${checksum}  ${archive}`);
  }
  writeFileSync(file, `${[HEADER, ...lines].join("\n")}\n`);
}

export const archiveOf = (version, release) => `pulumi-v${version}-${release}`;

export async function answered(fetch, url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} was answered ${response.status}.`);
  return response;
}
