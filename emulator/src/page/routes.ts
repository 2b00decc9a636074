import { createHash, randomUUID } from "node:crypto";
import { type Context, Hono } from "hono";
import { BASE } from "../operation.js";
import { ownPageOnly } from "../origins.js";
import type { Service } from "../service.js";
import { press } from "./acts.js";
import { NEWEST } from "./aside.js";
import { type PageOptions, pageOf } from "./document.js";
import { FORMS } from "./organization.js";
import { SCRIPT } from "./script.js";
import { STYLE } from "./style.js";

const hashOf = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

/** Nothing but the page's own style and script, requests to where it comes from, and no frame around it. */
const POLICY = [
  "default-src 'none'",
  `style-src ${hashOf(STYLE)}`,
  `script-src ${hashOf(SCRIPT)}`,
  "img-src data:",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** As many sentences about presses are kept, for pages that are loaded again. */
const KEPT = 100;

/** Changes with everything that the page shows: the data, the log of calls, and the time in minutes. */
function versionOf({ version, requests, clock }: Service): string {
  const running = requests.slice(-NEWEST).filter(({ status }) => status === null).length;
  return [version, requests.at(-1)?.n ?? 0, running, Math.floor(clock.now() / 60_000)].join(".");
}

/** The filter of the page that sent the form, so that it comes back as it was. */
function filterOfSender(c: Context): string {
  const sender = c.req.header("referer") ?? "";
  return URL.canParse(sender) ? (new URL(sender).searchParams.get("filter") ?? "") : "";
}

/** What the emulator holds, for people, with forms for everything that can be done to it by hand. */
export function pageRoutes(service: Service): Hono {
  const said = new Map<string, PageOptions["said"]>();
  const page = new Hono();
  const render = (c: Context, filter: string, last?: PageOptions["said"]): string => {
    const options = { api: new URL(BASE, c.req.url).href, version: versionOf(service), filter, said: last };
    return pageOf(service, options) as string;
  };
  page.get("/", (c) => {
    const { filter = "", said: number = "" } = c.req.query();
    const version = `"${versionOf(service)}"`;
    if (c.req.header("if-none-match") === version) return c.body(null, 304);
    return c.html(render(c, filter, said.get(number)), 200, {
      "Content-Security-Policy": POLICY,
      "Referrer-Policy": "same-origin",
      "X-Content-Type-Options": "nosniff",
      "Cache-Control": "no-store",
      ETag: version,
    });
  });
  page.get(FORMS, (c) => c.redirect("/", 303));
  page.post(FORMS, ownPageOnly, async (c) => {
    const { text, refused, focus: candidates } = press(service, await fieldsOf(c));
    const filter = filterOfSender(c);
    const html = render(c, filter);
    const focus = candidates.find((id) => html.includes(` id="${id}"`));
    const number = randomUUID().slice(0, 8);
    said.set(number, { text, refused, focus });
    if (said.size > KEPT) said.delete([...said.keys()][0]!);
    const query = new URLSearchParams({ ...(filter && { filter }), said: number });
    return c.redirect(`/?${query}${focus ? `#${focus}` : ""}`, 303);
  });
  return page;
}

/** Texts of the form; files are none. */
async function fieldsOf(c: Context): Promise<Record<string, string>> {
  const body = await c.req.parseBody().catch(() => ({}));
  return Object.fromEntries(
    Object.entries(body).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}
