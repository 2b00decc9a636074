import { inputsWhere, team as schema } from "../../provider/schema/index.js";
import { idOf, organization, team, teamMembership, type Program } from "../support/stack.js";
import { person, s, useService, uids } from "./support.js";

useService();
const at = {
  get teams() {
    return `/organizations/acme/teams/`;
  },
};

const fields = {
  name: { first: "Team name", second: "Team renamed" },
  description: { first: "one", second: "two", removed: "" },
  color: { first: "#AA0000", second: "#00BB00", removed: "#00BB00" },
} as const;
const names = Object.keys(fields) as (keyof typeof fields)[];
const allSteps = (step: string) => names.map((field) => `${step} ${field}`);
const valuesOf = (which: "first" | "second") => Object.fromEntries(names.map((field) => [field, fields[field][which]]));

/** One team for each field, with no other declared field. */
const each = (value: "first" | "second" | undefined): Program =>
  Object.fromEntries(
    names.map((field) => {
      const declared = value ? { [field]: fields[field][value] } : {};
      const fallback = field === "name" ? fields.name.second : `Team ${field}`;
      return [field, team({ organization: uids.acme, name: fallback, ...declared })];
    }),
  );

const held = async () =>
  Object.fromEntries(
    await Promise.all(
      names.map(async (field) => [field, (await s.teamNow(s.stack.outputs(field)["uid"] as string))[field]]),
    ),
  );

describe("each field of Team", () => {
  test("is in the table when it is managed", () => {
    expect([...names].toSorted()).toEqual(
      inputsWhere(schema, ({ clientOnly: local, identity }) => !local && !identity).toSorted(),
    );
  });

  it("is created, kept, changed, found when it drifts, repaired, and cleared or not managed any more", async () => {
    const made = await s.measured(() => s.stack.up(each("first")));
    expect(made.calls).toEqual(["GET /organizations/", `GET ${at.teams}`, ...names.map(() => `POST ${at.teams}`)]);
    expect(await held()).toEqual(valuesOf("first"));
    expect(await s.measured(() => s.stack.up(each("first")))).toMatchObject({ steps: allSteps("same"), calls: [] });

    const change = await s.measured(() => s.stack.up(each("second")));
    expect(change.writes).toEqual([
      `PATCH ${at.teams}team-name/`,
      `PATCH ${at.teams}team-description/`,
      `PATCH ${at.teams}team-color/`,
    ]);
    expect(await held()).toEqual(valuesOf("second"));
    const clean = await s.measured(() => s.stack.refresh());
    expect(clean).toMatchObject({ steps: allSteps("same"), calls: ["GET /organizations/", `GET ${at.teams}`] });

    for (const field of names) {
      await s.emulator.api("PATCH", `${at.teams}team-${field}/`, { [field]: fields[field].first });
    }
    expect((await s.stack.refresh()).steps).toEqual(allSteps("update"));
    expect((await s.measured(() => s.stack.up(each("second")))).writes).toHaveLength(names.length);
    expect(await held()).toEqual(valuesOf("second"));

    const removal = await s.measured(() => s.stack.up(each(undefined)));
    expect(removal.writes).toEqual([`PATCH ${at.teams}team-description/`]);
    expect(await held()).toEqual({ name: fields.name.second, description: "", color: fields.color.removed });
    expect(await s.measured(() => s.stack.up(each(undefined)))).toMatchObject({ calls: [], steps: allSteps("same") });
  });

  it("spelling-may-change: may be returned in another case if case does not count", async () => {
    await s.stack.up({ core: team({ organization: uids.acme, name: "Blue", color: "#AaBbCc" }) });
    await s.emulator.api("PATCH", `${at.teams}blue/`, { color: "#aabbcc" });
    expect((await s.stack.refresh()).steps).toEqual(["same core"]);
  });
});

it.each([false, true])("renames a team in place when its slug follows: %s", async (slugFollowsName) => {
  await s.emulator.settings({ slugFollowsName });
  const program = (name: string): Program => ({
    blue: team({ organization: uids.acme, name }),
    mia: teamMembership({ team: idOf("blue"), user: uids.mia, role: "member" }),
  });
  await s.stack.up(program("Blue"));
  const { id } = s.stack.resources.get("blue")!;
  const renamed = await s.measured(() => s.stack.up(program("Green")));
  expect(renamed).toMatchObject({ steps: ["update blue", "same mia"], writes: [`PATCH ${at.teams}blue/`] });
  expect(s.stack.id("blue")).toBe(id);
  expect(s.stack.outputs("blue")["slug"]).toBe(slugFollowsName ? "green" : "blue");
  expect((await s.stack.refresh()).steps.toSorted()).toEqual(["same blue", "same mia"]);
});

describe("a team of the same name", () => {
  const declared = (inputs: object = {}): Program => ({
    core: team({ organization: uids.acme, name: "Core", ...inputs }),
  });

  it("is refused with the adopt line, which then converges without a write", async () => {
    const refused = await s.measured(() => s.stack.up(declared()));
    expect(refused.error?.message).toContain(`adopt: "${uids.core}"`);
    expect(refused.writes).toEqual([]);
    const adopted = await s.measured(() => s.stack.up(declared({ adopt: uids.core })));
    expect(adopted).toMatchObject({ error: undefined, writes: [] });
    expect(s.stack.id("core")).toBe(`${uids.acme}/${uids.core}`);
  });

  it("may be adopted by slug, and is then as declared", async () => {
    const adopted = await s.measured(() => s.stack.up(declared({ name: "Kernel", adopt: "core", color: "#123456" })));
    expect(adopted.writes).toEqual([`PATCH ${at.teams}core/`]);
    expect(await s.teamNow()).toMatchObject({ name: "Kernel", color: "#123456" });
  });

  it("is not adopted if no team has that slug", async () => {
    const nobody = await s.measured(() => s.stack.up(declared({ adopt: "cores" })));
    expect(nobody.error?.message).toContain('no team "cores"');
    expect(nobody.writes).toEqual([]);
  });
});

it("is replaced, and created before the other is deleted, if it belongs to another organization", async () => {
  const program = (place: unknown): Program => ({
    beta: organization({ name: "Beta" }),
    blue: team({ organization: place, name: "Blue" }),
  });
  await s.stack.up(program(uids.acme));
  expect((await s.stack.preview(program(idOf("beta")))).steps).toEqual(["same beta", "replace blue"]);
  const moved = await s.measured(() => s.stack.up(program(idOf("beta"))));
  expect(moved.steps).toEqual(["same beta", "replace blue", "delete replaced blue"]);
  expect(moved.writes).toEqual([`POST /organizations/beta/teams/`, `DELETE ${at.teams}blue/`]);
});

it("is not another team if its organization is spelt differently", async () => {
  const program = (spelling: string): Program => ({ blue: team({ organization: spelling, name: "Blue" }) });
  await s.stack.up(program(uids.acme));
  const bySlug = await s.measured(() => s.stack.up(program("acme")));
  expect(bySlug).toMatchObject({ steps: ["same blue"], calls: ["GET /organizations/"] });
  const upper = await s.measured(() => s.stack.up(program(`{${uids.acme.toUpperCase()}}`)));
  expect(upper).toMatchObject({ steps: ["same blue"], calls: [] });
});

describe("deleting a team", () => {
  const declared = (inputs: object = {}): Program => ({
    core: team({ organization: uids.acme, name: "Core", adopt: uids.core, ...inputs }),
  });
  const lee = (inputs: object = {}) => ({
    lee: teamMembership({ team: `${uids.acme}/${uids.core}`, user: uids.lee, role: "lead", ...inputs }),
  });

  it("is refused while unmanaged people are inside", async () => {
    await s.stack.up(declared());
    const { error, writes } = await s.measured(() => s.stack.destroy());
    expect(error?.message).toContain(`1 unmanaged person (${person("lee")})`);
    expect(error?.message).toContain("forceDestroy: true");
    expect(writes).toEqual([]);
    expect(s.stack.resources.has("core")).toBe(true);
  });

  it("removes declared people first, and is not refused", async () => {
    await s.stack.up({ ...declared(), ...lee() });
    expect((await s.measured(() => s.stack.destroy())).writes).toEqual([
      `DELETE ${at.teams}core/members/${uids.lee}/`,
      `DELETE ${at.teams}core/`,
    ]);
    expect((await s.organizationNow()).members).toHaveLength(4);
  });

  it("is not refused because of a person whose declaration retains them", async () => {
    await s.stack.up({ ...declared(), ...lee({ onDestroy: "retain" }) });
    expect((await s.measured(() => s.stack.destroy())).writes).toEqual([`DELETE ${at.teams}core/`]);
  });

  it("goes through with forceDestroy", async () => {
    await s.stack.up(declared({ forceDestroy: true }));
    const { calls } = await s.measured(() => s.stack.destroy());
    expect(calls).toEqual(["GET /organizations/", `GET ${at.teams}`, `DELETE ${at.teams}core/`]);
  });

  it("keeps forceDestroy and reason to itself: an update without a write", async () => {
    await s.stack.up(declared());
    const local = { forceDestroy: true, reason: "the team is closed" };
    expect(await s.measured(() => s.stack.up(declared(local)))).toMatchObject({ steps: ["update core"], writes: [] });
    expect(s.stack.resources.get("core")?.outputs).toMatchObject(local);
    expect(await s.measured(() => s.stack.up(declared()))).toMatchObject({ steps: ["update core"], writes: [] });
  });

  it("is done if it is gone already", async () => {
    await s.stack.up(declared());
    await s.emulator.api("DELETE", `${at.teams}core/`);
    expect(await s.measured(() => s.stack.destroy())).toMatchObject({ error: undefined, writes: [] });
  });
});

it("is found gone by refresh and created again by the next up; without refresh an update is refused", async () => {
  const program = (description?: string): Program => ({
    blue: team({ organization: uids.acme, name: "Blue", description }),
    mia: teamMembership({ team: idOf("blue"), user: uids.mia, role: "member" }),
  });
  await s.stack.up(program());
  await s.emulator.api("DELETE", `${at.teams}blue/`);

  const unaware = await s.measured(() => s.stack.up(program("changed")));
  expect(unaware.error?.message).toContain("Run pulumi refresh");
  expect(unaware.writes).toEqual([]);

  // A team this young could be one that the service does not show yet.
  await s.emulator.advance(120);
  expect((await s.stack.refresh()).steps.toSorted()).toEqual(["delete blue", "delete mia"]);
  const again = await s.measured(() => s.stack.up(program()));
  expect(again.steps).toEqual(["create blue", "create mia"]);
  expect(again.writes).toEqual([`POST ${at.teams}`, `POST ${at.teams}blue/members/`]);
});
