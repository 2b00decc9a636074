import { providerInputsOf, sharesOf } from "../../cli/doctor/keys.js";
import { checksOf } from "../../cli/doctor/plan.js";
import { previewOf } from "../../cli/pulumi/preview.js";
import { mark, secretMark } from "../../cli/pulumi/values.js";
import { createClient } from "../../provider/client/index.js";
import { resolveSettings } from "../../provider/lifecycle/runtime/settings.js";
import { Snapshot } from "../../provider/snapshot/index.js";
import { person, uids } from "../lifecycle/support.js";
import { ownerKey } from "../support/emulator.js";
import { previewDocument, unknown, type Planned } from "./previews.js";
import { office } from "./support.js";

/* `doctor --program`: what a preview does not ask, and an update would fail at. */

const o = office();
const other = "0000000f-0000-4000-8000-00000000000f";

/** What is found in a preview, as "level check: message fix", without the plain success. */
async function found(planned: readonly Planned[], apiKey = ownerKey): Promise<string[]> {
  const client = createClient({ apiKey, baseUrl: o.emulator.url });
  try {
    const { steps } = previewOf(previewDocument(planned));
    const checks = await checksOf([{ steps, snapshot: new Snapshot(client) }]);
    expect(await o.emulator.writes()).toEqual([]);
    return checks
      .filter(({ level }) => level !== "ok")
      .map((one) => `${one.level} ${one.name}: ${one.message} ${one.fix}`);
  } finally {
    await client.close();
  }
}

const organization = (inputs: object, more: Partial<Planned> = {}): Planned => ({
  kind: "Organization",
  name: "org",
  is: { name: "New", ...inputs },
  ...more,
});
const team = (inputs: object, more: Partial<Planned> = {}): Planned => ({
  kind: "Team",
  name: "team",
  is: { organization: "acme", name: "New", ...inputs },
  ...more,
});
const member = (inputs: object, more: Partial<Planned> = {}): Planned => ({
  kind: "OrganizationMember",
  name: "zoe",
  is: { organization: "acme", email: person("zoe"), ...inputs },
  ...more,
});
const acmeSame: Planned = {
  op: "same",
  kind: "Organization",
  name: "acme",
  id: uids.acme,
  was: { name: "Acme", slug: "acme" },
  is: { name: "Acme" },
};
const coreId = `${uids.acme}/${uids.core}`;

describe("what can be applied passes", () => {
  it.each<[string, Planned[]]>([
    ["nothing", []],
    [
      "a new organization, its team and person",
      [
        organization({}),
        team({ organization: unknown }, { from: { organization: { kind: "Organization", name: "org" } } }),
      ],
    ],
    ["a second organization of a name, on purpose", [organization({ name: "Acme", allowDuplicateName: true })]],
    ["an organization to adopt, by slug", [organization({ name: "Acme", adopt: "acme" })]],
    ["an organization to adopt, by uid", [organization({ adopt: uids.acme })]],
    [
      "the team of an organization to adopt",
      [
        organization({ adopt: "acme" }),
        team(
          { organization: unknown, adopt: "core" },
          { from: { organization: { kind: "Organization", name: "org" } } },
        ),
      ],
    ],
    ["a new team", [acmeSame, team({ organization: uids.acme })]],
    ["a team to adopt", [team({ adopt: "core" }), team({ adopt: uids.core }, { name: "again" })]],
    [
      "the name of a team that is renamed",
      [
        team({ name: "Core" }),
        {
          kind: "Team",
          name: "old",
          id: coreId,
          was: { organization: uids.acme, name: "Core" },
          is: { organization: uids.acme, name: "Hub" },
        },
      ],
    ],
    [
      "the name of a team that is deleted",
      [
        team({ name: "Core" }),
        { kind: "Team", name: "old", id: coreId, was: { organization: uids.acme, name: "Core" } },
      ],
    ],
    ["a new person", [member({})]],
    ["a person by uid", [member({ email: undefined, user: uids.mia })]],
    [
      "a place in a team, by its id",
      [
        { kind: "TeamMembership", name: "place", is: { team: coreId, email: person("zoe") } },
        { kind: "TeamRoster", name: "all", is: { team: coreId, members: {} } },
      ],
    ],
  ])("%s", async (_, planned) => {
    expect(await found(planned)).toEqual([]);
  });
});

describe("bug: a preview passes, and the update fails", () => {
  it.each<[string, Planned[], RegExp[]]>([
    [
      "a wrong slug",
      [member({ organization: "acmee" })],
      [
        /^error planOrganization: OrganizationMember "zoe": organization "acmee" is not visible to this API key\. Did you mean acme\? /,
      ],
    ],
    [
      "an unknown uid",
      [team({ organization: other })],
      [/^error planOrganization: Team "team": organization "0000000f/],
    ],
    [
      "an organization that is gone",
      [{ ...acmeSame, id: other }],
      [/^error planOrganization: Organization "acme": organization 0000000f/],
    ],
    [
      "the name of an organization is taken",
      [organization({ name: "Acme" })],
      [
        /^error planName: Organization "org": an organization named "Acme" exists already \(00000ace.*\)\. Add {2}adopt: "00000ace/,
      ],
    ],
    [
      "the slug is taken",
      [organization({ slug: "acme" })],
      [/^error planSlug: Organization "org": the slug "acme" is taken\./],
    ],
    [
      "the handle is taken",
      [organization({ handle: "beta_inc" })],
      [/^error planHandle: Organization "org": the handle "beta_inc" is taken\./],
    ],
    [
      "a slug to change to is taken",
      [{ ...acmeSame, op: "update", is: { name: "Acme", slug: "beta" } }],
      [/^error planSlug: Organization "acme": the slug "beta" is taken\./],
    ],
    [
      "nothing to adopt",
      [organization({ adopt: "acm" })],
      [/^error planAdopt: Organization "org": organization "acm" is not visible to this API key\. Did you mean acme\?/],
    ],
    [
      "no team to adopt",
      [team({ adopt: "cor" })],
      [/^error planAdopt: Team "team": organization acme has no team "cor" to adopt\. Did you mean core\?/],
    ],
    [
      "the name of a team is taken",
      [team({ name: "Core" })],
      [
        /^error planName: Team "team": a team named "Core" exists already in organization acme\. Add {2}adopt: "0000000c/,
      ],
    ],
    [
      "no such team",
      [{ kind: "TeamMembership", name: "place", is: { team: `${uids.acme}/${other}`, email: person("zoe") } }],
      [/^error planTeam: TeamMembership "place": organization acme has no team 0000000f/],
    ],
    [
      "no such team of a roster",
      [{ kind: "TeamRoster", name: "all", is: { team: `${uids.acme}/${other}`, members: {} } }],
      [/^error planTeam: TeamRoster "all"/],
    ],
    [
      "a stranger by uid",
      [member({ email: undefined, user: other })],
      [/^error planPerson: OrganizationMember "zoe": user 0000000f.* is not a member of organization acme/],
    ],
    [
      "several at once",
      [member({ organization: "nowhere" }), team({ name: "Core" })],
      [/^error planOrganization/, /^error planName/],
    ],
  ])("%s", async (_, planned, expected) => {
    await o.emulator.api("POST", "/organizations/", { name: "Beta" });
    await o.emulator.api("PATCH", "/organizations/beta/", { handle: "beta_inc" });
    await o.emulator.clearLog();
    const problems = await found(planned);
    expect(problems).toEqual(expected.map((pattern) => expect.stringMatching(pattern) as string));
  });

  it("the key may only read, for whatever is changed", async () => {
    await o.emulator.addKey("avk_mia", person("mia"));
    const role = [
      expect.stringMatching(
        /^error planRole: .*: the key of a member of organization acme cannot change it\./,
      ) as string,
    ];
    expect(await found([{ ...acmeSame, op: "update", is: { name: "Apex" } }], "avk_mia")).toEqual(role);
    expect(await found([member({}), team({})], "avk_mia")).toEqual(role);
    expect(
      await found(
        [{ kind: "Team", name: "old", id: coreId, was: { organization: uids.acme, name: "Core" } }],
        "avk_mia",
      ),
    ).toEqual(role);
    expect(await found([acmeSame], "avk_mia")).toEqual([]);
  });
});

it("says what it cannot check", async () => {
  const from = (name: string) => ({ from: { organization: { kind: "Other" as const, name } } });
  expect(await found([member({ organization: unknown }, from("user")), organization({ adopt: unknown })])).toEqual([
    expect.stringMatching(/^warning planUnknown: 2 names of organizations, teams or people not checked/),
  ]);
});

describe("bug: resources of explicit providers were not checked", () => {
  const urnOf = (name: string) => `urn:pulumi:test::project::pulumi:providers:pulumi-nodejs::${name}`;
  const key = "avk_of-tenant-8Zq1";
  const secret = (text: string) => ({ [mark]: secretMark, plaintext: JSON.stringify(text) });
  const sealed = { [mark]: secretMark, ciphertext: "v1:abc" };
  const baseUrl = "https://tenant.example/api/v1";
  const own = resolveSettings(
    (name) => ({ AVALA_API_KEY: ownerKey })[name],
    () => undefined,
  );

  interface Given {
    op: "create" | "same" | "update" | "delete";
    /** As the preview shows them. */
    shown: Record<string, unknown>;
    /** As the state holds them. */
    held?: Record<string, unknown>;
    env?: Record<string, string>;
    name?: string;
  }
  function shared({ op, shown, held, env = {}, name = "tenant" }: Given, isOwnUsable = true) {
    const row = (inputs: Record<string, unknown>) => ({
      urn: urnOf(name),
      type: "pulumi:providers:pulumi-nodejs",
      custom: true,
      id: "1",
      inputs: { "avala:explicit": "true", ...inputs },
    });
    const document = previewDocument([
      member({}, { name: "mine", more: { provider: `${urnOf("default_0_1_0")}::1` } }),
      member({}, { more: { provider: `${urnOf(name)}::1` } }),
    ]);
    const step = {
      op,
      urn: urnOf(name),
      ...(op === "create" ? {} : { oldState: row(shown) }),
      ...(op === "delete" ? {} : { newState: row(shown) }),
    };
    const summary = { ...(document["changeSummary"] as Record<string, number>) };
    summary[op] = (summary[op] ?? 0) + 1;
    const complete = { ...document, steps: [step, ...(document["steps"] as object[])], changeSummary: summary };
    const state = { deployment: { resources: held === undefined ? [] : [row(held)] } };
    const { shares, unchecked } = sharesOf(
      previewOf(complete),
      isOwnUsable ? own : undefined,
      providerInputsOf(state, complete),
      {
        environment: env,
      },
    );
    return {
      shares: shares.map(({ settings, steps }) => [
        settings.client.apiKey,
        settings.client.baseUrl,
        ...steps.map(({ new: now }) => now!.name),
      ]),
      unchecked: unchecked.map(({ level, name: check, message }) => `${level} ${check}: ${message}`),
    };
  }
  const mine = [ownerKey, "https://api.avala.ai/api/v1", "mine"];
  const theirs = [key, baseUrl, "zoe"];
  const byName = { "avala:apiKeyEnv": "TENANT_API_KEY", "avala:baseUrl": baseUrl };
  const env = { TENANT_API_KEY: key };

  it.each<[string, Given]>([
    ["the name of its variable", { op: "create", shown: byName, env }],
    ["the name of its variable, changed", { op: "update", shown: byName, held: { "avala:apiKeyEnv": "OLD" }, env }],
    ["the name of its variable, in the state", { op: "same", shown: byName, held: byName, env }],
    [
      "a key that the state holds",
      {
        op: "same",
        shown: { "avala:apiKey": "[secret]", "avala:baseUrl": baseUrl },
        held: { "avala:apiKey": secret(key), "avala:baseUrl": baseUrl },
      },
    ],
    [
      "a secret base URL that the state holds",
      {
        op: "same",
        shown: { "avala:apiKey": "[secret]", "avala:baseUrl": "[secret]" },
        held: { "avala:apiKey": secret(key), "avala:baseUrl": secret(baseUrl) },
      },
    ],
    ["a name like that of the engine's own", { op: "create", shown: byName, env, name: "default" }],
    ["a name like that of a version of the engine's own", { op: "create", shown: byName, env, name: "default_1_2_3" }],
  ])("%s decides which key is asked with", (_, given) => {
    expect(shared(given)).toEqual({ shares: [mine, theirs], unchecked: [] });
    expect(shared(given, false)).toEqual({
      shares: [theirs],
      unchecked: ["warning plan: The planned update of 1 resource was not checked: Avala cannot be asked."],
    });
  });

  it("with the key and base URL of the environment is one with its own", () => {
    expect(
      shared({ op: "create", shown: { "avala:apiKeyEnv": "TENANT_API_KEY" }, env: { TENANT_API_KEY: ownerKey } }),
    ).toEqual({
      shares: [[...mine, "zoe"]],
      unchecked: [],
    });
  });

  it.each<[string, Given, string]>([
    ["a new key", { op: "create", shown: { "avala:apiKey": "[secret]" } }, "apiKey"],
    [
      "a changed key",
      { op: "update", shown: { "avala:apiKey": "[secret]" }, held: { "avala:apiKey": secret(key) } },
      "apiKey",
    ],
    ["a key that is not known yet", { op: "create", shown: { "avala:apiKey": unknown } }, "apiKey"],
    ["a variable that is not known yet", { op: "create", shown: { "avala:apiKeyEnv": unknown }, env }, "apiKeyEnv"],
    [
      "a base URL that is not known yet",
      { op: "create", shown: { ...byName, "avala:baseUrl": unknown }, env },
      "baseUrl",
    ],
    ["a secret base URL", { op: "create", shown: { ...byName, "avala:baseUrl": "[secret]" }, env }, "baseUrl"],
    [
      "a secret name of a variable, and a base URL",
      { op: "create", shown: { "avala:apiKeyEnv": "[secret]", "avala:baseUrl": unknown }, env },
      "apiKeyEnv, baseUrl",
    ],
    [
      "a key that the state holds encrypted",
      { op: "same", shown: { "avala:apiKey": "[secret]" }, held: { "avala:apiKey": sealed } },
      "apiKey",
    ],
  ])("%s: the warning names the provider and the setting", (_, given, settings) => {
    expect(shared(given)).toEqual({
      shares: [mine],
      unchecked: [
        `warning planProvider: 1 resource of Provider "tenant" not checked: ${settings} known only during the update, or secret.`,
      ],
    });
  });

  it.each<[string, Given, RegExp]>([
    ["a variable that is not set", { op: "create", shown: byName }, /the variable that apiKeyEnv names is not set/],
    ["a variable of another kind", { op: "create", shown: { "avala:apiKeyEnv": "HOME" } }, /apiKeyEnv/],
    ["no key", { op: "create", shown: {} }, /key/],
    [
      "an unencrypted base URL",
      { op: "create", shown: { ...byName, "avala:baseUrl": "http://a.example" }, env },
      /unencrypted|https/i,
    ],
  ])("%s fails, as the update would", (_, given, expected) => {
    const { shares, unchecked } = shared(given);
    expect(shares).toEqual([mine]);
    expect(unchecked).toEqual([expect.stringMatching(/^error planProvider: Provider "tenant": /)]);
    expect(unchecked[0]).toMatch(expected);
    expect(unchecked[0]).not.toContain(key);
  });

  it("are checked each with their key, and a deployment that does not answer is one error", async () => {
    await o.emulator.addKey("avk_mia", person("mia"));
    const clients = [ownerKey, "avk_mia", "avk_of-nobody-8Zq1"].map((apiKey) =>
      createClient({ apiKey, baseUrl: o.emulator.url }),
    );
    const { steps } = previewOf(previewDocument([team({ name: "Core" })]));
    const checks = await checksOf(clients.map((client) => ({ steps, snapshot: new Snapshot(client) })));
    await Promise.all(clients.map((client) => client.close()));
    expect(checks.map(({ level, name }) => `${level} ${name}`)).toEqual([
      "error planName",
      "error planRole",
      "error planName",
      "error plan",
    ]);
  });
});

it("costs one list of organizations, and one of teams or people where they are named", async () => {
  await o.emulator.clearLog();
  await found([
    acmeSame,
    ...Array.from({ length: 5 }, (_, at) => team({ organization: uids.acme, name: `T${at}` }, { name: `t${at}` })),
    member({}),
  ]);
  expect((await o.emulator.calls()).toSorted()).toEqual(["GET /organizations/", "GET /organizations/acme/teams/"]);
});

it("is refused outside a project", async () => {
  const { code, stdout } = await o.desk.run(["doctor", "--program", "--json"]);
  const { checks } = JSON.parse(stdout) as { checks: { name: string; level: string; message: string }[] };
  expect([code, checks.filter(({ name }) => name === "plan")]).toEqual([
    1,
    [expect.objectContaining({ level: "error", message: "No Pulumi project in this folder or its parents." })],
  ]);
});
