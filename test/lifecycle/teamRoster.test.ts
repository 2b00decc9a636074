import { idOf, team, teamMembership, teamRoster, type Program } from "../support/stack.js";
import { person, s, useService, uids } from "./support.js";

useService();
const at = {
  /** The id of the team. */
  get core() {
    return `${uids.acme}/${uids.core}`;
  },
  get acme() {
    return `/organizations/acme/`;
  },
  get people() {
    return `${at.acme}members/`;
  },
  get memberships() {
    return `${at.acme}teams/core/members/`;
  },
  get lists() {
    return ["GET /organizations/", `GET ${at.acme}teams/`, `GET ${at.memberships}`];
  },
};
const addresses = () => ({ ada: person("ada"), lee: person("lee"), mia: person("mia"), zoe: person("zoe") });

type Members = Record<string, unknown>;
const roster = (members: Members, more: object = {}): Program => ({
  core: teamRoster({ team: at.core, members, ...more }),
});
const up = (members: Members, more: object = {}) => s.measured(() => s.stack.up(roster(members, more)));
const preview = (members: Members, more: object = {}) => s.measured(() => s.stack.preview(roster(members, more)));
/** For steps that may not send any request. */
const silently = {
  up: (members: Members, more: object = {}) => s.measured(() => s.stack.up(roster(members, more))),
  preview: (members: Members, more: object = {}) => s.measured(() => s.stack.preview(roster(members, more))),
};
const refresh = () => s.measured(() => s.stack.refresh());
const destroy = () => s.measured(() => s.stack.destroy());
const outputs = () => s.stack.outputs("core");
const inTeam = async () =>
  (await s.organizationNow()).teams[0]!.members.map(({ email, role }) => `${email} ${role}`).toSorted();

const quiet = { error: undefined, writes: [], emails: [] };
const settled = { ...quiet, calls: [], steps: ["same core"], logged: [] };
const add = () => `POST ${at.memberships}`;
const role = (uid: string) => `PATCH ${at.memberships}${uid}/role/`;
const remove = (uid: string) => `DELETE ${at.memberships}${uid}/`;

describe("a roster", () => {
  it("adds missing people, sets roles, keeps existing people, and is settled", async () => {
    const { ada, lee, mia } = addresses();
    const members = { [ada]: "lead", [lee]: "member", [mia]: "member" };
    expect(await silently.preview(members)).toMatchObject({ ...quiet, calls: [], steps: ["create core"] });
    const made = await up(members);
    expect(made.error).toBeUndefined();
    expect(made.writes.toSorted()).toEqual([add(), add(), role(uids.lee)].toSorted());
    expect(made.calls.filter((call) => call.startsWith("GET"))).toEqual([...at.lists, `GET ${at.people}`]);
    expect(await inTeam()).toEqual([`${ada} lead`, `${lee} member`, `${mia} member`]);
    expect(s.stack.id("core")).toBe(at.core);
    expect(outputs()).toMatchObject({
      members: `${ada} lead\n${lee} member\n${mia} member`,
      waiting: "",
      unmanagedMembers: "",
    });
    expect(await silently.up(members)).toMatchObject(settled);
    expect(await preview({ [mia.toUpperCase()]: "member", [lee]: "member", [uids.ada]: "lead" })).toMatchObject({
      steps: ["update core"],
    });
    expect(await silently.up({ [mia.toUpperCase()]: "member", [` ${lee}`]: "member", [ada]: "lead" })).toMatchObject(
      settled,
    );
    // A settled roster needs its own list alone.
    expect(await refresh()).toMatchObject({ ...quiet, calls: at.lists, steps: ["same core"] });
  });

  it("sends only the changes: one person added, one removed, one with another role, one request each", async () => {
    const { ada, lee, mia } = addresses();
    await up({ [ada]: "lead", [lee]: "lead" });
    const changed = await up({ [ada]: "member", [mia]: "member" });
    expect(changed.writes.toSorted()).toEqual([add(), remove(uids.lee), role(uids.ada)].toSorted());
    expect(changed.writes.at(-1)).toBe(remove(uids.lee));
    expect(await inTeam()).toEqual([`${ada} member`, `${mia} member`]);
    expect(await silently.up({ [ada]: "member", [mia]: "member" })).toMatchObject(settled);
  });

  it("waits for people who are not members, and adds them after their acceptance", async () => {
    const { lee, zoe } = addresses();
    await s.emulator.api("POST", `${at.acme}invitations/`, { email: zoe });
    const members = { [lee]: "lead", [zoe]: "member" };
    expect(await up(members)).toMatchObject(quiet);
    expect(outputs()).toMatchObject({ waiting: zoe });
    const looked = ["GET /organizations/", `GET ${at.people}`];
    expect(await preview(members)).toMatchObject({ ...quiet, calls: looked, steps: ["same core"] });
    expect(await refresh()).toMatchObject({ ...quiet, steps: ["same core"] });
    await s.emulator.accept(zoe);
    expect(await preview(members)).toMatchObject({ ...quiet, steps: ["update core"] });
    expect(await up(members)).toMatchObject({ emails: [], writes: [add()], steps: ["update core"] });
    expect(outputs()).toMatchObject({ waiting: "" });
    expect(await silently.up(members)).toMatchObject(settled);
  });

  it("bug: a person whose acceptance a refresh finds first is added", async () => {
    const { lee, zoe } = addresses();
    await s.emulator.api("POST", `${at.acme}invitations/`, { email: zoe });
    const members = { [lee]: "lead", [zoe]: "member" };
    await up(members);
    await s.emulator.accept(zoe);
    expect(await refresh()).toMatchObject(quiet);
    expect(outputs()).toMatchObject({ waiting: zoe });
    expect(await preview(members)).toMatchObject({ ...quiet, steps: ["update core"] });
    expect(await up(members)).toMatchObject({ writes: [add()], emails: [] });
    expect(await inTeam()).toEqual([`${lee} lead`, `${zoe} member`]);
    expect(await silently.up(members)).toMatchObject(settled);
  });

  it("bug: an address that now belongs to somebody else does not remove that person", async () => {
    const { ada, lee } = addresses();
    await up({ [ada]: "lead", [lee]: "lead" });
    const moved = JSON.stringify(await s.emulator.state()).replaceAll(`"${lee}"`, `"lee@elsewhere.example.com"`);
    await s.emulator.reset(JSON.parse(moved));
    const { uid } = await s.emulator.join(uids.acme, lee);
    await s.emulator.api("POST", at.memberships, { user_uid: uid });
    expect((await up({ [ada]: "lead" })).writes).toEqual([remove(uids.lee)]);
    expect(await inTeam()).toEqual([`${ada} lead`, `${lee} member`]);
    expect(outputs()).toMatchObject({ unmanagedMembers: lee });
  });

  it("finds and repairs changes by others", async () => {
    const { ada, lee, mia } = addresses();
    await up({ [ada]: "lead", [lee]: "lead", [mia]: "member" });
    await s.emulator.api("DELETE", `${at.memberships}${uids.mia}/`);
    await s.emulator.api("PATCH", `${at.memberships}${uids.lee}/role/`, { role: "member" });
    expect(await refresh()).toMatchObject({ ...quiet, steps: ["update core"] });
    expect(outputs()).toMatchObject({ members: `${ada} lead\n${lee} member`, waiting: "" });
    const repaired = await up({ [ada]: "lead", [lee]: "lead", [mia]: "member" });
    expect(repaired.writes.toSorted()).toEqual([add(), role(uids.lee)].toSorted());
  });

  it("waits for a person who has left the organization, and adds them when they are back", async () => {
    const { ada, mia } = addresses();
    const members = { [ada]: "lead", [mia]: "member" };
    await up(members);
    await s.emulator.api("DELETE", `${at.people}${uids.mia}/`);
    expect(await refresh()).toMatchObject({ ...quiet, steps: ["update core"] });
    expect(outputs()).toMatchObject({ members: `${ada} lead`, waiting: "" });
    expect(await up(members)).toMatchObject({ ...quiet, steps: ["update core"] });
    expect(outputs()).toMatchObject({ members: `${ada} lead\n${mia} member`, waiting: mia });
    expect(await refresh()).toMatchObject({ ...quiet, steps: ["same core"] });
    await s.emulator.join(uids.acme, mia);
    expect(await up(members)).toMatchObject({ writes: [add()], steps: ["update core"] });
    expect(await silently.up(members)).toMatchObject(settled);
  });

  it.each(["left the team", "left the organization"])(
    "means the person whom it has added; once a refresh finds that they have %s, the member with the address",
    async (how) => {
      const { ada, mia } = addresses();
      const members = { [ada]: "lead", [mia]: "member" };
      await up(members);
      await s.emulator.readdress(mia, "mia@elsewhere.example.com");
      await s.emulator.join(uids.acme, mia);
      expect(await refresh()).toMatchObject({ ...quiet, steps: ["same core"] });
      expect(await up(members)).toMatchObject({ ...quiet, steps: ["same core"] });
      await s.emulator.api("DELETE", `${how === "left the team" ? at.memberships : at.people}${uids.mia}/`);
      expect(await refresh()).toMatchObject({ ...quiet, steps: ["update core"] });
      expect(await up(members)).toMatchObject({ writes: [add()], steps: ["update core"] });
      expect(await inTeam()).toContain(`${mia} member`);
    },
  );

  it("removes its own people on destroy, and keeps the others", async () => {
    const { ada, lee } = addresses();
    await up({ [ada]: "lead" });
    expect((await destroy()).writes).toEqual([remove(uids.ada)]);
    expect(await inTeam()).toEqual([`${lee} lead`]);
  });

  it("does not treat a person with a new address as unmanaged", async () => {
    const { lee } = addresses();
    await up({ [lee]: "lead" }, { unmanaged: "remove" });
    const state = JSON.stringify(await s.emulator.state()).replaceAll(`"${lee}"`, `"lee@elsewhere.example.com"`);
    await s.emulator.reset(JSON.parse(state));
    expect(await refresh()).toMatchObject({ ...quiet, steps: ["same core"] });
    expect(await silently.up({ [lee]: "lead" }, { unmanaged: "remove" })).toMatchObject(settled);
  });
});

describe("people whom a roster does not list", () => {
  it("are reported, by default, and stay", async () => {
    const { ada, lee } = addresses();
    const made = await up({ [ada]: "lead" });
    expect(made.logged).toEqual([{ severity: "warning", message: expect.stringContaining(lee) }]);
    expect(outputs()).toMatchObject({ unmanagedMembers: lee, members: `${ada} lead` });
    expect(await silently.up({ [ada]: "lead" })).toMatchObject(settled);
  });

  it("are ignored", async () => {
    const { ada } = addresses();
    expect(await up({ [ada]: "lead" }, { unmanaged: "ignore" })).toMatchObject({ logged: [] });
    expect(outputs()).toMatchObject({ unmanagedMembers: "" });
  });

  it("are removed, including those added later", async () => {
    const { ada, mia } = addresses();
    const made = await up({ [ada]: "lead" }, { unmanaged: "remove" });
    expect(made.writes).toEqual([add(), remove(uids.lee)]);
    await s.emulator.api("POST", at.memberships, { user_uid: uids.mia });
    await refresh();
    expect(outputs()).toMatchObject({ unmanagedMembers: mia });
    expect(await preview({ [ada]: "lead" }, { unmanaged: "remove" })).toMatchObject({ steps: ["update core"] });
    expect((await up({ [ada]: "lead" }, { unmanaged: "remove" })).writes).toEqual([remove(uids.mia)]);
    expect(await silently.up({ [ada]: "lead" }, { unmanaged: "remove" })).toMatchObject(settled);
  });
});

describe("guards", () => {
  it("check all removals together, before the first request", async () => {
    const many = Array.from({ length: 12 }, (_, index) => person(`p${index + 10}`));
    for (const email of many) await s.emulator.join(uids.acme, email);
    await up(Object.fromEntries(many.map((email) => [email, "member"])));
    const refused = await up({ [many[0]!]: "lead" });
    expect(refused).toMatchObject({ writes: [], error: { message: expect.stringContaining("11 or more people") } });
    expect(refused.error!.message).toContain("[AVALA_GUARD]");
    s.stack.environment["AVALA_MAX_REMOVALS"] = "11";
    expect((await up({ [many[0]!]: "lead" })).writes).toHaveLength(12);
  });

  it("refuse a roster beside single memberships of the team", async () => {
    const { ada, mia } = addresses();
    const program = {
      ...roster({ [ada]: "lead" }),
      mia: teamMembership({ team: at.core, email: mia, role: "member" }),
    };
    const both = await s.measured(() => s.stack.up(program));
    expect(both).toMatchObject({ error: { message: expect.stringContaining("TeamRoster") } });
    const other = { ...roster({ [ada]: "lead" }), blue: team({ organization: uids.acme, name: "Blue" }) };
    const apart = { ...other, mia: teamMembership({ team: idOf("blue"), email: mia, role: "member" }) };
    expect(await s.measured(() => s.stack.up(apart))).toMatchObject({ error: undefined });
  });

  it("refuse one person named by email and by uid", async () => {
    const { mia } = addresses();
    expect(await up({ [mia]: "lead", [uids.mia]: "member" })).toMatchObject({
      writes: [],
      error: { message: expect.stringMatching(/twice: as .*AVALA_GUARD/) },
    });
  });
});

describe("handover", () => {
  const edges = (): Program => ({
    ada: teamMembership({ team: at.core, email: person("ada"), role: "lead" }),
    lee: teamMembership({ team: at.core, user: uids.lee, role: "lead" }),
  });

  it("from single memberships to a roster and back removes nobody and sends nothing", async () => {
    const { ada, lee } = addresses();
    await s.stack.up(edges());
    const before = await inTeam();
    const moved = await up({ [ada]: "lead", [lee]: "lead" });
    expect(moved).toMatchObject({ ...quiet, steps: ["create core", "delete lee", "delete ada"] });
    const back = await s.measured(() => s.stack.up(edges()));
    expect(back).toMatchObject({ ...quiet, steps: ["create ada", "create lee", "delete core"] });
    expect(await inTeam()).toEqual(before);
  });

  it("to another logical name sends nothing", async () => {
    const { ada } = addresses();
    await up({ [ada]: "lead" });
    const moved = await s.measured(() =>
      s.stack.up({ other: teamRoster({ team: at.core, members: { [ada]: "lead" } }) }),
    );
    expect(moved).toMatchObject({ ...quiet, steps: ["create other", "delete core"] });
  });
});

describe("slices", () => {
  const joined = async (count: number): Promise<string[]> => {
    const many = Array.from({ length: count }, (_, index) => person(`p${index + 10}`));
    for (const email of many) await s.emulator.join(uids.acme, email);
    return many;
  };
  const membersOf = (emails: readonly string[]): Members =>
    Object.fromEntries(emails.map((email) => [email, "member"]));

  it("end with recorded progress, and the next run continues", async () => {
    const { lee } = addresses();
    const many = await joined(60);
    const all = membersOf(many);
    await s.emulator.settings({ rateLimit: { perMinute: 100_000, perSecond: 100_000 } });
    Object.assign(s.stack.environment, { AVALA_SLICE_SECONDS: "1", AVALA_REQUESTS_PER_SECOND: "20" });
    const runs: string[][] = [];
    for (;;) {
      const { writes, error } = await up(all);
      runs.push(writes);
      if (error === undefined) break;
      expect(error.message).toMatch(/^Team "Core": \d+ of \d+ changes are made and recorded\. .*\[AVALA_INCOMPLETE\]$/);
      expect((await preview(all)).steps).toEqual(["update core"]);
      // Bug: a refresh clears the engine's mark of an unfinished step, and the rest was forgotten.
      await refresh();
      expect((await preview(all)).steps).toEqual(["update core"]);
      if (runs.length > 20) throw new Error("It never ends.");
    }
    expect(runs.length).toBeGreaterThan(1);
    expect(runs.flat()).toEqual(many.map(() => add()));
    expect(await silently.up(all)).toMatchObject(settled);
    // Removals that a slice has not completed are not forgotten.
    s.stack.environment["AVALA_MAX_REMOVALS"] = "60";
    const removals: string[][] = [];
    for (;;) {
      const { writes, error } = await up({ [many[0]!]: "member" });
      removals.push(writes);
      if (error === undefined) break;
      await refresh();
    }
    expect(removals.length).toBeGreaterThan(1);
    expect(new Set(removals.flat()).size).toBe(59);
    expect(await inTeam()).toEqual([`${lee} lead`, `${many[0]!} member`]);
  });

  it("are continued after a run was killed within one: none of it is recorded, and nobody is forgotten", async () => {
    const { lee } = addresses();
    const some = await joined(24);
    const everybody = membersOf(some);
    Object.assign(s.stack.environment, {
      AVALA_SLICE_SECONDS: "1",
      AVALA_REQUESTS_PER_SECOND: "5",
      AVALA_MAX_REMOVALS: "24",
    });
    for (const members of [everybody, { [some[0]!]: "member" }]) {
      const before = (await inTeam()).length;
      const writes: string[][] = [];
      for (let killed = true; ; killed = !killed) {
        const recorded = structuredClone([...s.stack.resources]);
        const run = await up(members);
        writes.push(run.writes);
        if (run.error === undefined) break;
        if (!killed) continue;
        s.stack.resources.clear();
        for (const [name, one] of recorded) s.stack.resources.set(name, one);
        await refresh();
      }
      expect(writes.length).toBeGreaterThan(1);
      const after = (await inTeam()).length;
      expect(writes.flat()).toHaveLength(Math.abs(after - before));
      expect(await inTeam()).toEqual(
        [`${lee} lead`, ...Object.keys(members).map((email) => `${email} member`)].toSorted(),
      );
      expect(await silently.up(members)).toMatchObject(settled);
    }
  });
});
