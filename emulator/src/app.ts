import { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import { CONTROL, controlRoutes } from "./control.js";
import { refusal } from "./errors.js";
import { injectFaults } from "./faultMiddleware.js";
import { pageRoutes } from "./page/routes.js";
import { admitted, type Api, BASE, type Variables } from "./operation.js";
import { loopbackOnly, ownPageOnly } from "./origins.js";
import { credentialRoutes } from "./routes/credential.js";
import { invitationRoutes } from "./routes/invitations.js";
import { memberRoutes } from "./routes/members.js";
import { organizationRoutes } from "./routes/organizations.js";
import { teamMemberRoutes } from "./routes/teamMembers.js";
import { teamRoutes } from "./routes/teams.js";
import type { Service } from "./service.js";

const html = (c: Context, title: string, status: 404 | 500): Response =>
  c.html(`<!doctype html><title>${title}</title><h1>${title}</h1>`, status);

/** Wires the API, its log, the control interface and the document. `saved`: keeps a change, before it is answered. */
export function createApp(service: Service, saved?: () => Promise<void>): Api {
  const app: Api = new OpenAPIHono<{ Variables: Variables }>();
  app.use(loopbackOnly);
  app.use(`${BASE}/*`, async (c, next) => {
    const { pathname, search } = new URL(c.req.url);
    const entry = service.logRequest({
      method: c.req.method,
      path: pathname,
      query: search.slice(1),
    });
    c.set("entry", entry);
    await next();
    c.res.headers.set("Date", new Date(service.clock.now()).toUTCString());
    entry.status = c.get("sent") ?? c.res.status;
  });
  app.use(`${BASE}/*`, injectFaults(service));
  app.use(`${BASE}/*`, allowHeader(app));
  app.use(async (c, next) => {
    await next();
    if (c.req.method === "GET" || c.res.status >= 400) return;
    service.changed();
    await saved?.();
  });
  const router = { app, service };
  organizationRoutes(router);
  memberRoutes(router);
  invitationRoutes(router);
  teamRoutes(router);
  teamMemberRoutes(router);
  credentialRoutes(router);
  app.route("/", pageRoutes(service));
  app.use(`${CONTROL}/*`, ownPageOnly);
  app.route(CONTROL, controlRoutes(service));
  addDocument(app);
  app.notFound(unrouted(app, service));
  app.onError((error, c) => {
    console.error(error);
    return html(c, "Server Error (500)", 500);
  });
  return app;
}

function addDocument(app: Api): void {
  app.openAPIRegistry.registerComponent("securitySchemes", "apiKey", {
    type: "apiKey",
    in: "header",
    name: "X-Avala-Api-Key",
  });
  app.doc31("/openapi.json", {
    openapi: "3.1.0",
    info: { title: "Avala organizations API, emulated", version: "1" },
  });
}

/** In the order in which REST framework names them. */
const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/** Methods of the route that a path belongs to, as `Allow` names them; undefined where it belongs to none. */
function methodsOf(app: Api): (path: string) => string[] | undefined {
  const routes = app.openAPIRegistry.definitions.flatMap((definition) => {
    if (definition.type !== "route") return [];
    const { path, method } = definition.route;
    return [{ path, method: method.toUpperCase(), pattern: new RegExp(`^${path.replace(/{\w+}/g, "[^/]+")}$`) }];
  });
  return (path) => {
    const fitting = routes.filter(({ pattern }) => pattern.test(path));
    // A path without parameters comes before one that it would fit as well.
    const exact = fitting.filter((route) => route.path === path);
    const methods = new Set((exact.length > 0 ? exact : fitting).map(({ method }) => method));
    if (methods.size === 0) return undefined;
    return [...METHODS.filter((method) => methods.has(method)), ...(methods.has("GET") ? ["HEAD"] : []), "OPTIONS"];
  };
}

/** Every answer of a view names the methods that it takes. */
function allowHeader(app: Api) {
  // Routes are added after this.
  let known: ReturnType<typeof methodsOf> | undefined;
  return async (c: Context, next: () => Promise<void>): Promise<void> => {
    await next();
    known ??= methodsOf(app);
    const methods = known(new URL(c.req.url).pathname);
    if (methods) c.res.headers.set("Allow", methods.join(", "));
  };
}

/** What Django does outside its routes: add the missing slash, describe, refuse the method, or show a page. */
function unrouted(app: Api, service: Service) {
  const methods = methodsOf(app);
  return (c: Context<{ Variables: Variables }>): Response | Promise<Response> => {
    const { pathname, search } = new URL(c.req.url);
    if (methods(`${pathname}/`)) return c.redirect(`${pathname}/${search}`, 301);
    if (!methods(pathname)) return html(c, "Not Found", 404);
    return admitted(c, service, () => {
      if (c.req.method === "OPTIONS") return c.json(DESCRIPTION);
      throw refusal(405, `Method "${c.req.method}" not allowed.`);
    });
  };
}

/** REST framework also names the view and its fields here. */
const DESCRIPTION = { name: "", description: "", renders: ["application/json"], parses: ["application/json"] };
