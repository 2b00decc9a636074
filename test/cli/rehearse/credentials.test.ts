import { credentialsOf } from "../../../cli/rehearse/credentials.js";
import { DEFAULT_BASE_URL } from "../../../provider/client/index.js";
import { sealed, secret } from "../../support/exported.js";
import { unknown as notKnown } from "../../support/host.js";
import { token } from "../../support/rehearsal.js";

type Texts = Record<string, string>;
type Inputs = Record<string, unknown>;

const other = "https://other.example.com/api/v1";
const type = "pulumi:providers:pulumi-nodejs";
const urnOf = (name: string, kind = type) => `urn:pulumi:dev::app::${kind}::${name}`;
const explicit = (inputs: Inputs): Inputs => ({ "avala:explicit": "true", ...inputs });

/** A provider in a state. */
const row = (name: string, inputs: Inputs, more: object = {}) => ({
  urn: urnOf(name),
  custom: true,
  type,
  inputs,
  ...more,
});
/** A step of a preview for a provider. */
const step = (op: string, name: string, inputs: Inputs, old: Inputs = inputs) => ({
  op,
  urn: urnOf(name),
  ...(op === "create" ? {} : { oldState: row(name, old) }),
  ...(op === "delete" ? {} : { newState: row(name, inputs) }),
});
/** A step of a preview for a resource of the provider. */
const team = (op: string, provider: string) => {
  const kind = "pulumi-nodejs:dynamic/avala:Team";
  const state = {
    urn: urnOf("t", kind),
    custom: true,
    type: kind,
    inputs: {},
    provider: `${urnOf(provider)}::0d6f9a3e`,
  };
  return { op, urn: state.urn, oldState: state, ...(op === "delete" ? {} : { newState: state }) };
};

interface Given {
  environment?: Texts;
  config?: Texts;
  state?: object[];
  steps?: object[];
}

/** What is found: pairs with their sources, and what is not known. */
function found({ environment = {}, config = {}, state = [], steps = [] }: Given) {
  const given = [
    environment,
    new Map(Object.entries(config)),
    { deployment: { resources: state } },
    { steps },
  ] as const;
  const { credentials, unknown } = credentialsOf(...given);
  const pairs = credentials.map(({ settings: { client }, sources }) => [client.apiKey, client.baseUrl, ...sources]);
  return { pairs, unknown };
}

const own = { AVALA_API_KEY: "e" };
const fromEnvironment = ["e", DEFAULT_BASE_URL, "AVALA_API_KEY"];
const hidden = "[secret]";
const literal = explicit({ "avala:apiKey": secret("x") });
const literalShown = explicit({ "avala:apiKey": hidden });
const named = explicit({ "avala:apiKeyEnv": "MINE_API_KEY" });
const ofTenant = (key: string, url = DEFAULT_BASE_URL) => [key, url, "Provider tenant"];

describe("credentials", () => {
  it.each<[string, Given, unknown[][], string[]?]>([
    ["none at all", {}, []],
    ["the environment", { environment: own }, [fromEnvironment]],
    [
      "the environment with its URL",
      { environment: { ...own, AVALA_BASE_URL: other } },
      [["e", other, "AVALA_API_KEY"]],
    ],
    ["an empty key is none", { environment: { AVALA_API_KEY: "" }, config: { "avala:apiKey": "" } }, []],
    [
      "the stack configuration",
      { config: { "avala:apiKey": "c", "avala:baseUrl": other } },
      [["c", other, "stack configuration"]],
    ],
    [
      "a variable that the stack configuration names",
      { environment: { MINE_API_KEY: "m" }, config: { "avala:apiKeyEnv": "MINE_API_KEY" } },
      [["m", DEFAULT_BASE_URL, "stack configuration"]],
    ],
    [
      "the environment before the stack configuration",
      { environment: own, config: { "avala:apiKey": "c" } },
      [fromEnvironment],
    ],
    [
      "the key of a rehearsal that the command is part of is not used",
      { environment: { ...own, AVALA_REHEARSAL: `http://127.0.0.1:1/${token}` } },
      [fromEnvironment],
    ],
    ["an own key that cannot be sent", { environment: { AVALA_API_KEY: "two words" } }, [], ["AVALA_API_KEY"]],
    [
      "a key of one source and a URL of the other",
      { environment: { AVALA_BASE_URL: other }, config: { "avala:apiKey": "c" } },
      [],
      ["stack configuration"],
    ],

    // Providers of the state
    ["an explicit provider of the state", { state: [row("tenant", literal)] }, [ofTenant("x")]],
    [
      "an explicit provider beside the environment",
      { environment: own, state: [row("tenant", literal)] },
      [fromEnvironment, ofTenant("x")],
    ],
    [
      "an explicit provider never takes the URL of the environment",
      { environment: { ...own, AVALA_BASE_URL: other }, state: [row("tenant", literal)] },
      [["e", other, "AVALA_API_KEY"], ofTenant("x")],
    ],
    [
      "an explicit provider with its URL as a secret",
      { state: [row("tenant", { ...literal, "avala:baseUrl": secret(other) })] },
      [ofTenant("x", other)],
    ],
    [
      "an explicit provider that names a variable",
      { environment: { MINE_API_KEY: "m" }, state: [row("tenant", { ...named, "avala:apiKey": secret("x") })] },
      [ofTenant("m")],
    ],
    ["an explicit provider that names an unset variable", { state: [row("tenant", named)] }, [], ["Provider tenant"]],
    [
      "an explicit provider without a key",
      { environment: own, state: [row("tenant", explicit({}))] },
      [fromEnvironment],
      ["Provider tenant"],
    ],
    [
      "an explicit provider with a base URL that is none",
      { state: [row("tenant", { ...literal, "avala:baseUrl": "nowhere" })] },
      [],
      ["Provider tenant"],
    ],
    [
      "an explicit provider with a local URL that it allows",
      {
        state: [
          row("tenant", {
            ...literal,
            "avala:baseUrl": "http://127.0.0.1:1/api/v1",
            "avala:allowInsecureBaseUrl": "true",
          }),
        ],
      },
      [ofTenant("x", "http://127.0.0.1:1/api/v1")],
    ],
    [
      "a state without its secrets",
      { state: [row("tenant", explicit({ "avala:apiKey": sealed() }))] },
      [],
      ["Provider tenant"],
    ],
    [
      "a key that is not a text",
      { state: [row("tenant", explicit({ "avala:apiKey": secret(["x"]) }))] },
      [],
      ["Provider tenant"],
    ],
    [
      "a hidden URL does not become the default one",
      { state: [row("tenant", { ...literal, "avala:baseUrl": sealed() })] },
      [],
      ["Provider tenant"],
    ],
    [
      "a hidden name of a variable does not give way to the key",
      { state: [row("tenant", { ...literal, "avala:apiKeyEnv": sealed() })] },
      [],
      ["Provider tenant"],
    ],
    [
      "a provider that is called like the engine's own",
      { environment: own, state: [row("default", literal)] },
      [fromEnvironment, ["x", DEFAULT_BASE_URL, "Provider default"]],
    ],
    ["a provider of another package", { state: [row("aws", literal, { type: "pulumi:providers:aws" })] }, []],
    ["a provider of dynamic resources of others", { state: [row("mine", { "mine:token": secret("t") })] }, []],
    [
      "the stack configuration of the last update, of resources that the program no longer declares",
      {
        config: { "avala:apiKey": "new" },
        state: [row("default", { "avala:apiKey": secret("old") })],
        steps: [team("delete", "default")],
      },
      [
        ["new", DEFAULT_BASE_URL, "stack configuration"],
        ["old", DEFAULT_BASE_URL, "stack configuration of the last update"],
      ],
    ],
    [
      "the stack configuration of now, where the program declares resources with it",
      {
        config: { "avala:apiKey": "new" },
        state: [row("default", { "avala:apiKey": secret("old") })],
        steps: [team("same", "default")],
      },
      [["new", DEFAULT_BASE_URL, "stack configuration"]],
    ],
    [
      "the environment, whatever the stack configuration of the last update",
      {
        environment: own,
        state: [row("default", { "avala:apiKey": secret("old") })],
        steps: [team("delete", "default")],
      },
      [fromEnvironment],
    ],
    [
      "a replaced provider with which resources are left to be deleted",
      { state: [row("tenant", literal), row("tenant", explicit({ "avala:apiKey": secret("old") }), { delete: true })] },
      [ofTenant("x"), ofTenant("old")],
    ],

    // Providers of the preview
    [
      "a new provider that names a variable",
      { environment: { MINE_API_KEY: "m" }, steps: [step("create", "tenant", named)] },
      [ofTenant("m")],
    ],
    [
      "a new provider whose key is a secret",
      { environment: own, steps: [step("create", "tenant", literalShown)] },
      [fromEnvironment],
      ["Provider tenant"],
    ],
    [
      "a new provider whose key comes from a resource",
      { steps: [step("create", "tenant", explicit({ "avala:apiKey": notKnown }))] },
      [],
      ["Provider tenant"],
    ],
    [
      "a new provider whose URL is not known yet",
      {
        environment: { MINE_API_KEY: "m" },
        steps: [step("create", "tenant", { ...named, "avala:baseUrl": notKnown })],
      },
      [],
      ["Provider tenant"],
    ],
    [
      "a provider that stays, with its secret in the state",
      { state: [row("tenant", literal)], steps: [step("same", "tenant", literalShown)] },
      [ofTenant("x")],
    ],
    [
      "a provider that stays, and that this state does not contain",
      { steps: [step("same", "tenant", literalShown)] },
      [],
      ["Provider tenant"],
    ],
    [
      "a provider that stays, of which the state contains only one that was replaced",
      { state: [row("tenant", literal, { delete: true })], steps: [step("same", "tenant", literalShown)] },
      [ofTenant("x")],
      ["Provider tenant"],
    ],
    [
      "a provider whose secret changes",
      { state: [row("tenant", literal)], steps: [step("update", "tenant", literalShown)] },
      [ofTenant("x")],
      ["Provider tenant"],
    ],
    [
      "a provider that changes beside its secret",
      {
        state: [row("tenant", literal)],
        steps: [step("update", "tenant", { ...literalShown, "avala:baseUrl": other }, literalShown)],
      },
      [ofTenant("x")],
      ["Provider tenant"],
    ],
    [
      "a provider that from now on names a variable: its old key is not used again",
      {
        environment: { MINE_API_KEY: "m" },
        state: [row("tenant", literal)],
        steps: [step("update", "tenant", named, literalShown)],
      },
      [ofTenant("m")],
    ],
    [
      "a provider that names another variable: the old one need not be set",
      {
        environment: { MINE_API_KEY: "m" },
        state: [row("tenant", explicit({ "avala:apiKeyEnv": "OLD_API_KEY" }))],
        steps: [step("update", "tenant", named)],
      },
      [ofTenant("m")],
    ],
    [
      "a provider that is replaced: its resources are deleted with the old one",
      {
        environment: { MINE_API_KEY: "m" },
        state: [row("tenant", literal)],
        steps: [
          step("create-replacement", "tenant", named, literalShown),
          step("replace", "tenant", named, literalShown),
        ],
      },
      [ofTenant("x"), ofTenant("m")],
    ],
    [
      "a provider that is deleted: its resources are deleted with it",
      { state: [row("tenant", literal)], steps: [step("delete", "tenant", literalShown)] },
      [ofTenant("x")],
    ],
    [
      "an update of one provider leaves a replaced one of the same name in use",
      {
        environment: { MINE_API_KEY: "m" },
        state: [row("tenant", named), row("tenant", literal, { delete: true })],
        steps: [step("update", "tenant", named)],
      },
      [ofTenant("x"), ofTenant("m")],
    ],

    // Each pair once
    [
      "one pair from everywhere",
      {
        environment: { AVALA_API_KEY: " x\n", AVALA_BASE_URL: `${DEFAULT_BASE_URL}/`, MINE_API_KEY: "x" },
        state: [row("one", literal), row("two", literal), row("one", literal, { delete: true })],
        steps: [step("create", "three", named)],
      },
      [["x", DEFAULT_BASE_URL, "AVALA_API_KEY", "Provider one", "Provider two", "Provider three"]],
    ],
    [
      "one key of two deployments, and two keys of one",
      {
        state: [
          row("one", literal),
          row("two", { ...literal, "avala:baseUrl": other }),
          row("three", explicit({ "avala:apiKey": secret("y") })),
        ],
      },
      [
        ["x", DEFAULT_BASE_URL, "Provider one"],
        ["x", other, "Provider two"],
        ["y", DEFAULT_BASE_URL, "Provider three"],
      ],
    ],
    [
      "a source that is not known twice is named once",
      {
        state: [row("tenant", named)],
        steps: [step("create-replacement", "tenant", named), step("replace", "tenant", named)],
      },
      [],
      ["Provider tenant"],
    ],
  ])("%s", (_, given, pairs, unknown = []) => {
    expect(found(given)).toEqual({ pairs, unknown });
  });

  it.each([
    undefined,
    null,
    "",
    [],
    {},
    { deployment: null, steps: {} },
    { deployment: { resources: {} }, steps: [null, 1] },
  ])("a document without providers has none: %j", (document) => {
    const { credentials, unknown } = credentialsOf(own, new Map(), document, document);
    expect([credentials.length, unknown]).toEqual([1, []]);
  });

  it("have the settings of a run with this key, and its guards", () => {
    const environment = { ...own, AVALA_TIMEOUT_SECONDS: "7", AVALA_REQUESTS_PER_MINUTE: "5", AVALA_READ_ONLY: "1" };
    const config = new Map([["avala:maxRemovals", "3"]]);
    const state = { deployment: { resources: [row("tenant", literal)] } };
    const { credentials } = credentialsOf(environment, config, state, {});
    const client = { baseUrl: DEFAULT_BASE_URL, requestsPerMinute: 5, timeoutMs: 7000, readOnly: true };
    expect(credentials.map(({ settings }) => settings)).toMatchObject([
      { client: { ...client, apiKey: "e" }, maxRemovals: 3 },
      { client: { ...client, apiKey: "x" }, maxRemovals: 10 },
    ]);
  });
});
