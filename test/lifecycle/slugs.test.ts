import type { Kind, Properties } from "../support/host.js";
import { Engine, Host } from "../support/host.js";
import { idOf, organization, team, teamMembership, type Program } from "../support/stack.js";
import { person, s, useService, uids } from "./support.js";

useService();
const core = `${uids.acme}/${uids.core}`;
const moveTo = (slug: string, from = "acme") => s.emulator.api("PATCH", `/organizations/${from}/`, { slug });

/** Another organization gets the slug that Acme had. */
async function reuse(slug: string): Promise<string> {
  const other = (await s.emulator.api("POST", "/organizations/", { name: "Other" })) as { uid: string; slug: string };
  await moveTo(slug, other.slug);
  return other.uid;
}

/** One host process, as within a run. */
async function withHost(
  story: (make: (kind: Kind, inputs: Properties) => ReturnType<Host["create"]>, host: Host) => Promise<void>,
) {
  const engine = await Engine.start();
  const host = await Host.start(engine, s.emulator.environment());
  try {
    await host.configure();
    await story(async (kind, inputs) => host.create(kind, (await host.check(kind, {}, inputs)).inputs), host);
  } finally {
    await host.close();
    engine.kill();
  }
}

describe("slug-edits-are-limited: a slug that moves", () => {
  const children: Program = {
    core: team({ organization: "acme", name: "Core", adopt: "core", forceDestroy: true }),
    mia: teamMembership({ team: core, user: uids.mia, role: "member" }),
  };

  it("between two runs changes nothing for resources below, even if the program names the old one", async () => {
    await s.stack.up(children);
    await moveTo("apex");
    expect(await s.measured(() => s.stack.up(children))).toMatchObject({ steps: ["same core", "same mia"], calls: [] });
    expect((await s.stack.refresh()).steps.toSorted()).toEqual(["same core", "same mia"]);
    const promoted = { ...children, mia: teamMembership({ ...children["mia"]!.inputs, role: "lead" }) };
    expect((await s.measured(() => s.stack.up(promoted))).writes).toEqual([
      `PATCH /organizations/apex/teams/core/members/${uids.mia}/role/`,
    ]);
    expect((await s.measured(() => s.stack.destroy())).writes).toEqual([
      `DELETE /organizations/apex/teams/core/members/${uids.mia}/`,
      "DELETE /organizations/apex/teams/core/",
    ]);
  });

  it("between two runs is drift of the organization if it is declared, and only recorded if it is not", async () => {
    await s.stack.up({ org: organization({ name: "Acme", adopt: "acme" }) });
    await moveTo("apex");
    const found = await s.measured(() => s.stack.refresh());
    expect(found).toMatchObject({
      steps: ["update org"],
      calls: ["GET /organizations/acme/", "GET /organizations/", "GET /organizations/apex/"],
    });
    expect(s.stack.outputs("org")["slug"]).toBe("apex");
    expect((await s.measured(() => s.stack.up({ org: organization({ name: "Acme", adopt: "acme" }) }))).writes).toEqual(
      [],
    );

    const declared = { org: organization({ name: "Acme", adopt: uids.acme, slug: "acme" }) };
    expect((await s.measured(() => s.stack.up(declared))).writes).toEqual(["PATCH /organizations/apex/"]);
    await moveTo("apex");
    await s.stack.refresh();
    expect((await s.stack.preview(declared)).steps).toEqual(["update org"]);
  });

  it("is sent only if it differs: edits are limited", async () => {
    const program = (description: string) => ({
      org: organization({ name: "Acme", adopt: uids.acme, slug: "apex", description }),
    });
    await s.stack.up(program("one"));
    await s.stack.up(program("two"));
    await s.stack.up(program("two"), { refresh: true });
    expect((await s.organizationNow()).slugEditsRemaining).toBe(2);
  });

  it("by the program itself is followed by the children of the same run", async () => {
    const program = (slug: string, role: string): Program => ({
      org: organization({ name: "Acme", adopt: uids.acme, slug }),
      core: team({ organization: idOf("org"), name: "Core", adopt: "core" }),
      mia: teamMembership({ team: idOf("core"), user: uids.mia, role }),
    });
    await s.stack.up(program("acme", "member"));
    expect((await s.measured(() => s.stack.up(program("apex", "lead")))).writes).toEqual([
      "PATCH /organizations/acme/",
      `PATCH /organizations/apex/teams/core/members/${uids.mia}/role/`,
    ]);
  });

  it("within a run is looked up by uid", async () => {
    await withHost(async (make) => {
      await make("team", { organization: uids.acme, name: "Blue" });
      await moveTo("apex");
      const { properties } = await make("team", { organization: uids.acme, name: "Green" });
      expect(properties["slug"]).toBe("green");
      await make("teamMembership", { team: core, email: person("mia"), role: "member" });
    });
    expect((await s.organizationNow()).teams.map(({ name }) => name)).toEqual(["Core", "Blue", "Green"]);
  });

  it("of a team, within a run, is looked up by uid", async () => {
    await s.emulator.settings({ slugFollowsName: true });
    await withHost(async (make) => {
      await make("teamMembership", { team: core, user: uids.mia, role: "member" });
      await s.emulator.api("PATCH", "/organizations/acme/teams/core/", { name: "Kernel" });
      await make("teamMembership", { team: core, user: uids.ada, role: "member" });
    });
    expect((await s.teamNow()).members).toHaveLength(3);
  });
});

describe("slugs-move: a slug that has been given to another organization", () => {
  it("between two runs is not confused: the other organization is neither read as ours nor changed", async () => {
    const program = (description: string) => ({ org: organization({ name: "Acme", adopt: uids.acme, description }) });
    await s.stack.up(program("ours"));
    await moveTo("apex");
    const other = await reuse("acme");
    expect((await s.stack.refresh()).steps).toEqual(["update org"]);
    expect(s.stack.outputs("org")).toMatchObject({ uid: uids.acme, slug: "apex" });
    await s.stack.up(program("still ours"));
    expect(await s.organizationNow()).toMatchObject({ description: "still ours" });
    expect(await s.organizationNow(other)).toMatchObject({ description: "" });
  });

  it("without a refresh in between is not changed or deleted either", async () => {
    const program = (description: string) => ({
      org: organization({ name: "Acme", adopt: uids.acme, description, onDestroy: "delete", forceDestroy: true }),
    });
    await s.stack.up(program("ours"));
    await moveTo("apex");
    const other = await reuse("acme");
    expect((await s.measured(() => s.stack.up(program("still ours")))).writes).toEqual(["PATCH /organizations/apex/"]);
    await moveTo("acme-2", "acme");
    await moveTo("acme", "apex");
    expect((await s.measured(() => s.stack.destroy())).writes).toEqual(["DELETE /organizations/acme/"]);
    expect(await s.organizationNow(other)).toMatchObject({ slug: "acme-2" });
  });

  it("does not adopt the other one if ours is gone", async () => {
    await s.stack.up({ org: organization({ name: "Beta" }) });
    const id = s.stack.id("org");
    await s.emulator.api("DELETE", "/organizations/beta/");
    await reuse("beta");
    expect((await s.measured(() => s.stack.refresh())).error?.message).toContain("[AVALA_ORGANIZATION_VANISHED]");
    expect(s.stack.id("org")).toBe(id);
  });

  it("replaces resources that name it by that slug only if the program changes the name", async () => {
    await s.stack.up({ blue: team({ organization: uids.acme, name: "Blue" }) });
    await moveTo("apex");
    await reuse("acme");
    expect((await s.stack.preview({ blue: team({ organization: "acme", name: "Blue" }) })).steps).toEqual([
      "replace blue",
    ]);
    expect((await s.stack.preview({ blue: team({ organization: "apex", name: "Blue" }) })).steps).toEqual([
      "same blue",
    ]);
  });
});
