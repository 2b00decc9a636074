import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { Context, Next } from "hono";
import type { Action, AnswerAction } from "./faults.js";
import { BASE, type Variables } from "./operation.js";
import type { Service } from "./service.js";

type ApiContext = Context<{ Variables: Variables }>;

/** Acts before the service, as a proxy in front of it would: a fault needs no valid key and counts against no limit. */
export const injectFaults = (service: Service) => async (c: ApiContext, next: Next) => {
  if (service.faults.none) return next();
  const { pathname, search } = new URL(c.req.url);
  const body = await c.req.text();
  const action = service.faults.take(c.req.method, pathname.slice(BASE.length) + search, body);
  if (!action) return next();
  if (action.delayMs) await sleep(action.delayMs, undefined, { ref: false });
  const response = await applyFault(c, action, next);
  if (!response) return;
  // What the service has answered leaves no trace, its headers included.
  c.res = undefined;
  c.res = response;
};

async function applyFault(c: ApiContext, action: Action, next: Next): Promise<Response | undefined> {
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

function answer({ status, headers, body }: AnswerAction): Response {
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
