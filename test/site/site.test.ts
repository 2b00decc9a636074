import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { source as axe } from "axe-core";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { root, under } from "../examples/support.js";
import { findBrowser, launchBrowser, notRun } from "../support/browser.js";
import { type Site, serveSite } from "./support.js";

jest.setTimeout(300_000);

const { homepage, repository } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  homepage: string;
  repository: { url: string };
};
const REPOSITORY = repository.url.replace(/^git\+|\.git$/g, "");
const BASE = new URL(homepage).pathname;

/** What parse5 makes of HTML, as far as it is read here. */
interface Node {
  readonly nodeName: string;
  readonly attrs?: readonly { name: string; value: string }[];
  readonly childNodes?: readonly Node[];
}
const { parse } = jest.requireActual<{ parse(html: string): Node }>("parse5");

interface Document {
  /** On the site, without its base and without `.html`. */
  readonly path: string;
  readonly ids: ReadonlySet<string>;
  /** Of `<a>`, by whether they are in the sidebar. */
  readonly links: readonly { href: string; inSidebar: boolean }[];
  /** What the browser loads to show it. */
  readonly parts: readonly string[];
}

let site: Site;
let documents: Document[];

beforeAll(async () => {
  site = await serveSite();
  documents = htmlFiles().map(documentOf);
});

afterAll(() => site.close());

const htmlFiles = () => under(".work/site", ".html").map((file) => file.slice(".work/site/".length));

function documentOf(file: string): Document {
  const ids = new Set<string>();
  const links: { href: string; inSidebar: boolean }[] = [];
  const parts: string[] = [];
  const visit = (node: Node, inSidebar: boolean): void => {
    const attribute = Object.fromEntries((node.attrs ?? []).map(({ name, value }) => [name, value]));
    const inside = inSidebar || (attribute["class"] ?? "").split(" ").includes("VPSidebar");
    if (attribute["id"] !== undefined) ids.add(attribute["id"]);
    if (node.nodeName === "a" && attribute["href"] !== undefined)
      links.push({ href: attribute["href"], inSidebar: inside });
    const part = node.nodeName === "link" ? attribute["href"] : attribute["src"];
    if (part !== undefined) parts.push(part);
    for (const child of node.childNodes ?? []) visit(child, inside);
  };
  visit(parse(readFileSync(join(site.folder, file), "utf8")), false);
  return { path: file.replace(/(^|\/)index\.html$|\.html$/, "$1"), ids, links, parts };
}

/** A page's address below the base, and the anchor; undefined for an address of another site. */
function onSite(href: string, from: Document): { path: string; anchor: string } | undefined {
  const url = new URL(href, new URL(from.path, homepage));
  if (!url.href.startsWith(homepage)) return undefined;
  return { path: decodeURI(url.pathname.slice(BASE.length)), anchor: decodeURIComponent(url.hash.slice(1)) };
}

const addressOf = (path: string) => site.url + path;
const everyLink = () => documents.flatMap((from) => from.links.map(({ href }) => ({ from, href })));
const targetsOf = (from: Document) => from.links.flatMap(({ href }) => onSite(href, from)?.path ?? []);
const pageAt = (path: string) => documents.find((document) => document.path === path);

describe("links", () => {
  it("lead to pages, files and anchors that exist", () => {
    const broken = everyLink().flatMap(({ from, href }) => {
      const target = onSite(href, from);
      if (target === undefined || existsSync(join(site.folder, target.path || ".", "."))) return [];
      const found = pageAt(target.path);
      return found && (target.anchor === "" || found.ids.has(target.anchor)) ? [] : [`${from.path}: ${href}`];
    });
    expect(broken).toEqual([]);
    expect(everyLink().length).toBeGreaterThan(documents.length);
  });

  it("to the own origin stay below the base", () => {
    const { origin } = new URL(homepage);
    const outside = everyLink().filter(
      ({ from, href }) => new URL(href, addressOf(from.path)).origin === origin && !onSite(href, from),
    );
    expect(outside).toEqual([]);
  });

  it("to the repository name files and folders of the clone", () => {
    const named = everyLink().flatMap(({ href }) => {
      const [, kind, file] = /^\/(blob|tree|edit)\/main\/([^#]*)/.exec(href.slice(REPOSITORY.length)) ?? [];
      return href.startsWith(REPOSITORY) && kind !== undefined ? [decodeURI(file!)] : [];
    });
    expect(named.length).toBeGreaterThan(documents.length);
    expect(named.filter((file) => !existsSync(join(root, file)))).toEqual([]);
  });

  it("reach every page from the first one", () => {
    const reached = new Set([""]);
    for (const path of reached) for (const target of targetsOf(pageAt(path)!)) if (pageAt(target)) reached.add(target);
    expect([...reached].toSorted()).toEqual(
      documents
        .map(({ path }) => path)
        .filter((path) => path !== "404")
        .toSorted(),
    );
  });

  it("of the sidebar lead to every page except the first one and the list itself", () => {
    const { links } = pageAt("reference/errors")!;
    const listed = links.filter(({ inSidebar }) => inSidebar).map(({ href }) => href.slice(BASE.length));
    const others = documents.map(({ path }) => path).filter((path) => !["", "404", "contents"].includes(path));
    expect([...new Set(listed)].toSorted()).toEqual(others.toSorted());
  });

  it("to edit a page name every Markdown file of docs/", () => {
    const edited = new Set(everyLink().map(({ href }) => href.replace(`${REPOSITORY}/edit/main/`, "")));
    const missing = under("docs", ".md").filter((file) => !edited.has(file));
    // The first page has no such link.
    expect(missing).toEqual(["docs/index.md"]);
  });
});

describe("the site", () => {
  it("loads nothing from other hosts", () => {
    const parts = documents.flatMap((from) =>
      from.parts.filter((part) => !part.startsWith("data:") && !onSite(part, from)),
    );
    expect(parts).toEqual([]);
  });

  it("serves the schemas where their $id says", async () => {
    const texts = ["people", "teams", "drift-ignore"].map((name) =>
      readFileSync(join(root, `${name}.schema.json`), "utf8"),
    );
    const paths = texts.map((text) => (JSON.parse(text) as { $id: string }).$id.slice(homepage.length));
    const served = await Promise.all(paths.map(async (path) => (await fetch(addressOf(path))).text()));
    expect(served).toEqual(texts);
  });

  it("answers 404 with a page of its own, and serves nothing outside of its folder", async () => {
    const paths = ["gone", "reference/gone", "%2e%2e/package.json", "..%2f..%2fpackage.json"];
    const answers = await Promise.all(paths.map((path) => fetch(addressOf(path))));
    expect(answers.map(({ status }) => status)).toEqual(paths.map(() => 404));
    expect(await answers[0]!.text()).toContain("Page not found");
  });

  it("is served on 127.0.0.1 alone", async () => {
    const { hostname, port } = new URL(site.url);
    expect(hostname).toBe("127.0.0.1");
    const other = fetch(`http://127.0.0.2:${port}${BASE}`, { signal: AbortSignal.timeout(2_000) });
    expect(await other.catch(() => "not reached")).toBe("not reached");
  });
});

/** Of an image in the browser. */
interface Picture {
  readonly naturalWidth: number;
  decode(): Promise<void>;
}

const PAGES = ["", "reference/resources/team", "internals/person", "reference/commands"];
const PHONE = { width: 390, height: 844 };
const SCREENS = { phone: PHONE, "narrow screen": { width: 820, height: 900 }, desktop: { width: 1360, height: 900 } };

const browserPath = findBrowser();
if (browserPath === undefined) {
  notRun("the documentation site in a browser", "no Chromium was found; install it or set AVALA_TEST_BROWSER");
} else {
  describe("in a browser", () => {
    let browser: Browser;
    /** Requests to other hosts, and errors of the page. */
    let problems: string[];
    beforeAll(async () => {
      browser = await launchBrowser(browserPath);
    });
    afterAll(() => browser.close());
    beforeEach(() => {
      problems = [];
    });

    /** A page in a context of its own, which reaches no other host. */
    async function open(
      path: string,
      options: BrowserContextOptions,
      look: (page: Page) => Promise<void>,
    ): Promise<void> {
      const context = await browser.newContext({ reducedMotion: "reduce", ...options });
      await context.route("**", (route) => {
        const url = route.request().url();
        if (url.startsWith(site.url) || url.startsWith("data:")) return route.continue();
        problems.push(url);
        return route.abort();
      });
      const page = await context.newPage();
      page.on("pageerror", ({ message }) => problems.push(message));
      page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
      await page.goto(addressOf(path), { waitUntil: "networkidle" });
      await look(page);
      await context.close();
      expect(problems).toEqual([]);
    }

    /** Violations of WCAG A and AA. */
    async function violations(page: Page): Promise<string[]> {
      await page.evaluate(axe);
      return page.evaluate(async () => {
        const { axe } = globalThis as unknown as typeof globalThis & { axe: typeof import("axe-core") };
        const found = (await axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21aa"] })).violations;
        return found.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(" ")}`));
      });
    }

    const overflow = (page: Page) => page.evaluate("document.documentElement.scrollWidth - innerWidth");

    describe.each(["light", "dark"] as const)("%s", (colorScheme) => {
      it.each(PAGES)("/%s is accessible, on a phone too", async (path) => {
        await open(path, { colorScheme, viewport: PHONE }, async (page) => {
          expect(await page.evaluate("document.documentElement.classList.contains('dark')")).toBe(
            colorScheme === "dark",
          );
          for (const viewport of Object.values(SCREENS)) {
            await page.setViewportSize(viewport);
            expect(await overflow(page)).toBe(0);
          }
          expect(await violations(page)).toEqual([]);
          await page.setViewportSize(PHONE);
          expect(await violations(page)).toEqual([]);
        });
      });

      it("finds pages by words of their names, with the keyboard alone", async () => {
        await open("", { colorScheme, viewport: SCREENS.desktop }, async (page) => {
          await page.keyboard.press("Control+k");
          await page.locator(".VPLocalSearchBox input").waitFor();
          await page.keyboard.type("roster");
          const results = page.locator(".VPLocalSearchBox .result");
          await results
            .filter({ hasText: /TeamRoster$/ })
            .first()
            .waitFor();
          const links = await results.evaluateAll((all) => all.map((result) => result.getAttribute("href")));
          expect(links).toContain(`${BASE}reference/resources/teamRoster#teamroster`);
          // The dialog of VitePress has links in the options of its list.
          expect((await violations(page)).filter((text) => !text.startsWith("nested-interactive"))).toEqual([]);
          await page.keyboard.press("ArrowDown");
          const chosen = await page.locator(".VPLocalSearchBox .result.selected").getAttribute("href");
          await page.keyboard.press("Enter");
          await page.waitForURL(new URL(chosen!, site.url).href);
          expect(await page.locator("h1").first().textContent()).toBeTruthy();
        });
      });
    });

    it.each(["light", "dark"] as const)("shows and loads the pictures for %s alone", async (colorScheme) => {
      await open("", { colorScheme, viewport: SCREENS.desktop }, async (page) => {
        const shown = page.locator(`.vp-doc img.${colorScheme}-only`);
        const others = page.locator(`.vp-doc img:not(.${colorScheme}-only)`);
        for (const picture of await shown.all()) {
          await picture.scrollIntoViewIfNeeded();
          await expect(picture.evaluate((image) => (image as unknown as Picture).decode())).resolves.toBeUndefined();
        }
        expect(await shown.count()).toBe(3);
        const loaded = await others.evaluateAll((all) =>
          all.map((image) => (image as unknown as Picture).naturalWidth),
        );
        expect(loaded).toEqual([0, 0, 0]);
      });
    });

    it("scrolls wide tables in their own boxes on a phone", async () => {
      await open("internals/person", { viewport: PHONE }, async (page) => {
        const widths = await page
          .locator(".vp-doc table")
          .evaluateAll((tables) => tables.map(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth));
        expect(widths.length).toBeGreaterThan(5);
        expect(Math.min(...widths)).toBeGreaterThan(0);
        const cells = await page
          .locator(".vp-doc td")
          .evaluateAll((all) => all.map((cell) => cell.getBoundingClientRect().width));
        expect(Math.min(...cells)).toBeGreaterThan(60);
      });
    });

    it("follows links below the base without loading a page again", async () => {
      await open("reference/errors", { viewport: SCREENS.desktop }, async (page) => {
        await page.evaluate("globalThis.kept = true");
        await page.locator(".VPSidebar").getByRole("link", { name: "Glossary" }).click();
        await page.waitForURL(addressOf("reference/glossary"));
        await page.getByRole("heading", { level: 1, name: "Glossary" }).waitFor();
        expect(await page.evaluate("globalThis.kept")).toBe(true);
      });
    });
  });
}
