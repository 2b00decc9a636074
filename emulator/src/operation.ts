import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { ApiError, refusal, unauthenticated, validationError } from "./errors.js";
import type { Key, Person, RequestEntry } from "./model.js";
import { requireScope, scopeOf } from "./scopes.js";
import type { Service } from "./service.js";

/** Where the API lives, below the origin. */
export const BASE = "/api/v1";

export type Variables = {
  entry: RequestEntry;
  /** The status that was sent without the response; 0 if the connection was cut before a status was sent. */
  sent?: number;
  /** The page that is returned, regardless of the requested one. */
  page?: number;
};
export type Api = OpenAPIHono<{ Variables: Variables }>;

/** The application and the service to which routes are added. */
export interface Router {
  app: Api;
  service: Service;
}

/** One operation as the OpenAPI document shows it. */
export interface Spec<Body extends z.ZodType> {
  id: string;
  method: "get" | "post" | "patch" | "delete";
  /** Below the base, with `{parameters}` and the trailing slash. */
  path: string;
  summary: string;
  tag: string;
  query?: z.ZodObject;
  body?: Body;
  /** Status and body of success; without a body the operation is void. */
  status?: 200 | 201;
  answer?: z.ZodType;
}

/** One authenticated, admitted call. */
export interface Call<Body = unknown> {
  /** What the call sees; a read may see an older store. */
  service: Service;
  key: Key;
  person: Person;
  url: URL;
  query: URLSearchParams;
  param(name: string): string;
  /** The validated body. Read it after the permissions: the service judges them first. */
  body(): Promise<Body>;
  json(body: unknown, status?: 200 | 201): Response;
  /** A web page instead of the answer. */
  html(page: string): Response;
  /** A void answer: 204, or 200 with `body` where the settings ask for that. */
  done(body?: object): Response;
}

type Handler<Body> = (call: Call<Body>) => Response | Promise<Response>;

/** Registers an operation: its route and its part of the OpenAPI document. */
export function operation<Body extends z.ZodType>(
  { app, service }: Router,
  spec: Spec<Body>,
  handler: Handler<z.output<Body>>,
): void {
  const route = createRoute(describe(spec));
  app.openAPIRegistry.registerPath(route);
  app.on(spec.method.toUpperCase(), route.getRoutingPath(), async (c) =>
    admitted(c, service, (key) => {
      if (spec.path.startsWith("/organizations/")) requireScope(key, scopeOf(spec.method));
      const seen = spec.method === "get" ? service.staleView() : service;
      return handler(callOf(c, seen, key, spec.body));
    }),
  );
}

function describe({ id, method, path, summary, tag, query, body, status = 200, answer }: Spec<z.ZodType>) {
  const names = [...path.matchAll(/{(\w+)}/g)].map(([, name]) => name as string);
  const failure = (description: string) => ({
    description,
    content: { "application/json": { schema: z.record(z.string(), z.unknown()) } },
  });
  return {
    operationId: id,
    method,
    path: BASE + path,
    summary,
    tags: [tag],
    security: [{ apiKey: [] }],
    request: {
      ...(names.length > 0 && {
        params: z.object(Object.fromEntries(names.map((name) => [name, z.string()]))),
      }),
      ...(query && { query }),
      ...(body && { body: { required: true, content: { "application/json": { schema: body } } } }),
    },
    responses: {
      ...(answer
        ? { [status]: { description: "Done", content: { "application/json": { schema: answer } } } }
        : { 204: { description: "Done" } }),
      ...(body && { 400: failure("Refused: field to messages") }),
      401: failure("No key, an unknown key or a revoked one"),
      403: failure("Not allowed"),
      404: failure("Absent, or hidden from this key"),
      429: failure("Too many requests"),
    },
  };
}

/** Authentication, then throttling, then the call: the order of Django REST framework. */
export async function admitted(
  c: Context<{ Variables: Variables }>,
  service: Service,
  run: (key: Key) => Response | Promise<Response>,
): Promise<Response> {
  let person: Person | undefined;
  let response: Response;
  try {
    const key = authenticate(c, service);
    person = key.person;
    c.get("entry").by = person.email;
    service.limiter.admit(person.uid, service.settings.rateLimit);
    service.lastActive.set(person.uid, service.clock.now());
    response = await run(key);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    response = c.json(error.body, error.status, error.headers);
  }
  if (person) {
    const headers = service.limiter.headers(person.uid, service.settings.rateLimit);
    for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
  }
  return response;
}

function authenticate(c: Context, service: Service): Key {
  const sent = c.req.header("x-avala-api-key");
  if (!sent) throw unauthenticated("Authentication credentials were not provided.");
  const key = service.store.keys.get(sent);
  if (!key) throw unauthenticated("Invalid API key.");
  if (key.revoked) throw unauthenticated("API key has been revoked or has expired.");
  return key;
}

function callOf<Body extends z.ZodType>(
  c: Context<{ Variables: Variables }>,
  service: Service,
  key: Key,
  schema: Body | undefined,
): Call<z.output<Body>> {
  const url = new URL(c.req.url);
  const page = c.get("page");
  if (page !== undefined) url.searchParams.set("page", String(page));
  return {
    service,
    key,
    person: key.person,
    url,
    query: url.searchParams,
    param: (name) => c.req.param(name) ?? "",
    body: async () => {
      const parsed = (schema ?? z.unknown()).safeParse(await jsonBody(c));
      if (!parsed.success) throw validationError(parsed.error);
      return parsed.data as z.output<Body>;
    },
    json: (body, status = 200) => c.json(body as object, status),
    html: (page) => c.html(page, 200),
    done: (body = {}) => (service.settings.voidStatus === 204 ? c.body(null, 204) : c.json(body, 200)),
  };
}

/** An empty body counts as an empty object. */
async function jsonBody(c: Context): Promise<unknown> {
  const raw = await c.req.text();
  if (raw === "") return {};
  const mediaType = c.req.header("content-type") ?? "";
  if (!/^application\/json\b/i.test(mediaType)) {
    throw refusal(415, `Unsupported media type "${mediaType}" in request.`);
  }
  try {
    return JSON.parse(raw) as unknown;
  } catch {
    throw refusal(400, "JSON parse error.");
  }
}
