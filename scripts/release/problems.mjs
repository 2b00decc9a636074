import { existsSync, readFileSync, statSync } from "node:fs";
import { join, posix } from "node:path";
import { filesIn } from "../project.mjs";
import { isAbsolute, linksOf, targetOf } from "./links.mjs";
import { readJson, repositoryOf, tagOf } from "./packages.mjs";

const EXPECTED_FILE =
  /^(?:dist\/.+\.(?:js|d\.ts)|dist\/LICENSES\.txt|package\.json|[a-z-]+\.schema\.json|(?:README|CHANGELOG|SECURITY)\.md|LICENSE)$/;
const MANIFEST_FIELDS = ["description", "license", "homepage", "bugs", "repository", "engines", "publishConfig"];
const CLONE_FIELDS = ["scripts", "devDependencies", "workspaces"];
const SECRETS = {
  "an npm token": /\bnpm_[A-Za-z0-9]{36}\b|_authToken\s*=\s*[^\s$]/,
  "a GitHub token": /\bgh[pousr]_[A-Za-z0-9]{36}|\bgithub_pat_[A-Za-z0-9_]{22}/,
  "a cloud key": /\bAKIA[0-9A-Z]{16}\b/,
  "a private key": /-----BEGIN [A-Z ]*PRIVATE KEY-----\s+[A-Za-z0-9+/]/,
  "an API key of Avala": /\bavk_[A-Za-z0-9]{20}/,
};
const FOLDER_OF_A_USER = /(?:\/(?:home|Users)\/|[A-Z]:\\Users\\)[A-Za-z0-9._-]+[\\/]/;

/**
 * Everything that is wrong with an unpacked package, one line each.
 * @param root the clone that it was made from
 */
export function problemsOf(folder, root) {
  const files = filesIn(folder);
  const read = (file) => readFileSync(join(folder, file), "utf8");
  const context = {
    files,
    root,
    read,
    repository: repositoryOf(root),
    tag: tagOf(root),
    homepage: readJson(root, "package.json").homepage,
  };
  return [
    ...filesThat(files),
    ...manifestProblems(context),
    ...files.flatMap((file) => textProblems(file, read(file), context).map((problem) => `${file}: ${problem}`)),
  ];
}

function filesThat(files) {
  const missing = ["package.json", "README.md", "LICENSE"].filter((name) => !files.includes(name));
  const unexpected = files.filter((name) => !EXPECTED_FILE.test(name));
  return [...missing.map((name) => `${name}: is missing`), ...unexpected.map((name) => `${name}: is not expected`)];
}

function manifestProblems({ files, read, root }) {
  if (!files.includes("package.json")) return [];
  const manifest = JSON.parse(read("package.json"));
  const problems = [
    ...MANIFEST_FIELDS.filter((name) => manifest[name] === undefined).map((name) => `lacks ${name}`),
    ...CLONE_FIELDS.filter((name) => manifest[name] !== undefined).map(
      (name) => `has ${name}, which only the clone needs`,
    ),
  ];
  const { version } = readJson(root, "package.json");
  if (manifest.version !== version) problems.push(`has version ${manifest.version} instead of ${version}`);
  return problems.map((problem) => `package.json: ${problem}`);
}

function textProblems(file, text, context) {
  const secrets = Object.entries(SECRETS).filter(([, pattern]) => pattern.test(text));
  return [
    ...secrets.map(([name]) => `contains ${name}`),
    ...pathProblems(text, context.root),
    ...mapProblems(file, text, context.files),
    ...licenceProblems(file, text, context),
    ...(file.endsWith(".md") ? linksOf(text).flatMap((link) => linkProblems(link, file, context)) : []),
  ];
}

function pathProblems(text, root) {
  const path = text.includes(root) ? root : FOLDER_OF_A_USER.exec(text)?.[0];
  return path === undefined ? [] : [`contains the path ${path}`];
}

/** A map needs its sources inside, or what it maps to cannot be shown; a reference needs its map. */
function mapProblems(file, text, files) {
  const reference = /^\/\/# sourceMappingURL=(?!data:)(\S+)$/m.exec(text)?.[1];
  const problems = [];
  if (reference && !files.includes(posix.join(posix.dirname(file), reference)))
    problems.push(`refers to the map ${reference}, which is missing`);
  if (file.endsWith(".map") && !JSON.parse(text).sourcesContent?.every(Boolean))
    problems.push("is a map without sources");
  return problems;
}

/** esbuild writes the path of each file that it includes into a bundle. */
function licenceProblems(file, text, { files, read }) {
  const bundled = file.endsWith(".js") ? text.matchAll(/^\s*(?:\/\/ |")node_modules\/((?:@[^/]+\/)?[^/]+)\//gm) : [];
  const notices = files.includes("dist/LICENSES.txt") ? read("dist/LICENSES.txt") : "";
  const names = new Set([...bundled].map(([, name]) => name));
  return [...names]
    .filter((name) => !notices.includes(`${name} `))
    .map((name) => `contains ${name} without its licence`);
}

function linkProblems(link, file, context) {
  const { root, repository, homepage } = context;
  const dead = [`links to ${link}, which does not exist`];
  if (link.startsWith(repository) || link.startsWith(rawOf(repository)))
    return repositoryLink(link, context) ? [] : dead;
  if (link.startsWith(homepage)) return siteLink(link.slice(homepage.length), root) ? [] : dead;
  if (isAbsolute(link)) return [];
  const [path, anchor] = targetOf(link, file);
  return context.files.includes(path) && hasAnchor(context.read(path), anchor) ? [] : dead;
}

const rawOf = (repository) => repository.replace("//github.com/", "//raw.githubusercontent.com/");

/** Only files of this version: a branch goes on. Pages such as `/issues` or `/releases` are GitHub's. */
function repositoryLink(link, { root, repository, tag }) {
  const [address, anchor] = splitAnchor(link);
  const raw = address.startsWith(rawOf(repository));
  const rest = address.slice((raw ? rawOf(repository) : repository).length);
  const [, kind, version, path] = (raw ? /^()\/([^/]+)\/(.+)$/ : /^\/(blob|tree)\/([^/]+)\/(.+)$/).exec(rest) ?? [];
  if (version === undefined)
    return /^(?:$|\/(?:issues|pulls|releases|security|discussions|actions)(?:\/|$))/.test(rest);
  if (version !== tag || !existsSync(join(root, path))) return false;
  if (statSync(join(root, path)).isDirectory()) return kind === "tree";
  return kind !== "tree" && hasAnchor(readFileSync(join(root, path), "utf8"), anchor);
}

/** A page of the documentation site is a file of docs/; the schemas of files are served beside them. */
function siteLink(rest, root) {
  const [path, anchor] = splitAnchor(rest);
  if (path.startsWith("schemas/")) return existsSync(join(root, path.slice("schemas/".length)));
  const pages = path === "" || path.endsWith("/") ? [`${path}index.md`, `${path}README.md`] : [`${path}.md`];
  const page = pages.map((name) => join(root, "docs", name)).find((name) => existsSync(name));
  return page !== undefined && hasAnchor(readFileSync(page, "utf8"), anchor);
}

function splitAnchor(link) {
  const at = link.indexOf("#");
  return at < 0 ? [link, ""] : [link.slice(0, at), link.slice(at)];
}

function hasAnchor(text, anchor) {
  if (anchor === "") return true;
  const headings = [...text.matchAll(/^#+ +(.+)$/gm)].map(([, heading]) => heading);
  return headings.some((heading) => `#${slugOf(heading)}` === anchor);
}

/** As GitHub makes them, and the site too. */
const slugOf = (heading) =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\p{M}_\- ]/gu, "")
    .replaceAll(" ", "-");
