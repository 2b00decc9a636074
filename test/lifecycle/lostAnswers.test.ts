import {
  invitation,
  organization,
  organizationMember,
  team,
  teamMembership,
  teamRoster,
  type Program,
} from "../support/stack.js";
import { person, s, useService, uids } from "./support.js";

useService();
const core = () => `${uids.acme}/${uids.core}`;

const held = async () => {
  const organizations = (await s.emulator.state()).organizations.filter(
    ({ name }) => name === "Acme" || name === "Beta",
  );
  const pending = organizations.flatMap(({ invitations }) => invitations).filter(({ status }) => status === "pending");
  return {
    organizations: organizations.map(({ name }) => name),
    teams: organizations.flatMap(({ teams }) => teams.map(({ name }) => name)),
    core: (await s.teamNow()).members.map(({ email, role }) => `${email} ${role}`),
    pending: pending.map(({ email, role }) => `${email} ${role}`),
  };
};

/** A write gets no answer, and neither does its look-up. */
const blindAfter = (write: RegExp, fate: "lost" | "answer lost") => {
  let sent = false;
  const first = { test: (line: string) => write.test(line) && (sent = true) } as RegExp;
  const later = { test: (line: string) => sent && line.startsWith("GET ") } as RegExp;
  s.mishaps({ on: first, fate, times: 9 }, { on: later, fate: 403, times: 9 });
};

const programs: Record<string, () => Program> = {
  organization: () => ({ it: organization({ name: "Beta" }) }),
  team: () => ({ it: team({ organization: uids.acme, name: "Blue" }) }),
  teamMembership: () => ({ it: teamMembership({ team: core(), email: person("mia"), role: "member" }) }),
  teamRoster: () => ({ it: teamRoster({ team: core(), members: { [person("mia")]: "member" }, unmanaged: "ignore" }) }),
  organizationMember: () => ({ it: organizationMember({ organization: uids.acme, email: person("zoe") }) }),
  invitation: () => ({ it: invitation({ organization: uids.acme, email: person("zoe") }) }),
};
const miaInCore = () => ({ core: [`${person("lee")} lead`, `${person("mia")} member`] });
const zoeInvited = () => ({ pending: [`${person("zoe")} member`] });
const after: Record<string, () => object> = {
  organization: () => ({ organizations: ["Acme", "Beta"] }),
  team: () => ({ teams: ["Core", "Blue"] }),
  teamMembership: miaInCore,
  teamRoster: miaInCore,
  organizationMember: zoeInvited,
  invitation: zoeInvited,
};
const kinds = Object.keys(programs);
const creation = /^POST /;
const invites = (kind: string) => kind === "invitation" || kind === "organizationMember";
const emailsOf = (kind: string) => (invites(kind) ? [`invitation ${person("zoe")}`] : []);

describe("no-idempotency-keys: a creation whose answer is lost", () => {
  it.each(kinds)("of %s is looked up, and not sent twice", async (kind) => {
    s.mishaps({ on: creation, fate: "answer lost" });
    const made = await s.measured(() => s.stack.up(programs[kind]!()));
    expect(made.error).toBeUndefined();
    expect(made.writes).toHaveLength(1);
    expect(made.emails).toEqual(emailsOf(kind));
    expect(await held()).toMatchObject(after[kind]!());
    expect(await s.measured(() => s.stack.up(programs[kind]!()))).toMatchObject({
      writes: [],
      emails: [],
      steps: ["same it"],
    });
    expect((await s.stack.refresh()).steps).toEqual(["same it"]);
  });

  it.each(kinds)("of %s is an error if it was not carried out, and is repeated by the next up", async (kind) => {
    s.mishaps({ on: creation, fate: "lost" });
    const failed = await s.measured(() => s.stack.up(programs[kind]!()));
    expect(failed.error?.message).toContain("[AVALA_TRANSPORT]");
    expect(failed.writes).toEqual([]);
    const made = await s.measured(() => s.stack.up(programs[kind]!()));
    expect(made).toMatchObject({ error: undefined, emails: emailsOf(kind) });
    expect(made.writes).toHaveLength(1);
    expect(await held()).toMatchObject(after[kind]!());
  });

  it.each(["organization", "team"])(
    "of %s that cannot be looked up is not repeated: the next up refuses, with the adopt line",
    async (kind) => {
      blindAfter(creation, "answer lost");
      const failed = await s.measured(() => s.stack.up(programs[kind]!()));
      expect(failed.error?.message).toContain("[AVALA_OUTCOME_UNKNOWN]");
      s.mishaps();
      const again = await s.measured(() => s.stack.up(programs[kind]!()));
      expect(again.error?.message).toMatch(/adopt: "[-0-9a-f]{36}"/);
      expect(again.writes).toEqual([]);
      expect(await held()).toMatchObject(after[kind]!());
    },
  );

  describe.each(["teamMembership", "teamRoster", "organizationMember", "invitation"])(
    "of %s that cannot be looked up",
    (kind) => {
      it.each(["answer lost", "lost"] as const)(
        "is recorded and completed by the next up, regardless of its outcome: %s",
        async (fate) => {
          blindAfter(creation, fate);
          const failed = await s.measured(() => s.stack.up(programs[kind]!()));
          expect(failed.error?.message).toContain("[AVALA_OUTCOME_UNKNOWN]");
          expect(s.stack.resources.get("it")!.initErrors).toHaveLength(1);
          expect(s.stack.outputs("it")["emailsSent"]).toBe(invites(kind) ? 1 : undefined);

          s.mishaps();
          const healed = await s.measured(() => s.stack.up(programs[kind]!()));
          expect(healed).toMatchObject({ error: undefined, steps: ["update it"] });
          expect([...failed.emails, ...healed.emails]).toEqual(emailsOf(kind));
          expect(await held()).toMatchObject(after[kind]!());
          expect(s.stack.resources.get("it")!.initErrors).toEqual([]);
          expect(await s.measured(() => s.stack.up(programs[kind]!()))).toMatchObject({
            writes: [],
            steps: ["same it"],
          });
        },
      );

      it("is undone by destroy if it was carried out", async () => {
        blindAfter(creation, "answer lost");
        await s.measured(() => s.stack.up(programs[kind]!()));
        s.mishaps();
        await s.stack.destroy();
        expect(await held()).toMatchObject({ core: [`${person("lee")} lead`], pending: [] });
      });
    },
  );
});

describe("no-idempotency-keys: a change whose answer is lost", () => {
  const handle = (name: string) => name.replace("-", "_");
  const before: Record<string, () => Program> = {
    organization: () => ({
      it: organization({ name: "Acme", adopt: uids.acme, description: "one", handle: handle("one") }),
    }),
    team: () => ({ it: team({ organization: uids.acme, name: "Core", adopt: uids.core, description: "one" }) }),
    teamMembership: () => ({ it: teamMembership({ team: core(), user: uids.lee, role: "lead" }) }),
    teamRoster: () => ({ it: teamRoster({ team: core(), members: { [uids.lee]: "lead" } }) }),
    organizationMember: () => ({ it: organizationMember({ organization: uids.acme, user: uids.ada, role: "admin" }) }),
  };
  const changed: Record<string, () => Program> = {
    organization: () => ({
      it: organization({ name: "Acme", adopt: uids.acme, description: "two", handle: handle("two") }),
    }),
    team: () => ({ it: team({ organization: uids.acme, name: "Core", adopt: uids.core, description: "two" }) }),
    teamMembership: () => ({ it: teamMembership({ team: core(), user: uids.lee, role: "member" }) }),
    teamRoster: () => ({ it: teamRoster({ team: core(), members: { [uids.lee]: "member" } }) }),
    organizationMember: () => ({ it: organizationMember({ organization: uids.acme, user: uids.ada, role: "member" }) }),
  };
  const emptied: Record<string, () => Program> = {
    organization: () => ({ it: organization({ name: "Acme", adopt: uids.acme }) }),
    team: () => ({ it: team({ organization: uids.acme, name: "Core", adopt: uids.core }) }),
  };
  /** The field that the table changes. */
  const now = async (kind: string) => {
    const [team, organization] = [await s.teamNow(), await s.organizationNow()];
    if (kind === "teamMembership" || kind === "teamRoster") return team.members[0]!.role;
    if (kind === "organizationMember") return organization.members.find(({ email }) => email === person("ada"))!.role;
    return kind === "team" ? team.description : organization.description;
  };
  const change = /^PATCH /;

  it.each(Object.keys(before))("of %s is looked up, and not sent twice", async (kind) => {
    await s.stack.up(before[kind]!());
    s.mishaps({ on: change, fate: "answer lost" });
    const made = await s.measured(() => s.stack.up(changed[kind]!()));
    expect(made.error).toBeUndefined();
    expect(made.writes).toHaveLength(1);
    expect((await s.stack.refresh()).steps).toEqual(["same it"]);
    expect(await s.measured(() => s.stack.up(changed[kind]!()))).toMatchObject({ calls: [], steps: ["same it"] });
  });

  it.each(
    Object.keys(before).flatMap(
      (kind) =>
        [
          [kind, "lost"],
          [kind, "answer lost"],
        ] as const,
    ),
  )("of %s that cannot be looked up is completed by the next up: %s", async (kind, fate) => {
    await s.stack.up(before[kind]!());
    blindAfter(change, fate);
    const failed = await s.measured(() => s.stack.up(changed[kind]!()));
    expect(failed.error?.message).toContain("[AVALA_OUTCOME_UNKNOWN]");
    s.mishaps();
    const healed = await s.measured(() => s.stack.up(changed[kind]!()));
    expect(healed.error).toBeUndefined();
    expect((await s.stack.refresh()).steps).toEqual(["same it"]);
    expect(await s.measured(() => s.stack.up(changed[kind]!()))).toMatchObject({ calls: [], steps: ["same it"] });
    expect(await now(kind)).toBe(kind in emptied ? "two" : "member");
  });

  it.each(Object.keys(emptied))("that clears a field of %s is not forgotten", async (kind) => {
    await s.stack.up(before[kind]!());
    blindAfter(change, "lost");
    expect((await s.measured(() => s.stack.up(emptied[kind]!()))).error?.message).toContain("[AVALA_OUTCOME_UNKNOWN]");
    s.mishaps();
    await s.stack.up(emptied[kind]!());
    expect(await now(kind)).toBe("");
    expect((await s.organizationNow()).handle).toBeNull();
  });

  it.each([500, 502])("and that was answered %d is made by the next up", async (status) => {
    await s.stack.up(before["team"]!());
    s.mishaps({ on: change, fate: status });
    expect((await s.measured(() => s.stack.up(changed["team"]!()))).error?.message).toContain("[AVALA_UNAVAILABLE]");
    expect((await s.measured(() => s.stack.up(changed["team"]!()))).error).toBeUndefined();
    expect(await now("team")).toBe("two");
  });
});

describe("no-idempotency-keys: a removal whose answer is lost", () => {
  it.each(["teamMembership", "teamRoster", "team", "organization"])("of %s is done", async (kind) => {
    await s.stack.up(programs[kind]!());
    s.mishaps({ on: /^DELETE /, fate: "answer lost" });
    expect((await s.measured(() => s.stack.destroy())).error).toBeUndefined();
    expect(await held()).toMatchObject({
      organizations: ["Acme"],
      teams: ["Core"],
      core: [`${person("lee")} lead`],
    });
  });

  it("of a person who has accepted is done: a removal may be sent again", async () => {
    await s.stack.up(programs["organizationMember"]!());
    await s.emulator.accept(person("zoe"));
    s.mishaps({ on: /^DELETE /, fate: "answer lost" });
    const { error, writes } = await s.measured(() => s.stack.destroy());
    expect({ error, sent: new Set(writes).size }).toEqual({ error: undefined, sent: 1 });
    expect((await s.organizationNow()).members.map(({ email }) => email)).not.toContain(person("zoe"));
  });

  it("of a member that cannot be looked up either is completed by the next destroy", async () => {
    await s.stack.up({ it: organizationMember({ organization: uids.acme, user: uids.mia }) });
    blindAfter(/^DELETE /, "lost");
    expect((await s.measured(() => s.stack.destroy())).error?.message).toContain("[AVALA_OUTCOME_UNKNOWN]");
    expect(s.stack.resources.size).toBe(1);
    s.mishaps();
    expect((await s.measured(() => s.stack.destroy())).error).toBeUndefined();
    expect((await s.organizationNow()).members.map(({ email }) => email)).toEqual(["owner", "ada", "lee"].map(person));
  });

  it.each(["invitation", "organizationMember"])("of %s that is pending is done: cancelled once", async (kind) => {
    await s.stack.up(programs[kind]!());
    s.mishaps({ on: /cancel/, fate: "answer lost" });
    expect(await s.measured(() => s.stack.destroy())).toMatchObject({ error: undefined, emails: [] });
    expect((await held()).pending).toEqual([]);
  });
});

it("a removal that is answered 404, while the list shows the person, is an error, and done by the next destroy", async () => {
  const empty = await held();
  s.stack.parallel = true;
  await s.stack.up({
    team: programs["team"]!()["it"]!,
    place: programs["teamMembership"]!()["it"]!,
    invitation: programs["invitation"]!()["it"]!,
    newcomer: organizationMember({ organization: uids.acme, email: person("yan") }),
    member: organizationMember({ organization: uids.acme, user: uids.ada, role: "admin" }),
  });
  const match = { path: `/acme/.*(teams/blue|members/[-0-9a-f]+|cancel)/$` };
  await s.emulator.faults({ match, action: { status: 404, body: { detail: "Not found." } }, times: 5 });
  const failed = await s.measured(() => s.stack.destroy());
  expect(failed.error?.message.match(/\[AVALA_NOT_FOUND\]/g)).toHaveLength(5);
  expect(s.stack.resources.size).toBe(5);
  expect((await s.measured(() => s.stack.destroy())).error).toBeUndefined();
  expect(await held()).toEqual(empty);
  expect((await s.organizationNow()).members.map(({ email }) => email)).toEqual(["owner", "lee", "mia"].map(person));
});

describe.each([
  ["Invitation", invitation],
  ["OrganizationMember", organizationMember],
])("no-idempotency-keys: a resend, or another role, of an %s whose answer is lost", (_, declare) => {
  const zoe = (inputs: object) => ({ it: declare({ organization: uids.acme, email: person("zoe"), ...inputs }) });

  it("counts a resend as sent, and never sends it a second time by itself", async () => {
    await s.stack.up(zoe({}));
    s.mishaps({ on: /resend/, fate: "answer lost" });
    const outcomeUnknown = await s.measured(() => s.stack.up(zoe({ resend: "one" })));
    const next = await s.measured(() => s.stack.up(zoe({ resend: "one" })));
    expect([...outcomeUnknown.emails, ...next.emails]).toEqual([`resend ${person("zoe")}`]);
  });

  it("replaces the invitation with one email if the answer to the second half is lost", async () => {
    await s.stack.up(zoe({}));
    s.mishaps({ on: /POST .*\/invitations\/$/, fate: "lost" });
    const failed = await s.measured(() => s.stack.up(zoe({ role: "admin" })));
    expect(failed.error?.message).toContain("[AVALA_TRANSPORT]");
    const healed = await s.measured(() => s.stack.up(zoe({ role: "admin" })));
    expect([...failed.emails, ...healed.emails]).toEqual([`invitation ${person("zoe")}`]);
    expect((await held()).pending).toEqual([`${person("zoe")} admin`]);
  });

  it("replaces the invitation with one email also if a refresh comes in between", async () => {
    await s.stack.up(zoe({}));
    s.mishaps({ on: /POST .*\/invitations\/$/, fate: "lost" });
    const failed = await s.measured(() => s.stack.up(zoe({ role: "admin" })));
    await s.stack.refresh();
    const healed = await s.measured(() => s.stack.up(zoe({ role: "admin" })));
    expect([...failed.emails, ...healed.emails]).toEqual([`invitation ${person("zoe")}`]);
    expect((await held()).pending).toEqual([`${person("zoe")} admin`]);
    expect(await s.measured(() => s.stack.up(zoe({ role: "admin" })))).toMatchObject({
      writes: [],
      steps: ["same it"],
    });
  });

  it.each([
    ["lost", false],
    ["answer lost", false],
    ["lost", true],
    ["answer lost", true],
  ] as const)(
    "sends one email if the cancellation is %s and cannot be looked up; refreshed: %s",
    async (fate, refreshed) => {
      await s.stack.up(zoe({}));
      blindAfter(/cancel/, fate);
      const failed = await s.measured(() => s.stack.up(zoe({ role: "admin" })));
      expect(failed.error?.message).toContain("[AVALA_OUTCOME_UNKNOWN]");
      s.mishaps();
      if (refreshed) await s.stack.refresh();
      const healed = await s.measured(() => s.stack.up(zoe({ role: "admin" })));
      expect([...failed.emails, ...healed.emails]).toEqual([`invitation ${person("zoe")}`]);
      expect((await held()).pending).toEqual([`${person("zoe")} admin`]);
      expect(s.stack.outputs("it")["emailsSent"]).toBe(2);
      expect(await s.measured(() => s.stack.up(zoe({ role: "admin" })))).toMatchObject({
        writes: [],
        steps: ["same it"],
      });
    },
  );

  it("does not send a resend again if only the look-up of its new expiry has failed", async () => {
    await s.stack.up(zoe({}));
    let sent = false;
    const after = { test: (line: string) => (sent ||= /resend/.test(line)) && line.startsWith("GET ") } as RegExp;
    s.mishaps({ on: after, fate: 403, times: 9 });
    const resent = await s.measured(() => s.stack.up(zoe({ resend: "one" })));
    s.mishaps();
    const next = await s.measured(() => s.stack.up(zoe({ resend: "one" })));
    expect(resent.error).toBeUndefined();
    expect([...resent.emails, ...next.emails]).toEqual([`resend ${person("zoe")}`]);
    expect(s.stack.outputs("it")).toMatchObject({ status: "invited", emailsSent: 2 });
  });

  it("lists-may-lag: counts an email as sent that the service has accepted and does not show yet", async () => {
    await s.stack.up(zoe({}));
    await s.emulator.settings({ writeBody: "minimal", readLagMs: 60_000 });
    const first = await s.measured(() => s.stack.up(zoe({ role: "admin" })));
    const again = await s.measured(() => s.stack.up(zoe({ role: "admin" })));
    await s.emulator.advance(120);
    const last = await s.measured(() => s.stack.up(zoe({ role: "admin" })));
    expect([...first.emails, ...again.emails, ...last.emails]).toEqual([`invitation ${person("zoe")}`]);
    expect((await held()).pending).toEqual([`${person("zoe")} admin`]);
  });
});
