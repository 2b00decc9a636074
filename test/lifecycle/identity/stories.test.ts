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
import { codeOf, pendingNow, teamRoleOf, refusal, refusedWith, roleOf, untouched } from "./steps.js";

useService();
const core = () => `${uids.acme}/${uids.core}`;
const at = (path = "") => `/organizations/acme/${path}`;
const html = { "content-type": "text/html" };

const member = (name: string, inputs: object = {}) =>
  organizationMember({ organization: uids.acme, email: person(name), ...inputs });
const membership = (name: string, inputs: object = {}) =>
  teamMembership({ team: core(), email: person(name), role: "member", ...inputs });
const ada = (name = "ada") => ({ ada: member(name, { role: "admin" }), adaCore: membership(name, { role: "lead" }) });

const join = (name: string, role: "admin" | "member" = "member") => s.emulator.join(uids.acme, person(name), role);
const putInCore = (userUid: string, role = "member") =>
  s.emulator.api("POST", at("teams/core/members/"), { user_uid: userUid, role });
const removeByHand = (userUid: string) => s.emulator.api("DELETE", at(`members/${userUid}/`));
const readdress = (name: string, to: string) => s.emulator.readdress(person(name), person(to));
/** The settings with which the tries of a call take no time. */
const tries = 5;
/** The list of people of Acme fails from now on, or once including its retries. */
const breakList = (times: number | null) =>
  s.emulator.faults({
    match: { method: "GET", path: `^${at("members/")}` },
    action: { status: 503, headers: { "retry-after": "0.001" } },
    times,
  });

describe("bug: an address that now belongs to somebody else", () => {
  it("identifies only the new person: the former owner of the address is removed when her declarations are", async () => {
    await s.stack.up(ada());
    await readdress("ada", "ada.new");
    await s.stack.up(ada("ada.new"));
    const newcomer = await join("ada");
    await putInCore(newcomer.uid);
    const newcomers = { nia: member("ada"), niaCore: membership("ada") };
    await s.stack.up({ ...ada("ada.new"), ...newcomers });
    const { error, emails } = await s.measured(() => s.stack.up(newcomers));
    expect({ error, emails }).toEqual({ error: undefined, emails: [] });
    expect([await roleOf(uids.ada), await teamRoleOf(uids.ada)]).toEqual([undefined, undefined]);
    expect([await roleOf(newcomer.uid), await teamRoleOf(newcomer.uid)]).toEqual(["member", "member"]);
  });

  it("identifies only the new person, in a roster too", async () => {
    const roster = (members: object) => ({ roster: teamRoster({ team: core(), members }) });
    const lee = { [person("lee")]: "lead" };
    await s.stack.up(roster({ ...lee, [person("mia")]: "member" }));
    await readdress("mia", "mia.new");
    const newcomer = await join("mia");
    await s.stack.up(roster({ ...lee, [person("mia.new")]: "member" }));
    await s.stack.up(roster({ ...lee, [person("mia.new")]: "member", [person("mia")]: "member" }));
    await s.stack.up(roster({ ...lee, [person("mia")]: "member" }));
    expect([await teamRoleOf(uids.mia), await teamRoleOf(newcomer.uid)]).toEqual([undefined, "member"]);
  });
});

describe("bug: another identity that cannot be looked up", () => {
  const changed = {
    "another address": () => member("new", { role: "member" }),
    "another user": () =>
      organizationMember({ organization: uids.acme, user: "0badcafe-0000-4000-8000-000000000000", role: "member" }),
  };
  it.each([
    ["another address", tries],
    ["another address", null],
    ["another user", tries],
    ["another user", null],
  ] as const)("%s: the list of people fails, and nothing is sent or recorded", async (what, times) => {
    await s.stack.up({ dev: member("ada", { role: "admin" }) });
    await breakList(times);
    const run = await s.measured(() => s.stack.up({ dev: changed[what]() }));
    expect(run.error).toBeDefined();
    expect({ writes: run.writes, emails: run.emails }).toEqual({ writes: [], emails: [] });
    expect(s.stack.outputs("dev")).toMatchObject({ email: person("ada"), userUid: uids.ada, role: "admin" });
  });

  it("a team membership: the list of people fails, and nothing is sent or recorded", async () => {
    await s.stack.up({ dev: membership("lee", { role: "lead" }) });
    await breakList(tries);
    const run = await s.measured(() => s.stack.up({ dev: membership("new") }));
    expect(run.error).toBeDefined();
    expect(run.writes).toEqual([]);
    expect(await teamRoleOf(uids.lee)).toBe("lead");
    expect(s.stack.outputs("dev")).toMatchObject({ email: person("lee"), userUid: uids.lee });
  });

  it.each(["member", "invitation", "team"] as const)("an organization that does not exist: %s", async (what) => {
    const of = (organization: string) => ({
      member: organizationMember({ organization, email: person("mia") }),
      invitation: invitation({ organization, email: person("zoe") }),
      team: team({ organization, name: "Core", adopt: "core" }),
    });
    await s.stack.up({ dev: of("acme")[what] });
    const run = await s.measured(() => s.stack.up({ dev: of("acne")[what] }));
    expect(run.error).toBeDefined();
    expect({ writes: run.writes, emails: run.emails }).toEqual({ writes: [], emails: [] });
    expect(s.stack.outputs("dev")["organization"]).toBe("acme");
  });

  it("addresses that are hidden: nothing is sent or recorded", async () => {
    await s.stack.up({ dev: member("ada", { role: "admin" }) });
    await s.emulator.settings({ hideEmails: true });
    expect(refusal(await s.measured(() => s.stack.up({ dev: member("new") })))).toEqual(
      refusedWith("AVALA_IDENTITY_UNKNOWN"),
    );
    expect(s.stack.outputs("dev")).toMatchObject({ email: person("ada"), userUid: uids.ada, role: "admin" });
  });
});

describe("bug: a change of one field does not change others", () => {
  it("keeps a role that somebody else has changed until the next refresh", async () => {
    const program = (reason: string): Program => ({
      mia: member("mia", { reason }),
      miaCore: membership("mia", { reason }),
    });
    await s.stack.up(program("first"));
    await s.emulator.api("PATCH", at(`members/${uids.mia}/role/`), { role: "admin" });
    await s.emulator.api("PATCH", at(`teams/core/members/${uids.mia}/role/`), { role: "lead" });
    const run = await s.measured(() => s.stack.up(program("second")));
    expect(run).toMatchObject({ ...untouched, steps: ["update mia", "update miaCore"] });
    await s.stack.refresh();
    await s.stack.up(program("second"));
    expect([await roleOf(uids.mia), await teamRoleOf(uids.mia)]).toEqual(["member", "member"]);
  });

  it("keeps the other entries of a roster", async () => {
    const roster = (more: object) => ({
      roster: teamRoster({ team: core(), members: { [person("lee")]: "lead", ...more } }),
    });
    await s.stack.up(roster({}));
    await s.emulator.api("PATCH", at(`teams/core/members/${uids.lee}/role/`), { role: "member" });
    await s.stack.up(roster({ [person("mia")]: "member" }));
    expect([await teamRoleOf(uids.lee), await teamRoleOf(uids.mia)]).toEqual(["member", "member"]);
  });

  it("keeps the other fields of a team and an organization", async () => {
    const program = (description: string): Program => ({
      acme: organization({ adopt: uids.acme, name: "Acme", description }),
      core: team({ organization: uids.acme, adopt: uids.core, name: "Core", description }),
    });
    await s.stack.up(program("first"));
    await s.emulator.api("PATCH", at(), { name: "Apex" });
    await s.emulator.api("PATCH", at("teams/core/"), { name: "Kernel" });
    await s.stack.up(program("second"));
    expect(await s.organizationNow()).toMatchObject({ name: "Apex", description: "second" });
    expect(await s.teamNow()).toMatchObject({ name: "Kernel", description: "second" });
  });
});

describe("bug: a declaration without access removes none", () => {
  it("keeps a person who was added by hand after their invitation had ended, and logs it", async () => {
    await s.stack.up({ zoe: member("zoe") });
    await s.emulator.decline(person("zoe"));
    await s.stack.refresh();
    const { uid } = await join("zoe", "admin");
    const run = await s.measured(() => s.stack.up({}));
    expect(run).toMatchObject({ ...untouched, steps: ["delete zoe"] });
    expect(run.logged).toContainEqual({ severity: "warning", message: expect.stringContaining(person("zoe")) });
    expect(await roleOf(uid)).toBe("admin");
  });

  it("removes access that an invitation may have granted since", async () => {
    await s.stack.up({ zoe: member("zoe") });
    await s.emulator.accept(person("zoe"));
    await s.stack.up({});
    expect(await roleOf(await s.emulator.uidOf(person("zoe")))).toBeUndefined();
  });

  it("keeps a team membership that was added by hand for a person who waited, or who had lost it", async () => {
    await s.stack.up({ zoe: membership("zoe"), mia: membership("mia") });
    await s.emulator.api("DELETE", at(`teams/core/members/${uids.mia}/`));
    await s.stack.refresh();
    const { uid } = await join("zoe");
    await putInCore(uid);
    await putInCore(uids.mia);
    expect(await s.measured(() => s.stack.up({}))).toMatchObject(untouched);
    expect([await teamRoleOf(uid), await teamRoleOf(uids.mia)]).toEqual(["member", "member"]);
  });
});

describe("bug: the former address of a person in a renamed resource", () => {
  const story = async () => {
    await s.stack.up(ada());
    await readdress("ada", "ada.new");
    const { ada: one, adaCore: two } = ada();
    return s.measured(() => s.stack.up({ one, two }));
  };

  it("removes none of her access", async () => {
    await story();
    expect([await roleOf(uids.ada), await teamRoleOf(uids.ada)]).toEqual(["admin", "lead"]);
  });

  it("is refused, and her record stays", async () => {
    expect(codeOf((await story()).error)).toBe("AVALA_GUARD");
    const recorded = [...s.stack.resources.values()].map(({ outputs }) => outputs["userUid"]);
    expect(recorded).toContain(uids.ada);
  });

  /** A creation has no earlier record: in the service the address belongs to nobody. */
  it("sends at most the one invitation that the program declares", async () => {
    const { emails, writes } = await story();
    expect(emails).toEqual([`invitation ${person("ada")}`]);
    expect(writes).toHaveLength(1);
  });
});

describe("bug: a refresh never records another person", () => {
  const cydHasAdasAddress = async () => {
    await removeByHand(uids.ada);
    await readdress("ada", "ada.new");
    const { uid } = await join("ada");
    await putInCore(uid);
    return uid;
  };

  it("records that she is gone, and keeps the person who has her address now", async () => {
    await s.stack.up(ada());
    const cyd = await cydHasAdasAddress();
    const { logged } = await s.measured(() => s.stack.refresh());
    expect(s.stack.outputs("ada")).toMatchObject({ status: "gone", userUid: uids.ada });
    expect(s.stack.outputs("adaCore")).toMatchObject({ status: "gone", userUid: uids.ada });
    expect(logged).toContainEqual({ severity: "warning", message: expect.stringContaining("another person") });
    expect(await s.measured(() => s.stack.up({}))).toMatchObject(untouched);
    expect([await roleOf(cyd), await teamRoleOf(cyd)]).toEqual(["member", "member"]);
  });

  it("keeps them in an update too", async () => {
    await s.stack.up(ada());
    const cyd = await cydHasAdasAddress();
    const { ada: one, adaCore: two } = ada();
    const reason = { reason: "still" };
    const run = await s.measured(() =>
      s.stack.up({
        ada: { ...one, inputs: { ...one.inputs, ...reason } },
        adaCore: { ...two, inputs: { ...two.inputs, ...reason } },
      }),
    );
    expect({ writes: run.writes, emails: run.emails }).toEqual({ writes: [], emails: [] });
    expect(s.stack.outputs("ada")["userUid"]).toBe(uids.ada);
    expect([await roleOf(cyd), await teamRoleOf(cyd)]).toEqual(["member", "member"]);
  });

  it("keeps them when the roster that named her is deleted", async () => {
    await s.stack.up({
      roster: teamRoster({ team: core(), members: { [person("lee")]: "lead", [person("ada")]: "lead" } }),
    });
    const cyd = await cydHasAdasAddress();
    await s.stack.refresh();
    await s.stack.up({});
    expect([await teamRoleOf(cyd), await teamRoleOf(uids.lee)]).toEqual(["member", undefined]);
  });

  it("records the person who accepts the invitation", async () => {
    await s.stack.up({ zoe: member("zoe") });
    await s.emulator.accept(person("zoe"));
    await s.stack.refresh();
    const userUid = await s.emulator.uidOf(person("zoe"));
    expect(s.stack.outputs("zoe")).toMatchObject({ status: "active", userUid });
  });
});

it("bug: a team membership removed from the program during a handover of its team is not forgotten", async () => {
  const blue = (more: object = {}) => team({ organization: uids.acme, name: "Blue", forceDestroy: true, ...more });
  const mia = teamMembership({ team: idOf("one"), user: uids.mia, role: "lead" }, { deletedWith: "one" });
  await s.stack.up({ one: blue(), mia });
  const uid = s.stack.outputs("one")["uid"] as string;
  const { error } = await s.measured(() => s.stack.up({ two: blue({ adopt: uid }) }));
  expect((await s.teamNow(uid)).name).toBe("Blue");
  // Removed, or logged.
  expect({ code: codeOf(error), membership: await teamRoleOf(uids.mia, uid) }).toEqual(
    error ? { code: "AVALA_GUARD", membership: "lead" } : { code: undefined, membership: undefined },
  );
});

describe("bug: the text of adopt does not identify the resource's object", () => {
  useService(() => acme({ slugFollowsName: true }));

  it("deletes an adopted team whose name and slug another one had before", async () => {
    const t1 = (name: string) => team({ organization: uids.acme, adopt: "core", name, forceDestroy: true });
    const t2 = team({ organization: uids.acme, name: "Core" });
    await s.stack.up({ t1: t1("Core") });
    await s.stack.up({ t1: t1("Platform") });
    await s.stack.up({ t1: t1("Platform"), t2 });
    expect((await s.organizationNow()).teams.map(({ name }) => name).toSorted()).toEqual(["Core", "Platform"]);
    const { error } = await s.measured(() => s.stack.up({ t1: t1("Platform") }));
    expect(error).toBeUndefined();
    expect((await s.organizationNow()).teams.map(({ uid, name }) => [uid, name])).toEqual([[uids.core, "Platform"]]);
  });

  it("keeps its own team after a change of its slug", async () => {
    const t1 = (adopt: string) => team({ organization: uids.acme, adopt, name: "Platform" });
    await s.stack.up({ t1: t1("core") });
    const renamed = await s.measured(() => s.stack.up({ t3: t1("platform") }));
    expect(renamed).toMatchObject({ ...untouched, steps: ["create t3", "delete t1"] });
  });
});

describe("bug: adopt of an existing resource", () => {
  const beta = async () => {
    const { uid, slug } = (await s.emulator.api("POST", "/organizations/", { name: "Beta" })) as {
      uid: string;
      slug: string;
    };
    return { uid, slug };
  };
  const names = async () => (await s.emulator.state()).organizations.map(({ name }) => name);

  it.each(["uid", "slug"] as const)("is refused if it names another organization, by %s", async (by) => {
    const other = await beta();
    await s.stack.up({ org: organization({ adopt: "acme", name: "Acme" }) });
    const changed = { org: organization({ adopt: other[by], name: "Beta" }) };
    expect(refusal(await s.measured(() => s.stack.preview(changed)))).toEqual(refusedWith("AVALA_GUARD"));
    expect(refusal(await s.measured(() => s.stack.up(changed)))).toEqual(refusedWith("AVALA_GUARD"));
    expect(await names()).toContain("Acme");
  });

  it.each(["uid", "slug"] as const)("is refused if it names another team, by %s", async (by) => {
    const other = (await s.emulator.api("POST", at("teams/"), { name: "Blue" })) as { uid: string; slug: string };
    const core = { organization: uids.acme, name: "Core", forceDestroy: true };
    await s.stack.up({ team: team({ ...core, adopt: "core" }) });
    const changed = { team: team({ ...core, name: "Blue", adopt: other[by] }) };
    expect(refusal(await s.measured(() => s.stack.preview(changed)))).toEqual(refusedWith("AVALA_GUARD"));
    expect(refusal(await s.measured(() => s.stack.up(changed)))).toEqual(refusedWith("AVALA_GUARD"));
    expect((await s.teamNow()).name).toBe("Core");
  });

  it("changes nothing if it is another spelling, or removed", async () => {
    const program = (adopt: { org?: string; team?: string }): Program => ({
      org: organization({ name: "Acme", ...(adopt.org && { adopt: adopt.org }) }),
      team: team({ organization: uids.acme, name: "Core", ...(adopt.team && { adopt: adopt.team }) }),
    });
    await s.stack.up(program({ org: "acme", team: "core" }));
    expect(await s.measured(() => s.stack.up(program({ org: uids.acme, team: uids.core })))).toMatchObject(untouched);
    expect(await s.measured(() => s.stack.up(program({})))).toMatchObject(untouched);
    expect((await s.stack.preview(program({}))).steps).toEqual(["same org", "same team"]);
  });
});

it("bug: somebody else's invitation to an address that she had is not cancelled with her", async () => {
  await s.stack.up({ ada: member("ada", { role: "admin" }) });
  await readdress("ada", "ada.new");
  await s.emulator.api("POST", at("invitations/"), { email: person("ada") });
  const { error, writes } = await s.measured(() => s.stack.up({}));
  expect(error).toBeUndefined();
  expect(writes).toEqual([`DELETE ${at(`members/${uids.ada}/`)}`]);
  expect(await pendingNow()).toEqual([person("ada")]);
});

describe("bug: one limit for all kinds of removals", () => {
  const names = ["p1", "p2", "p3", "p4"];
  const limit = (most: number) => {
    s.stack.environment = { ...s.stack.environment, AVALA_MAX_REMOVALS: String(most) };
  };
  const program = (of: (name: string, index: number) => Program): Program =>
    Object.assign({}, ...names.map((name, index) => of(name, index))) as Program;
  const both = (name: string): Program => ({ [name]: member(name), [`${name} core`]: membership(name) });

  it("counts people who leave the team with the organization", async () => {
    for (const name of names) await join(name);
    await s.stack.up(program(both));
    limit(3);
    const half = program((name, index) =>
      index < 2 ? { [name]: member(name) } : { [`${name} core`]: membership(name) },
    );
    const { error } = await s.measured(() => s.stack.up(half));
    expect(codeOf(error)).toBe("AVALA_GUARD");
    expect((await s.teamNow()).members.length).toBeGreaterThanOrEqual(2);
  });

  it.each([
    ["OrganizationMember", member],
    ["Invitation", (name: string) => invitation({ organization: uids.acme, email: person(name) })],
  ] as const)("counts cancelled invitations: %s", async (_, declare) => {
    await s.stack.up(program((name) => ({ [name]: declare(name) })));
    limit(3);
    const { error } = await s.measured(() => s.stack.up({}));
    expect(codeOf(error)).toBe("AVALA_GUARD");
    expect((await pendingNow()).length).toBeGreaterThanOrEqual(1);
  });

  it("counts a person once, for all their losses", async () => {
    for (const name of names) await join(name);
    await s.stack.up(program(both));
    limit(4);
    const { error } = await s.measured(() => s.stack.up({}));
    expect(error).toBeUndefined();
    expect((await s.teamNow()).members).toHaveLength(1);
  });
});

it("bug: a team membership that was lost with the organization's is added again when they are back", async () => {
  const program = (): Program => ({ mia: member("mia"), miaCore: membership("mia") });
  await s.stack.up(program());
  await s.stack.up({ miaCore: program()["miaCore"]! });
  expect(await roleOf(uids.mia)).toBeUndefined();
  await s.stack.up(program());
  await s.emulator.accept(person("mia"));
  await s.stack.up(program());
  expect([await roleOf(uids.mia), await teamRoleOf(uids.mia)]).toEqual(["member", "member"]);
  expect(s.stack.outputs("miaCore")["status"]).toBe("active");
});

it.each(["ada", "adaCore"] as const)("bug: a login page is not a success: %s", async (name) => {
  await s.stack.up({ [name]: ada()[name] });
  await s.emulator.faults({
    match: { method: "DELETE", path: `^${at()}` },
    action: { status: 200, headers: html, body: "<html><title>Sign in</title></html>" },
    times: null,
  });
  const { error } = await s.measured(() => s.stack.up({}));
  expect(error).toBeDefined();
  expect([...s.stack.resources.keys()]).toEqual([name]);
});

describe("bug: a team that moves to another organization with an unmanaged person inside", () => {
  const scene = async (more: object = {}) => {
    const beta = (await s.emulator.api("POST", "/organizations/", { name: "Beta" })) as { uid: string };
    await s.emulator.join(beta.uid, person("mia"));
    const program = (organization: string, inputs: object = {}): Program => ({
      blue: team({ organization, name: "Blue", ...inputs }),
      mia: teamMembership({ team: idOf("blue"), user: uids.mia, role: "member" }),
    });
    await s.stack.up(program(uids.acme, more));
    const uid = s.stack.outputs("blue")["uid"] as string;
    await s.emulator.api("POST", at("teams/blue/members/"), { user_uid: uids.ada, role: "member" });
    return { beta: beta.uid, program, uid };
  };

  it("moves if forceDestroy is set first", async () => {
    const { beta, program, uid } = await scene({});
    await s.stack.up(program(uids.acme, { forceDestroy: true }));
    const { error } = await s.measured(() => s.stack.up(program(beta, { forceDestroy: true })));
    expect(error).toBeUndefined();
    expect((await s.organizationNow()).teams.map((row) => row.uid)).not.toContain(uid);
    const moved = (await s.organizationNow(beta)).teams[0]!;
    expect(moved.members.map(({ email }) => email)).toEqual([person("mia")]);
  });

  it("moves if forceDestroy is set after the refusal, as its message says", async () => {
    const { beta, program } = await scene();
    await s.measured(() => s.stack.up(program(beta)));
    await s.measured(() => s.stack.up(program(uids.acme, { forceDestroy: true })));
    const { error } = await s.measured(() => s.stack.up(program(beta, { forceDestroy: true })));
    expect(error).toBeUndefined();
    expect((await s.organizationNow(beta)).teams).toHaveLength(1);
  });
});

it.each(["the new one first", "the new one last"])(
  "bug: a name that moves to another resource in one run: %s",
  async (order) => {
    const named = (name: string) => team({ organization: uids.acme, name });
    await s.stack.up({ a: named("A") });
    const uid = s.stack.outputs("a")["uid"] as string;
    s.stack.parallel = true;
    const [a, b] = [named("A2"), named("A")];
    const { error } = await s.measured(() => s.stack.up(order === "the new one first" ? { b, a } : { a, b }));
    expect(error).toBeUndefined();
    const teams = (await s.organizationNow()).teams.filter((row) => row.uid !== uids.core);
    expect(teams.map(({ name }) => name).toSorted()).toEqual(["A", "A2"]);
    expect((await s.teamNow(uid)).name).toBe("A2");
  },
);

describe("bug: one object under two resources", () => {
  it("is refused for a team", async () => {
    const one = team({ organization: uids.acme, name: "Core", adopt: uids.core, forceDestroy: true });
    const two = team({ organization: uids.acme, name: "Core", adopt: "core", description: "second" });
    expect(refusal(await s.measured(() => s.stack.up({ one, two })))).toEqual(refusedWith("AVALA_DECLARED_TWICE"));
  });

  it("is refused for a team that another resource has created", async () => {
    const one = team({ organization: uids.acme, name: "Blue", forceDestroy: true });
    await s.stack.up({ one });
    const two = team({ organization: uids.acme, name: "Blue", adopt: "blue", description: "second" });
    expect(refusal(await s.measured(() => s.stack.up({ one, two })))).toEqual(refusedWith("AVALA_DECLARED_TWICE"));
  });

  it.each(["slug", "uid"])("is refused for an organization, adopted by %s", async (by) => {
    const of = (adopt: string, description: string) => organization({ name: "Acme", adopt, description });
    await s.stack.up({ one: of("acme", "first") });
    const two = of(by === "uid" ? uids.acme : "acme", "second");
    expect(refusal(await s.measured(() => s.stack.up({ one: of("acme", "first"), two })))).toEqual(
      refusedWith("AVALA_DECLARED_TWICE"),
    );
  });
});
