import { createMiddleware } from "hono/factory";

const LOOPBACK = new Set(["127.0.0.1", "localhost", "[::1]"]);

/** Under another name than loopback's, a site that has pointed its own name at this machine could read and press. */
export const loopbackOnly = createMiddleware(async (c, next) => {
  if (LOOPBACK.has(new URL(c.req.url).hostname)) return next();
  return c.text("This is served on 127.0.0.1 and localhost only.", 403);
});

/** Browsers send the origin of a request; clients without it are not browsers. */
export const ownPageOnly = createMiddleware(async (c, next) => {
  const { "sec-fetch-site": site = "same-origin", origin } = c.req.header();
  const own = new URL(c.req.url).origin;
  // "none" is an address that somebody has typed.
  if (["same-origin", "none"].includes(site) && (origin === undefined || origin === own)) return next();
  return c.text("Only the emulator's own page may send this.", 403);
});
