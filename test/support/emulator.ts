import {
  type Fault,
  type Profile,
  type Settings,
  type Seed,
  type State,
  startEmulator as start,
} from "../../emulator/src/index.js";

/** The key of the local owner, `owner@example.com`. */
export const ownerKey = "avk_local";

/** One API call as the emulator logged it; `path` is below the base URL. */
export interface LoggedCall {
  method: string;
  path: string;
  query: string;
  status: number | null;
  by: string | null;
  /** When it arrived, by the emulator's clock. */
  at: string;
}

/** A running emulator and the actions of tests on it. */
export type TestEmulator = Awaited<ReturnType<typeof startEmulator>>;

/**
 * A connection that is kept is closed by the service after some seconds. On a busy machine a test may use it at that moment,
 * and its request would fail.
 */
export const ownConnection = { connection: "close" };

type Answer = { status: number; body: unknown };

async function ask(url: string, method: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  const response = await fetch(url, {
    method,
    redirect: "manual",
    headers: { ...ownConnection, ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
    body: body === undefined ? null : JSON.stringify(body),
  });
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.includes("json") ?? false;
  return { status: response.status, body: isJson ? JSON.parse(text) : text };
}

function succeeded(what: string, { status, body }: Answer): unknown {
  if (status < 300) return body;
  throw new Error(`${what} was answered ${status}: ${JSON.stringify(body)}`);
}

/**
 * Starts an emulator of its own on a free port of 127.0.0.1, without rate limit.
 * @param now stops its clock: returns milliseconds since 1970
 */
export async function startEmulator(options: { seed?: Seed; profile?: Profile; now?: () => number } = {}) {
  const unlimited = (seed: Seed = {}): Seed => ({ ...seed, settings: { rateLimit: null, ...seed.settings } });
  const emulator = await start({ ...options, port: 0, seed: unlimited(options.seed) });
  const base = new URL(emulator.url).pathname;

  const control = async (method: string, path: string, body?: unknown) =>
    succeeded(`${method} ${path}`, await ask(emulator.controlUrl + path, method, body));
  const state = async () => (await control("GET", "/state")) as State;
  /** A call of the API by somebody else; it is logged like any other. */
  const api = async (method: string, path: string, body?: unknown, key = ownerKey) =>
    succeeded(`${method} ${path}`, await ask(emulator.url + path, method, body, { "x-avala-api-key": key })) as never;
  const requests = async () =>
    ((await control("GET", "/requests")) as LoggedCall[]).map((call) => ({
      ...call,
      path: call.path.slice(base.length),
    }));

  async function onInvitation(act: "accept" | "decline" | "expire", email: string): Promise<void> {
    const pending = (await state()).organizations
      .flatMap(({ invitations }) => invitations)
      .find((row) => row.status === "pending" && row.email.toLowerCase() === email.toLowerCase());
    if (!pending) throw new Error(`No invitation of ${email} is pending.`);
    await control("POST", `/invitations/${pending.uid}/${act}`);
  }

  /** uid of the person with this email. */
  async function uidOf(email: string): Promise<string> {
    const person = (await state()).people.find((row) => row.email.toLowerCase() === email.toLowerCase());
    if (!person) throw new Error(`Nobody has the email ${email}.`);
    return person.uid;
  }

  return {
    url: emulator.url,
    port: emulator.port,
    controlUrl: emulator.controlUrl,
    close: () => emulator.close(),
    control,
    api,
    state,
    requests,
    /** Resets it to the given start, without rate limit unless the start sets one. */
    reset: (seed?: Seed) => control("POST", "/reset", { seed: unlimited(seed) }),
    /** Logged calls as "METHOD /path". */
    calls: async () => (await requests()).map(({ method, path }) => `${method} ${path}`),
    /** Logged write calls. */
    writes: async () =>
      (await requests()).filter(({ method }) => method !== "GET").map(({ method, path }) => `${method} ${path}`),
    /** Emails sent since the log was last cleared. */
    emails: async () => (await control("GET", "/emails")) as State["emails"],
    /** Empties the log of calls and the mailbox. */
    async clearLog() {
      await control("DELETE", "/requests");
      await control("DELETE", "/emails");
    },
    accept: (email: string) => onInvitation("accept", email),
    decline: (email: string) => onInvitation("decline", email),
    expire: (email: string) => onInvitation("expire", email),
    advance: (advanceSeconds: number) => control("POST", "/clock", { advanceSeconds }),
    settings: (settings: Partial<Settings>) => control("PUT", "/settings", settings),
    /** Adds faults to those that are set. */
    faults: (...faults: Fault[]) => control("POST", "/faults", faults),
    /** Faults that have not occurred, or not often enough. */
    faultsLeft: async () => (await control("GET", "/faults")) as { match: object; matched: number }[],
    clearFaults: () => control("DELETE", "/faults"),
    uidOf,
    /** Gives a person another email; their uid, keys and memberships stay. */
    readdress: async (email: string, newEmail: string) =>
      control("PATCH", `/people/${await uidOf(email)}`, { email: newEmail }),
    /** @param scopes what the key is restricted to */
    addKey: (key: string, email: string, scopes?: string[]) => control("POST", "/keys", { key, email, scopes }),
    revokeKey: (key: string) => control("DELETE", "/keys", { key }),
    /** Makes a person a member without an invitation. */
    join: async (organizationUid: string, email: string, role: "admin" | "member" = "member") =>
      (await control("POST", `/organizations/${organizationUid}/members`, { email, role })) as { uid: string },
    /** What the environment of a program or host needs to reach this emulator, at full speed. */
    environment: (key = ownerKey): Record<string, string> => ({
      AVALA_API_KEY: key,
      AVALA_BASE_URL: emulator.url,
      AVALA_ALLOW_INSECURE_BASE_URL: "1",
      AVALA_REQUESTS_PER_MINUTE: "100000",
      AVALA_REQUESTS_PER_SECOND: "10000",
    }),
  };
}
