import { checksOf } from "../../cli/doctor/plan.js";
import { previewOf } from "../../cli/pulumi/preview.js";
import { createClient } from "../../provider/client/index.js";
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
    const checks = await checksOf(previewOf(previewDocument(planned)), new Snapshot(client));
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
  const provider = (name: string) => `urn:pulumi:test::project::pulumi:providers:pulumi-nodejs::${name}`;
  const tenant = { more: { provider: `${provider("tenant")}::1` } };
  expect(await found([member({ organization: "acmee" }, tenant)])).toEqual([
    expect.stringMatching(/^warning planProvider: 1 resource of explicit providers not checked/),
  ]);
});

it("bug: a Provider that the program calls default is an explicit one", async () => {
  const urn = "urn:pulumi:test::project::pulumi:providers:pulumi-nodejs::default";
  const inputs = { "avala:explicit": "true" };
  const state = { urn, type: "pulumi:providers:pulumi-nodejs", custom: true, id: "1", inputs };
  const document = previewDocument([member({ organization: "acmee" })]);
  const steps = [{ op: "same", urn, oldState: state, newState: state }, ...(document["steps"] as object[])];
  const summary = { ...(document["changeSummary"] as object), same: 1 };
  const client = createClient({ apiKey: ownerKey, baseUrl: o.emulator.url });
  const checks = await checksOf(previewOf({ ...document, steps, changeSummary: summary }), new Snapshot(client));
  await client.close();
  expect(checks.map(({ name }) => name)).toEqual(["plan", "planProvider"]);
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
