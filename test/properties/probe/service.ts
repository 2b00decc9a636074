import { createEmulator, listen, type Seed, type State } from "../../../emulator/src/index.js";

const BASE = "/api/v1";

/** One request on its way to the emulator. */
export interface Call {
  method: string;
  /** Below the base URL, without the query. */
  path: string;
  query: URLSearchParams;
  headers: Headers;
  /** Content of the JSON body; undefined without one. */
  body: unknown;
}

export interface Answer {
  status: number;
  headers: Record<string, string>;
  /** A text is sent as it is, `undefined` is an empty body, everything else is sent as JSON. */
  body: unknown;
}

type Pass = (changed?: Partial<Call>) => Promise<Answer>;

/** Answers a request, by passing it on, with changes, or by itself. */
export type Breaker = (call: Call, pass: Pass) => Answer | Promise<Answer>;

/** An emulator whose answers go through a breaker. */
export interface Service {
  url: string;
  /** Everything except the settings and the clock. */
  content(): Omit<State, "settings" | "clockOffsetSeconds">;
  /** Requests so far, as `METHOD /path?query`. */
  requests: string[];
  /** Bodies of the answers to POST. */
  created: unknown[];
  close(): Promise<void>;
}

/** Starts an emulator in this process, on a port of its own. */
export async function startService(
  options: { seed: Seed; now: () => number },
  breaker: Breaker = (_, pass) => pass(),
): Promise<Service> {
  const emulator = createEmulator(options);
  const [requests, created]: [string[], unknown[]] = [[], []];
  const { port, close } = await listen(async (request) => {
    const url = new URL(request.url);
    const text = await request.text();
    const call: Call = {
      method: request.method,
      path: url.pathname.slice(BASE.length),
      query: url.searchParams,
      headers: new Headers(request.headers),
      body: text === "" ? undefined : (JSON.parse(text) as unknown),
    };
    requests.push(`${call.method} ${call.path}${url.search}`);
    const pass: Pass = async (changed) =>
      received(await emulator.fetch(requestOf({ ...call, ...changed }, url.origin)));
    const answer = await breaker(call, pass);
    if (call.method === "POST") created.push(answer.body);
    return responseOf(answer);
  });
  return {
    url: `http://127.0.0.1:${port}${BASE}`,
    content() {
      const { settings: _, clockOffsetSeconds: __, ...content } = emulator.state();
      return content;
    },
    requests,
    created,
    close,
  };
}

function requestOf({ method, path, query, headers, body }: Call, origin: string): Request {
  const search = query.size === 0 ? "" : `?${query}`;
  return new Request(`${origin}${BASE}${path}${search}`, {
    method,
    headers,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

async function received(response: Response): Promise<Answer> {
  const text = await response.text();
  const headers = Object.fromEntries(response.headers);
  const isJson = headers["content-type"]?.includes("json") ?? false;
  return { status: response.status, headers, body: text === "" ? undefined : isJson ? JSON.parse(text) : text };
}

function responseOf({ status, headers, body }: Answer): Response {
  const { "content-length": _, ...kept } = headers;
  if (body === undefined) return new Response(null, { status, headers: kept });
  if (typeof body === "string")
    return new Response(body, { status, headers: { "content-type": "text/html", ...kept } });
  return new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json", ...kept } });
}
