import { invitation, type Program } from "../support/stack.js";
import { acme, person, s, useService, uids } from "./support.js";

useService();
/** The service may list invitations that have expired, or not. */
const listedOrHidden = ["listed", "hidden"] as const;
const at = {
  get invitations() {
    return `/organizations/acme/invitations/`;
  },
  get members() {
    return `/organizations/acme/members/`;
  },
};
const zoe = (inputs: object = {}): Program => ({
  zoe: invitation({ organization: uids.acme, email: person("zoe"), ...inputs }),
});
const outputs = () => s.stack.outputs("zoe");
const cancelOf = (uid: unknown) => `POST ${at.invitations}${uid as string}/cancel/`;
const oneInvitation = () => [`invitation ${person("zoe")}`];
const pending = async () =>
  (await s.organizationNow()).invitations
    .filter(({ status }) => status === "pending")
    .map(({ email, role }) => `${email} ${role}`);

const quiet = { error: undefined, writes: [], emails: [] };

describe("inviting", () => {
  it("sends one email, and nothing else until something changes", async () => {
    const made = await s.measured(() => s.stack.up(zoe()));
    expect(made.emails).toEqual(oneInvitation());
    expect(made.writes).toEqual([`POST ${at.invitations}`]);
    expect(outputs()).toMatchObject({ status: "invited", role: "member", emailsSent: 1, email: person("zoe") });
    expect(await s.measured(() => s.stack.up(zoe()))).toMatchObject({ ...quiet, steps: ["same zoe"] });
    const clean = await s.measured(() => s.stack.refresh());
    expect(clean).toMatchObject({
      ...quiet,
      steps: ["same zoe"],
      calls: ["GET /organizations/", `GET ${at.invitations}`, `GET ${at.members}`],
    });
  });

  it("answers-hold-secrets: records no accept link", async () => {
    await s.stack.up(zoe());
    await s.stack.refresh();
    const { token } = (await s.organizationNow()).invitations[0]!;
    expect(JSON.stringify([...s.stack.resources])).not.toContain(token);
    expect(JSON.stringify([...s.stack.resources])).not.toMatch(/accept|copy_?link/i);
  });

  it("sends no email to a person who is a member already", async () => {
    const settled = await s.measured(() => s.stack.up(zoe({ email: person("Mia"), role: "admin" })));
    expect(settled).toMatchObject({ ...quiet, steps: ["create zoe"] });
    expect(outputs()).toMatchObject({ status: "accepted", userUid: uids.mia, emailsSent: 0 });
    expect((await s.organizationNow()).members.find(({ email }) => email === person("mia"))?.role).toBe("member");
    expect(await s.measured(() => s.stack.up(zoe({ email: person("Mia"), role: "admin" })))).toMatchObject({
      calls: [],
      steps: ["same zoe"],
    });
  });

  it("sends no email to a person who is invited already", async () => {
    await s.emulator.api("POST", at.invitations, { email: person("Zoe").replace("example", "Example") });
    expect(await s.measured(() => s.stack.up(zoe()))).toMatchObject({ ...quiet, steps: ["create zoe"] });
    expect(outputs()).toMatchObject({ status: "invited", emailsSent: 0 });
  });

  it("replaces an invitation of another role that is pending already", async () => {
    await s.emulator.api("POST", at.invitations, { email: person("zoe"), role: "member" });
    const replaced = await s.measured(() => s.stack.up(zoe({ role: "admin" })));
    expect(replaced.emails).toEqual(oneInvitation());
    expect(await pending()).toEqual([`${person("zoe")} admin`]);
  });

  describe.each(listedOrHidden)("if expired invitations are %s", (shown) => {
    useService(() => acme({ expiredInvitations: shown }));

    it("sends an email if an earlier invitation has expired", async () => {
      await s.emulator.api("POST", at.invitations, { email: person("zoe") });
      await s.emulator.expire(person("zoe"));
      expect((await s.measured(() => s.stack.up(zoe()))).emails).toEqual(oneInvitation());
      expect(outputs()).toMatchObject({ status: "invited", emailsSent: 1 });
    });
  });

  it("spelling-may-change: keeps the address as declared if the service changes its case", async () => {
    await s.emulator.settings({ lowercaseEmails: true });
    await s.stack.up(zoe({ email: person("Zoe") }));
    expect((await s.stack.refresh()).steps).toEqual(["same zoe"]);
    expect(
      (await s.measured(() => s.stack.up(zoe({ email: person("zoe").replace("example", "EXAMPLE") })))).steps,
    ).toEqual(["same zoe"]);
    expect(s.stack.id("zoe")).toBe(`${uids.acme}/${person("zoe")}`);
  });

  it("does not change an address that may be somebody else's: dots and tags count", async () => {
    await s.emulator.join(uids.acme, person("zo.e+ops"));
    expect((await s.measured(() => s.stack.up(zoe()))).emails).toEqual(oneInvitation());
  });
});

describe("accepted-invitations-vanish: acceptance", () => {
  it("is one recorded step without a write; then it is settled, regardless of the person's membership", async () => {
    await s.stack.up(zoe());
    await s.emulator.accept(person("zoe"));
    expect(await s.measured(() => s.stack.preview(zoe()))).toMatchObject({ ...quiet, steps: ["update zoe"] });
    expect(await s.measured(() => s.stack.up(zoe()))).toMatchObject({ ...quiet, steps: ["update zoe"] });
    expect(outputs()).toMatchObject({ status: "accepted", emailsSent: 1, userUid: expect.any(String) });
    expect(await s.measured(() => s.stack.up(zoe()))).toMatchObject({ ...quiet, calls: [], steps: ["same zoe"] });

    const uid = outputs()["userUid"] as string;
    await s.emulator.api("PATCH", `${at.members}${uid}/role/`, { role: "admin" });
    expect((await s.stack.refresh()).steps).toEqual(["same zoe"]);
    await s.emulator.api("DELETE", `${at.members}${uid}/`);
    expect((await s.stack.refresh()).steps).toEqual(["same zoe"]);
    expect(await s.measured(() => s.stack.up(zoe()))).toMatchObject({ ...quiet, steps: ["same zoe"] });
  });

  it("is found by a refresh", async () => {
    await s.stack.up(zoe());
    await s.emulator.accept(person("zoe"));
    expect((await s.stack.refresh()).steps).toEqual(["update zoe"]);
    expect(await s.measured(() => s.stack.up(zoe()))).toMatchObject({ ...quiet, calls: [], steps: ["same zoe"] });
  });

  it("ends the management of the role", async () => {
    await s.stack.up(zoe());
    await s.emulator.accept(person("zoe"));
    await s.stack.up(zoe());
    expect(await s.measured(() => s.stack.up(zoe({ role: "admin" })))).toMatchObject(quiet);
    expect(await s.measured(() => s.stack.up(zoe({ role: "admin" })))).toMatchObject({ steps: ["same zoe"] });
  });

  it.each([true, false])("is never undone by destroy, recorded before: %s", async (recorded) => {
    await s.stack.up(zoe());
    await s.emulator.accept(person("zoe"));
    if (recorded) await s.stack.up(zoe());
    expect(await s.measured(() => s.stack.destroy())).toMatchObject(quiet);
    expect((await s.organizationNow()).members.map(({ email }) => email)).toContain(person("zoe"));
  });
});

describe("expired-may-be-pending: an invitation that has expired or vanished", () => {
  describe.each(listedOrHidden)("expired and %s:", (shown) => {
    useService(() => acme({ expiredInvitations: shown }));

    it("is reported, and not sent again by itself", async () => {
      await s.stack.up(zoe());
      // The service's clock moves on, ours does not: the service's clock counts.
      await s.emulator.expire(person("zoe"));
      await s.stack.refresh();
      expect(outputs()["status"]).toBe(shown === "listed" ? "expired" : "gone");
      expect(await s.measured(() => s.stack.up(zoe()))).toMatchObject({ ...quiet, steps: ["same zoe"] });
      expect(await s.measured(() => s.stack.destroy())).toMatchObject({ error: undefined, emails: [] });
      // An unlisted invitation can be neither cancelled nor accepted.
      expect(await pending()).toHaveLength(shown === "listed" ? 0 : 1);
    });
  });

  it.each(["declined", "cancelled"] as const)("%s: is reported as gone, and not sent again by itself", async (how) => {
    await s.stack.up(zoe());
    if (how === "declined") await s.emulator.decline(person("zoe"));
    else await s.emulator.api("POST", `${at.invitations}${outputs()["uid"] as string}/cancel/`);
    expect((await s.stack.refresh()).steps).toEqual(["update zoe"]);
    expect(outputs()["status"]).toBe("gone");
    expect(await s.measured(() => s.stack.up(zoe()))).toMatchObject({ ...quiet, steps: ["same zoe"] });
    expect(await s.measured(() => s.stack.refresh())).toMatchObject({ ...quiet, steps: ["same zoe"] });
    expect(await s.measured(() => s.stack.destroy())).toMatchObject(quiet);
  });

  it("is sent again by a new resend, once", async () => {
    await s.stack.up(zoe());
    await s.emulator.expire(person("zoe"));
    await s.stack.refresh();
    const again = await s.measured(() => s.stack.up(zoe({ resend: "2026-12-01" })));
    expect(again).toMatchObject({ steps: ["update zoe"], emails: oneInvitation() });
    expect(outputs()).toMatchObject({ status: "invited", emailsSent: 2 });
    expect(await s.measured(() => s.stack.up(zoe({ resend: "2026-12-01" })))).toMatchObject(quiet);
    expect(await pending()).toEqual([`${person("zoe")} member`]);
  });
});

describe("resend", () => {
  it("costs one email together with another role, not two", async () => {
    await s.stack.up(zoe());
    const both = await s.measured(() => s.stack.up(zoe({ role: "admin", resend: "one" })));
    expect(both.emails).toEqual(oneInvitation());
    expect(s.stack.outputs("zoe")).toMatchObject({ status: "invited", role: "admin", resend: "one", emailsSent: 2 });
    expect(await s.measured(() => s.stack.up(zoe({ role: "admin", resend: "one" })))).toMatchObject(quiet);
  });

  it("sends a pending invitation again and extends it; removing resend does nothing", async () => {
    await s.stack.up(zoe());
    const { uid, expiresAt } = outputs();
    await s.emulator.advance(3600);
    const again = await s.measured(() => s.stack.up(zoe({ resend: "one" })));
    expect(again.writes).toEqual([`POST ${at.invitations}${uid as string}/resend/`]);
    expect(again.emails).toEqual([`resend ${person("zoe")}`]);
    expect(outputs()).toMatchObject({ uid, emailsSent: 2, status: "invited" });
    expect(Date.parse(outputs()["expiresAt"] as string)).toBeGreaterThan(Date.parse(expiresAt as string));
    expect(await s.measured(() => s.stack.up(zoe({ resend: "one" })))).toMatchObject({ ...quiet, steps: ["same zoe"] });
    expect(await s.measured(() => s.stack.up(zoe()))).toMatchObject(quiet);
  });

  it("sends no email on creation, except that of the invitation", async () => {
    expect((await s.measured(() => s.stack.up(zoe({ resend: "one" })))).emails).toEqual(oneInvitation());
  });

  it("sends no email to a member", async () => {
    await s.stack.up(zoe());
    await s.emulator.accept(person("zoe"));
    expect(await s.measured(() => s.stack.up(zoe({ resend: "one" })))).toMatchObject(quiet);
  });
});

describe("another role while invited", () => {
  it("is cancel and invite: two emails in total", async () => {
    await s.stack.up(zoe());
    const { uid } = outputs();
    expect((await s.stack.preview(zoe({ role: "admin" }))).steps).toEqual(["update zoe"]);
    const changed = await s.measured(() => s.stack.up(zoe({ role: "admin" })));
    expect(changed.writes).toEqual([cancelOf(uid), `POST ${at.invitations}`]);
    expect(changed.emails).toEqual(oneInvitation());
    expect(outputs()).toMatchObject({ role: "admin", status: "invited", emailsSent: 2 });
    expect(outputs()["uid"]).not.toBe(uid);
    expect(await pending()).toEqual([`${person("zoe")} admin`]);
  });

  it("is found by refresh and repaired the same way if somebody else invited again", async () => {
    await s.stack.up(zoe());
    await s.emulator.api("POST", `${at.invitations}${outputs()["uid"] as string}/cancel/`);
    await s.emulator.api("POST", at.invitations, { email: person("zoe"), role: "admin" });
    expect((await s.stack.refresh()).steps).toEqual(["update zoe"]);
    expect(outputs()["role"]).toBe("admin");
    const repaired = await s.measured(() => s.stack.up(zoe()));
    expect(repaired.emails).toEqual(oneInvitation());
    expect(await pending()).toEqual([`${person("zoe")} member`]);
  });

  it("is completed by the next up if inviting fails after the cancel, with one email", async () => {
    await s.stack.up(zoe());
    await s.emulator.settings({ seats: 4 });
    const failed = await s.measured(() => s.stack.up(zoe({ role: "admin" })));
    expect(failed.error?.message).toContain("[AVALA_");
    expect(failed.emails).toEqual([]);
    await s.emulator.settings({ seats: null });
    const healed = await s.measured(() => s.stack.up(zoe({ role: "admin" })));
    expect(healed.emails).toEqual(oneInvitation());
    expect(outputs()).toMatchObject({ role: "admin", status: "invited" });
    expect(await pending()).toEqual([`${person("zoe")} admin`]);
  });
});

describe("another role once the invitation is gone", () => {
  it("bug: is sent if a run ended between the cancellation and the invitation, and a refresh came first", async () => {
    await s.stack.up(zoe());
    await s.emulator.api("POST", `${at.invitations}${outputs()["uid"] as string}/cancel/`);
    await s.stack.refresh();
    const healed = await s.measured(() => s.stack.up(zoe({ role: "admin" })));
    expect(healed).toMatchObject({ error: undefined, emails: oneInvitation() });
    expect(await pending()).toEqual([`${person("zoe")} admin`]);
  });

  it("does nothing for a person who has accepted", async () => {
    await s.stack.up(zoe());
    await s.emulator.accept(person("zoe"));
    await s.stack.up(zoe());
    await s.emulator.api("DELETE", `${at.members}${outputs()["userUid"] as string}/`);
    await s.stack.refresh();
    expect(await s.measured(() => s.stack.up(zoe({ role: "admin" })))).toMatchObject(quiet);
  });
});

describe("destroying an Invitation", () => {
  it("cancels a pending invitation", async () => {
    await s.stack.up(zoe());
    const { uid } = outputs();
    expect(await s.measured(() => s.stack.destroy())).toMatchObject({ writes: [cancelOf(uid)], emails: [] });
    expect(await pending()).toEqual([]);
  });

  it("people-change-avala: keeps all other invitations", async () => {
    await s.emulator.api("POST", at.invitations, { email: person("ann") });
    await s.stack.up(zoe());
    await s.stack.destroy();
    expect(await pending()).toEqual([`${person("ann")} member`]);
  });
});

describe("replacement and respelling", () => {
  it("invites the other person, then cancels", async () => {
    await s.stack.up(zoe());
    const { uid } = outputs();
    const other = await s.measured(() => s.stack.up(zoe({ email: person("zac") })));
    expect(other.steps).toEqual(["replace zoe", "delete replaced zoe"]);
    expect(other.writes).toEqual([`POST ${at.invitations}`, cancelOf(uid)]);
    expect(other.emails).toEqual([`invitation ${person("zac")}`]);
  });

  it("treats another organization as another invitation", async () => {
    await s.emulator.api("POST", "/organizations/", { name: "beta" });
    await s.stack.up(zoe());
    const { uid } = outputs();
    const moved = await s.measured(() => s.stack.up(zoe({ organization: "beta" })));
    expect(moved.writes).toEqual([`POST /organizations/beta/invitations/`, cancelOf(uid)]);
  });

  it.each([
    ["the slug", () => ({ organization: "acme" })],
    ["another case of the email", () => ({ email: person("ZOE") })],
    ["another spelling of the uid", () => ({ organization: `urn:uuid:${uids.acme.toUpperCase()}` })],
  ] as const)("treats %s as the same", async (_, spelled) => {
    const spelling = spelled();
    await s.stack.up(zoe());
    expect((await s.stack.preview(zoe(spelling))).steps).toEqual(["same zoe"]);
    expect(await s.measured(() => s.stack.up(zoe(spelling)))).toMatchObject({ ...quiet, steps: ["same zoe"] });
  });

  it("treats the new address of a person who has accepted as the same person", async () => {
    await s.stack.up(zoe());
    await s.emulator.accept(person("zoe"));
    await s.stack.up(zoe());
    const state = await s.emulator.state();
    await s.emulator.reset(JSON.parse(JSON.stringify(state).replaceAll(person("zoe"), person("zoe.new"))));
    expect(await s.measured(() => s.stack.refresh())).toMatchObject({ ...quiet, steps: ["same zoe"] });
    const followed = await s.measured(() => s.stack.up(zoe({ email: person("zoe.new") })));
    expect(followed).toMatchObject({ ...quiet, steps: ["update zoe"] });
  });
});
