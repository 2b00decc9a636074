import { type Seed, startEmulator } from "../../emulator/src/index.js";

/** The instant at which a test's clock stands still until it is moved. */
export const START = Date.UTC(2026, 0, 10, 12, 0, 0);

export const OWNER = "avk_local";

/** owner@example.com owns Acme, ada is admin, lee leads Core, mia is a member; zoe belongs nowhere. */
export const acme = (settings: Seed["settings"] = {}): Seed => ({
  settings: { rateLimit: null, ...settings },
  people: ["owner", "ada", "lee", "mia", "zoe"].map((name) => ({
    email: `${name}@example.com`,
    fullName: `${name[0]?.toUpperCase()}${name.slice(1)} Example`,
  })),
  keys: ["ada", "lee", "mia", "zoe"].map((name) => ({
    key: `avk_${name}`,
    email: `${name}@example.com`,
  })),
  organizations: [
    {
      name: "Acme",
      members: [
        { email: "owner@example.com", role: "owner" },
        { email: "ada@example.com", role: "admin" },
        { email: "lee@example.com" },
        { email: "mia@example.com" },
      ],
      teams: [{ name: "Core", members: [{ email: "lee@example.com", role: "lead" }] }],
    },
  ],
});

/** A decoded answer; the body of a JSON answer is parsed, any other is text. */
export interface Answer {
  status: number;
  headers: Headers;
  body: ReturnType<typeof JSON.parse>;
}

async function ask(url: string, method: string, body: unknown, headers: Record<string, string>): Promise<Answer> {
  const response = await fetch(url, {
    method,
    redirect: "manual",
    headers: { ...(body !== undefined && { "content-type": "application/json" }), ...headers },
    body: body === undefined ? null : JSON.stringify(body),
  });
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.includes("json");
  return {
    status: response.status,
    headers: response.headers,
    body: isJson ? JSON.parse(text) : text,
  };
}

export type Api = (method: string, path: string, body?: unknown, key?: string) => Promise<Answer>;

/** Starts an emulator for the tests of a file and stops it after them; each test begins with the seed. */
export function emulated(seed: () => Seed = acme) {
  let urls = { url: "", controlUrl: "" };
  let close = async (): Promise<void> => {};
  const control = (method: string, path: string, body?: unknown) => ask(urls.controlUrl + path, method, body, {});
  beforeAll(async () => {
    const emulator = await startEmulator({ now: () => START });
    urls = emulator;
    close = () => emulator.close();
  });
  beforeEach(() => reset(seed()));
  afterAll(() => close());

  async function reset(start: Seed): Promise<void> {
    const { status, body } = await control("POST", "/reset", { seed: start });
    if (status !== 204) throw new Error(body.error);
  }
  return {
    get url() {
      return urls.url;
    },
    control,
    reset,
    /** A call of the API; `path` is below the base, the key defaults to the owner's. */
    api: ((method, path, body, key = OWNER) => ask(urls.url + path, method, body, { "x-avala-api-key": key })) as Api,
    set: async (settings: Seed["settings"]) => void (await control("PUT", "/settings", settings)),
    advance: async (advanceSeconds: number) => void (await control("POST", "/clock", { advanceSeconds })),
    raw: (path: string, init: RequestInit) => fetch(urls.url + path, { redirect: "manual", ...init }),
    /** uid of the member with this name, from the members list. */
    uidOf: async (name: string): Promise<string> => {
      const state = (await control("GET", "/state")).body;
      return state.people.find(({ email }: { email: string }) => email === `${name}@example.com`).uid;
    },
    emails: async () => (await control("GET", "/emails")).body,
  };
}
