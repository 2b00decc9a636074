import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { z } from "@hono/zod-openapi";
import type { Context, Next } from "hono";
import { BASE, type Variables } from "./operation.js";
import type { World } from "./world.js";

const pattern = z.string().transform((source, c) => {
  try {
    return new RegExp(source);
  } catch {
    c.addIssue("expected a regular expression");
    return z.NEVER;
  }
});
const milliseconds = z.int().min(0).max(600_000);
const delayMs = milliseconds.optional();

/** Statuses whose answers have no body. */
const BODILESS = [204, 205, 304];

/** What becomes of a call. Only one thing at a time, but each may be delayed. */
const actionSchema = z.union([
  z
    .strictObject({
      status: z.int().min(200).max(599),
      headers: z.record(z.string(), z.string()).default({}),
      body: z.unknown().optional(),
      after: z.boolean().default(false),
      delayMs,
    })
    .refine(({ status, body }) => body === undefined || !BODILESS.includes(status)),
  z.strictObject({ drop: z.enum(["before", "after"]), delayMs }),
  z.strictObject({ truncate: z.literal(true), delayMs }),
  z.strictObject({ pauseMs: milliseconds, delayMs }),
  z.strictObject({ repeat: z.enum(["previous", "endless"]), delayMs }),
  z.strictObject({ delayMs: milliseconds }),
]);

const faultSchema = z.strictObject({
  match: z
    .strictObject({
      method: z.enum(["GET", "POST", "PATCH", "DELETE", "PUT"]).optional(),
      path: pattern.optional(),
      body: pattern.optional(),
      nth: z.int().min(1).default(1),
    })
    .prefault({}),
  action: actionSchema,
  times: z.int().min(1).nullable().default(1),
});

/** The body of `POST /_emulator/faults`. */
export const faultsSchema = z.array(faultSchema);

export type Fault = z.input<typeof faultSchema>;
type Action = z.output<typeof actionSchema>;
type Answered = Extract<Action, { status: number }>;

/** One fault, and how far it is. */
class Armed {
  matched = 0;
  private left: number;

  constructor(private readonly fault: z.output<typeof faultSchema>) {
    this.left = fault.times ?? Infinity;
  }

  /** Counts the call where it is one of those that are meant, and tells whether it is to fail. */
  meets(method: string, target: string, body: string): boolean {
    const { match } = this.fault;
    const matches =
      (match.method ?? method) === method && (match.path?.test(target) ?? true) && (match.body?.test(body) ?? true);
    if (matches) this.matched += 1;
    return matches && this.matched >= match.nth;
  }

  use(): Action {
    this.left -= 1;
    return this.fault.action;
  }

  get spent(): boolean {
    return this.left === 0;
  }

  toJSON() {
    const { match, action } = this.fault;
    return {
      match: { ...match, path: match.path?.source, body: match.body?.source },
      action,
      times: this.left === Infinity ? null : this.left,
      matched: this.matched,
    };
  }
}

/** The calls that are to fail. */
export class Faults {
  private armed: Armed[] = [];

  /** Adds to those that are there. Earlier ones go first. */
  add(faults: z.output<typeof faultsSchema>): void {
    this.armed.push(...faults.map((fault) => new Armed(fault)));
  }

  clear(): void {
    this.armed = [];
  }

  /** What is left, as it was given, with `times` counted down and `matched`, the calls that it was meant for so far. */
  list(): object[] {
    return this.armed.map((fault) => fault.toJSON());
  }

  get none(): boolean {
    return this.armed.length === 0;
  }

  /** What becomes of this call; every fault counts it. */
  take(method: string, target: string, body: string): Action | undefined {
    const [due] = this.armed.filter((fault) => fault.meets(method, target, body));
    const action = due?.use();
    if (due?.spent) this.armed = this.armed.filter((fault) => fault !== due);
    return action;
  }
}

type ApiContext = Context<{ Variables: Variables }>;

/** Stands before the service as a faulty proxy would: it needs no valid key, and counts against no limit. */
export const faulty = (world: World) => async (c: ApiContext, next: Next) => {
  if (world.faults.none) return next();
  const { pathname, search } = new URL(c.req.url);
  const body = await c.req.text();
  const action = world.faults.take(c.req.method, pathname.slice(BASE.length) + search, body);
  if (!action) return next();
  if (action.delayMs) await sleep(action.delayMs, undefined, { ref: false });
  const response = await suffer(c, action, next);
  if (!response) return;
  // What the service has answered leaves no trace, its headers included.
  c.res = undefined;
  c.res = response;
};

async function suffer(c: ApiContext, action: Action, next: Next): Promise<Response | undefined> {
  if ("status" in action) {
    if (action.after) await next();
    return answer(action);
  }
  if ("drop" in action) {
    if (action.drop === "after") await next();
    return drop(c);
  }
  if ("repeat" in action) return repeat(c, action.repeat, next);
  await next();
  if ("truncate" in action) return halves(c);
  if ("pauseMs" in action) return halves(c, action.pauseMs);
  return undefined;
}

function answer({ status, headers, body }: Answered): Response {
  if (body === undefined) return new Response(null, { status, headers });
  const [type, text] = typeof body === "string" ? ["text/plain", body] : ["application/json", JSON.stringify(body)];
  return new Response(text, { status, headers: { "content-type": type, ...headers } });
}

function drop(c: ApiContext): Response {
  c.set("sent", 0);
  outgoing(c).destroy();
  return RESPONSE_ALREADY_SENT;
}

/** Sends half of the answer, under its whole length; the rest follows after the pause, or never. */
async function halves(c: ApiContext, pauseMs?: number): Promise<Response> {
  const { status, headers } = c.res;
  const body = Buffer.from(await c.res.arrayBuffer());
  if (body.length === 0 && pauseMs === undefined) return drop(c);
  const response = outgoing(c);
  c.set("sent", status);
  response.writeHead(status, { ...Object.fromEntries(headers), "content-length": body.length });
  response.flushHeaders();
  const half = body.length >> 1;
  await new Promise((resolve) => response.write(body.subarray(0, half), resolve));
  if (pauseMs === undefined) response.destroy();
  else {
    await sleep(pauseMs, undefined, { ref: false });
    response.end(body.subarray(half));
  }
  return RESPONSE_ALREADY_SENT;
}

/** A list whose pages come again: the one before, which leads back here, or the first one under ever new numbers. */
async function repeat(c: ApiContext, which: "previous" | "endless", next: Next): Promise<Response | undefined> {
  const url = new URL(c.req.url);
  const asked = Number(url.searchParams.get("page") ?? 1);
  c.set("page", which === "previous" ? Math.max(1, asked - 1) : 1);
  await next();
  if (which === "previous") return undefined;
  const list: unknown = await c.res.clone().json();
  if (typeof list !== "object" || list === null || !("next" in list)) return undefined;
  url.searchParams.set("page", String(asked + 1));
  return answer({ status: 200, headers: {}, body: { ...list, next: url.href }, after: true });
}

function outgoing(c: ApiContext): ServerResponse {
  const { outgoing } = (c.env ?? {}) as { outgoing?: ServerResponse };
  if (outgoing) return outgoing;
  throw new Error("This fault cuts a connection, and there is none: it needs startEmulator.");
}
