import { existsSync, statSync } from "node:fs";
import { posix, relative, sep } from "node:path";
import type { MarkdownEnv, MarkdownRenderer } from "vitepress";
import { absolute, compareWithIndex, files, routeOf } from "./pages.mjs";
import { REPOSITORY, ROOT, SITE } from "./project.mjs";

const SCHEMA = /^[\w-]+\.schema\.json$/;
/** An address with a scheme, such as https: or mailto:. */
const IS_ABSOLUTE = /^[a-z][a-z\d+.-]*:/i;
type Token = ReturnType<MarkdownRenderer["parse"]>[number];
const NO_PICTURE = "data:,";

/** What is wrong with the links of the Markdown files, until the build ends. */
const problems = new Set<string>();

/** Leads the links of a Markdown file, which are paths in the clone, to pages of the site or to the repository. */
export function links(md: MarkdownRenderer): void {
  md.core.ruler.push("links", ({ tokens, env }) => {
    const from = fileIn(env);
    for (const token of tokens.flatMap((token) => [token, ...(token.children ?? [])])) {
      if (token.type === "link_open") token.attrSet("href", hrefOf(from, token.attrGet("href")!));
      if (token.type === "image") showPicture(from, token);
      if (token.type.startsWith("html_")) token.content = pictures(from, token.content);
    }
  });
}

/** Nothing is loaded from other hosts: of a picture there, such as a badge, the site has the text. */
function showPicture(from: string, token: Token): void {
  const src = token.attrGet("src")!;
  if (!IS_ABSOLUTE.test(src)) return token.attrSet("src", pictureOf(from, src));
  Object.assign(token, { type: "text", tag: "", attrs: null, children: null });
}

/**
 * A `<picture>` has one image for a light page and one for a dark page. GitHub follows the reader's system; the site has a
 * switch of its own, so it gets two images and shows one of them (see theme/style.css).
 */
function pictures(from: string, html: string): string {
  const both = html.replaceAll(/<picture>(.*?)<\/picture>/gs, (_, content: string) => {
    const [, dark] = /<source[^>]*srcset="([^"]*)"/s.exec(content) ?? [];
    const [light] = /<img[^>]*>/s.exec(content) ?? [""];
    if (dark === undefined) return light;
    const image = (theme: string) => light.replace("<img", `<img class="${theme}-only" loading="lazy"`);
    return image("light") + image("dark").replace(/ src="[^"]*"/, ` src="${dark}"`);
  });
  return both.replaceAll(/(<img[^>]* src=")([^"]*)"/gs, (_, start: string, src: string) => {
    return `${start}${pictureOf(from, src)}"`;
  });
}

/** GitHub draws diagrams, and the site shows their text: with a link to GitHub. */
export function diagrams(md: MarkdownRenderer): void {
  const fence = md.renderer.rules.fence!;
  md.renderer.rules.fence = (tokens, at, options, env, self) => {
    const html = fence(tokens, at, options, env, self);
    if (tokens[at]!.info !== "mermaid") return html;
    return `${html}<p><a href="${repositoryPage(fileIn(env))}" target="_blank" rel="noreferrer">Drawn as a diagram</a></p>`;
  };
}

/** The Markdown file that is rendered, from the top of the clone; VitePress knows it by its path on the site as well. */
function fileIn({ realPath, path }: MarkdownEnv): string {
  return relative(ROOT, realPath ?? path)
    .split(sep)
    .join("/");
}

/** @param from the Markdown file, from the top of the clone */
function hrefOf(from: string, href: string): string {
  if (IS_ABSOLUTE.test(href) || href.startsWith("#")) return href;
  const [path = "", anchor] = href.split("#");
  const file = fileOf(from, path);
  const hash = anchor === undefined ? "" : `#${anchor}`;
  if (file === undefined) return "#";
  if (SCHEMA.test(file)) return `/${schemaPath(file)}`;
  return files.has(file) ? routeOf(file) + hash : repositoryPage(file) + hash;
}

/** The folder or file that a link means; what does not exist is a problem. */
function fileOf(from: string, path: string): string | undefined {
  const file = posix.join(posix.dirname(from), decodeURI(path)).replace(/\/$/, "");
  if (!file.startsWith("..") && existsSync(absolute(file))) return file;
  problems.add(`${from}: ${path} does not exist.`);
  return undefined;
}

function repositoryPage(file: string): string {
  return `${REPOSITORY}/${statSync(absolute(file)).isDirectory() ? "tree" : "blob"}/main/${encodeURI(file)}`;
}

function pictureOf(from: string, path: string): string {
  if (IS_ABSOLUTE.test(path)) return path;
  if (fileOf(from, path) === undefined) return NO_PICTURE;
  return path.startsWith(".") ? path : `./${path}`;
}

/** Where the site serves a schema, below its base. */
export const schemaPath = (file: string): string => `schemas/${file}`;

export const isSchema = (file: string): boolean => SCHEMA.test(file);

interface Html {
  readonly ids: ReadonlySet<string>;
  readonly hrefs: readonly string[];
}
const built = new Map<string, Html>();

/** Keeps of a page's HTML what `checkLinks` needs. */
export function collect(page: string, html: string): void {
  const all = (pattern: RegExp) => [...html.matchAll(pattern)].map(([, found]) => found!.replaceAll("&amp;", "&"));
  built.set(routeOf(page), { ids: new Set(all(/ id="([^"]*)"/g)), hrefs: all(/<a [^>]*?href="([^"]*)"/g) });
}

/**
 * Fails if the index and the pages differ, or a link of the site leads to a page or an anchor that does not exist.
 *
 * @param pages the Markdown files that were found
 * @param served what the site serves besides its pages
 */
export function checkSite(pages: readonly string[], served: readonly string[]): void {
  const nowhere = [...built].flatMap(([route, { hrefs }]) =>
    [...new Set(hrefs)].flatMap((href) => {
      const problem = problemOf(href, new URL(`.${route}`, SITE), served);
      return problem === undefined ? [] : [`${route}: ${href} leads to ${problem}.`];
    }),
  );
  const all = [...compareWithIndex(pages), ...problems, ...nowhere];
  if (all.length > 0) throw new Error(`The site is not complete:\n${all.join("\n")}`);
}

function problemOf(href: string, page: URL, served: readonly string[]): string | undefined {
  const target = new URL(href, page);
  if (target.origin !== SITE.origin) return undefined;
  if (!target.pathname.startsWith(SITE.pathname)) return "a page outside of the site";
  const route = `/${decodeURI(target.pathname.slice(SITE.pathname.length))}`;
  if (served.includes(route.slice(1))) return undefined;
  const html = built.get(route);
  if (html === undefined) return "a page that does not exist";
  const anchor = decodeURIComponent(target.hash.slice(1));
  return anchor === "" || html.ids.has(anchor) ? undefined : "an anchor that does not exist";
}
