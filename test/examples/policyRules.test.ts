import type { PolicyResource } from "@pulumi/policy";
import { policies } from "../../examples/policy-pack/policies";
import { unknownText } from "../../provider/core/unknown.js";
import { checkInputs, type Properties } from "../../provider/lifecycle/inputs.js";
import { resources as schemas } from "../../provider/schema/index.js";
import type { Declared } from "../support/pulumi.js";
import { cells, configOfCells, dayAfter, policiesOfResources, scene, type Cell } from "./policyCells.js";
import { configOfStackCells, policiesOfStacks, stackCells, stackScene } from "./policyStackCells.js";
import { read } from "./support.js";

const { unknownCheckingProxy } = require("@pulumi/policy/proxy") as {
  unknownCheckingProxy(props: Properties): Properties;
};

/** A policy as the pack's process calls it. */
interface Callable {
  name: string;
  validateResource?(args: object, report: (message: string) => void): void;
  validateStack?(args: object, report: (message: string, urn: string) => void): void;
}
const callable = policies as unknown as Callable[];

const today = dayAfter(0);
beforeAll(() => jest.useFakeTimers({ now: Date.parse(`${today}T23:59:59.999Z`) }));
afterAll(() => jest.useRealTimers());

/** A part of a declaration as it reaches a policy: secrets in plain text, references as unknown values. */
function plain(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if ("$secret" in value) return plain(value.$secret);
  if ("$ref" in value) return unknownText;
  if ("$raw" in value) return value.$raw;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, plain(part)]));
}

/** The inputs that `check` gives to the engine. */
function inputsOf({ kind, args = {} }: Declared): Properties {
  const schema = Object.values(schemas).find((one) => one.kind === kind)!;
  const { inputs, failures } = checkInputs(schema, {}, plain(args) as Properties);
  expect(failures).toEqual([]);
  return inputs;
}

const typeOf = (kind: string) => `pulumi-nodejs:dynamic/avala:${kind}`;

function resourceOf(declared: Declared, outputs: Properties = {}, inputs = inputsOf(declared)) {
  return {
    type: typeOf(declared.kind),
    name: declared.name,
    urn: `urn:pulumi:test::e2e::${typeOf(declared.kind)}::${declared.name}`,
    props: unknownCheckingProxy({ ...inputs, ...outputs }) as Properties,
    opts: { protect: declared.options?.["protect"] === true },
  };
}

function violationsOf(resource: object, config: object = {}): string[] {
  const found: string[] = [];
  for (const policy of callable) {
    const getConfig = () => (config as Record<string, object>)[policy.name] ?? {};
    policy.validateResource?.({ ...resource, getConfig }, () => found.push(policy.name));
  }
  return found.toSorted();
}

/** A component's resources are declared by the engine alone. */
const isPlain = ({ resources }: Cell) => resources.every(({ kind }) => kind !== "People");

it("has exactly the policies of the tables, and the one on the limit of removals", () => {
  const names = [...policiesOfResources, ...policiesOfStacks, "max-removals-has-reason"];
  expect(policies.map(({ name }) => name).toSorted()).toEqual(names.toSorted());
});

it("each policy has cells that it refuses and cells that it lets pass", () => {
  for (const [names, table] of [
    [policiesOfResources, cells],
    [policiesOfStacks, stackCells],
  ] as const) {
    for (const name of names) {
      const refused = table.filter(({ violates }) => violates.some((one) => one.startsWith(`${name} `)));
      expect(refused.length).toBeGreaterThan(0);
      expect(refused.length).toBeLessThan(table.length);
    }
  }
});

it("README.md lists every policy, with its configuration and the defaults", () => {
  const rows = read("examples/policy-pack/README.md").matchAll(/^\| `([\w-]+)` .*\| ([^|]*)\|$/gm);
  const listed = [...rows].map(([, name, configuration]) => [
    name,
    [...configuration!.matchAll(/`(\w+)` \(([^):]*)/g)].map(([, key, value]) => [key, JSON.parse(value!)]),
  ]);
  const configured = policies.map(({ name, configSchema }) => [
    name,
    Object.entries(configSchema?.properties ?? {}).map(([key, { default: value }]) => [key, value]),
  ]);
  expect(Object.fromEntries(listed)).toEqual(Object.fromEntries(configured));
});

describe("policies of resources", () => {
  it.each(cells.filter(isPlain).map((cell) => [cell.name, cell] as const))("%s", (_, { resources, violates }) => {
    const found = resources.flatMap((declared) =>
      violationsOf(resourceOf(declared), configOfCells).map((policy) => `${policy} ${declared.name}`),
    );
    expect(found.toSorted()).toEqual(violates);
  });

  it("the scene violates nothing", () => {
    expect(scene.flatMap((declared) => violationsOf(resourceOf(declared), configOfCells))).toEqual([]);
  });

  const opaque = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "x" };
  it.each([
    ["OrganizationMember", "role", ["admin-has-reason"]],
    ["Invitation", "role", ["admin-has-reason"]],
    ["OrganizationMember", "validUntil", ["ended-access-removed"]],
    ["TeamMembership", "validUntil", ["ended-access-removed"]],
    ["OrganizationMember", "email", ["allowed-email-domains", "external-access-ends"]],
    ["TeamMembership", "email", ["allowed-email-domains", "external-access-ends"]],
    ["Invitation", "email", ["allowed-email-domains", "external-access-ends"]],
    ["TeamRoster", "members", ["allowed-email-domains", "external-access-ends"]],
    ["Organization", "forceDestroy", ["force-destroy-has-reason"]],
    ["Team", "forceDestroy", ["force-destroy-has-reason"]],
  ] as const)("a value that is not plain counts as the worst: %s %s", (kind, property, expected) => {
    const inputs = { email: "ada@example.com", members: "ada@example.com lead", [property]: opaque };
    const declared: Declared = { kind, name: "it", options: { protect: true } };
    expect(violationsOf(resourceOf(declared, {}, inputs), configOfCells)).toEqual(expected);
  });

  it("without a configuration, domains are not judged, and every other policy has its default", () => {
    const foreign: Declared = {
      kind: "OrganizationMember",
      name: "it",
      args: { organization: "acme", email: "ada@example.net", role: "admin" },
    };
    expect(violationsOf(resourceOf(foreign))).toEqual(["admin-has-reason"]);
  });

  it.each([
    ["admin-has-reason", { minLength: 10 }, { reason: "on call" }],
    [
      "external-access-ends",
      { domains: ["example.com"], maxDays: 30 },
      { validUntil: dayAfter(31), reason: "on call" },
    ],
    ["ended-access-removed", { graceDays: 1 }, { validUntil: dayAfter(-2), reason: "on call" }],
  ])("%s goes by its configuration", (policy, config, more) => {
    const args = { organization: "acme", email: "ada@example.net", role: "admin", ...more };
    const resource = resourceOf({ kind: "OrganizationMember", name: "it", args });
    expect(violationsOf(resource, { [policy]: config })).toEqual([policy]);
  });

  it("lets a person stay for the configured days after validUntil", () => {
    const args = { organization: "acme", email: "ada@example.com", validUntil: dayAfter(-1) };
    const resource = resourceOf({ kind: "OrganizationMember", name: "it", args });
    expect(violationsOf(resource, { "ended-access-removed": { graceDays: 1 } })).toEqual([]);
  });

  it("judges no resources of other packages", () => {
    const inputs = { role: "admin", email: "ada@example.net", validUntil: "2000-01-01", forceDestroy: true };
    const other = { ...resourceOf({ kind: "Organization", name: "it" }, {}, inputs), type: "aws:s3/bucket:Bucket" };
    expect(violationsOf(other, configOfCells)).toEqual([]);
  });
});

describe("max-removals-has-reason", () => {
  const environment = process.env;
  afterEach(() => {
    process.env = environment;
  });

  const [limit, why] = ["avala:maxRemovals", "avala-policy:maxRemovalsReason"];
  const [variable, whyVariable] = ["AVALA_MAX_REMOVALS", "POLICY_MAX_REMOVALS_REASON"];
  const reason = "a vendor leaves";
  it.each<[string, Record<string, unknown>, Record<string, string>, boolean]>([
    ["no limit", {}, {}, false],
    ["an empty limit", { [limit]: "" }, { [variable]: "" }, false],
    ["a lower limit", { [limit]: "5" }, {}, false],
    ["the default", { [limit]: "10" }, {}, false],
    ["the default as a number", { [limit]: 10 }, {}, false],
    ["a higher limit", { [limit]: "11" }, {}, true],
    ["a higher limit as a number", { [limit]: 11 }, {}, true],
    ["a higher limit with a dot", { [limit]: "11", [why]: "." }, {}, true],
    ["a higher limit with an unknown reason", { [limit]: "11", [why]: unknownText }, {}, true],
    ["a higher limit with a reason", { [limit]: "11", [why]: reason }, {}, false],
    ["an unknown limit", { [limit]: unknownText }, {}, true],
    ["an unknown limit with a reason", { [limit]: unknownText, [why]: reason }, {}, false],
    ["a limit that is not a number", { [limit]: "many" }, {}, true],
    ["a limit that is not plain", { [limit]: { ciphertext: "x" } }, {}, true],
    ["a variable", {}, { [variable]: "11" }, true],
    ["a variable with an empty reason", {}, { [variable]: "11", [whyVariable]: "" }, true],
    ["a variable with a reason", {}, { [variable]: "11", [whyVariable]: reason }, false],
    ["a variable with the reason of the configuration", { [limit]: "11", [why]: reason }, { [variable]: "12" }, true],
    ["a configuration with the reason of a variable", { [limit]: "11" }, { [whyVariable]: reason }, true],
    ["a lower variable over a higher configuration", { [limit]: "11" }, { [variable]: "5" }, false],
  ])("%s", (_, properties, variables, isRefused) => {
    process.env = { ...environment, ...variables };
    const provider = { type: "pulumi:providers:pulumi-nodejs", props: unknownCheckingProxy(properties), opts: {} };
    expect(violationsOf(provider)).toEqual(isRefused ? ["max-removals-has-reason"] : []);
  });

  it("goes by its configuration", () => {
    const provider = { type: "pulumi:providers:pulumi-nodejs", props: { [limit]: "40" }, opts: {} };
    expect(violationsOf(provider, { "max-removals-has-reason": { maxRemovals: 40 } })).toEqual([]);
  });
});

type Outputs = Record<string, Properties>;

/** The resources of a stack, with what they depend on; `outputs` is what the state adds, by name. */
function stackOf(declared: readonly Declared[], outputs: Outputs = {}): PolicyResource[] {
  const resources = new Map<string, PolicyResource>();
  for (const one of declared) {
    const dependencies = Object.entries(one.args ?? {}).map(([property, value]) => {
      const name = (value as { $ref?: string } | undefined)?.$ref;
      return [property, name === undefined ? [] : [resources.get(name)!]];
    });
    const resource = { ...resourceOf(one, outputs[one.name]), propertyDependencies: Object.fromEntries(dependencies) };
    resources.set(one.name, resource as PolicyResource);
  }
  return [...resources.values()];
}

function stackViolations(resources: PolicyResource[], config: object = configOfStackCells): string[] {
  const found: string[] = [];
  for (const policy of callable) {
    const getConfig = () => (config as Record<string, object>)[policy.name] ?? {};
    const report = (_: string, urn: string) => found.push(`${policy.name} ${urn.slice(urn.lastIndexOf("::") + 2)}`);
    policy.validateStack?.({ resources, getConfig }, report);
  }
  return found.toSorted();
}

describe("policies of stacks", () => {
  it.each(stackCells.filter(isPlain).map((cell) => [cell.name, cell] as const))("%s", (_, cell) => {
    const before = cell.isAlone ? [] : stackScene;
    expect(stackViolations(stackOf([...before, ...cell.resources]))).toEqual(cell.violates);
  });

  it("the scene violates nothing", () => {
    expect(stackViolations(stackOf(stackScene))).toEqual([]);
  });

  const uid = "0b0e5d0c-6f0a-4a53-8c43-6a9c5f5d3a01";
  const boss = "0b0e5d0c-6f0a-4a53-8c43-6a9c5f5d3a02";
  const acme: Declared = { kind: "Organization", name: "acme", args: { name: "Acme" } };
  const person = (name: string, more: object = {}, kind: Declared["kind"] = "OrganizationMember"): Declared => ({
    kind,
    name,
    args: { organization: uid, email: `${name}@example.com`, role: "admin", ...more },
  });
  const settled = { acme: { uid, slug: "acme" } };
  const judged = (declared: Declared[], outputs: Outputs = settled, config?: object) =>
    stackViolations(stackOf(declared, outputs), config);

  it.each([
    ["its uid", uid],
    ["its slug", "acme"],
  ])("an organization that is named by %s is the one of the stack", (_, organization) => {
    expect(judged([acme, person("boss", { organization }), person("ada", { organization })])).toEqual([]);
  });

  it("people of another organization do not count", () => {
    const organization = "other";
    const others = [person("ann", { organization }), person("ben", { organization })];
    const found = judged([acme, person("boss"), person("ada"), ...others, person("bob")]);
    expect(found).toEqual(["required-admins ann"]);
  });

  it.each([
    ["min-admins and required-admins", [person("boss"), person("ada")], ["min-admins acme", "required-admins acme"]],
    [
      "max-admins",
      ["boss", "ada", "bob", "cleo"].map((who) => person(who)),
      ["max-admins", "min-admins", "required-admins"].map((name) => `${name} acme`),
    ],
  ] as const)("people of an organization that may be this one: %s", (_, declared, expected) => {
    // The preview does not know the uid of the organization, and nothing says that it is theirs.
    const found = judged([acme, ...declared], {});
    expect(found.filter((one) => one.endsWith(" acme"))).toEqual(expected);
  });

  it("people of an unknown organization may be admins of each", () => {
    const team: Declared = { kind: "Team", name: "new", args: { organization: uid, name: "new" } };
    const lost = ["x", "y"].map((who) => person(who, { organization: { $ref: "new", property: "slug" } }));
    const found = judged([acme, team, person("boss"), person("ada"), ...lost]);
    expect(found).toEqual(["max-admins acme", "team-has-lead new"]);
  });

  it.each([
    ["active", []],
    ["invited", []],
    ["expired", ["min-admins acme"]],
    ["gone", ["min-admins acme"]],
  ])("a person who is %s", (status, expected) => {
    expect(judged([acme, person("boss"), person("ada")], { ...settled, ada: { status } })).toEqual(expected);
  });

  it("a person who is gone may come back: counts for the maximum", () => {
    const names = ["boss", "ada", "bob", "cleo"];
    const found = judged([acme, ...names.map((who) => person(who))], { ...settled, cleo: { status: "gone" } });
    expect(found).toEqual(["max-admins acme"]);
  });

  it("a person with two names counts once, as soon as the state knows both", () => {
    const twice = [person("boss"), person("again", { email: undefined, user: boss })];
    const found = judged([acme, ...twice], { ...settled, boss: { userUid: boss } });
    expect(found).toEqual(["min-admins acme"]);
  });

  it.each([
    ["the uid of a member named by uid", [person("it", { email: undefined, user: boss })], {}, boss.toUpperCase()],
    ["the uid of a member named by email", [person("it")], { it: { userUid: boss } }, boss],
    [
      "an address with an international domain",
      [person("it", { email: "it@bücher.example" })],
      {},
      "IT@xn--bcher-kva.example",
    ],
  ])("a required admin is found by %s", (_, declared, outputs, required) => {
    const config = { "required-admins": { requiredAdmins: [required] } };
    expect(judged([acme, ...declared], { ...settled, ...outputs }, config)).toEqual([]);
  });

  it("has defaults: one admin at least, ten at most, nobody required, a hundred people in a team", () => {
    const eleven = Array.from({ length: 11 }, (_, i) => person(`p${i}`));
    expect(judged([acme], settled, {})).toEqual(["min-admins acme"]);
    expect(judged([acme, ...eleven.slice(1)], settled, {})).toEqual([]);
    expect(judged([acme, ...eleven], settled, {})).toEqual(["max-admins acme"]);
    const team: Declared = { kind: "Team", name: "core", args: { organization: "other", name: "core" } };
    const crowd = (count: number): Declared[] => [
      team,
      {
        kind: "TeamRoster",
        name: "roster",
        args: {
          team: { $ref: "core" },
          members: Object.fromEntries(Array.from({ length: count }, (_, i) => [`p${i}@example.com`, "lead"])),
        },
      },
    ];
    expect(judged(crowd(100), {}, {})).toEqual([]);
    expect(judged(crowd(101), {}, {})).toEqual(["team-size core"]);
  });

  it("a stack without people of the organization is not judged", () => {
    const team: Declared = { kind: "Team", name: "core", args: { organization: "acme", name: "core" } };
    expect(judged([team], {})).toEqual(["team-has-lead core"]);
  });

  it("people of a team that is named by its id", () => {
    const team: Declared = { kind: "Team", name: "core", args: { organization: uid, name: "core" } };
    const lead = (id: string): Declared => ({
      kind: "TeamMembership",
      name: "lead",
      args: { team: id, email: "lead@example.com", role: "lead" },
    });
    const outputs = { core: { uid: boss, slug: "core" } };
    expect(judged([team, lead(`${uid}/${boss}`)], outputs)).toEqual([]);
    expect(judged([team, lead(`${uid}/${uid}`)], outputs)).toEqual(["team-has-lead core"]);
    expect(judged([team, lead(`${uid}/${boss}`)], { ...outputs, lead: { status: "gone" } })).toEqual([
      "team-has-lead core",
    ]);
  });
});

it("no message repeats a value of a program", () => {
  const messages: string[] = [];
  const report = (message: string) => messages.push(message);
  const told = { getConfig: () => ({ domains: ["example.com"], requiredAdmins: ["boss-4c3b@example.com"] }) };
  const declared = [...scene, ...cells.filter(isPlain).flatMap(({ resources }) => resources)];
  for (const policy of callable) {
    policy.validateStack?.({ ...told, resources: stackOf(declared) }, report);
    for (const one of declared) policy.validateResource?.({ ...told, ...resourceOf(one) }, report);
  }
  expect(messages.length).toBeGreaterThan(200);
  expect(messages.filter((message) => /@|[0-9a-f]{8}-|n\/a|9999|4c3b/.test(message))).toEqual([]);
});
