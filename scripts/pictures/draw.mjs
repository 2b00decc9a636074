import { mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { marked } from "marked";
import { SetupError } from "../project.mjs";
import { PICTURES } from "./story.mjs";
import { terminalSvg } from "./terminal.mjs";

const SCHEMES = ["light", "dark"];
/** Pixels of a picture for each of a page. */
const SCALE = 2;

/** The narrowest page; one whose table needs more gets more. */
const WIDTH = 830;

/** What is left out of a page, because it is not what the picture is about. */
const HIDDEN = {
  "access-matrix": ".about, .filter, th:last-child, td:last-child, th:nth-last-child(3), td:nth-last-child(3)",
  "review-page": ".filter, section.list:not(.warn)",
  "drift-matrix": ".filter, section.list",
  // It asks the emulator for news, and the picture's does not listen.
  "emulator-page": "#gone, nav, .filter, .aside, .inner",
};
const hiding = (name) => `${HIDDEN[name] ?? "#none"} { display: none !important; }`;
/** A picture cannot be scrolled, and is not wide. */
const NARROW = ".wide { max-height: none !important; } .detail ul { max-width: 18.5rem !important; }";

const COMMENT_STYLE = `
:root { color-scheme: light dark; --text: #1f2328; --line: #d1d9e0; --ground: #fff; --band: #f6f8fa; --code: #818b981f; }
@media (prefers-color-scheme: dark) { :root { --text: #f0f6fc; --line: #3d444d; --ground: #0d1117; --band: #151b23; --code: #656c7633; } }
body { margin: 0; background: var(--ground); color: var(--text); font: 14px/1.5 system-ui, sans-serif; }
main { padding: 1rem; border: 1px solid var(--line); border-radius: .4rem; }
h3 { margin: 0 0 .75rem; font-size: 1.25em; }
table { border-collapse: collapse; }
th, td { border: 1px solid var(--line); padding: .35rem .6rem; text-align: left; }
tr:nth-child(2n) { background: var(--band); }
code { background: var(--code); border-radius: .3rem; padding: .1em .35em; font: 85% ui-monospace, monospace; white-space: nowrap; }
ul { padding-left: 1.5rem; }
`;

/** As a pull request shows it. */
const commentHtml = (markdown) =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><style>${COMMENT_STYLE}</style><body><main>${marked.parse(markdown)}</main></body></html>`;

const PAGES = { page: (html) => html, comment: commentHtml };
const DRAWINGS = { screen: terminalSvg };

/** Writes each picture, for light and for dark readers. */
export async function draw(sources) {
  mkdirSync(PICTURES, { recursive: true });
  const browser = await openBrowser();
  try {
    for (const { name, kind, text } of sources)
      for (const scheme of SCHEMES) {
        const content = DRAWINGS[kind]
          ? DRAWINGS[kind](text, scheme)
          : await photograph(browser, PAGES[kind](text), scheme, `${hiding(name)} ${NARROW}`);
        writeFileSync(join(PICTURES, `${name}-${scheme}.${DRAWINGS[kind] ? "svg" : "webp"}`), content);
      }
  } finally {
    await browser.close();
  }
}

function openBrowser() {
  // The tests know where a browser is; TypeScript is compiled on the spot.
  const require = createRequire(import.meta.url);
  require("ts-node").register({
    swc: true,
    skipProject: true,
    compilerOptions: { module: "commonjs", ignoreDeprecations: "6.0" },
  });
  const { findBrowser, launchBrowser } = require("../../test/support/browser.ts");
  const found = findBrowser();
  if (found === undefined)
    throw new SetupError("The pictures need Chromium: install it, or set AVALA_TEST_BROWSER to its path.");
  return launchBrowser(found);
}

async function photograph(browser, html, scheme, style) {
  const page = await browser.newPage({
    viewport: { width: WIDTH, height: 1 },
    deviceScaleFactor: SCALE,
    colorScheme: scheme,
  });
  try {
    await page.setContent(html);
    await page.addStyleTag({ content: style });
    await page.setViewportSize({ width: WIDTH + (await page.evaluate(missingWidth)), height: 1 });
    const png = await page.screenshot({ fullPage: true });
    // An empty page: this one loads nothing.
    await page.goto("about:blank");
    return Buffer.from((await page.evaluate(toWebp, png.toString("base64"))).split(",")[1], "base64");
  } finally {
    await page.close();
  }
}

/** In the page: pixels of its tables that can be seen after scrolling only. */
function missingWidth() {
  const hiddenIn = ({ scrollWidth, clientWidth }) => scrollWidth - clientWidth;
  return Math.max(0, ...[...document.querySelectorAll(".wide")].map(hiddenIn));
}

/** In the page: a picture as WebP, which the browser can write; a third of a PNG. */
async function toWebp(png) {
  const image = new Image();
  image.src = `data:image/png;base64,${png}`;
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: image.width, height: image.height });
  canvas.getContext("2d").drawImage(image, 0, 0);
  return canvas.toDataURL("image/webp", 0.8);
}
