import { createHash } from "node:crypto";
import { type Context, Hono } from "hono";
import { ACTS, actOn } from "../acts.js";
import { ControlError } from "../errors.js";
import { BASE } from "../operation.js";
import { ownPageOnly } from "../origins.js";
import type { Service } from "../service.js";
import { FORMS, pageOf } from "./document.js";
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

function answer(c: Context, service: Service, status: 200 | ControlError["status"], notice?: string): Response {
  const api = new URL(BASE, c.req.url).href;
  return c.html(pageOf(service, { api, notice }) as string, status, {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    ETag: `"${service.version}"`,
  });
}

/** What the emulator holds, for people, with what an invitee can do to a pending invitation as forms. */
export function pageRoutes(service: Service): Hono {
  const page = new Hono();
  page.get("/", (c) => {
    if (c.req.header("if-none-match") === `"${service.version}"`) return c.body(null, 304);
    return answer(c, service, 200);
  });
  for (const act of ACTS) {
    page.post(`${FORMS}/:uid/${act}`, ownPageOnly, (c) => {
      try {
        actOn(service, c.req.param("uid"), act);
      } catch (error) {
        if (!(error instanceof ControlError)) throw error;
        return answer(c, service, error.status, error.message);
      }
      return c.redirect("/", 303);
    });
  }
  return page;
}
