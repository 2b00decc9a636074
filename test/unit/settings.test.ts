import { resolveSettings } from "../../provider/lifecycle/runtime/settings.js";
import { ConfigError } from "../../provider/core/errors.js";

const resolve = (environment: Record<string, string>, config: Record<string, string> = {}) =>
  resolveSettings(
    (name) => environment[name],
    (name) => config[name],
  );
/** The engine's placeholder for a value that is not known yet. */
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
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
      { MINE_API_KEY: "m" },
      { "avala:apiKeyEnv": "MINE_API_KEY", "avala:baseUrl": "https://c.example" },
      ["m", "https://c.example"],
    ],
    [
      "a variable that the configuration names wins over its key",
      { MINE_API_KEY: "m" },
      { "avala:apiKeyEnv": "MINE_API_KEY", "avala:apiKey": "c" },
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
      { AVALA_API_KEY: "e", MINE_API_KEY: "m" },
      { "avala:explicit": "true", "avala:apiKeyEnv": "MINE_API_KEY" },
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
      "the configuration names an unset variable, regardless of its key",
      {},
      { "avala:apiKeyEnv": "MINE_API_KEY", "avala:apiKey": "c" },
    ],
    ["explicit without a key", { AVALA_API_KEY: "e" }, { "avala:explicit": "true" }],
    [
      "explicit with an unset variable",
      { AVALA_API_KEY: "e" },
      { "avala:explicit": "true", "avala:apiKey": "x", "avala:apiKeyEnv": "MINE_API_KEY" },
    ],
    ["a key of one source and a URL of the other", { AVALA_BASE_URL: "https://e.example" }, { "avala:apiKey": "c" }],
  ] as [string, Record<string, string>, Record<string, string>][])("is refused: %s", (_, environment, config) => {
    expect(() => resolve(environment, config)).toThrow(ConfigError);
  });
});

describe("switches", () => {
  const insecure = { AVALA_API_KEY: "e", AVALA_BASE_URL: "http://127.0.0.1:1" };
  const configured = { "avala:apiKey": "c", "avala:baseUrl": "http://127.0.0.1:1" };
  /** Every switch of every source: the resolved settings, and whether it is on. */
  const switches: Record<string, { name: string; resolve: (text: string) => boolean }> = {
    readOnly: {
      name: "AVALA_READ_ONLY",
      resolve: (text) => resolve({ AVALA_API_KEY: "e", AVALA_READ_ONLY: text }).client.readOnly === true,
    },
    "readOnly with an explicit provider": {
      name: "AVALA_READ_ONLY",
      resolve: (text) =>
        resolve({ AVALA_READ_ONLY: text }, { "avala:explicit": "true", "avala:apiKey": "x" }).client.readOnly === true,
    },
    "allowInsecure of the environment": {
      name: "AVALA_ALLOW_INSECURE_BASE_URL",
      resolve: (text) => allows({ ...insecure, AVALA_ALLOW_INSECURE_BASE_URL: text }, {}),
    },
    "allowInsecure of the stack": {
      name: "avala:allowInsecureBaseUrl",
      resolve: (text) => allows({}, { ...configured, "avala:allowInsecureBaseUrl": text }),
    },
    "allowInsecure of an explicit provider": {
      name: "avala:allowInsecureBaseUrl",
      resolve: (text) => allows({}, { ...configured, "avala:explicit": "true", "avala:allowInsecureBaseUrl": text }),
    },
    "allowInsecure of the stack, where the environment allows it": {
      name: "avala:allowInsecureBaseUrl",
      resolve: (text) =>
        allows({ AVALA_ALLOW_INSECURE_BASE_URL: "1" }, { ...configured, "avala:allowInsecureBaseUrl": text }),
    },
  };
  /** Plain http is accepted, or refused because nothing allows it. */
  function allows(environment: Record<string, string>, config: Record<string, string>): boolean {
    try {
      resolve(environment, config);
      return true;
    } catch (error) {
      if ((error as Error).message.startsWith("The base URL would send the key unencrypted")) return false;
      throw error;
    }
  }
  const ofEach = Object.keys(switches);

  it.each(ofEach.flatMap((which) => ["1", "true", " YES ", "on", " TRUE ", "On\n"].map((text) => [which, text])))(
    "%s is on: %j",
    (which, text) => {
      expect(switches[which!]!.resolve(text!)).toBe(true);
    },
  );

  it.each(ofEach.flatMap((which) => ["", "0", "false", "off", "no", " FALSE "].map((text) => [which, text])))(
    "%s is off: %j",
    (which, text) => {
      expect(switches[which!]!.resolve(text!)).toBe(which!.endsWith("where the environment allows it"));
    },
  );

  const neither = [
    "y",
    "t",
    "n",
    "f",
    "enabled",
    "disabled",
    "2",
    "-1",
    "1.0",
    "'1'",
    '"true"',
    "1 # x",
    "true;",
    "maybe",
  ];
  it.each(
    ofEach.flatMap((which) =>
      [...neither, " ", "\t", "\u00a0", "null", "[secret]", unknown].map((text) => [which, text]),
    ),
  )("security 13: %s is refused for other values, without repeating them: %j", (which, text) => {
    const { name, resolve } = switches[which!]!;
    const problem = problemOf(() => resolve(text!));
    expect(problem).toBeInstanceOf(ConfigError);
    expect(problem.message).toBe(
      `${name} is set, but is neither true nor false. Set it to 1, true, yes, on (true) or 0, false, no, off (false), or unset it.`,
    );
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
    "list people whose address is hidden, by %s",
    (_, environment, config, expected) => {
      expect([...resolve({ AVALA_API_KEY: "e", ...environment }, config).hiddenPeople]).toEqual(expected);
    },
  );

  it.each(["ada@example.com", `${ada} avk_pasted`, `${ada}-1`, "all", "*"])(
    "refuse people who are not named by uid, without repeating the value: %j",
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
    const settings = resolve({ AVALA_API_KEY: "e", AVALA_MAX_REMOVALS: "" });
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

  const limits: [string, string, (text: string, config: boolean) => unknown][] = [
    ["AVALA_REQUESTS_PER_MINUTE", "avala:requestsPerMinute", ofClient("requestsPerMinute")],
    ["AVALA_REQUESTS_PER_SECOND", "avala:requestsPerSecond", ofClient("requestsPerSecond")],
    ["AVALA_TIMEOUT_SECONDS", "avala:timeoutSeconds", ofClient("timeoutMs")],
    ["AVALA_MAX_REMOVALS", "avala:maxRemovals", (text, config) => resolved("MAX_REMOVALS", text, config).maxRemovals],
    [
      "AVALA_SLICE_SECONDS",
      "avala:sliceSeconds",
      (text, config) => resolved("SLICE_SECONDS", text, config).sliceSeconds,
    ],
  ];
  const keys: Record<string, string> = Object.fromEntries(limits.map(([variable, key]) => [variable, key]));
  function resolved(variable: string, text: string, config: boolean) {
    const name = `AVALA_${variable}`;
    return config
      ? resolve({}, { "avala:apiKey": "c", [keys[name]!]: text })
      : resolve({ AVALA_API_KEY: "e", [name]: text });
  }
  function ofClient(setting: "requestsPerMinute" | "requestsPerSecond" | "timeoutMs") {
    const variable = {
      requestsPerMinute: "REQUESTS_PER_MINUTE",
      requestsPerSecond: "REQUESTS_PER_SECOND",
      timeoutMs: "TIMEOUT_SECONDS",
    }[setting];
    return (text: string, config: boolean) => {
      const value = resolved(variable, text, config).client[setting];
      return setting === "timeoutMs" && value !== undefined ? value / 1000 : value;
    };
  }
  const ofEither = limits.flatMap(([variable, key, read]) => [
    { name: variable, read: (text: string) => read(text, false) },
    { name: key, read: (text: string) => read(text, true) },
  ]);

  it.each(ofEither)("are read if they are plain: $name", ({ read }) => {
    expect([read("7"), read(" 12\n")]).toEqual([7, 12]);
  });

  const odd = [
    "0",
    "00",
    "-1",
    "+5",
    "1.5",
    "1e3",
    "0x10",
    "1_000",
    "1,000",
    "ten",
    "Infinity",
    "NaN",
    "'5'",
    '"5"',
    "5 # x",
    " ",
    "all",
    "true",
    "９",
    "99999999999999999999",
  ];
  it.each(ofEither.flatMap(({ name, read }) => [...odd, unknown].map((text) => ({ name, text, read }))))(
    "security 13: are refused if they are not numbers, without repeating the value: $name $text",
    ({ name, text, read }) => {
      const problem = problemOf(() => read(text));
      expect(problem).toBeInstanceOf(ConfigError);
      expect(problem.message).toMatch(
        new RegExp(
          `^${name} is not a whole number (?:above zero|from 1 to 3600)\\. Correct it, or unset it for the default\\.$`,
        ),
      );
    },
  );

  it("are refused in the configuration also if the environment has priority", () => {
    const config = { "avala:maxRemovals": "many" };
    expect(() => resolve({ AVALA_API_KEY: "e", AVALA_MAX_REMOVALS: "7" }, config)).toThrow("avala:maxRemovals is not");
  });

  it("of a timeout that a timer cannot hold are refused: it would end at once", () => {
    expect(() => resolve({ AVALA_API_KEY: "e", AVALA_TIMEOUT_SECONDS: "3601" })).toThrow("from 1 to 3600");
  });
});

describe("security 14: the name that apiKeyEnv gives", () => {
  const hex = "9f8e7d6c5b4a39281706f5e4d3c2b1a098765432";
  const resolvers: Record<string, (name: string, environment: Record<string, string>) => string> = {
    "stack configuration": (name, environment) => resolve(environment, { "avala:apiKeyEnv": name }).client.apiKey,
    "explicit provider": (name, environment) =>
      resolve(environment, { "avala:explicit": "true", "avala:apiKeyEnv": name }).client.apiKey,
  };
  const sources = Object.keys(resolvers);
  const each = (names: string[]) => sources.flatMap((source) => names.map((name) => [source, name] as const));

  it.each(
    each(["TENANT_API_KEY", "AVALA_TENANT", "TENANT_AVALA_KEY", "_API_KEY", "tenant_avala_key", "AVALA_API_KEY_2"]),
  )("of the %s may be %s", (source, name) => {
    expect(resolvers[source]!(name, { [name]: "k" })).toBe("k");
  });

  const refused = [
    hex,
    hex.toUpperCase(),
    "avk_live_9f8e7d6c5b4a_API_KEY",
    "avala_sk_9f8e7d6c5b4a",
    "AVK_AVALA",
    "HOME",
    "AWS_SECRET_ACCESS_KEY",
    "GITHUB_TOKEN",
    "PULUMI_CONFIG_PASSPHRASE",
    "API_KEY",
    "TENANT_API_KEY ",
    " TENANT_API_KEY",
    "TENANT-API_KEY",
    "1_API_KEY",
    "A.B_API_KEY",
    "$TENANT_API_KEY",
    "TENANT_API_KEY\u001b[2J",
    "TENANT_API_KEY\n",
    "ÄVALA_API_KEY",
    " ",
    unknown,
  ];
  it.each(each(refused))("of the %s is refused, and not repeated: %j", (source, name) => {
    const problem = problemOf(() => resolvers[source]!(name, { [name]: "k" }));
    expect(problem).toBeInstanceOf(ConfigError);
    expect(problem.message).toMatch(
      /^apiKeyEnv is not the name of an environment variable that may contain an Avala key\. /,
    );
    const said = problem.message.replace("TENANT_AVALA_API_KEY", "").replace("_API_KEY", "");
    expect(said.split(" ")).not.toContain(name);
  });

  it.each(sources)("of the %s is not repeated if the variable is not set", (source) => {
    const { message } = problemOf(() => resolvers[source]!("TENANT_API_KEY", {}));
    expect(message).toMatch(/the variable that (?:avala:)?apiKeyEnv names is not set/);
    expect(message).not.toContain("TENANT_API_KEY");
  });
});

function problemOf(act: () => unknown): Error {
  try {
    act();
  } catch (error) {
    return error as Error;
  }
  throw new Error("It was accepted.");
}
