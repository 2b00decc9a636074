import { copyFileSync, mkdirSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { type DefaultTheme, defineConfig, type SiteConfig } from "vitepress";
import { guarantees } from "./guarantees.mjs";
import { checkSite, collect, diagrams, isSchema, links, schemaPath } from "./links.mjs";
import { type Group, groups, HOME, isSubgroup, type Page, pagesOf, pathOf, routeOf, withoutPages } from "./pages.mjs";
import { description, REPOSITORY, ROOT, SITE, version } from "./project.mjs";

/** As many as fit on a narrow screen; the others are in a menu. */
const GROUPS_IN_BAR = 3;
const WORK = join(ROOT, ".work");
const schemas = readdirSync(ROOT).filter(isSchema);

/** Anchors as GitHub makes them, where the same files are read. */
const slugify = (heading: string): string =>
  heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}_\- ]/gu, "")
    .replaceAll(" ", "-");

/** Of a text or a search: `TeamRoster` is found by `roster` too. The browser gets the text of this function. */
function words(text: string): string[] {
  const parts = text.split(/[\n\r\p{Z}\p{P}]+/u);
  return [...parts, ...parts.flatMap((part) => (/[a-z][A-Z]/.test(part) ? part.split(/(?<=[a-z])(?=[A-Z])/) : []))];
}

const link = ({ title, file }: Page): DefaultTheme.SidebarItem => ({ text: title, link: routeOf(file) });

const sidebar = groups.map(({ title, items }) => ({
  text: title,
  items: items.map((item) => (isSubgroup(item) ? { text: item.title, items: item.pages.map(link) } : link(item))),
}));

/** A group's first page, for the bar at the top, which marks the group of the page that is shown. */
function navItem(group: Group): DefaultTheme.NavItemWithLink {
  const routes = pagesOf(group).map(({ file }) => routeOf(file));
  return { text: group.title, link: routes[0]!, activeMatch: `^(${routes.join("|")})$` };
}

const nav: DefaultTheme.NavItem[] = [
  ...groups.slice(0, GROUPS_IN_BAR).map(navItem),
  { text: "More", items: groups.slice(GROUPS_IN_BAR).map(navItem) },
  { text: version, link: routeOf("CHANGELOG.md") },
];

/** A mark of two people, as a picture in the address itself. */
const ICON = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="3" fill="#2f4bd8"/>' +
    '<path d="M4 12 8 4l4 8M5.5 9.5h5" fill="none" stroke="#fff" stroke-width="1.6" stroke-linejoin="round"/></svg>',
)}`;

function serveSchemas({ outDir }: SiteConfig): void {
  for (const file of schemas) {
    const target = join(outDir, schemaPath(file));
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(join(ROOT, file), target);
  }
}

export default defineConfig({
  title: "pulumi-avala",
  description,
  lang: "en",
  base: SITE.pathname,
  head: [["link", { rel: "icon", href: ICON }]],
  cleanUrls: true,
  srcDir: ROOT,
  srcExclude: withoutPages(),
  rewrites: pathOf,
  outDir: join(WORK, "site"),
  cacheDir: join(WORK, "siteCache"),
  markdown: {
    // Braces in a text are braces, not attributes.
    attrs: { disable: true },
    anchor: { slugify },
    // These two have enough contrast on the ground of the theme.
    theme: { light: "github-light-default", dark: "github-dark-default" },
    config(md) {
      links(md);
      diagrams(md);
    },
  },
  vite: {
    publicDir: false,
    server: { host: "127.0.0.1", watch: { ignored: withoutPages().map((name) => join(ROOT, name)) } },
  },
  transformPageData({ filePath, frontmatter }) {
    if (filePath === HOME) frontmatter["features"] = guarantees();
  },
  transformHtml: (html, _file, { page }) => collect(page, html),
  buildEnd(site) {
    serveSchemas(site);
    checkSite(site.pages, schemas.map(schemaPath));
  },
  themeConfig: {
    nav,
    sidebar,
    outline: [2, 3],
    search: { provider: "local", options: { miniSearch: { options: { tokenize: words } } } },
    socialLinks: [{ icon: "github", link: REPOSITORY }],
    editLink: { pattern: `${REPOSITORY}/edit/main/:path`, text: "Edit this page" },
    footer: { message: `<a href="${REPOSITORY}/blob/main/LICENSE">Apache-2.0 licence</a>` },
    notFound: {
      title: "Page not found",
      quote: "The address may have changed. The search, or the list of all pages on the first page, may help.",
      linkLabel: "First page",
      linkText: "First page",
    },
  },
});
