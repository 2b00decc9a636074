import { readFileSync } from "node:fs";
import { join } from "node:path";
import { serve } from "@hono/node-server";
import { serveStatic } from "@hono/node-server/serve-static";
import { Command, InvalidArgumentError } from "commander";
import { Hono } from "hono";
import { build, createServer } from "vitepress";
import { withLock } from "./lock.mjs";
import { PROJECT, say, WORK } from "./project.mjs";

/** Nobody else on the network sees a site that is being written. */
const HOST = "127.0.0.1";
const DEFAULT_PORT = 8788;
const DOCS = join(PROJECT, "docs");

/** Builds the site, and answers where it is and the base of its addresses. */
async function buildSite() {
  let site;
  // What VitePress keeps during a build belongs to what a run may leave behind.
  const onAfterConfigResolve = (config) => {
    site = config;
    config.tempDir = join(WORK, "siteBuild");
  };
  await withLock(join(WORK, "locks/site"), { doing: "building the site", log: say }, () =>
    build(DOCS, { onAfterConfigResolve }),
  );
  return { folder: site.outDir, base: site.site.base };
}

/** Serves the built site as GitHub Pages does: below its base, with addresses without an ending, and its page for 404. */
function serveSite({ folder, base }, port) {
  const app = new Hono();
  const below = (path) => path.slice(base.length - 1);
  const files = (rewriteRequestPath) => serveStatic({ root: folder, rewriteRequestPath });
  app.use(
    `${base}*`,
    files(below),
    files((path) => `${below(path)}.html`),
  );
  app.get("/", (context) => context.redirect(base));
  app.notFound((context) => context.html(readFileSync(join(folder, "404.html"), "utf8"), 404));
  const server = serve({ fetch: app.fetch, hostname: HOST, port }, (address) => {
    say(`The site is at http://${HOST}:${address.port}${base}. Ctrl-C ends it.`);
  });
  server.once("error", (error) => {
    say(`The site cannot be served on port ${port} (${error.code}). Choose another one, or 0 for a free one.`);
    process.exitCode = 1;
  });
}

/** Shows each change of a page at once. */
async function develop(port) {
  const server = await createServer(DOCS, { host: HOST, port });
  await server.listen();
  server.printUrls();
}

function portOf(text) {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError("A port is a number from 0 to 65535; 0 takes a free one.");
}

async function main({ serve: port, dev }) {
  if (dev !== undefined) return develop(dev === true ? DEFAULT_PORT : dev);
  const site = await buildSite();
  if (port === undefined) say(`The site is built: ${site.folder}`);
  else serveSite(site, port === true ? DEFAULT_PORT : port);
}

const options = new Command("npm run site --")
  .description("Builds the documentation site from docs/ into .work/site. A link that leads nowhere is an error.")
  .option("--serve [port]", `also serve it on ${HOST} (default port ${DEFAULT_PORT})`, portOf)
  .option("--dev [port]", "serve it without building it, and show each change at once", portOf)
  .parse()
  .opts();

try {
  await main(options);
} catch (error) {
  say(error.message);
  process.exitCode = 1;
}
