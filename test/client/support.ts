import { MockAgent } from "undici";
import { createClient } from "../../provider/client/index.js";
import type { AvalaClient, ClientSettings } from "../../provider/client/index.js";

export const KEY = "avk_0123456789abcdefSECRET";
export const ORIGIN = "https://api.example.test";
export const BASE = `${ORIGIN}/api/v1`;
export const UID = "11111111-1111-4111-8111-111111111111";
export const UID2 = "22222222-2222-4222-8222-222222222222";

/** An answer of the mocked service, or the code of a connection's failure. */
export type Reply = { status: number; body?: unknown; headers?: Record<string, string> } | { fails: string };

export interface Sent {
  method: string;
  /** Below the base URL, query included. */
  path: string;
  body: unknown;
  headers: Record<string, string>;
}

export interface Mocked {
  client: AvalaClient;
  agent: MockAgent;
  /** Adds answers, which requests get in this order. */
  reply(...replies: Reply[]): void;
  sent(): Sent[];
}

export function mocked(settings: Partial<ClientSettings> = {}): Mocked {
  const agent = new MockAgent({ enableCallHistory: true });
  agent.disableNetConnect();
  const pool = agent.get(ORIGIN);
  const client = createClient({ apiKey: KEY, baseUrl: BASE, ...settings }, { dispatcher: agent, random: () => 1 });
  return {
    client,
    agent,
    reply(...replies) {
      for (const reply of replies) {
        const asked = pool.intercept({ path: () => true, method: () => true });
        if ("fails" in reply) asked.replyWithError(Object.assign(new Error("scripted"), { code: reply.fails }));
        else asked.reply(reply.status, text(reply.body), { headers: reply.headers ?? {} });
      }
    },
    sent: () =>
      (agent.getCallHistory()?.calls() ?? []).map(({ method, fullUrl, body, headers }) => ({
        method,
        path: fullUrl.replace(BASE, ""),
        body: typeof body === "string" ? JSON.parse(body) : undefined,
        headers: headers as Record<string, string>,
      })),
  };
}

function text(body: unknown): string {
  if (body === undefined) return "";
  return typeof body === "string" ? body : JSON.stringify(body);
}

/** The error of a call; fails the test if the call succeeds. */
export async function failure(call: Promise<unknown>): Promise<Error> {
  const result = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(result instanceof Error)) throw new Error("the call succeeded");
  return result;
}

/** Lets all fake timers run until the call ends. */
export async function finish<T>(call: Promise<T>): Promise<PromiseSettledResult<T>> {
  const [[result]] = await Promise.all([Promise.allSettled([call]), jest.runAllTimersAsync()]);
  return result;
}

/** Likewise, for calls that must fail. */
export async function finishFailing(call: Promise<unknown>): Promise<Error> {
  const result = await finish(call);
  if (result.status === "fulfilled" || !(result.reason instanceof Error)) throw new Error("the call succeeded");
  return result.reason;
}

export function envelope(results: unknown[], next: string | null = null, count?: number): Reply {
  return { status: 200, body: { results, next, ...(count !== undefined && { count }) } };
}
