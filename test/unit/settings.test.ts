import { resolveSettings } from "../../provider/lifecycle/settings.js";
import { ConfigError } from "../../provider/snapshot/index.js";

const resolve = (environment: Record<string, string>, config: Record<string, string> = {}) =>
  resolveSettings(
    (name) => environment[name],
    (name) => config[name],
  );
const official = "https://api.avala.ai/api/v1";

describe("key and base URL", () => {
  it.each([
    ["environment", { AVALA_API_KEY: "e" }, {}, ["e", official]],
    [
      "environment with its URL",
      { AVALA_API_KEY: "e", AVALA_BASE_URL: "https://e.example/" },
      {},
      ["e", "https://e.example"],
    ],
    ["an empty URL is none", { AVALA_API_KEY: "e", AVALA_BASE_URL: "" }, {}, ["e", official]],
    ["configuration", {}, { "avala:apiKey": "c", "avala:baseUrl": "https://c.example" }, ["c", "https://c.example"]],
    ["an empty key of the environment is none", { AVALA_API_KEY: "" }, { "avala:apiKey": "c" }, ["c", official]],
    [
      "the configuration names a variable",
      { MINE: "m" },
      { "avala:apiKeyEnv": "MINE", "avala:baseUrl": "https://c.example" },
      ["m", "https://c.example"],
    ],
    [
      "a variable that the configuration names wins over its key",
      { MINE: "m" },
      { "avala:apiKeyEnv": "MINE", "avala:apiKey": "c" },
      ["m", official],
    ],
    [
      "environment wins whole: the other URL is not taken",
      { AVALA_API_KEY: "e" },
      { "avala:apiKey": "c", "avala:baseUrl": "https://c.example" },
      ["e", official],
    ],
    [
      "explicit wins whole: the environment's URL is not taken",
      { AVALA_API_KEY: "e", AVALA_BASE_URL: "https://e.example" },
      { "avala:explicit": "true", "avala:apiKey": "x" },
      ["x", official],
    ],
    [
      "explicit names a variable",
      { AVALA_API_KEY: "e", MINE: "m" },
      { "avala:explicit": "true", "avala:apiKeyEnv": "MINE" },
      ["m", official],
    ],
  ] as [string, Record<string, string>, Record<string, string>, string[]][])(
    "%s",
    (_, environment, config, expected) => {
      const { apiKey, baseUrl } = resolve(environment, config).client;
      expect([apiKey, baseUrl]).toEqual(expected);
    },
  );

  it.each([
    ["none at all", {}, {}],
    [
      "the configuration names an unset variable, whatever key it holds",
      {},
      { "avala:apiKeyEnv": "MINE", "avala:apiKey": "c" },
    ],
    ["explicit without a key", { AVALA_API_KEY: "e" }, { "avala:explicit": "true" }],
    [
      "explicit with an unset variable",
      { AVALA_API_KEY: "e" },
      { "avala:explicit": "true", "avala:apiKey": "x", "avala:apiKeyEnv": "MINE" },
    ],
    ["a key of one source and a URL of the other", { AVALA_BASE_URL: "https://e.example" }, { "avala:apiKey": "c" }],
  ] as [string, Record<string, string>, Record<string, string>][])("is refused: %s", (_, environment, config) => {
    expect(() => resolve(environment, config)).toThrow(ConfigError);
  });
});

describe("switches", () => {
  it.each(["1", "true", " YES ", "on"])("are on: %j", (value) => {
    const settings = resolve({
      AVALA_API_KEY: "e",
      AVALA_BASE_URL: "http://127.0.0.1:1",
      AVALA_ALLOW_INSECURE_BASE_URL: value,
      AVALA_READ_ONLY: value,
    });
    expect(settings.client.readOnly).toBe(true);
  });

  it.each(["", "0", "false", "off", "maybe"])("are off: %j", (value) => {
    expect(resolve({ AVALA_API_KEY: "e", AVALA_READ_ONLY: value }).client.readOnly).toBe(false);
    expect(() =>
      resolve({ AVALA_API_KEY: "e", AVALA_BASE_URL: "http://127.0.0.1:1", AVALA_ALLOW_INSECURE_BASE_URL: value }),
    ).toThrow(ConfigError);
  });

  it("allow plain http from the configuration as well, and from the environment to an explicit provider", () => {
    const local = { "avala:apiKey": "c", "avala:baseUrl": "http://127.0.0.1:1" };
    const allowed = { "avala:allowInsecureBaseUrl": "true" };
    expect(resolve({}, { ...local, ...allowed }).client.baseUrl).toBe("http://127.0.0.1:1");
    const explicit = { ...local, "avala:explicit": "true" };
    expect(resolve({ AVALA_ALLOW_INSECURE_BASE_URL: "1" }, explicit).client.baseUrl).toBe("http://127.0.0.1:1");
    expect(() => resolve({}, explicit)).toThrow(ConfigError);
  });

  it("list the organizations that count as deleted, by spaces or commas, in any case", () => {
    const { assumeDeleted } = resolve({ AVALA_API_KEY: "e", AVALA_ASSUME_DELETED: " A-1, b-2\nc-3 " });
    expect([...assumeDeleted]).toEqual(["a-1", "b-2", "c-3"]);
  });

  const [ada, bob] = ["0000000a-0000-4000-8000-000000000000", "0000000b-0000-4000-8000-000000000000"];

  it.each([
    ["nobody", {}, {}, []],
    [
      "the environment",
      { AVALA_HIDDEN_PEOPLE: ` ${ada.toUpperCase()},\n${bob.replaceAll("-", "")} ${ada}` },
      {},
      [ada, bob],
    ],
    ["the configuration", {}, { "avala:hiddenPeople": bob }, [bob]],
    ["the environment before it", { AVALA_HIDDEN_PEOPLE: ada }, { "avala:hiddenPeople": bob }, [ada]],
    ["it, where the environment's is empty", { AVALA_HIDDEN_PEOPLE: "" }, { "avala:hiddenPeople": bob }, [bob]],
  ] as [string, Record<string, string>, Record<string, string>, string[]][])(
    "I21: list people whose address is hidden, by %s",
    (_, environment, config, expected) => {
      expect([...resolve({ AVALA_API_KEY: "e", ...environment }, config).hiddenPeople]).toEqual(expected);
    },
  );

  it.each(["ada@example.com", `${ada} avk_pasted`, `${ada}-1`, "all", "*"])(
    "I21: refuse people who are not named by uid, and do not show what is there instead: %j",
    (value) => {
      for (const [environment, config] of [
        [{ AVALA_HIDDEN_PEOPLE: value }, {}],
        [{}, { "avala:hiddenPeople": value }],
      ] as [Record<string, string>, Record<string, string>][]) {
        const resolving = () => resolve({ AVALA_API_KEY: "e", ...environment }, config);
        expect(resolving).toThrow(ConfigError);
        expect(resolving).toThrow(/^Entry \d of AVALA_HIDDEN_PEOPLE is not a uid\. Give uids of users/);
      }
    },
  );
});

describe("numbers", () => {
  it("have defaults", () => {
    const settings = resolve({ AVALA_API_KEY: "e", AVALA_MAX_REMOVALS: " " });
    expect(settings.maxRemovals).toBe(10);
    expect(settings.client).not.toHaveProperty("requestsPerMinute");
  });

  it("are taken from the environment before the configuration", () => {
    const config = { "avala:maxRemovals": "5", "avala:requestsPerMinute": "50" };
    expect(resolve({ AVALA_API_KEY: "e", AVALA_MAX_REMOVALS: "7" }, config)).toMatchObject({
      maxRemovals: 7,
      client: { requestsPerMinute: 50 },
    });
  });

  it("and switches of the environment hold for an explicit provider", () => {
    const environment = {
      AVALA_REQUESTS_PER_MINUTE: "50",
      AVALA_REQUESTS_PER_SECOND: "5",
      AVALA_TIMEOUT_SECONDS: "7",
      AVALA_MAX_REMOVALS: "7",
      AVALA_READ_ONLY: "1",
      AVALA_ASSUME_DELETED: "a-1",
      AVALA_HIDDEN_PEOPLE: "0000000a-0000-4000-8000-000000000000",
    };
    const settings = resolve(environment, { "avala:explicit": "true", "avala:apiKey": "x" });
    expect(settings).toMatchObject({
      client: { requestsPerMinute: 50, requestsPerSecond: 5, timeoutMs: 7000, readOnly: true },
      maxRemovals: 7,
    });
    expect([...settings.assumeDeleted]).toEqual(["a-1"]);
    expect(settings.hiddenPeople.size).toBe(1);
  });

  it.each(["0", "-1", "1.5", "ten", "Infinity"])("are refused where they are none: %j", (value) => {
    expect(() => resolve({ AVALA_API_KEY: "e", AVALA_REQUESTS_PER_SECOND: value })).toThrow(ConfigError);
  });
});
