import { idOf, invitation, team, teamMembership, type Program } from "../support/stack.js";
import { person, s, useService, uids, username } from "./support.js";

useService();
const at = {
  /** The id of the team. */
  get core() {
    return `${uids.acme}/${uids.core}`;
  },
  get acme() {
    return `/organizations/acme/`;
  },
  get members() {
    return `${at.acme}teams/core/members/`;
  },
  get lists() {
    return ["GET /organizations/", `GET ${at.acme}teams/`];
  },
};

const membership = (inputs: object): Program => ({ it: teamMembership({ team: at.core, role: "member", ...inputs }) });
const inCore = async () => Object.fromEntries((await s.teamNow()).members.map(({ email, role }) => [email, role]));

describe.each([
  ["uid", () => ({ user: uids.mia })],
  ["email", () => ({ email: person("mia") })],
] as const)("a member named by %s", (_, named) => {
  it("is added to the team once, given another role, and removed", async () => {
    const made = await s.measured(() => s.stack.up(membership(named())));
    expect(made.writes).toEqual([`POST ${at.members}`]);
    expect(made.emails).toEqual([]);
    expect(s.stack.outputs("it")).toMatchObject({ status: "active", userUid: uids.mia, username: username("mia") });
    expect(await s.measured(() => s.stack.up(membership(named())))).toMatchObject({ steps: ["same it"], calls: [] });

    const promoted = await s.measured(() => s.stack.up(membership({ ...named(), role: "lead" })));
    expect(promoted).toMatchObject({ steps: ["update it"], writes: [`PATCH ${at.members}${uids.mia}/role/`] });
    expect(await inCore()).toEqual({ [person("lee")]: "lead", [person("mia")]: "lead" });

    const clean = await s.measured(() => s.stack.refresh());
    expect(clean).toMatchObject({ steps: ["same it"], calls: [...at.lists, `GET ${at.members}`] });

    expect((await s.measured(() => s.stack.destroy())).writes).toEqual([`DELETE ${at.members}${uids.mia}/`]);
    expect(await inCore()).toEqual({ [person("lee")]: "lead" });
  });

  it("has the role member if none is declared; removing `lead` from the program makes a lead a member", async () => {
    const bare = (): Program => ({ it: teamMembership({ team: at.core, ...named() }) });
    expect((await s.measured(() => s.stack.up(bare()))).writes).toEqual([`POST ${at.members}`]);
    expect(s.stack.outputs("it")).toMatchObject({ role: "member" });
    // An explicit role is the same; so is a state with an explicit role.
    expect(await s.measured(() => s.stack.up(membership(named())))).toMatchObject({ steps: ["same it"], calls: [] });
    expect(await s.measured(() => s.stack.up(bare()))).toMatchObject({ steps: ["same it"], calls: [] });

    await s.stack.up(membership({ ...named(), role: "lead" }));
    expect((await s.stack.preview(bare())).steps).toEqual(["update it"]);
    const demoted = await s.measured(() => s.stack.up(bare()));
    expect(demoted).toMatchObject({ steps: ["update it"], writes: [`PATCH ${at.members}${uids.mia}/role/`] });
    expect(await inCore()).toEqual({ [person("lee")]: "lead", [person("mia")]: "member" });
  });

  it("is found if the role drifts or somebody removes them, and repaired", async () => {
    await s.stack.up(membership(named()));
    await s.emulator.api("PATCH", `${at.members}${uids.mia}/role/`, { role: "lead" });
    expect((await s.stack.refresh()).steps).toEqual(["update it"]);
    expect(s.stack.outputs("it")["role"]).toBe("lead");
    expect((await s.measured(() => s.stack.up(membership(named())))).writes).toEqual([
      `PATCH ${at.members}${uids.mia}/role/`,
    ]);

    await s.emulator.api("DELETE", `${at.members}${uids.mia}/`);
    expect((await s.stack.refresh()).steps).toEqual(["update it"]);
    expect(s.stack.outputs("it")["status"]).toBe("gone");
    expect((await s.stack.preview(membership(named()))).steps).toEqual(["update it"]);
    const repaired = await s.measured(() => s.stack.up(membership(named())));
    expect(repaired.writes).toEqual([`POST ${at.members}`]);
    expect(s.stack.outputs("it")["status"]).toBe("active");
  });

  it("is repaired by one up that refreshes", async () => {
    await s.stack.up(membership(named()));
    await s.emulator.api("DELETE", `${at.members}${uids.mia}/`);
    const repaired = await s.measured(() => s.stack.up(membership(named()), { refresh: true }));
    expect(repaired.writes).toEqual([`POST ${at.members}`]);
  });
});

it("members-join-by-invitation: takes over a person who is in the team already, with a write only if the role differs", async () => {
  const same = await s.measured(() => s.stack.up(membership({ user: uids.lee, role: "lead" })));
  expect(same).toMatchObject({ steps: ["create it"], writes: [] });
  s.stack.resources.clear();
  const other = await s.measured(() => s.stack.up(membership({ email: person("lee"), role: "member" })));
  expect(other.writes).toEqual([`PATCH ${at.members}${uids.lee}/role/`]);
});

it.each([
  ["onDestroy", { onDestroy: "retain" }],
  ["reason", { reason: "on call" }],
  ["validUntil", { validUntil: "2027-01-31" }],
])("records %s without a write", async (_, local) => {
  await s.stack.up(membership({ user: uids.mia }));
  const logged = await s.measured(() => s.stack.up(membership({ user: uids.mia, ...local })));
  expect(logged).toMatchObject({ steps: ["update it"], writes: [] });
  expect(s.stack.outputs("it")).toMatchObject(local);
  const dropped = await s.measured(() => s.stack.up(membership({ user: uids.mia })));
  expect(dropped).toMatchObject({ steps: ["update it"], writes: [] });
});

it("people-change-avala: is added and removed without a change for undeclared people", async () => {
  const before = await s.organizationNow();
  await s.stack.up(membership({ user: uids.mia, role: "lead" }));
  await s.stack.destroy();
  expect((await s.organizationNow()).members).toEqual(before.members);
  expect((await s.organizationNow()).teams).toEqual(before.teams);
});

it("stays in the team with onDestroy: retain", async () => {
  await s.stack.up(membership({ user: uids.mia, onDestroy: "retain" }));
  expect((await s.measured(() => s.stack.destroy())).writes).toEqual([]);
  expect(await inCore()).toHaveProperty([person("mia")]);
});

it("is deleted without a request if it is gone already", async () => {
  await s.stack.up(membership({ user: uids.mia }));
  await s.emulator.api("DELETE", `${at.members}${uids.mia}/`);
  expect(await s.measured(() => s.stack.destroy())).toMatchObject({ error: undefined, writes: [] });
});

it("waits again, without an impossible step, if the person has left the organization", async () => {
  await s.stack.up(membership({ user: uids.mia }));
  await s.emulator.api("DELETE", `${at.acme}members/${uids.mia}/`);
  await s.stack.refresh();
  expect(s.stack.outputs("it")["status"]).toBe("gone");
  expect(await s.measured(() => s.stack.up(membership({ user: uids.mia })))).toMatchObject({
    steps: ["same it"],
    writes: [],
  });
  expect(await s.measured(() => s.stack.destroy())).toMatchObject({ error: undefined, writes: [] });
});

describe("another spelling of the person", () => {
  const byUid = () => ({ user: uids.mia });
  const byEmail = () => ({ email: person("mia") });
  it.each([
    ["uid, then email", byUid, byEmail],
    ["email, then uid", byEmail, byUid],
    [
      "another case of the email",
      byEmail,
      () => ({ email: ` ${person("Mia").replace("example.com", "Example.COM")} ` }),
    ],
    ["another spelling of the uid", byUid, () => ({ user: `{${uids.mia.toUpperCase()}}` })],
  ] as const)("is not a change: %s", async (_, one, other) => {
    const [first, second] = [one(), other()];
    await s.stack.up(membership(first));
    const id = s.stack.id("it");
    expect((await s.stack.preview(membership(second))).steps).toEqual(["same it"]);
    expect(await s.measured(() => s.stack.up(membership(second)))).toMatchObject({ steps: ["same it"], writes: [] });
    expect(s.stack.id("it")).toBe(id);
    expect((await s.stack.refresh()).steps).toEqual(["same it"]);
    expect((await s.measured(() => s.stack.destroy())).writes).toEqual([`DELETE ${at.members}${uids.mia}/`]);
  });

  it("replaces nothing if the person has a new address: it is recorded, and later runs send no request", async () => {
    await s.stack.up(membership({ email: person("mia") }));
    const state = await s.emulator.state();
    await s.emulator.reset(JSON.parse(JSON.stringify(state).replaceAll(person("mia"), person("mia.new"))));
    expect((await s.stack.refresh()).steps).toEqual(["same it"]);
    expect(await s.measured(() => s.stack.up(membership({ email: person("mia") })))).toMatchObject({
      steps: ["same it"],
      writes: [],
    });
    const followed = await s.measured(() => s.stack.up(membership({ email: person("mia.new") })));
    expect(followed).toMatchObject({ steps: ["update it"], writes: [] });
    const again = await s.measured(() => s.stack.up(membership({ email: person("mia.new") })));
    expect(again).toMatchObject({ steps: ["same it"], calls: [] });
    expect((await s.measured(() => s.stack.destroy())).writes).toEqual([`DELETE ${at.members}${uids.mia}/`]);
  });
});

describe("replacement", () => {
  it("is caused by another person: the new one is added, then the other removed", async () => {
    await s.stack.up(membership({ user: uids.mia }));
    const other = await s.measured(() => s.stack.up(membership({ email: person("ada") })));
    expect(other.steps).toEqual(["replace it", "delete replaced it"]);
    expect(other.writes).toEqual([`POST ${at.members}`, `DELETE ${at.members}${uids.mia}/`]);
    expect(s.stack.id("it")).toBe(`${at.core}/${person("ada")}`);
  });

  it("is caused by another team", async () => {
    const program = (place: unknown): Program => ({
      blue: team({ organization: uids.acme, name: "Blue" }),
      ...membership({ user: uids.mia, team: place }),
    });
    await s.stack.up(program(at.core));
    const moved = await s.measured(() => s.stack.up(program(idOf("blue"))));
    expect(moved.steps).toEqual(["same blue", "replace it", "delete replaced it"]);
    expect(moved.writes).toEqual([`POST ${at.acme}teams/blue/members/`, `DELETE ${at.members}${uids.mia}/`]);
  });
});

describe("a person who is not a member yet", () => {
  const zoe = () => membership({ email: person("zoe"), role: "lead" });
  const warning = () => ({
    severity: "warning",
    message: expect.stringContaining(`Nobody has invited "${person("zoe")}"`),
  });
  const invited = () => invitation({ organization: uids.acme, email: person("zoe") });
  const both = (): Program => ({ invited: invited(), ...zoe() });

  it("waits, and is added by the first up after the acceptance, with exactly one request", async () => {
    const first = await s.measured(() => s.stack.up(both()));
    expect(first.writes).toEqual([`POST ${at.acme}invitations/`]);
    expect(s.stack.outputs("it")).toMatchObject({ status: "waiting", role: "lead" });
    expect(s.stack.outputs("it")).not.toHaveProperty("userUid");
    expect((await s.stack.preview(both())).steps).toEqual(["same invited", "same it"]);
    expect((await s.measured(() => s.stack.up(both()))).writes).toEqual([]);
    expect((await s.stack.refresh()).steps.toSorted()).toEqual(["same invited", "same it"]);

    await s.emulator.accept(person("zoe"));
    const preview = await s.measured(() => s.stack.preview(both()));
    expect(preview).toMatchObject({ steps: ["update invited", "update it"], writes: [] });
    const granted = await s.measured(() => s.stack.up(both()));
    expect(granted).toMatchObject({ writes: [`POST ${at.members}`], emails: [] });
    expect(await inCore()).toHaveProperty([person("zoe")], "lead");
    expect(s.stack.outputs("it")).toMatchObject({ status: "active", username: username("zoe") });

    expect(await s.measured(() => s.stack.up(both()))).toMatchObject({
      steps: ["same invited", "same it"],
      calls: [],
    });
  });

  it("is added also if a refresh comes between the acceptance and the up", async () => {
    await s.stack.up(both());
    await s.emulator.accept(person("zoe"));
    await s.stack.refresh();
    expect((await s.measured(() => s.stack.up(both()))).writes).toEqual([`POST ${at.members}`]);
  });

  it("is recorded without a write if somebody has added them to the team in the meantime", async () => {
    await s.stack.up(both());
    await s.emulator.accept(person("zoe"));
    const { uid } = (await s.emulator.state()).people.find(({ email }) => email === person("zoe"))!;
    await s.emulator.api("POST", at.members, { user_uid: uid, role: "lead" });
    expect((await s.measured(() => s.stack.up(both()))).writes).toEqual([]);
    expect(s.stack.outputs("it")["status"]).toBe("active");
  });

  it("causes a warning if nobody has invited them", async () => {
    const { logged, error } = await s.measured(() => s.stack.up(zoe()));
    expect(error).toBeUndefined();
    expect(logged).toEqual([warning()]);
  });

  it.each([
    ["is declared in the same run", both],
    [
      "is declared by slug",
      (): Program => ({ invited: invitation({ organization: "acme", email: person("ZOE") }), ...zoe() }),
    ],
  ] as const)("causes no warning if the invitation %s", async (_, program) => {
    expect((await s.stack.up(program())).logged).toEqual([]);
  });

  it("causes no warning if somebody else's invitation is pending", async () => {
    await s.emulator.api("POST", `${at.acme}invitations/`, { email: person("zoe") });
    expect((await s.stack.up(zoe())).logged).toEqual([]);
  });

  it("causes a warning if named by a uid that is not a member's", async () => {
    const { logged } = await s.stack.up(membership({ user: "99999999-0000-4000-8000-000000000000" }));
    expect(logged).toEqual([
      { severity: "warning", message: expect.stringContaining(`is not a member of organization acme`) },
    ]);
  });

  it("is deleted without a request while they wait", async () => {
    await s.stack.up(zoe());
    expect(await s.measured(() => s.stack.destroy())).toMatchObject({ error: undefined, writes: [], emails: [] });
  });

  it("may be replaced by another person before the acceptance: no request for either", async () => {
    await s.stack.up(zoe());
    const other = await s.measured(() => s.stack.up(membership({ email: person("zac"), role: "lead" })));
    expect(other).toMatchObject({ steps: ["replace it", "delete replaced it"], writes: [] });
  });

  it("may be named by uid once they have accepted", async () => {
    await s.stack.up(both());
    await s.emulator.accept(person("zoe"));
    const { uid } = (await s.emulator.state()).people.find(({ email }) => email === person("zoe"))!;
    const named = await s.measured(() =>
      s.stack.up({ invited: invited(), ...membership({ user: uid, role: "lead" }) }),
    );
    expect(named).toMatchObject({ steps: ["update invited", "update it"], writes: [`POST ${at.members}`] });
  });
});

it("rate-limit-per-user: reads each list once for a hundred memberships", async () => {
  const people = Array.from({ length: 100 }, (_, index) => person(`p${index}`));
  for (const email of people) await s.emulator.join(uids.acme, email);
  const program = Object.fromEntries(
    people.map((email) => [email, teamMembership({ team: at.core, email, role: "member" })]),
  );
  const made = await s.measured(() => s.stack.up(program));
  expect(made.writes).toHaveLength(100);
  expect(made.calls.filter((call) => call.startsWith("GET ")).toSorted()).toEqual(
    // 104 people of the organization are two pages.
    [...at.lists, `GET ${at.members}`, `GET ${at.acme}members/`, `GET ${at.acme}members/`].toSorted(),
  );
  const clean = await s.measured(() => s.stack.refresh());
  expect(clean.calls).toEqual([...at.lists, `GET ${at.members}`, `GET ${at.members}`]);
  expect(clean.steps.every((step) => step.startsWith("same "))).toBe(true);
});
