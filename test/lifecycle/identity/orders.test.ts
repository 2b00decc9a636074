import {
  idOf,
  invitation,
  organization,
  organizationMember,
  team,
  teamMembership,
  teamRoster,
  type Program,
} from "../../support/stack.js";
import { acme, person, s, useService, uids } from "../support.js";
import { codeOf, untouched } from "./steps.js";

/*
 * Orders of the engine in which a delete comes before the checks of declarations, or without them. The program's process announces its declarations, as in an update.
 */

const beta = "00000be7-0000-4000-8000-000000000000";
useService(() => {
  const seed = acme();
  const [first] = seed.organizations!;
  return {
    ...seed,
    organizations: [first!, { uid: beta, name: "Beta", members: [{ email: person("owner"), role: "owner" }] }],
  };
});
const core = `${uids.acme}/${uids.core}`;

beforeEach(() => {
  s.stack.hasProgram = true;
});

const first = { deleteBeforeReplace: true } as const;

/** Everything is below the organization; lee's team membership also below the team. */
const below = (more: object = {}): Program => ({
  acme: { ...organization({ name: "Acme", adopt: uids.acme, ...more }), ...first },
  core: { ...team({ organization: idOf("acme"), name: "Core", adopt: uids.core, forceDestroy: true }), ...first },
  mia: organizationMember({ organization: idOf("acme"), email: person("mia") }),
  zoe: invitation({ organization: idOf("acme"), email: person("zoe") }),
  lee: teamMembership({ team: idOf("core"), user: uids.lee, role: "lead" }),
});

const without = (program: Program, ...names: string[]): Program =>
  Object.fromEntries(Object.entries(program).filter(([name]) => !names.includes(name)));

async function roles() {
  const { members, invitations } = await s.organizationNow();
  const pending = invitations.filter(({ status }) => status === "pending").map(({ email }) => email);
  const inTeam = (await s.teamNow()).members.map(({ email }) => email);
  return { members: members.map(({ email }) => email), inTeam, pending };
}

const isSettled = async (program: Program) =>
  expect((await s.stack.preview(program)).steps).toEqual(Object.keys(program).map((name) => `same ${name}`));

describe("bug: a resource above is deleted before it is replaced", () => {
  it("nobody below loses access, regardless of the replaced resource", async () => {
    await s.stack.up(below());
    const before = await s.organizationNow();
    for (const replace of [["acme"], ["core"], ["acme", "core"], ["mia"]]) {
      const run = await s.measured(() => s.stack.up(below(), { replace }));
      expect({ replace, ...run }).toMatchObject({ replace, ...untouched });
    }
    expect(await s.organizationNow()).toEqual(before);
    await isSettled(below());
  });

  it("an organization that destroy would delete is not deleted to be replaced", async () => {
    const program = below({ onDestroy: "delete", forceDestroy: true });
    await s.stack.up(program);
    const before = await s.organizationNow();
    const { error, writes } = await s.measured(() => s.stack.up(program, { replace: ["acme"] }));
    expect([undefined, "AVALA_GUARD"]).toContain(codeOf(error));
    expect(writes).toEqual([]);
    expect(await s.organizationNow()).toEqual(before);
  });

  it("a person removed from the program in the same run loses access", async () => {
    await s.stack.up(below());
    const rest = without(below(), "mia", "lee");
    expect((await s.measured(() => s.stack.up(rest, { replace: ["acme"] }))).error).toBeUndefined();
    expect(await roles()).toEqual({
      members: [person("owner"), person("ada"), person("lee")],
      inTeam: [],
      pending: [person("zoe")],
    });
  });

  it("a team that moves to another organization takes its people along, and reports people who stay", async () => {
    const program = (organization: string): Program => ({
      blue: { ...team({ organization, name: "Blue" }), ...first },
      mia: teamMembership({ team: idOf("blue"), user: uids.mia, role: "lead" }),
    });
    await s.emulator.join(beta, person("mia"));
    await s.stack.up(program(uids.acme));
    const { error } = await s.measured(() => s.stack.up(program(beta)));
    const teams = { acme: (await s.organizationNow()).teams, beta: (await s.organizationNow(beta)).teams };
    const ofTeams = [...teams.acme, ...teams.beta]
      .filter(({ name }) => name === "Blue")
      .flatMap(({ members }) => members);
    expect(ofTeams.map(({ email }) => email)).toEqual([person("mia")]);
    expect([undefined, "AVALA_GUARD"]).toContain(codeOf(error));
  });
});

describe("bug: a run of a part of the program", () => {
  const bob = () => organizationMember({ organization: uids.acme, email: person("mia") });
  const membership = () => teamMembership({ team: core, user: uids.lee, role: "lead" });
  const broken = async (program: Program, renamed: Program) => {
    await s.stack.up(program);
    await s.stack.up(renamed, { breakBeforeDeletes: true });
    return s.organizationNow();
  };

  it("nobody loses access by the old name of an interrupted rename", async () => {
    const before = await broken({ one: bob(), three: membership() }, { two: bob(), four: membership() });
    const renamed = { two: bob(), four: membership() };
    const { error, writes, emails } = await s.measured(() => s.stack.up(renamed, { targets: ["one", "three"] }));
    expect([undefined, "AVALA_GUARD"]).toContain(codeOf(error));
    expect({ writes, emails }).toEqual({ writes: [], emails: [] });
    expect(await s.organizationNow()).toEqual(before);
  });

  it("nobody loses access by it if the new name is excluded", async () => {
    const before = await broken({ one: bob() }, { two: bob() });
    const { error, writes } = await s.measured(() => s.stack.up({ two: bob() }, { excludes: ["two"] }));
    expect([undefined, "AVALA_GUARD"]).toContain(codeOf(error));
    expect(writes).toEqual([]);
    expect(await s.organizationNow()).toEqual(before);
  });

  it("a person removed from the program loses access, and the rest is not read", async () => {
    await s.stack.up({ mia: bob(), lee: membership() });
    const { error, steps } = await s.measured(() => s.stack.up({ lee: membership() }, { targets: ["mia"] }));
    expect({ error, steps }).toEqual({ error: undefined, steps: ["delete mia"] });
    expect((await roles()).members).not.toContain(person("mia"));
    expect((await roles()).inTeam).toEqual([person("lee")]);
  });

  it("a person declared by another name keeps access when a remaining copy is deleted", async () => {
    await s.stack.up({ one: bob() });
    await s.stack.up({ one: bob() }, { replace: ["one"], breakBeforeDeletes: true });
    const before = await s.organizationNow();
    const run = await s.measured(() => s.stack.up({ one: bob() }));
    expect(run).toMatchObject({ ...untouched, steps: ["same one", "delete replaced one"] });
    expect(await s.organizationNow()).toEqual(before);
    expect(s.stack.pending).toEqual([]);
  });
});

describe("bug: an explicit provider that is replaced", () => {
  const provider = "tenant";
  const program = (): Program => ({
    mia: { ...organizationMember({ organization: uids.acme, email: person("mia") }), provider },
    lee: { ...teamRoster({ team: core, members: { [person("lee")]: "lead" } }), provider },
  });

  it("removes nobody's access", async () => {
    const { AVALA_API_KEY: key, AVALA_BASE_URL: url } = s.stack.environment;
    s.stack.providers[provider] = {
      "avala:explicit": "true",
      "avala:apiKey": key!,
      "avala:baseUrl": url!,
      "avala:allowInsecureBaseUrl": "true",
    };
    await s.stack.up(program());
    const before = await s.organizationNow();
    const { error, writes, emails } = await s.measured(() => s.stack.up(program(), { replaceProvider: provider }));
    expect([undefined, "AVALA_GUARD"]).toContain(codeOf(error));
    expect({ writes, emails }).toEqual({ writes: [], emails: [] });
    expect(await s.organizationNow()).toEqual(before);
  });
});

describe("destroy", () => {
  it("removes everybody whom the program declared", async () => {
    await s.stack.up(below());
    const { error } = await s.measured(() => s.stack.destroy());
    expect(error).toBeUndefined();
    expect((await s.organizationNow()).members.map(({ email }) => email)).toEqual(
      ["owner", "ada", "lee"].map((name) => person(name)),
    );
    expect((await s.organizationNow()).invitations.map(({ status }) => status)).toEqual(["cancelled"]);
  });
});

describe("bug: a team that moves to another organization with an unmanaged person inside", () => {
  const program = (at: string, more: object = {}): Program => ({
    core: team({ organization: at, name: "Core", ...(at === uids.acme ? { adopt: uids.core } : {}), ...more }),
    lee: teamMembership({ team: idOf("core"), user: uids.lee, role: "lead" }),
  });

  it("is refused before anything is sent, and moves with forceDestroy", async () => {
    await s.stack.up(program(uids.acme));
    await s.emulator.join(beta, person("lee"));
    const user = { user_uid: uids.ada, role: "member" };
    await s.emulator.api("POST", "/organizations/acme/teams/core/members/", user);
    const refused = await s.measured(() => s.stack.up(program(beta)));
    expect([codeOf(refused.error), refused.writes]).toEqual(["AVALA_GUARD", []]);
    expect(refused.error?.message).toContain(person("ada"));
    const moved = await s.measured(() => s.stack.up(program(beta, { forceDestroy: true })));
    expect(moved.error).toBeUndefined();
    expect((await s.organizationNow()).teams).toEqual([]);
    expect((await s.organizationNow(beta)).teams.map(({ members }) => members.map(({ email }) => email))).toEqual([
      [person("lee")],
    ]);
  });
});
