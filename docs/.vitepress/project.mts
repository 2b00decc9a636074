import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The clone. */
export const ROOT = resolve(fileURLToPath(import.meta.url), "../../..");

export const read = (file: string): string => readFileSync(join(ROOT, file), "utf8");

interface Package {
  readonly version: string;
  readonly description: string;
  readonly homepage: string;
  readonly repository: { readonly url: string };
}

const { version, description, homepage, repository } = JSON.parse(read("package.json")) as Package;

/** Where people read the source code, such as https://github.com/owner/name. */
const REPOSITORY = repository.url.replace(/^git\+/, "").replace(/\.git$/, "");
/** Where the site is published; the path is its base. */
const SITE = new URL(homepage.endsWith("/") ? homepage : `${homepage}/`);

export { description, REPOSITORY, SITE, version };
