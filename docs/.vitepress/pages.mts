import { readdirSync } from "node:fs";
import { join, posix } from "node:path";
import { marked, type Token, type Tokens } from "marked";
import { read, ROOT } from "./project.mjs";

/** The list of pages that the sidebar shows, and GitHub: each page of the site is in it. */
export const INDEX = "docs/README.md";
export const HOME = "docs/index.md";

export interface Page {
  readonly title: string;
  /** From the top of the clone. */
  readonly file: string;
}
/** Pages with a common word before them: `Resources: [Team](team.md), …`. */
export interface Subgroup {
  readonly title: string;
  readonly pages: readonly Page[];
}
export interface Group {
  readonly title: string;
  readonly items: readonly (Page | Subgroup)[];
}

export const isSubgroup = (item: Page | Subgroup): item is Subgroup => "pages" in item;

/** The groups of the index: a paragraph in bold, and the list behind it. */
export const groups: readonly Group[] = groupsOf(marked.lexer(read(INDEX)));

function groupsOf(tokens: readonly Token[]): Group[] {
  const found: { title: string; items: (Page | Subgroup)[] }[] = [];
  for (const token of tokens) {
    if (token.type === "paragraph" && token.text.startsWith("**")) {
      found.push({ title: token.text.replaceAll("*", ""), items: [] });
    }
    if (token.type === "list") found.at(-1)?.items.push(...(token as Tokens.List).items.map(itemOf));
  }
  return found;
}

function itemOf({ tokens }: Tokens.ListItem): Page | Subgroup {
  const inline = tokens.flatMap((token) => ("tokens" in token ? (token.tokens ?? []) : [token]));
  const pages = inline.filter((token): token is Tokens.Link => token.type === "link").map(pageOf);
  const [first, ...others] = pages;
  if (first === undefined) throw new Error(`${INDEX}: an item without a link.`);
  const [before] = inline;
  return before?.type === "text" && others.length > 0 ? { title: before.text.replace(/:\s*$/, ""), pages } : first;
}

function pageOf({ text, href }: Tokens.Link): Page {
  return { title: text, file: posix.join(posix.dirname(INDEX), href) };
}

export const pagesOf = ({ items }: Group): Page[] => items.flatMap((item) => (isSubgroup(item) ? item.pages : [item]));

/** The files that are pages of the site. */
export const files: ReadonlySet<string> = new Set([HOME, INDEX, ...groups.flatMap(pagesOf).map(({ file }) => file)]);

/** Where a file is on the site, still with its ending: docs/ is the top, and a README is the page of its folder. */
export function pathOf(file: string): string {
  if (file === INDEX) return "contents.md";
  if (file === "README.md") return "overview.md";
  return file
    .replace(/^docs\//, "")
    .replace(/\/README\.md$/, ".md")
    .replace(/^[A-Z]+\.md$/, (name) => name.toLowerCase());
}

/** The address of a file's page below the base of the site. */
export const routeOf = (file: string): string => `/${pathOf(file).replace(/(^|\/)index\.md$|\.md$/, "$1")}`;

/** Folders and files at the top of the clone that hold no page. */
export function withoutPages(): string[] {
  const tops = new Set([...files].map((file) => file.split("/")[0]!));
  return readdirSync(ROOT, { withFileTypes: true })
    .filter(({ name }) => !tops.has(name))
    .map((entry) => (entry.isDirectory() ? `${entry.name}/**` : entry.name));
}

/** What the index lacks, and what it lists that does not exist. */
export function compareWithIndex(found: readonly string[]): string[] {
  const missing = found.filter((file) => !files.has(file)).map((file) => `${file} is not listed in ${INDEX}.`);
  const gone = [...files]
    .filter((file) => !found.includes(file))
    .map((file) => `${file} is listed, and does not exist.`);
  return [...missing, ...gone];
}

export const absolute = (file: string): string => join(ROOT, file);
