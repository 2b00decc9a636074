import { createClient, DEFAULT_BASE_URL, rehearsalOf, shownBaseUrl } from "../../provider/client/index.js";
import { AvalaError, ConfigError } from "../../provider/core/errors.js";
import { getOrganizations } from "../../provider/index.js";
import { resolveSettings } from "../../provider/lifecycle/runtime/settings.js";
import { recorder } from "../support/recorder.js";
import { inCopy, token } from "../support/rehearsal.js";
import { failure } from "./support.js";

type Texts = Record<string, string>;

const url = `http://127.0.0.1:4711/${token}`;
const realKey = "avk_real-7f3a";
const resolve = (environment: Texts, config: Texts = {}) =>
  resolveSettings(
    (name) => environment[name],
    (name) => config[name],
  );
/** The error of an action; fails the test if there is none. */
function refusal(act: () => unknown): Error {
  try {
    act();
  } catch (error) {
    return error as Error;
  }
  throw new Error("nothing was refused");
}

describe("AVALA_REHEARSAL", () => {
  it.each([
    ["an address", url],
    ["the lowest port", `http://127.0.0.1:1/${token}`],
    ["the highest port", `http://127.0.0.1:65535/${token}`],
    ["every character of a token", `http://127.0.0.1:4711/-_0123456789${token.slice(12)}`],
  ])("is taken: %s", (_, text) => {
    expect(rehearsalOf(text)).toEqual({ url: text, token: text.split("/").at(-1) });
  });

  it.each([undefined, ""])("counts as not set: %j", (text) => {
    expect(rehearsalOf(text)).toBeUndefined();
    const environment = { AVALA_API_KEY: realKey, ...(text === undefined ? {} : { AVALA_REHEARSAL: text }) };
    expect(resolve(environment).client).toEqual({ apiKey: realKey, baseUrl: DEFAULT_BASE_URL, readOnly: false });
  });

  const others: Texts = {
    "another host": `http://api.avala.ai:4711/${token}`,
    "a name of this machine": `http://localhost:4711/${token}`,
    "this machine by IPv6": `http://[::1]:4711/${token}`,
    "another loopback address": `http://127.0.0.2:4711/${token}`,
    "a short loopback address": `http://127.1:4711/${token}`,
    "a loopback address as a number": `http://2130706433:4711/${token}`,
    "a host that begins like it": `http://127.0.0.1.example.com:4711/${token}`,
    "every address": `http://0.0.0.0:4711/${token}`,
    https: `https://127.0.0.1:4711/${token}`,
    "no scheme": `127.0.0.1:4711/${token}`,
    "an upper-case scheme": `HTTP://127.0.0.1:4711/${token}`,
    "one slash": `http:/127.0.0.1:4711/${token}`,
    backslashes: `http:\\\\127.0.0.1:4711\\${token}`,
    "no port": `http://127.0.0.1/${token}`,
    "an empty port": `http://127.0.0.1:/${token}`,
    "port 0": `http://127.0.0.1:0/${token}`,
    "a port with a zero in front": `http://127.0.0.1:04711/${token}`,
    "a port that is too high": `http://127.0.0.1:65536/${token}`,
    "a port with too many digits": `http://127.0.0.1:471100/${token}`,
    "no token": "http://127.0.0.1:4711",
    "an empty token": "http://127.0.0.1:4711/",
    "a short token": `http://127.0.0.1:4711/${token.slice(1)}`,
    "a long token": `http://127.0.0.1:4711/${token}A`,
    "a token with another character": `http://127.0.0.1:4711/${token.slice(1)}+`,
    "an encoded token": `http://127.0.0.1:4711/%41${token.slice(1)}`,
    "a path behind the token": `http://127.0.0.1:4711/${token}/api/v1`,
    "a path before the token": `http://127.0.0.1:4711/x/${token}`,
    "a slash at the end": `${url}/`,
    "a query": `${url}?a=b`,
    "a fragment": `${url}#a`,
    "a user": `http://me@127.0.0.1:4711/${token}`,
    "a user that looks like the host": `http://127.0.0.1:4711@api.avala.ai/${token}`,
    "a space in front": ` ${url}`,
    "a space at the end": `${url} `,
    "a line break at the end": `${url}\n`,
    "another line": `${url}\nhttps://api.avala.ai`,
    "a character that is not seen": `${url}\u200b`,
    "a space": " ",
    "a switch": "1",
    "a switch that is off": "false",
    "a key": "avk_pasted-1a2b",
  };
  const message =
    "AVALA_REHEARSAL is set, but is not the address of a copy that pulumi-avala rehearse has opened. " +
    "Unset it: pulumi-avala rehearse sets it itself, for the run that it starts.";
  const sources: Record<string, [Texts, Texts]> = {
    environment: [{ AVALA_API_KEY: realKey }, {}],
    "stack configuration": [{}, { "avala:apiKey": realKey }],
    "explicit provider": [{}, { "avala:explicit": "true", "avala:apiKey": realKey }],
  };

  it.each(Object.keys(others).flatMap((form) => Object.keys(sources).map((source) => [form, source] as const)))(
    "is refused, and not repeated: %s, with a key of the %s",
    (form, source) => {
      const [environment, config] = sources[source]!;
      const error = refusal(() => resolve({ ...environment, AVALA_REHEARSAL: others[form]! }, config));
      expect(error).toBeInstanceOf(ConfigError);
      expect(error.message).toBe(message);
    },
  );

  it.each(Object.entries(sources))("is not read from the configuration: %s", (_, [environment, config]) => {
    const { client } = resolve(environment, { ...config, AVALA_REHEARSAL: url, "avala:rehearsal": url });
    expect([client.apiKey, client.baseUrl]).toEqual([realKey, DEFAULT_BASE_URL]);
  });
});

describe("key and base URL of a copy", () => {
  const at = (apiKey: string, baseUrl: string, copy = url) => inCopy(copy, { apiKey, baseUrl });

  it("are digests that the copy can compute too", () => {
    // openssl dgst -sha256 -hmac <token>, of "deployment\n<base URL>" and "key\n<base URL>\n<key>"
    expect(at(realKey, DEFAULT_BASE_URL)).toEqual({
      apiKey: "rehearsal_1de9f819e7df0b91e99d08499542e10275ebb8b2dd65990a13a12696b7eb887e",
      baseUrl: `${url}/b589636a62115f89ffa20ffbd234d6c2/api/v1`,
    });
  });

  it("differ by key, by deployment and by copy, and are else always the same", () => {
    const copies = [url, `http://127.0.0.1:4711/${token.toLowerCase()}`];
    const deployments = [DEFAULT_BASE_URL, "https://api.avala.ai/api/v2", "https://other.example.com/api/v1"];
    const keys = ["avk_one", "avk_two", "avk_on", "e"];
    const all = () => copies.flatMap((copy) => deployments.flatMap((base) => keys.map((key) => at(key, base, copy))));
    expect(new Set(all().map(({ apiKey }) => apiKey)).size).toBe(24);
    expect(new Set(all().map(({ baseUrl }) => baseUrl)).size).toBe(6);
    expect(all()).toEqual(all());
  });

  const expected = at(realKey, DEFAULT_BASE_URL);
  it.each<[string, Texts, Texts]>([
    ["environment", { AVALA_API_KEY: realKey }, {}],
    [
      "environment, with spaces and slashes",
      { AVALA_API_KEY: ` ${realKey}\n`, AVALA_BASE_URL: `${DEFAULT_BASE_URL}//` },
      {},
    ],
    [
      "environment, in another spelling",
      { AVALA_API_KEY: realKey, AVALA_BASE_URL: "HTTPS://API.avala.ai:443/api/v1" },
      {},
    ],
    ["stack configuration", {}, { "avala:apiKey": realKey }],
    ["variable", { MINE_API_KEY: realKey }, { "avala:apiKeyEnv": "MINE_API_KEY" }],
    ["explicit provider", { AVALA_API_KEY: "avk_other" }, { "avala:explicit": "true", "avala:apiKey": realKey }],
    [
      "variable of an explicit provider",
      { AVALA_API_KEY: "avk_other", MINE_API_KEY: realKey },
      { "avala:explicit": "true", "avala:apiKeyEnv": "MINE_API_KEY" },
    ],
  ])("are the same for the same pair, from wherever: %s", (_, environment, config) => {
    const { apiKey, baseUrl } = resolve({ ...environment, AVALA_REHEARSAL: url }, config).client;
    expect({ apiKey, baseUrl }).toEqual(expected);
  });

  it("take the place of the rate limits and of the timeout, and of nothing else", () => {
    const environment = {
      AVALA_API_KEY: realKey,
      AVALA_REQUESTS_PER_MINUTE: "5",
      AVALA_REQUESTS_PER_SECOND: "1",
      AVALA_TIMEOUT_SECONDS: "7",
      AVALA_READ_ONLY: "1",
      AVALA_MAX_REMOVALS: "3",
      AVALA_HIDDEN_PEOPLE: "11111111-1111-4111-8111-111111111111",
    };
    const { client: real, ...others } = resolve(environment);
    expect(real).toMatchObject({ requestsPerMinute: 5, requestsPerSecond: 1 });
    const { client, ...same } = resolve({ ...environment, AVALA_REHEARSAL: url });
    expect(same).toEqual(others);
    expect(client).toEqual({
      ...expected,
      requestsPerMinute: 1_000_000,
      requestsPerSecond: 1_000_000,
      timeoutMs: 3_600_000,
      readOnly: true,
      secrets: [token],
    });
  });

  it("are shown without the token", () => {
    const { client } = resolve({ AVALA_API_KEY: realKey, AVALA_REHEARSAL: url });
    expect(shownBaseUrl(client)).toBe("http://127.0.0.1:4711/[removed]/b589636a62115f89ffa20ffbd234d6c2/api/v1");
  });
});

describe("the real settings are checked as in any other run", () => {
  it.each<[string, Texts, Texts?]>([
    ["no key", {}],
    ["a blank key", { AVALA_API_KEY: "  " }],
    ["a key that no header can contain", { AVALA_API_KEY: "avk_\u00e9" }],
    ["a key of two words", {}, { "avala:apiKey": "two words" }],
    ["a base URL that is none", { AVALA_API_KEY: realKey, AVALA_BASE_URL: "nowhere" }],
    ["a base URL with a user", { AVALA_API_KEY: realKey, AVALA_BASE_URL: "https://me:secret@api.avala.ai" }],
    ["plain http to another host", { AVALA_API_KEY: realKey, AVALA_BASE_URL: "http://api.avala.ai/api/v1" }],
    ["plain http that nothing allows", { AVALA_API_KEY: realKey, AVALA_BASE_URL: "http://127.0.0.1:1/api/v1" }],
    ["two sources", { AVALA_BASE_URL: "https://e.example.com" }, { "avala:apiKey": realKey }],
    ["an explicit provider without a key", { AVALA_API_KEY: realKey }, { "avala:explicit": "true" }],
    ["a variable of another purpose", { GITHUB_TOKEN: "ghp" }, { "avala:apiKeyEnv": "GITHUB_TOKEN" }],
    ["a variable that is not set", {}, { "avala:apiKeyEnv": "MINE_API_KEY" }],
    ["a number that is none", { AVALA_API_KEY: realKey, AVALA_REQUESTS_PER_MINUTE: "many" }],
    ["a switch that is neither on nor off", { AVALA_API_KEY: realKey, AVALA_READ_ONLY: "y" }],
  ])("%s", (_, environment, config = {}) => {
    const without = refusal(() => resolve(environment, config));
    const within = refusal(() => resolve({ ...environment, AVALA_REHEARSAL: url }, config));
    expect(without).toBeInstanceOf(ConfigError);
    expect([within.constructor, within.message]).toEqual([without.constructor, without.message]);
  });
});

describe("on the wire", () => {
  let copy: Awaited<ReturnType<typeof recorder>>;
  let real: Awaited<ReturnType<typeof recorder>>;
  let environment: Texts;
  beforeAll(async () => {
    [copy, real] = [await recorder(), await recorder()];
  });
  beforeEach(() => {
    copy.answers();
    real.answers();
    environment = {
      AVALA_API_KEY: realKey,
      AVALA_BASE_URL: `${real.origin}/api/v1`,
      AVALA_ALLOW_INSECURE_BASE_URL: "1",
      AVALA_REHEARSAL: `${copy.origin}/${token}`,
    };
  });
  afterAll(async () => {
    await copy.close();
    await real.close();
  });
  const names = () => inCopy(environment["AVALA_REHEARSAL"]!, { apiKey: realKey, baseUrl: `${real.origin}/api/v1` });
  const openClient = () => createClient({ ...resolve(environment).client, mostTries: 1 });

  it("there are the names of the copy, and neither the real key nor a request to the service", async () => {
    const client = openClient();
    await client.organizations.list();
    await client.teams.create("acme", { name: "Blue" });
    await client.close();
    const { pathname } = new URL(names().baseUrl);
    expect(copy.requests()).toEqual([
      expect.stringMatching(`^GET ${pathname}/organizations/`),
      `POST ${pathname}/organizations/acme/teams/`,
    ]);
    for (const text of copy.received) expect(text).toContain(`\nx-avala-api-key\n${names().apiKey}\n`);
    expect(copy.received.join("\n")).not.toContain("real-7f3a");
    expect(real.received).toEqual([]);
  });

  it("a function of a program asks the copy too", async () => {
    const before = { ...process.env };
    try {
      Object.assign(process.env, environment);
      expect(await getOrganizations()).toEqual([]);
    } finally {
      process.env = before;
    }
    expect(copy.requests()).toEqual([
      expect.stringMatching(`^GET ${new URL(names().baseUrl).pathname}/organizations/`),
    ]);
    expect(copy.received[0]).toContain(`\nx-avala-api-key\n${names().apiKey}\n`);
    expect(real.received).toEqual([]);
  });

  it("a run that may only read sends no change to the copy either", async () => {
    environment["AVALA_READ_ONLY"] = "1";
    const client = openClient();
    const error = await failure(client.teams.create("acme", { name: "Blue" }));
    await client.close();
    expect((error as AvalaError).code).toBe("AVALA_READ_ONLY");
    expect(copy.received).toEqual([]);
  });

  /** Answers that say back whatever the request says: where it went, and with which key. */
  const statuses = [200, 204, 302, 400, 401, 403, 404, 409, 413, 418, 422, 429, 500, 503];
  const bodies: Record<string, (said: string) => string> = {
    "a detail": (said) => JSON.stringify({ detail: said }),
    "an error with a code": (said) => JSON.stringify({ error: { code: said, message: said } }),
    "errors of fields": (said) => JSON.stringify({ name: [said] }),
    "a page": (said) => `<html>${said}</html>`,
  };
  const ends = statuses.flatMap((status) => Object.keys(bodies).map((body) => [status, body] as const));

  it.each(ends)("an error shows neither token nor keys: %d with %s", async (status, body) => {
    const { apiKey } = names();
    copy.answers((response, path) => {
      const said = `no ${path} x${token}y ${encodeURIComponent(token)} ${apiKey}`;
      const headers = { "content-type": "application/json", "x-request-id": token, location: path };
      response.writeHead(status, headers).end(status === 204 ? undefined : bodies[body]!(said));
    });
    const client = openClient();
    const errors = [
      await failure(client.organizations.list()),
      await failure(client.teams.create("acme", { name: "Blue" }).then((made) => client.teams.get("acme", made.slug!))),
    ];
    await client.close();
    for (const error of errors) expect(shown(error)).toEqual([]);
  });

  it.each<[string, (response: import("node:http").ServerResponse) => void]>([
    ["a connection that ends without a response", (response) => void response.socket!.destroy()],
    ["a response that is not HTTP", (response) => void response.socket!.end(`${token} \r\n\r\n`)],
    [
      "a body that ends too early",
      (response) =>
        void response.writeHead(200, { "content-length": "100" }).write(token, () => response.socket!.destroy()),
    ],
  ])("an error shows neither token nor keys: %s", async (_, answer) => {
    copy.answers(answer);
    const client = openClient();
    const error = await failure(client.organizations.list());
    await client.close();
    expect(shown(error)).toEqual([]);
  });

  it("an error shows neither token nor keys: a copy that is closed", async () => {
    const closed = await recorder();
    await closed.close();
    environment["AVALA_REHEARSAL"] = `${closed.origin}/${token}`;
    const client = openClient();
    const error = await failure(client.organizations.list());
    await client.close();
    expect(error.message).toContain("ECONNREFUSED");
    expect(shown(error)).toEqual([]);
  });

  it("a base URL in an error is that of the copy, without the token", async () => {
    copy.answers((response) => void response.writeHead(404, { "content-type": "text/html" }).end("<h1>Not Found</h1>"));
    const client = openClient();
    const error = await failure(client.organizations.list());
    await client.close();
    const safe = names().baseUrl.replace(token, "[removed]");
    expect(error.message).toContain(`the organizations API was not found at the base URL ${safe}.`);
  });

  /** What an error must not contain, and contains. */
  function shown(error: Error): string[] {
    const { apiKey } = names();
    const { cause } = error;
    const text = [error.message, error.stack, JSON.stringify(error), String(cause), JSON.stringify(cause)].join("\n");
    return [token, apiKey, realKey, real.origin].filter((secret) => text.includes(secret));
  }
});
