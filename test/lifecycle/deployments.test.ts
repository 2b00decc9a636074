import { idOf, invitation, organization, team, teamMembership, type Program } from "../support/stack.js";
import { acme, person, s, useService, uids } from "./support.js";

useService(() => ({}));

describe("lists-may-lag: lists that lag behind writes", () => {
  beforeEach(async () => {
    await s.emulator.reset(acme({ readLagMs: 60_000 }));
  });
  const core = `${uids.acme}/${uids.core}`;

  it("do not affect a run, which knows its own writes", async () => {
    const program: Program = {
      org: organization({ name: "Beta", description: "made, and its answer taken for its detail", handle: "beta" }),
      blue: team({ organization: uids.acme, name: "Blue", color: "#0000ff" }),
      mia: teamMembership({ team: core, email: person("mia"), role: "member" }),
      zoe: invitation({ organization: uids.acme, email: person("zoe") }),
    };
    const { error, emails, writes } = await s.measured(() => s.stack.up(program));
    expect(error).toBeUndefined();
    expect(emails).toEqual([`invitation ${person("zoe")}`]);
    expect(writes).toEqual([
      "POST /organizations/",
      "PATCH /organizations/beta/",
      "POST /organizations/acme/teams/",
      "POST /organizations/acme/teams/core/members/",
      "POST /organizations/acme/invitations/",
    ]);
  });

  it("do not cause a second creation if the answer has no uid: the error says what to do", async () => {
    await s.emulator.settings({ writeBody: "minimal" });
    const program: Program = { blue: team({ organization: uids.acme, name: "Blue" }) };
    const { error, writes } = await s.measured(() => s.stack.up(program));
    expect(error?.message).toContain("[AVALA_CREATED_NOT_SHOWN]");
    expect(writes).toHaveLength(1);
    await s.emulator.settings({ readLagMs: 0 });
    const again = await s.measured(() => s.stack.up(program));
    expect(again.error?.message).toMatch(/adopt: "[-0-9a-f]{36}"/);
    expect(again.writes).toEqual([]);
  });
});

describe("bug: a team that no answer shows yet, or that is gone, shortly after it was created", () => {
  const program: Program = { blue: team({ organization: uids.acme, name: "Blue" }) };
  const lists = () => s.emulator.calls().then((calls) => calls.filter(isListOfTeams).length);
  const isListOfTeams = (call: string) =>
    call.startsWith("GET /organizations/acme/teams/?") || call === "GET /organizations/acme/teams/";
  const teamsNow = async () => (await s.organizationNow()).teams.filter(({ name }) => name === "Blue").length;

  /** Runs a step that looks for the team, and advances the clock once it has not found the team. */
  async function withTime<T>(run: () => Promise<T>): Promise<T> {
    await s.emulator.clearLog();
    const running = run();
    while ((await lists()) === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    await s.emulator.advance(61);
    return running;
  }

  it.each([
    { what: "hidden by the lag", readLagMs: 60_000, isDeleted: false, refresh: "same blue", up: "same blue", teams: 1 },
    { what: "deleted by hand", readLagMs: 0, isDeleted: true, refresh: "delete blue", up: "create blue", teams: 1 },
  ])("refresh, of one $what: $refresh, and no second team", async ({ readLagMs, isDeleted, refresh, up, teams }) => {
    await s.emulator.reset(acme({ readLagMs }));
    await s.stack.up(program);
    if (isDeleted) await s.emulator.api("DELETE", "/organizations/acme/teams/blue/");
    expect((await withTime(() => s.stack.refresh())).steps).toEqual([refresh]);
    expect((await s.stack.up(program)).steps).toEqual([up]);
    expect(await teamsNow()).toBe(teams);
  });

  it.each([
    {
      what: "hidden by the lag",
      readLagMs: 60_000,
      isDeleted: false,
      writes: ["DELETE /organizations/acme/teams/blue/"],
    },
    { what: "deleted by hand", readLagMs: 0, isDeleted: true, writes: [] },
  ])("deletion, of one $what: $writes", async ({ readLagMs, isDeleted, writes }) => {
    await s.emulator.reset(acme({ readLagMs }));
    await s.stack.up(program);
    if (isDeleted) await s.emulator.api("DELETE", "/organizations/acme/teams/blue/");
    await withTime(() => s.stack.destroy());
    const sent = (await s.emulator.calls()).filter((call) => !call.startsWith("GET "));
    expect(sent).toEqual(writes);
    expect(await teamsNow()).toBe(0);
  });

  it("an update does not wait: it sends no write, and says what to do", async () => {
    await s.emulator.reset(acme({ readLagMs: 60_000 }));
    await s.stack.up(program);
    const blue = team({ organization: uids.acme, name: "Blue", description: "changed" });
    const run = await s.measured(() => s.stack.up({ blue }));
    expect(run.error?.message).toContain("Run pulumi refresh");
    expect(run.writes).toEqual([]);
  });

  it("an older team counts as gone at once, without another request", async () => {
    await s.emulator.reset(acme());
    await s.stack.up(program);
    await s.emulator.api("DELETE", "/organizations/acme/teams/blue/");
    await s.emulator.advance(120);
    const run = await s.measured(() => s.stack.refresh());
    expect(run.steps).toEqual(["delete blue"]);
    expect(run.calls.filter(isListOfTeams)).toHaveLength(1);
  });
});

describe("a service that puts the creator into a new team", () => {
  const program = (forceDestroy: boolean): Program => ({
    org: organization({ name: "Beta" }),
    core: team({ organization: idOf("org"), name: "Core", forceDestroy }),
  });
  beforeEach(async () => {
    await s.emulator.settings({ teamCreatorJoins: true });
    await s.stack.up(program(false));
  });

  it("does not keep the team from deletion: the creator is not unmanaged", async () => {
    const { steps } = await s.measured(() => s.stack.refresh());
    // Reads run at the same time.
    expect(steps.toSorted()).toEqual(["same core", "same org"]);
    const { error, writes } = await s.measured(() => s.stack.destroy());
    expect(error).toBeUndefined();
    expect(writes).toEqual(["DELETE /organizations/beta/teams/core/", "DELETE /organizations/beta/"]);
  });

  it("does not hide a person who was added later: they are named, and forceDestroy deletes the team", async () => {
    await s.emulator.join(s.stack.id("org"), person("zoe"));
    const zoe = (await s.emulator.state()).people.find(({ email }) => email === person("zoe"))!.uid;
    await s.emulator.api("POST", "/organizations/beta/teams/core/members/", { user_uid: zoe, role: "member" });
    const { error } = await s.measured(() => s.stack.destroy());
    expect(error?.message).toContain(`1 unmanaged person (${person("zoe")})`);
    expect(error?.message).toContain("forceDestroy: true");
    await s.stack.up(program(true));
    expect((await s.measured(() => s.stack.destroy())).error?.message).toContain(person("zoe"));
    expect((await s.organizationNow(s.stack.id("org"))).teams).toEqual([]);
  });
});
