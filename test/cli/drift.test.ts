import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { marked, type Token, type Tokens } from "marked";
import type { Seed } from "../../emulator/src/index.js";
import { Rules } from "../../cli/drift/rules.js";
import { printable } from "../../provider/core/text.js";
import { acme, person, uids } from "../lifecycle/support.js";
import { Exported, sealed, secret } from "../support/exported.js";
import {
  idOf,
  invitation,
  organization,
  organizationMember,
  Stack,
  team,
  teamMembership,
  teamRoster,
  type Program,
} from "../support/stack.js";
import { drifted, type Finding } from "./drifted.js";
import { escapes, office } from "./support.js";

const labs = "00000b0b-0000-4000-8000-00000000000b";

/** The usual Acme with a second team, Labs, of two people. */
const seed = (settings: Seed["settings"] = {}): Seed => {
  const [one] = acme().organizations!;
  const second = { uid: labs, name: "Labs", members: [{ email: person("lee") }, { email: person("mia") }] };
  return { ...acme(settings), organizations: [{ ...one!, teams: [...one!.teams!, second] }] };
};
const o = office(seed);

const inAcme = (name: string, inputs: object = {}) =>
  organizationMember({ organization: idOf("acme"), email: person(name), ...inputs });

/** Everything that exists, and zoe, who is invited. */
const everything = (): Program => ({
  acme: organization({ name: "Acme", adopt: "acme", description: "robots" }),
  core: team({ organization: idOf("acme"), name: "Core", adopt: "core" }),
  labs: team({ organization: idOf("acme"), name: "Labs", adopt: "labs" }),
  ada: inAcme("ada", { role: "admin" }),
  lee: inAcme("lee"),
  mia: inAcme("mia"),
  zoe: inAcme("zoe"),
  "core/lee": teamMembership({ team: idOf("core"), email: person("lee"), role: "lead" }),
  "labs/all": teamRoster({
    team: idOf("labs"),
    members: { [person("lee")]: "member", [person("mia")]: "member", [person("zoe")]: "lead" },
  }),
});

let stack: Stack;

async function up(program: Program): Promise<Exported> {
  stack = new Stack(o.emulator.environment());
  stack.parallel = true;
  await stack.up(program);
  await o.emulator.clearLog();
  return new Exported(stack);
}

const made = new Map<string, { world: Seed; resources: string }>();

/** Made once: every test begins with this service and this state. */
async function once(what: string, make: () => Promise<Exported>): Promise<Exported> {
  const known = made.get(what);
  if (!known) {
    const state = await make();
    made.set(what, { world: await o.emulator.state(), resources: JSON.stringify([...stack.resources]) });
    return state;
  }
  await o.emulator.reset(known.world);
  stack = new Stack(o.emulator.environment());
  for (const [name, resource] of JSON.parse(known.resources)) stack.resources.set(name, resource);
  return new Exported(stack);
}

const upAll = () => once("everything", () => up(everything()));

const api = (method: string, path: string, body?: object) =>
  o.emulator.api(method as "POST", `/organizations/acme/${path}`, body);

/** A finding in short: its kind, its subject, and the resource. */
function short({ kind, subject, person: who, team: at, property, role, resource }: Finding): string {
  const about = subject === "team" ? at?.name : who ? (who.email ?? who.userUid)?.split("@")[0] : undefined;
  const membership = subject === "teamMembership" ? `in ${at?.name}` : undefined;
  return [kind, subject, about, membership, property ?? (kind === "unmanaged" ? role : undefined), resource?.name]
    .filter(Boolean)
    .join(" ");
}

const found = async (state: Exported, args: string[] = []) => (await drifted(o.desk, state, args)).findings.map(short);

/** The finding that is always there: zoe has not accepted yet. */
const waiting = ["waiting person zoe zoe", "waiting teamMembership zoe in Labs labs/all"];

describe("a stack that is as declared", () => {
  it("has no drift, costs the requests of a refresh, and needs a read scope only", async () => {
    const state = await upAll();
    o.desk.environment["AVALA_READ_ONLY"] = "1";
    const { code, stdout, stderr } = await o.desk.run(["drift", "--state", "-"], { stdin: state.text });
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^Waiting \(2\)\n/);
    expect(stdout).toMatch(/\nNo drift\. Not drift: 2 waiting\. 9 resources compared\.\n$/);
    const drift = (await o.emulator.calls()).toSorted();
    expect(drift).toEqual([
      "GET /organizations/",
      "GET /organizations/acme/",
      "GET /organizations/acme/invitations/",
      "GET /organizations/acme/members/",
      "GET /organizations/acme/teams/",
      "GET /organizations/acme/teams/core/members/",
      "GET /organizations/acme/teams/labs/members/",
    ]);
    await o.emulator.clearLog();
    await stack.refresh();
    expect((await o.emulator.calls()).toSorted()).toEqual(drift);
  });

  it("is reported also if nobody waits, with the notices about people who are not declared", async () => {
    const program = everything();
    delete program["zoe"];
    program["labs/all"] = teamRoster({ team: idOf("labs"), members: { [uids.lee]: "member", [uids.mia]: "member" } });
    const state = await up(program);
    const { code, stdout } = await o.desk.run(["drift", "--state", "-"], { stdin: state.text });
    expect([code, stdout]).toEqual([
      0,
      `Not managed here, for information (1)
  owner@example.com  acme    organization owner

No drift. 8 resources compared.
`,
    ]);
  });

  it("has no drift after an acceptance, which is a step, nor after a resend", async () => {
    const state = await upAll();
    const { uid } = (await o.emulator.state()).organizations[0]!.invitations[0]!;
    await api("POST", `invitations/${uid}/resend/`);
    expect(await found(state)).toEqual(waiting);
    await o.emulator.accept(person("zoe"));
    expect(await found(state)).toEqual(["ready person zoe zoe", "ready teamMembership zoe in Labs labs/all"]);
  });

  it("reads no people if it declares none", async () => {
    const { acme, core, labs } = everything();
    const state = await up({ acme: acme!, core: core!, labs: labs! });
    expect(await found(state)).toEqual([]);
    expect((await o.emulator.calls()).toSorted()).toEqual([
      "GET /organizations/",
      "GET /organizations/acme/",
      "GET /organizations/acme/teams/",
    ]);
  });
});

describe("a change by a second administrator", () => {
  it("is reported once, with its repair", async () => {
    const state = await upAll();
    await api("PATCH", "", { description: "toys" });
    await api("PATCH", "teams/core/", { name: "Kern", color: "#000000" });
    await api("PATCH", `members/${uids.ada}/role/`, { role: "member" });
    await api("PATCH", `teams/core/members/${uids.lee}/role/`, { role: "member" });
    await api("PATCH", `teams/labs/members/${uids.mia}/role/`, { role: "lead" });
    await api("DELETE", `teams/labs/members/${uids.lee}/`);
    const { findings } = await drifted(o.desk, state);
    expect(findings.map(short)).toEqual([
      "changed organization description acme",
      "changed person ada role ada",
      "changed team Core name core",
      "changed teamMembership lee in Core role core/lee",
      "changed teamMembership mia in Labs role labs/all",
      "gone teamMembership lee in Labs labs/all",
      ...waiting,
    ]);
    expect(findings.filter(({ drift }) => drift)).toHaveLength(6);
    expect(findings[0]).toMatchObject({
      declared: "robots",
      now: "toys",
      message: 'description is "toys", declared as "robots"',
      repair: expect.stringContaining("pulumi up --refresh to restore it") as string,
    });
    expect(findings[4]).toMatchObject({ declared: "member", now: "lead" });
    expect(findings[5]).toMatchObject({
      message: expect.stringContaining("was removed from the team by somebody else") as string,
      repair: expect.stringContaining("pulumi up --refresh to add them again") as string,
    });
    // The report is right: one run with a refresh repairs everything.
    await stack.up(everything(), { refresh: true });
    expect(await found(new Exported(stack))).toEqual(waiting);
  });

  it("is reported if they remove a person from a team of single memberships and add them again with another role", async () => {
    const state = await upAll();
    await api("DELETE", `teams/core/members/${uids.lee}/`);
    expect(await found(state)).toEqual(["gone teamMembership lee in Core core/lee", ...waiting]);
    await api("POST", "teams/core/members/", { user_uid: uids.lee, role: "member" });
    expect(await found(state)).toEqual(["changed teamMembership lee in Core role core/lee", ...waiting]);
  });

  it("is reported if they invite again with another role", async () => {
    const state = await upAll();
    const { uid } = (await o.emulator.state()).organizations[0]!.invitations[0]!;
    await api("POST", `invitations/${uid}/cancel/`);
    await api("POST", "invitations/", { email: person("zoe"), role: "admin" });
    const { findings } = await drifted(o.desk, state);
    expect(findings.map(short)).toEqual(["changed person zoe role zoe", ...waiting]);
    expect(findings[0]!.repair).toContain("sends a new one");
  });

  it("is reported once if a team is deleted, and not for each of its memberships", async () => {
    const state = await upAll();
    await api("DELETE", "teams/core/");
    await api("DELETE", "teams/labs/");
    expect(await found(state)).toEqual(["missing team Core core", "missing team Labs labs", "waiting person zoe zoe"]);
  });

  it("is reported for a team that is declared only by its id", async () => {
    const id = `${uids.acme}/${uids.core}`;
    const state = await up({ membership: teamMembership({ team: id, email: person("lee"), role: "lead" }) });
    await api("DELETE", "teams/core/");
    const { findings } = await drifted(o.desk, state);
    expect(findings).toMatchObject([{ kind: "missing", subject: "team", team: { uid: uids.core } }]);
  });

  it("is not drift if a refresh has recorded it, and the next up repairs it", async () => {
    await upAll();
    await api("PATCH", "", { description: "toys" });
    await stack.refresh();
    expect(await found(new Exported(stack))).toEqual(waiting);
    await stack.up(everything());
    expect((await o.emulator.state()).organizations[0]).toMatchObject({ description: "robots" });
  });
});

describe("an organization that is not visible", () => {
  it("is reported as missing, once", async () => {
    const state = await upAll();
    await o.emulator.api("DELETE", "/organizations/acme/");
    const report = await drifted(o.desk, state);
    expect(report.findings.map(short)).toEqual(["missing organization acme"]);
    expect(report.findings[0]!.message).toMatch(/deleted, or access lost \(9 resources in the state\)/);
    expect(report.organizations).toMatchObject([{ uid: uids.acme, name: "Acme", visible: false }]);
    expect(await o.emulator.calls()).toEqual(["DELETE /organizations/acme/", "GET /organizations/"]);
  });

  it("bug: is not drift if the explicit provider is called default", async () => {
    const state = await upAll();
    await o.emulator.addKey("avk_zoe", person("zoe"));
    o.desk.environment["AVALA_API_KEY"] = "avk_zoe";
    const type = "pulumi:providers:pulumi-nodejs";
    const provider = (inputs: object) => ({ urn: `urn:pulumi:dev::app::${type}::default`, type, id: "1", inputs });
    state.rows.push(provider({ "avala:explicit": "true" }));
    const explicit = await drifted(o.desk, state);
    expect([explicit.drift, explicit.notVisible]).toEqual([
      false,
      [expect.stringMatching(/the provider "default".*--organization/)],
    ]);
    state.rows.pop();
    state.rows.push(provider({}));
    expect((await drifted(o.desk, state)).counts).toMatchObject({ missing: 1 });
  });

  it("is not drift if the key of an explicit provider manages it", async () => {
    const state = await upAll();
    for (const row of state.rows) row["provider"] = String(row["provider"]).replace("::default::", "::tenant::");
    await o.emulator.addKey("avk_zoe", person("zoe"));
    o.desk.environment["AVALA_API_KEY"] = "avk_zoe";
    const report = await drifted(o.desk, state);
    expect(report.findings).toEqual([]);
    expect(report.notVisible).toEqual([expect.stringMatching(/the provider "tenant".*--organization/)]);
  });
});

describe("unmanaged people and teams", () => {
  async function plant(): Promise<void> {
    await o.emulator.join(uids.acme, person("eve"), "admin");
    await api("POST", "invitations/", { email: "Fay@Example.com", role: "admin" });
    await api("POST", "teams/", { name: "Shadow" });
    await api("POST", "teams/core/members/", { user_uid: uids.mia, role: "member" });
    await api("POST", "teams/labs/members/", { user_uid: uids.ada, role: "lead" });
  }
  const planted = [
    "unmanaged invitation fay admin",
    "unmanaged person eve admin",
    "unmanaged team Shadow",
    "unmanaged teamMembership mia in Core member",
    "unmanaged teamMembership ada in Labs lead",
  ];

  it("are exactly those that the test adds, with the entries that adopt them", async () => {
    const state = await upAll();
    await plant();
    const { findings, importFile, notices } = await drifted(o.desk, state);
    expect(findings.map(short)).toEqual([...planted, ...waiting]);
    const shadow = (await o.emulator.state()).organizations[0]!.teams.find(({ name }) => name === "Shadow")!.uid;
    const type = (kind: string) => `pulumi-nodejs:dynamic/avala:${kind}`;
    expect(importFile.resources).toEqual([
      { type: type("OrganizationMember"), name: person("fay"), id: `${uids.acme}/${person("fay")}` },
      { type: type("OrganizationMember"), name: person("eve"), id: `${uids.acme}/${person("eve")}` },
      { type: type("Team"), name: "shadow", id: `${uids.acme}/${shadow}` },
      {
        type: type("TeamMembership"),
        name: `core-${person("mia")}`,
        id: `${uids.acme}/${uids.core}/${person("mia")}`,
      },
    ]);
    expect(notices).toMatchObject([{ person: { email: person("owner") } }]);
  });

  it("are, in a team with a roster, those that the roster reports", async () => {
    const programOf = (unmanaged: string): Program => ({
      ...everything(),
      "labs/all": teamRoster({
        team: idOf("labs"),
        members: { [person("lee")]: "member", [person("mia")]: "member" },
        unmanaged,
      }),
    });
    const [ignoring, removing] = [await up(programOf("ignore")), await up(programOf("remove"))];
    await plant();
    const ofLabs = (one: string) => one.includes("Labs");
    expect((await found(ignoring)).filter(ofLabs)).toEqual([]);
    const { findings } = await drifted(o.desk, removing);
    expect(findings.filter((one) => ofLabs(short(one)))).toMatchObject([
      {
        kind: "unmanaged",
        person: { email: person("ada") },
        repair: expect.stringContaining("removes them") as string,
      },
    ]);
  });

  it("are not looked for among kinds that the stack does not declare", async () => {
    const { acme, core, labs, ada } = everything();
    const states = [
      await up({ acme: acme! }),
      await up({ acme: acme!, core: core!, labs: labs! }),
      await up({ acme: acme!, ada: ada! }),
    ];
    await plant();
    expect(await found(states[0]!)).toEqual([]);
    expect(await found(states[1]!)).toEqual(["unmanaged team Shadow"]);
    expect(await found(states[2]!)).toEqual([
      "unmanaged invitation fay admin",
      "unmanaged person eve admin",
      "unmanaged person lee member",
      "unmanaged person mia member",
    ]);
  });

  it("are only invitations for a stack that declares only invitations", async () => {
    const state = await up({
      acme: everything()["acme"]!,
      zoe: invitation({ organization: idOf("acme"), email: person("zoe") }),
    });
    await plant();
    const { findings, importFile } = await drifted(o.desk, state);
    expect(findings.map(short)).toEqual(["unmanaged invitation fay admin", "waiting person zoe zoe"]);
    expect(importFile.resources).toMatchObject([{ type: expect.stringMatching(/:Invitation$/) as string }]);
  });

  it("do not include the creator whom the service added to a new team, nor an expired invitation", async () => {
    await o.emulator.reset(seed({ teamCreatorJoins: true }));
    const state = await up({
      ...everything(),
      fresh: team({ organization: idOf("acme"), name: "Fresh" }),
      membership: teamMembership({ team: idOf("fresh"), email: person("mia"), role: "member" }),
    });
    await api("POST", "invitations/", { email: person("fay") });
    await o.emulator.expire(person("fay"));
    const report = await drifted(o.desk, state);
    expect(report.findings.map(short)).toEqual(waiting);
    expect(report.notices).toMatchObject([
      { person: { email: person("owner") }, message: "organization owner" },
      { person: { email: person("owner") }, team: { name: "Fresh" } },
    ]);
  });

  it("do not include a declared person with a new address: the uid decides", async () => {
    const state = await upAll();
    const now = JSON.stringify(await o.emulator.state()).replaceAll('"lee@example.com"', '"lee@elsewhere.example.com"');
    await o.emulator.reset(JSON.parse(now) as Seed);
    expect(await found(state)).toEqual(waiting);
  });

  it("include a person who has taken over the address of a declared person", async () => {
    const state = await upAll();
    const world = await o.emulator.state();
    const text = JSON.stringify(world).replaceAll('"lee@example.com"', '"lee@elsewhere.example.com"');
    await o.emulator.reset(JSON.parse(text) as Seed);
    await o.emulator.join(uids.acme, person("lee"));
    expect(await found(state)).toEqual(["unmanaged person lee member", ...waiting]);
  });
});

describe("bug: another owner", () => {
  const transfer = async (to: string) => {
    await o.emulator.api("POST", "/organizations/acme/transfer-ownership/", { new_owner_uid: to });
    await o.emulator.addKey("avk_ada", person("ada"));
    o.desk.environment["AVALA_API_KEY"] = "avk_ada";
  };
  const eve = async () => (await o.emulator.join(uids.acme, person("eve"))).uid;
  const leaves = () => o.emulator.api("DELETE", `/organizations/acme/members/${uids.owner}/`, undefined, "avk_ada");
  /** The state with the owner, as recorded by a run that has read the members. */
  const owned = async (made = upAll()) => {
    const state = await made;
    stack.resources.get("acme")!.outputs["__owner"] = uids.owner;
    return state;
  };
  const declared = () =>
    once("owner declared", () => up({ ...everything(), owner: inAcme("owner", { role: "admin" }) }));
  const declare = expect.stringMatching(/^Declare and import them with the role they are to keep/) as string;
  const remove = expect.stringContaining("or remove them in Avala") as string;
  const owns = (name: string, former = "owner") => `owner is now "${person(name)}", recorded as "${person(former)}"`;

  /** A change of ownership, and the findings about the organization and the former owner, and the notices. */
  interface Row {
    state?: () => Promise<Exported>;
    /** A state from before owners were recorded. */
    isOld?: boolean;
    happens?: () => Promise<unknown>;
    reports: { owner?: string; former?: { kind: string; repair: string }; notices: string[] };
  }
  const unmanaged = { kind: "unmanaged", repair: declare };
  it.each<[string, Row]>([
    ["is not reported if the owner has stayed", { reports: { notices: ["owner organization owner"] } }],
    [
      "is a declared member",
      { happens: () => transfer(uids.ada), reports: { owner: owns("ada"), former: unmanaged, notices: [] } },
    ],
    [
      "is somebody undeclared, who is then no fact",
      { happens: async () => transfer(await eve()), reports: { owner: owns("eve"), former: unmanaged, notices: [] } },
    ],
    [
      "is a declared member, and the former owner has gone",
      {
        happens: async () => {
          await transfer(uids.ada);
          await leaves();
        },
        reports: {
          owner: `owner is now "${person("ada")}", recorded as "${uids.owner}"`,
          notices: [],
        },
      },
    ],
    [
      "is a declared member, and the former owner, who is declared, stays",
      { state: declared, happens: () => transfer(uids.ada), reports: { owner: owns("ada"), notices: [] } },
    ],
    [
      "is a declared member, and the former owner, who is declared, has gone",
      {
        state: declared,
        happens: async () => {
          await transfer(uids.ada);
          await leaves();
        },
        reports: { owner: owns("ada"), former: { kind: "gone", repair: expect.any(String) as string }, notices: [] },
      },
    ],
    [
      "is not known where a state of before records none",
      {
        isOld: true,
        happens: async () => transfer(await eve()),
        reports: { former: { kind: "unmanaged", repair: remove }, notices: ["eve organization owner"] },
      },
    ],
  ])("%s", async (_what, { state = upAll, isOld = false, happens, reports }) => {
    const recorded = await (isOld ? state() : owned(state()));
    await happens?.();
    const report = await drifted(o.desk, recorded);
    const others = report.findings.filter(({ kind }) => kind !== "waiting");
    const first = report.findings.findIndex(({ kind }) => kind === "owner");
    expect(first).toBe(reports.owner === undefined ? -1 : 0);
    const { kind, repair } = others.find(({ person: who }) => who?.userUid === uids.owner && who) ?? {};
    expect({
      owner: report.findings[first]?.message,
      former: kind === undefined ? undefined : { kind, repair },
      notices: report.notices.map(({ person: who, message }) => `${who.email!.split("@")[0]} ${message}`),
    }).toEqual({ owner: undefined, former: undefined, ...reports });
    expect(others).toHaveLength(Number(reports.owner !== undefined) + Number(reports.former !== undefined));
    expect(report.drift).toBe(others.length > 0);
  });

  it("is first in every format, with the command that records it", async () => {
    const state = await owned();
    await transfer(uids.ada);
    const { findings, counts } = await drifted(o.desk, state);
    expect(counts["owner"]).toBe(1);
    expect(findings[0]).toMatchObject({
      drift: true,
      subject: "organization",
      person: { email: person("ada"), userUid: uids.ada },
      formerOwner: { email: person("owner"), userUid: uids.owner },
      resource: { kind: "Organization", name: "acme" },
      repair: expect.stringContaining("If this is intended, run pulumi refresh to record it") as string,
    });
    const screen = await o.desk.run(["drift", "--state", "-"], { stdin: state.text });
    expect(screen).toMatchObject({
      code: 2,
      stdout: expect.stringMatching(/^Owner changed \(1\)\n {2}Acme +acme +organization +owner is now "ada@/) as string,
    });
    expect(screen.stdout).toContain("2 differences: 1 owner changed, 1 unmanaged.");
    const issue = await o.desk.run(["drift", "--state", "-", "--markdown"], { stdin: state.text });
    expect(issue.stdout).toContain('| `Acme` | `acme` | `organization` | owner is now "`ada@example.com`", ');
  });

  it("is looked for also if the state declares no people, with one request for the list of members", async () => {
    const { acme, core, labs } = everything();
    const state = await owned(up({ acme: acme!, core: core!, labs: labs! }));
    await transfer(uids.ada);
    await o.emulator.clearLog();
    const { findings } = await drifted(o.desk, state);
    expect(findings.map(({ kind, formerOwner }) => [kind, formerOwner?.email])).toEqual([["owner", person("owner")]]);
    expect((await o.emulator.calls()).toSorted()).toEqual([
      "GET /organizations/",
      "GET /organizations/acme/",
      "GET /organizations/acme/members/",
      "GET /organizations/acme/teams/",
    ]);
  });

  it("is reported as not known if the key may not see the members", async () => {
    const state = await owned();
    await transfer(uids.ada);
    o.between.expect({ on: /^GET .*acme.members/, fate: 403, times: 9 });
    const { counts, notVisible } = await drifted(o.desk, state);
    expect(counts["owner"]).toBe(0);
    expect(notVisible).toContain('The owner of "acme" is not visible to this API key.');
  });

  it("can be ignored by a rule", async () => {
    const state = await owned();
    await transfer(uids.ada);
    writeFileSync(join(o.desk.folder, "owner.yaml"), `ignore:\n  - kind: owner\n    person: ${person("ada")}\n`);
    const { counts, ignored } = await drifted(o.desk, state, ["--ignore", "owner.yaml"]);
    expect([counts["owner"], ignored]).toEqual([0, 1]);
  });
});

describe("bug: the API key's user", () => {
  const me = "GET /users/me/";
  const as = async (name: string) => {
    await o.emulator.addKey(`avk_${name}`, person(name));
    o.desk.environment["AVALA_API_KEY"] = `avk_${name}`;
  };
  const settings = (currentUser: NonNullable<Seed["settings"]>["currentUser"]) => o.emulator.settings({ currentUser });

  it.each<[string, () => Promise<unknown>, { reported: string[]; asks: number }]>([
    [
      "is not one of the undeclared people if they are the owner",
      async () => undefined,
      { reported: ["eve unmanaged"], asks: 0 },
    ],
    [
      "is declared, and an undeclared admin is another person",
      () => as("ada"),
      { reported: ["eve unmanaged"], asks: 1 },
    ],
    ["is a notice beside another undeclared admin", () => as("eve"), { reported: ["eve fact"], asks: 1 }],
    ["has another role than the undeclared person", () => as("lee"), { reported: ["eve unmanaged"], asks: 0 }],
    [
      "cannot be known among several with their role",
      async () => {
        await as("eve");
        await settings("html");
      },
      { reported: ["eve unmanaged"], asks: 1 },
    ],
    [
      "is the only person with their role if the service does not say who they are",
      async () => {
        await api("PATCH", `members/${uids.ada}/role/`, { role: "member" });
        await as("eve");
        await settings(403);
      },
      { reported: ["ada changed", "eve fact"], asks: 1 },
    ],
  ])("%s", async (_what, happens, { reported, asks }) => {
    const state = await upAll();
    await o.emulator.join(uids.acme, person("eve"), "admin");
    await happens();
    await o.emulator.clearLog();
    const { findings, notices } = await drifted(o.desk, state);
    const people = findings.filter(({ subject, kind }) => subject === "person" && kind !== "waiting");
    const named = (who: { email?: string } | undefined) => who!.email!.split("@")[0];
    const own = notices.filter(({ message }) => message === "the API key's user");
    expect([
      ...people.map(({ person: who, kind }) => `${named(who)} ${kind}`),
      ...own.map(({ person: who }) => `${named(who)} fact`),
    ]).toEqual(reported);
    expect((await o.emulator.calls()).filter((call) => call === me)).toHaveLength(asks);
  });
});

describe("data that the key may not see", () => {
  it("is reported as not visible, and is not drift: invitations", async () => {
    const state = await upAll();
    await o.emulator.addKey("avk_mia", person("mia"));
    await o.emulator.api("POST", "/organizations/acme/invitations/", { email: person("fay") });
    o.desk.environment["AVALA_API_KEY"] = "avk_mia";
    const report = await drifted(o.desk, state);
    expect(report.findings.map(short)).toEqual(waiting);
    expect(report.findings[0]!.message).toContain("as the last run recorded it");
    expect(report.organizations).toMatchObject([{ visible: true, invitationsVisible: false }]);
    expect(report.notVisible).toEqual(
      expect.arrayContaining([expect.stringContaining("cannot see the invitations of Acme")]) as never,
    );
    const { code, stderr, stdout } = await o.desk.run(["drift", "--state", "-"], { stdin: state.text });
    expect(code).toBe(0);
    expect(stdout).toContain("No drift, as far as visible to this API key.");
    expect(stderr).toContain("cannot see the invitations of Acme");
    const quiet = await o.desk.run(["drift", "--state", "-", "--quiet"], { stdin: state.text });
    expect(quiet).toEqual({ code: 0, stdout, stderr: "" });
  });

  it("is reported as not visible: addresses", async () => {
    const state = await upAll();
    await o.emulator.settings({ hideEmails: true });
    await o.emulator.join(uids.acme, person("eve"));
    const report = await drifted(o.desk, state);
    // zoe is known by address alone: eve might be zoe.
    expect(report.findings.map(short)).toEqual(waiting);
    expect(report.notVisible).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^It is not known whether one member of Acme \(acme\) is declared/),
      ]) as never,
    );
  });

  it("is an error if a list is incomplete for another reason", async () => {
    const state = await upAll();
    o.between.expect({ on: /^GET .*members/, fate: 500, times: 99 });
    const { code, stdout, stderr } = await o.desk.run(["drift", "--state", "-"], { stdin: state.text });
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/\[AVALA_UNAVAILABLE\]\n$/);
  });
});

describe("expired access", () => {
  it("is a finding of its own", async () => {
    const program = everything();
    program["mia"] = inAcme("mia", { validUntil: "2020-02-01", reason: "audit" });
    const { findings } = await drifted(o.desk, await up(program));
    expect(findings.map(short)).toEqual(["accessExpired person mia mia", ...waiting]);
    expect(findings[0]).toMatchObject({ drift: true, message: 'access ran out on 2020-02-01 ("audit")' });
  });
});

describe("--ignore", () => {
  const rules = (text: string, name = "rules.yaml") => {
    writeFileSync(join(o.desk.folder, name), text);
    return ["--ignore", name];
  };

  it("leaves out findings that match all parts of a rule, and counts them", async () => {
    const state = await upAll();
    await o.emulator.join(uids.acme, "eve@partner.example.com");
    await o.emulator.join(uids.acme, "fay@partner.example.com", "admin");
    await api("PATCH", "", { description: "toys" });
    await api("PATCH", "teams/core/", { name: "Kern" });
    const args = rules(`ignore:
  - kind: unmanaged
    person: "*@Partner.example.com"
    reason: guests of a partner
  - property: [description, color]
    organization: acme
  - kind: [waiting, ready]
    team: Labs
  - team: Nowhere
`);
    const report = await drifted(o.desk, state, args);
    expect(report.findings.map(short)).toEqual(["changed team Core name core", "waiting person zoe zoe"]);
    expect(report).toMatchObject({ ignored: 4, unusedRules: [4] });
    const { stdout, stderr } = await o.desk.run(["drift", "--state", "-", ...args], { stdin: state.text });
    expect(stdout).toContain("9 resources compared, 4 differences ignored.");
    expect(stderr).toBe("rules.yaml: rule 4 matches nothing.\n");
    const all = rules(`{"ignore":[{"organization":"${uids.acme}"}]}`, "all.json");
    expect(await drifted(o.desk, state, all)).toMatchObject({ drift: false, findings: [], ignored: 6 });
  });

  it.each([
    ["nothing", "", /list of rules under ignore/],
    ["no list", "ignore: all", /list of rules under ignore/],
    ["another word beside", "ignore: []\nrule: []", /"rule" is not a property of the file/],
    [
      "a misspelt condition",
      "ignore:\n  - knd: changed",
      /rule 1: "knd" is not a property of a rule; did you mean kind/,
    ],
    [
      "a kind that is none",
      "ignore:\n  - kind: waiting\n  - kind: change",
      /rule 2: kind cannot be "change"; expected one of owner, changed,/,
    ],
    ["a property that is none", "ignore:\n  - property: descripton", /rule 1: property cannot be "descripton"/],
    ["a rule for everything", "ignore:\n  - reason: none", /rule 1: must have a condition/],
    ["a text for a rule", "ignore: [changed]", /rule 1: must be a mapping/],
    ["no YAML", "ignore: [", /is not valid YAML/],
  ])("refuses a file with %s", (_what, text, reported) => {
    const [, name] = rules(text) as [string, string];
    expect(() => Rules.read(join(o.desk.folder, name))).toThrow(reported);
  });

  it("names the line and column of everything that is wrong with a file, each on a line", async () => {
    const text = `rule: []
ignore:
  - knd: changed
  - kind: [waiting, change]
    property: descripton
  - reason: none
  - changed
  - { person: [] }
`;
    const { code, stdout, stderr } = await o.desk.run(["drift", "--state", "missing.json", ...rules(text)]);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr.trim().split("\n")).toEqual([
      '"rules.yaml" is invalid. Correct these rules, which https://avala-ai.github.io/pulumi-avala/guides/drift#rules describes:',
      expect.stringMatching(/^ {2}line 1, column 1: "rule" is not a property of the file/),
      expect.stringMatching(/^ {2}line 3, column 5: rule 1: "knd" is not a property of a rule; did you mean kind/),
      expect.stringMatching(/^ {2}line 4, column 21: rule 2: kind cannot be "change"/),
      expect.stringMatching(/^ {2}line 5, column 15: rule 2: property cannot be "descripton"/),
      expect.stringMatching(/^ {2}line 6, column 5: rule 3: must have a condition/),
      expect.stringMatching(/^ {2}line 7, column 5: rule 4: must be a mapping/),
      expect.stringMatching(/^ {2}line 8, column 15: rule 5: person must be a text .* \[AVALA_RULES\]$/),
    ]);
  });

  it("reads a file in UTF-16, as PowerShell writes it", () => {
    const path = join(o.desk.folder, "powershell.yaml");
    writeFileSync(path, Buffer.from("\ufeffignore:\r\n  - kind: waiting\r\n", "utf16le"));
    expect(Rules.read(path).apply([])).toEqual({ left: [], ignored: 0, unused: [1] });
  });

  it("refuses an invalid file before any request", async () => {
    const { code, stderr } = await o.desk.run(["drift", "--state", "missing.json", ...rules("ignore: all")]);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^"rules\.yaml" is invalid\. .*\n.* \[AVALA_RULES\]\n$/)]);
    expect(await o.emulator.calls()).toEqual([]);
  });
});

describe("a secret in the state", () => {
  const hidden = "the description nobody is to read, long enough to be shortened in a sentence";
  async function withSecrets(): Promise<Exported> {
    const program = everything();
    program["acme"] = organization({ name: "Acme", adopt: "acme", description: hidden });
    const state = await once("secrets", () => up(program));
    state.row("acme").outputs["description"] = secret(hidden);
    state.row("zoe").outputs["email"] = secret(person("zoe"));
    state.row("ada").outputs["role"] = secret("admin");
    state.row("labs/all").outputs["members"] = secret(state.row("labs/all").outputs["members"]);
    return state;
  }
  const formats: [string, string[]][] = [
    ["for people", []],
    ["for programs", ["--json"]],
    ["for an issue", ["--markdown"]],
    ["as a page", ["--html"]],
  ];

  async function changedSecrets(): Promise<Exported> {
    const state = await withSecrets();
    await api("PATCH", "", { description: `${hidden}!` });
    await api("PATCH", `members/${uids.ada}/role/`, { role: "member" });
    await api("PATCH", `teams/labs/members/${uids.mia}/role/`, { role: "lead" });
    return state;
  }

  it.each(formats)("is in no output %s", async (_for, args) => {
    const state = await changedSecrets();
    const { code, stdout, stderr } = await o.desk.run(["drift", "--state", "-", ...args], { stdin: state.text });
    expect(code).toBe(2);
    expect(stdout).toContain("[secret]");
    expect(stdout + stderr).not.toMatch(/nobody is to read|zoe@|mia@/);
  });

  it("is compared", async () => {
    const { counts, findings } = await drifted(o.desk, await changedSecrets());
    expect(counts).toMatchObject({ changed: 3, waiting: 2, unmanaged: 0, gone: 0 });
    const ofAda = findings.find(({ resource }) => resource?.name === "ada");
    expect(ofAda).toMatchObject({ property: "role", declared: "[secret]", now: "[secret]" });
    expect(ofAda).not.toHaveProperty("role");
  });

  it("is in no notice and no error", async () => {
    const state = await withSecrets();
    await o.emulator.settings({ hideEmails: true });
    const noted = await o.desk.run(["drift", "--state", "-"], { stdin: state.text });
    expect([noted.code, noted.stderr]).toEqual([0, expect.stringContaining('whether "[secret]" is in organization')]);

    await o.emulator.settings({ hideEmails: false });
    state.row("labs/all").outputs["members"] = secret(`${person("mia")} member\n${uids.mia} member`);
    const failed = await o.desk.run(["drift", "--state", "-"], { stdin: state.text });
    expect([failed.code, failed.stdout]).toEqual([1, ""]);
    expect(failed.stderr).toMatch(/twice: as "\[secret\]" and as "\[secret\]".*\[AVALA_GUARD\]\n$/);
    for (const { stdout, stderr } of [noted, failed]) expect(stdout + stderr).not.toMatch(/zoe@|mia@/i);
  });

  it("is not compared if the file contains it encrypted, which is reported", async () => {
    const state = await upAll();
    state.row("acme").outputs["description"] = sealed();
    state.row("labs/all").outputs["members"] = sealed();
    await api("PATCH", "", { description: "toys" });
    const report = await drifted(o.desk, state);
    // People who wait, as the last run recorded them.
    expect(report.findings.map(short)).toEqual(waiting);
    expect(report.notVisible).toEqual([
      "1 resource not compared: its members are encrypted in this state",
      'description of Organization "acme" not compared: it is encrypted in this state.',
      'members of TeamRoster "labs/all" not compared: it is encrypted in this state.',
    ]);
  });
});

describe("bug: whoever cannot accept does not wait for an acceptance", () => {
  const acceptance = /^Pending acceptance\. Reminder: npx pulumi-avala resend /;
  const place = (name: string) => teamMembership({ team: idOf("core"), email: person(name) });
  const core = () => team({ organization: uids.acme, name: "Core", adopt: "core" });

  it.each<[string, () => Promise<unknown>, string, RegExp]>([
    ["invited", () => api("POST", "invitations/", { email: person("zoe") }), "waiting", acceptance],
    ["nobody has invited them", async () => {}, "waiting", /^Without an invitation they cannot accept: declare them/],
    [
      "the invitation has expired",
      async () => {
        await api("POST", "invitations/", { email: person("zoe") });
        await o.emulator.expire(person("zoe"));
      },
      "expired",
      /^Invite them again first, or remove the team membership/,
    ],
  ])("%s", async (_, arrange, kind, repair) => {
    await arrange();
    const state = await up({ core: core(), zoe: place("zoe") });
    const { findings } = await drifted(o.desk, state);
    expect(findings.filter(({ resource }) => resource?.name === "zoe")).toMatchObject([
      { kind, subject: "teamMembership", repair: expect.stringMatching(repair) as string },
    ]);
  });
});

describe("names of others", () => {
  const hostile = [
    "| a | b |",
    "`code` ``more``",
    "\\| \\",
    "<img src=x onerror=alert(1)> <!-- x -->",
    "@octocat #123 GH-12 octo/repo#1",
    "[click](https://evil.example.com) ![x](https://evil.example.com/x.png)",
    "https://evil.example.com www.evil.example.com",
    "\u202egnp\u0007.\u001b[31mred\u001b[0m",
    "two\nlines\r\nand three",
    "```\n# heading",
    "~~~ **bold** _it_ ~~no~~ :smile: &amp; &#64;all",
    "deadbeefdeadbeef $x$ {{y}}",
  ];

  async function upHostile(): Promise<Exported> {
    const [acme] = acmeOf(hostile);
    await o.emulator.reset({ ...seed(), organizations: [acme!] });
    for (const at of hostile.keys()) await o.emulator.join(uids.acme, person(`h${at}`));
    const program = everything();
    for (const kept of ["lee", "mia", "zoe", "core/lee", "labs/all"]) delete program[kept];
    const late = (reason: string, at: number) => inAcme(`h${at}`, { validUntil: "2020-02-01", reason });
    Object.assign(program, Object.fromEntries(hostile.map((reason, at) => [`h${at}`, late(reason, at)])));
    return up(program);
  }
  async function planted(): Promise<Exported> {
    const state = await once("hostile", upHostile);
    await api("PATCH", "", { description: hostile.join(" ") });
    return state;
  }
  /** The text that a reader sees. */
  const shownText = (tokens: Token[]): string =>
    tokens
      .map((token) => ("text" in token ? (token.text as string) : token.raw))
      .join("")
      .replaceAll("&quot;", '"')
      .replaceAll("&#39;", "'")
      .replaceAll("&lt;", "<")
      .replaceAll("&gt;", ">")
      .replaceAll("&amp;", "&");
  const acmeOf = (names: string[]) => {
    const [one] = seed().organizations!;
    return [{ ...one!, teams: [...one!.teams!, ...names.map((name, at) => ({ name, slug: `t-${at}` }))] }];
  };

  it("are harmless on a terminal and in JSON", async () => {
    const state = await planted();
    const { stdout, stderr } = await o.desk.run(["drift", "--state", "-"], { stdin: state.text });
    // oxlint-disable-next-line no-control-regex -- they are what is looked for
    expect(stdout + stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    const { importFile, findings } = await drifted(o.desk, state);
    const names = findings.filter(({ subject }) => subject === "team").map((one) => one.team!.name);
    expect(names.toSorted()).toEqual(hostile.toSorted());
    expect(importFile.resources.map(({ name }) => name).filter((name) => name.startsWith("t-"))).toHaveLength(12);
  });

  it("are harmless in an issue: they add no cell, link, mention, reference, image, markup or fence", async () => {
    const state = await planted();
    const { code, stdout } = await o.desk.run(["drift", "--state", "-", "--markdown"], { stdin: state.text });
    expect(code).toBe(2);
    const tokens = marked.lexer(stdout, { gfm: true });
    const tables = tokens.filter((token): token is Tokens.Table => token.type === "table");
    const rows = tables.flatMap((table) => table.rows);
    const { findings, notices } = await drifted(o.desk, state);
    // Every sentence is complete in the fourth cell, before the repair: no name has ended a cell.
    // A name in a code span stands there as it is, not as a literal.
    const sentences = [...findings, ...notices].map(({ message }) =>
      printable(message, 400)
        .replaceAll(/\\(["\\])/g, "$1")
        .replaceAll("\\|", "\\ |"),
    );
    expect(new Set(rows.map((row) => row.length))).toEqual(new Set([4, 5]));
    expect(rows.map((row) => shownText(row[3]!.tokens)).toSorted()).toEqual(sentences.toSorted());
    expect(new Set(tokens.map(({ type }) => type))).toEqual(
      new Set(["heading", "space", "paragraph", "table", "code"]),
    );
    const inline: { type: string; text: string }[] = [];
    marked.walkTokens(tokens, (token) => {
      if ("text" in token && !("tokens" in token && token.tokens))
        inline.push({ type: token.type, text: token.text as string });
    });
    expect(new Set(inline.map(({ type }) => type))).toEqual(new Set(["text", "codespan", "code"]));
    const plain = inline.filter(({ type }) => type === "text").map(({ text }) => text);
    // Patterns that GitHub finds in plain text: mentions, references, commits, addresses, emoji and formulas.
    for (const text of plain) expect(text).not.toMatch(/@|#\d|\/|www|[0-9a-f]{7}|:\w+:|\$|<|&(?!quot;|#39;)/);
    const blocks = tokens.filter((token) => token.type === "code") as Tokens.Code[];
    expect(blocks.map(({ lang }) => lang)).toEqual(["ts", "ts", "json"]);
    expect(blocks.slice(0, 2).map(({ text }) => text.split("\n").length)).toEqual([hostile.length, 2]);
    for (const line of blocks[0]!.text.split("\n")) expect(line).toMatch(/^new Team\("t-\d+", \{ .* \}\);$/);
    expect(JSON.parse(blocks[2]!.text)).toEqual((await drifted(o.desk, state)).importFile);
  });

  it("bug: the commands of an issue are whole, and each kind is one table", async () => {
    const state = await upAll();
    await api("PATCH", "teams/core/", { description: "changed" });
    await api("PATCH", `members/${uids.mia}/role/`, { role: "admin" });
    await api("DELETE", `teams/labs/members/${uids.lee}/`);
    await api("DELETE", `members/${uids.ada}/`);
    const { stdout } = await o.desk.run(["drift", "--state", "-", "--markdown"], { stdin: state.text });
    expect(stdout).toContain("| Run `pulumi up --refresh` to restore it, or change the code to the current value. |");
    expect(stdout).toContain("`npx pulumi-avala resend <organization> <email>`");
    const heads = stdout.split("\n").filter((line) => line.startsWith("### ") || line.startsWith("| Subject"));
    const kinds = heads.filter((line) => line.startsWith("### ") && !line.includes("Not managed"));
    expect(kinds.length).toBeGreaterThan(2);
    expect(heads.filter((line) => line.startsWith("| Subject"))).toHaveLength(kinds.length);
  });

  it("leave an issue within GitHub's length limit", async () => {
    const many = Array.from({ length: 700 }, (_, at) => `${"x".repeat(80)} ${at}`);
    await o.emulator.reset({ ...seed(), organizations: acmeOf(many) });
    const { acme, core } = everything();
    const state = await up({ acme: acme!, core: core! });
    const { stdout } = await o.desk.run(["drift", "--state", "-", "--markdown"], { stdin: state.text });
    expect(stdout.length).toBeLessThan(65_536);
    expect(stdout).toMatch(
      /Drift: 701 differences\n\n> \*\*Not complete:\*\*[^]*… and \d+ more: run `npx pulumi-avala drift`/,
    );
  });
});

describe("usage", () => {
  it.each<[string[], string, RegExp]>([
    [["--json", "--markdown"], "AVALA_USAGE", /--json and --markdown cannot be combined/],
    [[], "AVALA_USAGE", /No Pulumi project .*--cwd <folder> or --state <file>/],
    [["--ignore", "missing.yaml"], "AVALA_RULES", /missing\.yaml does not exist/],
    [["--ignore", "rules.txt"], "AVALA_RULES", /must end in \.yaml, \.yml, \.json/],
  ])("%j is refused", async (args, code, reported) => {
    const ended = await o.desk.run(["drift", ...args]);
    expect([ended.code, ended.stdout !== ""]).toEqual([1, args.includes("--json")]);
    expect(ended.stderr).toMatch(reported);
    expect(ended.stderr).toMatch(new RegExp(` \\[${code}\\]\\n$`));
  });

  it("accepts organizations by slug and uid, and refuses one that is not in the state", async () => {
    await o.emulator.api("POST", "/organizations/", { name: "Beta" });
    const state = await up({ ...everything(), beta: organization({ name: "Beta", adopt: "beta", description: "b" }) });
    await o.emulator.api("PATCH", "/organizations/beta/", { description: "c" });
    await o.emulator.api("POST", "/organizations/", { name: "Gamma" });
    expect(await found(state, ["-o", "beta"])).toEqual(["changed organization description beta"]);
    expect(await found(state, ["-o", uids.acme])).toEqual(waiting);
    const { code, stderr } = await o.desk.run(["drift", "--state", "-", "-o", "gamma"], { stdin: state.text });
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/contains no resources of .*"gamma".*\[AVALA_REFUSED\]\n$/),
    ]);
  });

  it("reports a long read at a terminal, and nothing in a pipe during the first seconds", async () => {
    const state = await upAll();
    writeFileSync(join(o.desk.folder, "state.json"), state.text);
    const args = ["drift", "--state", "state.json"];
    const slow = () => o.emulator.faults({ match: { method: "GET" }, action: { delayMs: 700 }, times: 99 });
    await slow();
    expect((await o.desk.atTerminal(args, () => "")).screen).toMatch(/Reading from Avala: \d+ requests so far\./);
    expect((await o.desk.run(args)).stderr).toBe("");
    const quiet = await o.desk.atTerminal([...args, "--quiet"], () => "");
    expect(quiet.screen).not.toContain("Reading from Avala");
    await o.emulator.clearFaults();
    expect(quiet.screen).toMatch(escapes);
  });
});
