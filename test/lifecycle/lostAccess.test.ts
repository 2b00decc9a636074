import { invitation, organization, organizationMember, team, teamMembership, type Program } from "../support/stack.js";
import { acme, person, s, useService, uids } from "./support.js";

useService();
const core = () => `${uids.acme}/${uids.core}`;
const everything = () => ({
  org: organization({ name: "Acme", adopt: uids.acme, onDestroy: "delete", forceDestroy: true }),
  core: team({ organization: uids.acme, name: "Core", adopt: uids.core, forceDestroy: true }),
  mia: teamMembership({ team: core(), email: person("mia"), role: "member" }),
  zoe: invitation({ organization: uids.acme, email: person("zoe") }),
  zoeCore: teamMembership({ team: core(), email: person("zoe"), role: "member" }),
  lee: organizationMember({ organization: uids.acme, user: uids.lee }),
  noa: organizationMember({ organization: uids.acme, email: person("noa") }),
});
const names = ["org", "core", "mia", "zoe", "zoeCore", "lee", "noa"];
const recorded = () => [...s.stack.resources.keys()];

/**
 * From now on runs have the key of a person who is in Acme in every story: all of them have one key, so that their runs can
 * share a process.
 */
async function actAs(role: "admin" | "member"): Promise<string> {
  const email = `${role}@example.com`;
  const { uid } = await s.emulator.join(uids.acme, email, role);
  await s.emulator.addKey(`avk_${role}`, email);
  s.stack.environment = s.emulator.environment(`avk_${role}`);
  return uid;
}

/** The errors of a run that continues after the first. */
const each = (error: Error | undefined): Error[] => (error instanceof AggregateError ? error.errors : [error!]);

/** An admin's key has lost its access; the organization still exists. */
async function loseAccess(): Promise<void> {
  const admin = await actAs("admin");
  await s.stack.up(everything());
  await s.emulator.api("DELETE", `/organizations/acme/members/${admin}/`);
}

describe("not-found-may-be-forbidden: an organization that the key no longer sees", () => {
  it("is an error of refresh, explained once, and nothing is dropped from the state", async () => {
    await loseAccess();
    const { error } = await s.measured(() => s.stack.refresh());
    const messages = each(error).map(({ message }) => message);
    expect(messages).toHaveLength(names.length);
    expect(messages.every((message) => message.includes("[AVALA_ORGANIZATION_VANISHED]"))).toBe(true);
    const full = messages.filter((message) => message.includes(`AVALA_ASSUME_DELETED=${uids.acme}`));
    expect(full).toHaveLength(1);
    expect(full[0]).toContain("lost access");
    const short = messages.filter((message) => message !== full[0]);
    expect(Math.max(...short.map(({ length }) => length))).toBeLessThan(170);
    expect(recorded()).toEqual(names);
  });

  it("is an error of destroy, and nothing is dropped from the state", async () => {
    await loseAccess();
    const { error, writes } = await s.measured(() => s.stack.destroy());
    expect(error?.message).toContain(`AVALA_ASSUME_DELETED=${uids.acme}`);
    expect(writes).toEqual([]);
    expect(recorded()).toEqual(names);
  });

  it("does not affect a settled up, and causes a warning about failed look-ups", async () => {
    await loseAccess();
    const { logged, steps, error } = await s.measured(() => s.stack.up(everything()));
    expect(error).toBeUndefined();
    expect(steps).toEqual(names.map((name) => `same ${name}`));
    expect(logged.map(({ severity }) => severity)).toEqual(["warning", "warning"]);
  });

  it("is dropped by refresh if AVALA_ASSUME_DELETED names it", async () => {
    await loseAccess();
    s.stack.environment = { ...s.stack.environment, AVALA_ASSUME_DELETED: `x, ${uids.acme.toUpperCase()}` };
    const { error, steps } = await s.measured(() => s.stack.refresh());
    expect(error).toBeUndefined();
    expect(steps.toSorted()).toEqual(names.map((name) => `delete ${name}`).toSorted());
    expect(recorded()).toEqual([]);
  });

  it("is dropped by destroy if AVALA_ASSUME_DELETED names it, without a write", async () => {
    await loseAccess();
    s.stack.environment = { ...s.stack.environment, AVALA_ASSUME_DELETED: uids.acme };
    expect(await s.measured(() => s.stack.destroy())).toMatchObject({ error: undefined, writes: [] });
    expect(recorded()).toEqual([]);
  });

  it("is not dropped if AVALA_ASSUME_DELETED names another one", async () => {
    await loseAccess();
    s.stack.environment = { ...s.stack.environment, AVALA_ASSUME_DELETED: uids.core };
    expect((await s.measured(() => s.stack.refresh())).error).toBeDefined();
    expect(recorded()).toEqual(names);
  });

  it("is not dropped if it is visible", async () => {
    await s.stack.up(everything());
    s.stack.environment = { ...s.stack.environment, AVALA_ASSUME_DELETED: uids.acme };
    expect((await s.stack.refresh()).steps.toSorted()).toEqual(names.map((name) => `same ${name}`).toSorted());
  });
});

describe("not-found-may-be-forbidden: the same", () => {
  useService(() => acme({ hiddenIs: 403 }));

  it("is an error too if the service answers 403 for hidden organizations", async () => {
    await loseAccess();
    const { error } = await s.measured(() => s.stack.refresh());
    expect(each(error)).toHaveLength(names.length);
    expect(recorded()).toEqual(names);
  });
});

describe("no-single-reads: a list that could not be read proves nothing", () => {
  it("401: a revoked key is an error of refresh and destroy, and drops nothing", async () => {
    const key = await s.keyOf("ada");
    s.stack.environment = s.emulator.environment(key);
    await s.stack.up(everything());
    await s.emulator.revokeKey(key);
    const refresh = await s.measured(() => s.stack.refresh());
    expect(each(refresh.error)).toHaveLength(names.length);
    expect(each(refresh.error)[0]?.message).toContain("[AVALA_UNAUTHORIZED]");
    expect((await s.measured(() => s.stack.destroy())).error?.message).toContain("[AVALA_UNAUTHORIZED]");
    expect(recorded()).toEqual(names);
  });

  it("403: a key that may not see invitations treats none as gone, invites nobody and removes nobody", async () => {
    await s.stack.up(everything());
    await actAs("member");
    const refresh = await s.measured(() => s.stack.refresh());
    // Zoe and Noa, who are invited; people in a team or known by uid can be looked up.
    const forbidden = expect.stringContaining("[AVALA_FORBIDDEN]");
    expect(each(refresh.error).map(({ message }) => message)).toEqual([forbidden, forbidden]);
    expect(recorded()).toEqual(names);
    const { error, emails } = await s.measured(() =>
      s.stack.up({ ...everything(), new: invitation({ organization: uids.acme, email: person("new") }) }),
    );
    expect(error?.message).toContain("[AVALA_FORBIDDEN]");
    expect(emails).toEqual([]);
    expect((await s.measured(() => s.stack.destroy())).error?.message).toContain("[AVALA_FORBIDDEN]");
    expect(recorded()).toContain("zoe");
  });

  it("403: a key that may not write says so and records nothing", async () => {
    await actAs("member");
    const blue = { blue: team({ organization: uids.acme, name: "Blue" }) };
    expect((await s.measured(() => s.stack.up(blue))).error?.message).toContain("[AVALA_FORBIDDEN]");
    expect(recorded()).toEqual([]);
  });

  it("does not warn about missing invitations if the key may not see invitations", async () => {
    await actAs("member");
    const { error, logged } = await s.measured(() => s.stack.up({ zoeCore: everything().zoeCore }));
    expect({ error, logged }).toEqual({ error: undefined, logged: [] });
  });

  it("warns in a preview without access, and shows no steps", async () => {
    await s.stack.up(everything());
    await s.emulator.accept(person("zoe"));
    s.stack.environment = s.emulator.environment("avk_nobody");
    const { error, steps, logged } = await s.measured(() => s.stack.preview(everything()));
    expect(error).toBeUndefined();
    expect(steps).toEqual(names.map((name) => `same ${name}`));
    expect(logged[0]).toEqual({ severity: "warning", message: expect.stringContaining("Could not look") });
  });
});

const unknownIdentity = expect.objectContaining({ message: expect.stringContaining("[AVALA_IDENTITY_UNKNOWN]") });

describe("hidden-emails: hidden email addresses", () => {
  useService(() => acme({ hideEmails: true }));

  it.each(["mia", "zoeCore", "zoe"] as const)(
    "are an error if %s is declared by email: no invitation, no grant",
    async (name) => {
      const { error, writes, emails } = await s.measured(() => s.stack.up({ [name]: everything()[name] }));
      expect(error).toEqual(unknownIdentity);
      expect({ writes, emails }).toEqual({ writes: [], emails: [] });
    },
  );

  it("do not affect a person declared by uid", async () => {
    const byUid = { mia: teamMembership({ team: core(), user: uids.mia, role: "lead" }) };
    expect((await s.measured(() => s.stack.up(byUid))).writes).toHaveLength(1);
    expect((await s.measured(() => s.stack.destroy())).writes).toHaveLength(1);
  });
});

describe("email addresses that are hidden later", () => {
  useService();
  /** The stories run at the same time: each of them has to reach this after its first run. */
  const hide = () => s.emulator.settings({ hideEmails: true });

  it("do not affect a person whose uid is recorded", async () => {
    await s.stack.up({ mia: everything().mia });
    await hide();
    expect((await s.stack.refresh()).steps).toEqual(["same mia"]);
    expect((await s.measured(() => s.stack.destroy())).writes).toHaveLength(1);
  });

  it("do not affect a pending invitation", async () => {
    await s.stack.up({ zoe: everything().zoe });
    await hide();
    expect((await s.stack.refresh()).steps).toEqual(["same zoe"]);
    expect((await s.measured(() => s.stack.destroy())).writes).toHaveLength(1);
  });

  it("make it unknown whether a waiting person is a member: refresh and destroy report it and keep the record", async () => {
    await s.stack.up({ zoeCore: everything().zoeCore });
    await hide();
    expect((await s.measured(() => s.stack.refresh())).error).toEqual(unknownIdentity);
    expect((await s.measured(() => s.stack.destroy())).error).toEqual(unknownIdentity);
    expect(recorded()).toEqual(["zoeCore"]);
  });

  it("do not prevent the destruction of an ended invitation: there is nothing to cancel", async () => {
    await s.stack.up({ zoe: everything().zoe });
    await s.emulator.decline(person("zoe"));
    await hide();
    expect(await s.measured(() => s.stack.destroy())).toMatchObject({ error: undefined, writes: [] });
  });
});

describe("the circuit breaker", () => {
  const crowd = async (count: number, place = core()): Promise<Program> => {
    const emails = Array.from({ length: count }, (_, index) => person(`p${index}`));
    for (const email of emails) await s.emulator.join(uids.acme, email).catch(() => undefined);
    return Object.fromEntries(
      emails.map((email) => [`${email} ${place}`, teamMembership({ team: place, email, role: "member" })]),
    );
  };
  const removals = (calls: string[]) => calls.filter((call) => call.startsWith("DELETE ")).length;

  it("stops a run at the eleventh person removed from one team, and says how to continue", async () => {
    await s.stack.up(await crowd(12));
    const { error, writes } = await s.measured(() => s.stack.up({}));
    expect(error?.message).toContain(`11 or more people out of team ${core()}`);
    expect(error?.message).toContain("AVALA_MAX_REMOVALS");
    expect(error?.message).toContain("[AVALA_GUARD]");
    expect(removals(writes)).toBe(10);
    expect(s.stack.resources.size).toBe(2);
  });

  it("allows ten removals", async () => {
    await s.stack.up(await crowd(10));
    const { error, writes } = await s.measured(() => s.stack.destroy());
    expect({ error, removed: removals(writes) }).toEqual({ error: undefined, removed: 10 });
  });

  it("counts each team for itself", async () => {
    await s.stack.up({ blue: team({ organization: uids.acme, name: "Blue" }) });
    const both = { ...(await crowd(6)), ...(await crowd(6, s.stack.id("blue"))) };
    const blue = { blue: team({ organization: uids.acme, name: "Blue" }) };
    await s.stack.up({ ...blue, ...both });
    const { error, writes } = await s.measured(() => s.stack.up(blue));
    expect({ error, removed: removals(writes) }).toEqual({ error: undefined, removed: 12 });
  });

  it.each(["environment", "configuration"])("takes another limit from the %s", async (source) => {
    await s.stack.up(await crowd(4));
    if (source === "environment") s.stack.environment = { ...s.stack.environment, AVALA_MAX_REMOVALS: "3" };
    else s.stack.config = { "avala:maxRemovals": "3" };
    const { error, writes } = await s.measured(() => s.stack.destroy());
    expect(error?.message).toContain("[AVALA_GUARD]");
    expect(removals(writes)).toBe(3);
  });
});

it.each(["mia", "lee", "noa"] as const)(
  "reads and plans, but writes nothing, with AVALA_READ_ONLY: %s",
  async (name) => {
    const program = everything();
    await s.stack.up(program);
    s.stack.environment = { ...s.stack.environment, AVALA_READ_ONLY: "1" };
    expect((await s.measured(() => s.stack.refresh())).error).toBeUndefined();
    const roles = { mia: "lead", lee: "admin", noa: "admin" };
    const { kind, inputs } = program[name];
    const changed = { ...program, [name]: { kind, inputs: { ...inputs, role: roles[name] } } };
    const { error, writes, emails } = await s.measured(() => s.stack.up(changed));
    expect(error?.message).toContain("[AVALA_READ_ONLY]");
    expect({ writes, emails }).toEqual({ writes: [], emails: [] });
  },
);
