import { invitation, organization, organizationMember, teamMembership, type Program } from "../support/stack.js";
import { acme, person, s, useService, uids, username } from "./support.js";

useService();
/** The service may list invitations that have expired, or not. */
const listedOrHidden = ["listed", "hidden"] as const;
const organizations = "GET /organizations/";
const at = {
  get acme() {
    return `/organizations/acme/`;
  },
  get people() {
    return `${at.acme}members/`;
  },
  get invitations() {
    return `${at.acme}invitations/`;
  },
};

const member = (inputs: object): Program => ({ it: organizationMember({ organization: uids.acme, ...inputs }) });
const zoe = (inputs: object = {}): Program => member({ email: person("zoe"), ...inputs });
const outputs = () => s.stack.outputs("it");
const uidOf = async (email: string) => (await s.emulator.state()).people.find((row) => row.email === email)!.uid;
const roleOf = async (name: string) =>
  (await s.organizationNow()).members.find(({ email }) => email === person(name))?.role;
const pending = async () =>
  (await s.organizationNow()).invitations
    .filter(({ status }) => status === "pending")
    .map(({ email, role }) => `${email} ${role}`);
const cancelOf = (uid: unknown) => `POST ${at.invitations}${uid as string}/cancel/`;
const roleCall = (uid: unknown) => `PATCH ${at.people}${uid as string}/role/`;

const up = (program: Program) => s.measured(() => s.stack.up(program));
const preview = (program: Program) => s.measured(() => s.stack.preview(program));
const refresh = () => s.measured(() => s.stack.refresh());
const destroy = () => s.measured(() => s.stack.destroy());
/** For steps that may not send any request. */
const silently = {
  up: (program: Program) => s.measured(() => s.stack.up(program)),
  preview: (program: Program) => s.measured(() => s.stack.preview(program)),
  destroy: () => s.measured(() => s.stack.destroy()),
};

const oneInvitation = () => [`invitation ${person("zoe")}`];
const quiet = { error: undefined, writes: [], emails: [] };
const settled = { ...quiet, calls: [], steps: ["same it"], logged: [] };
const guarded = (text: string) => ({
  error: expect.objectContaining({ message: expect.stringMatching(new RegExp(`${text}.*\\[AVALA_GUARD\\]`)) }),
  writes: [],
  emails: [],
});
const said = (severity: "info" | "warning", text: string) => [{ severity, message: expect.stringContaining(text) }];
const isMemberNow = () => said("info", `"${person("zoe")}" is a member of organization acme now.`);

/** Zoe is invited, has accepted, and that is recorded. */
async function accepted(inputs: object = {}): Promise<string> {
  await s.stack.up(zoe(inputs));
  await s.emulator.accept(person("zoe"));
  await s.stack.up(zoe(inputs));
  return outputs()["userUid"] as string;
}

describe("from not invited to member", () => {
  it("sends one email, records the acceptance in one update without a write, and sends no request after that", async () => {
    expect(await up(zoe())).toMatchObject({
      error: undefined,
      steps: ["create it"],
      calls: [organizations, `GET ${at.invitations}`, `GET ${at.people}`, `POST ${at.invitations}`],
      emails: oneInvitation(),
    });
    expect(outputs()).toMatchObject({ status: "invited", role: "member", emailsSent: 1 });
    expect(outputs()).not.toHaveProperty("userUid");
    expect(s.stack.id("it")).toBe(`${uids.acme}/${person("zoe")}`);
    const lists = [organizations, `GET ${at.invitations}`];
    for (const run of [preview, up]) {
      expect(await run(zoe())).toMatchObject({ ...quiet, calls: lists, steps: ["same it"], logged: [] });
    }
    const looked = [...lists, `GET ${at.people}`];
    expect(await refresh()).toMatchObject({ ...quiet, calls: looked, steps: ["same it"], logged: [] });

    await s.emulator.accept(person("zoe"));
    for (const run of [preview, up]) {
      expect(await run(zoe())).toMatchObject({ ...quiet, calls: looked, steps: ["update it"], logged: isMemberNow() });
    }
    expect(outputs()).toMatchObject({
      status: "active",
      username: username("zoe"),
      userUid: await uidOf(person("zoe")),
      emailsSent: 1,
    });
    expect(Object.keys(outputs())).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/invitationUid|expires/)]),
    );
    expect(await silently.up(zoe())).toMatchObject(settled);
    expect(await silently.preview(zoe())).toMatchObject(settled);
    expect((await refresh()).calls).toEqual([organizations, `GET ${at.people}`]);
  });

  it("answers-hold-secrets: records no accept link", async () => {
    await s.stack.up(zoe());
    await s.stack.refresh();
    const { token } = (await s.organizationNow()).invitations[0]!;
    expect(JSON.stringify([...s.stack.resources])).not.toContain(token);
  });

  it("takes over existing members and invitations, with a write only if the role differs", async () => {
    await s.emulator.api("POST", at.invitations, { email: person("Zoe").replace("example", "Example") });
    const program: Program = {
      mia: organizationMember({ organization: uids.acme, email: person("Mia"), role: "admin" }),
      ada: organizationMember({ organization: "acme", user: uids.ada, role: "admin" }),
      zoe: organizationMember({ organization: uids.acme, email: person("zoe") }),
    };
    expect(await up(program)).toMatchObject({ error: undefined, emails: [], writes: [roleCall(uids.mia)] });
    expect(s.stack.outputs("mia")).toMatchObject({ status: "active", userUid: uids.mia, emailsSent: 0 });
    expect(s.stack.outputs("zoe")).toMatchObject({ status: "invited", emailsSent: 0 });
    expect([await roleOf("mia"), await roleOf("ada")]).toEqual(["admin", "admin"]);
  });

  it("members-join-by-invitation: refuses a uid that is not a member's, before any write", async () => {
    const nobody = await up(member({ user: "99999999-0000-4000-8000-000000000000" }));
    expect(nobody).toMatchObject(guarded("nobody can be invited by uid. Declare the person by email"));
    expect(s.stack.resources.size).toBe(0);
  });

  it("reads two lists for any number of waiting people, and three if somebody has accepted", async () => {
    const names = Array.from({ length: 12 }, (_, index) => person(`w${index}`));
    const program = Object.fromEntries(
      names.map((email) => [email, organizationMember({ organization: uids.acme, email })]),
    );
    expect((await up(program)).emails).toEqual(names.map((email) => `invitation ${email}`));
    const waiting = [organizations, `GET ${at.invitations}`];
    expect(await up(program)).toMatchObject({ ...quiet, calls: waiting });
    await s.emulator.accept(names[3]!);
    const { steps, calls } = await up(program);
    expect(calls).toEqual([...waiting, `GET ${at.people}`]);
    expect(steps.filter((step) => !step.startsWith("same "))).toEqual([`update ${names[3]}`]);
  });
});

describe("bug: a member with a valid invitation, who had joined in another way,", () => {
  const joined = async () => {
    await s.stack.up(zoe());
    await s.emulator.join(uids.acme, person("zoe"), "admin");
    expect(await pending()).toEqual([`${person("zoe")} member`]);
  };

  it("is active after a refresh, and brought to the declared role", async () => {
    await joined();
    expect(await refresh()).toMatchObject({ ...quiet, steps: ["update it"] });
    expect(outputs()).toMatchObject({ status: "active", role: "admin" });
    expect((await up(zoe())).writes).toEqual([roleCall(await uidOf(person("zoe")))]);
    expect(await silently.up(zoe())).toMatchObject(settled);
  });

  it.each([
    ["at once", (): Promise<unknown> => Promise.resolve()],
    ["after a refresh", (): Promise<unknown> => refresh()],
  ])("loses their access and the invitation that would allow them to come back: %s", async (_when, before) => {
    await joined();
    await before();
    const { invitations: rows } = await s.organizationNow();
    const uid = await uidOf(person("zoe"));
    expect(await destroy()).toMatchObject({
      error: undefined,
      emails: [],
      writes: [cancelOf(rows[0]!.uid), `DELETE ${at.people}${uid}/`],
    });
    expect([await roleOf("zoe"), await pending()]).toEqual([undefined, []]);
  });
});

describe("role-change-needs-new-email: another role", () => {
  it("while invited is cancel and invite: one more email, shown in the preview, and none for the new value of resend", async () => {
    await s.stack.up(zoe());
    const { invitationUid } = outputs();
    const changed = zoe({ role: "admin", resend: "one" });
    expect(await preview(changed)).toMatchObject({
      ...quiet,
      steps: ["update it"],
      logged: said(
        "info",
        `"${person("zoe")}" is invited into organization acme and has not accepted. The invitation is`,
      ),
    });
    expect(await up(changed)).toMatchObject({
      error: undefined,
      writes: [cancelOf(invitationUid), `POST ${at.invitations}`],
      emails: oneInvitation(),
    });
    expect(outputs()).toMatchObject({ status: "invited", role: "admin", resend: "one", emailsSent: 2 });
    expect(await pending()).toEqual([`${person("zoe")} admin`]);
    expect(await up(changed)).toMatchObject({ ...quiet, steps: ["same it"], logged: [] });
  });

  it("while invited is invited in the end if inviting fails after the cancellation, with or without a refresh", async () => {
    await s.stack.up(zoe());
    await s.emulator.settings({ seats: 4 });
    expect(await up(zoe({ role: "admin" }))).toMatchObject({ error: expect.any(Error), emails: [] });
    expect(await pending()).toEqual([]);
    await s.stack.refresh();
    expect(await up(zoe({ role: "admin" }))).toMatchObject({ error: expect.any(Error), emails: [] });
    await s.emulator.settings({ seats: null });
    expect(await preview(zoe({ role: "admin" }))).toMatchObject({
      steps: ["update it"],
      logged: said("info", "They are invited again."),
    });
    expect(await up(zoe({ role: "admin" }))).toMatchObject({ error: undefined, emails: oneInvitation() });
    expect(await pending()).toEqual([`${person("zoe")} admin`]);
    expect(await up(zoe({ role: "admin" }))).toMatchObject({ ...quiet, steps: ["same it"] });
  });

  it("bug: is sent if a run ended between the cancellation and the invitation, and a refresh came first", async () => {
    await s.stack.up(zoe());
    await s.emulator.api("POST", `${at.invitations}${outputs()["invitationUid"] as string}/cancel/`);
    await s.stack.refresh();
    expect(outputs()["status"]).toBe("gone");
    const promoted = zoe({ role: "admin" });
    expect((await preview(promoted)).logged).toEqual(said("info", "They are invited again."));
    expect(await up(promoted)).toMatchObject({ error: undefined, emails: oneInvitation() });
    expect(await pending()).toEqual([`${person("zoe")} admin`]);
    expect(await up(promoted)).toMatchObject({ ...quiet, steps: ["same it"] });
  });

  it("sends no email to a former member", async () => {
    const uid = await accepted();
    await s.emulator.api("DELETE", `${at.people}${uid}/`);
    await s.stack.refresh();
    const promoted = zoe({ role: "admin" });
    expect((await preview(promoted)).logged).toEqual(said("warning", "A new value of resend invites them again"));
    expect(await up(promoted)).toMatchObject(quiet);
  });

  it("is set if the person has accepted in the meantime: no email, and none announced", async () => {
    await s.stack.up(zoe());
    await s.emulator.accept(person("zoe"));
    const shown = await preview(zoe({ role: "admin" }));
    expect(shown).toMatchObject({ ...quiet, steps: ["update it"], logged: isMemberNow() });
    const set = await up(zoe({ role: "admin" }));
    expect(set).toMatchObject({ emails: [], writes: [roleCall(await uidOf(person("zoe")))] });
  });

  it("of a member is set, and repaired if somebody else has changed it", async () => {
    await s.stack.up(member({ user: uids.mia }));
    expect(await silently.preview(member({ user: uids.mia, role: "admin" }))).toMatchObject({
      calls: [],
      steps: ["update it"],
    });
    const set = await up(member({ user: uids.mia, role: "admin" }));
    expect(set).toMatchObject({ emails: [], writes: [roleCall(uids.mia)], steps: ["update it"] });
    await s.emulator.api("PATCH", `${at.people}${uids.mia}/role/`, { role: "member" });
    expect(await silently.up(member({ user: uids.mia, role: "admin" }))).toMatchObject(settled);
    expect((await refresh()).steps).toEqual(["update it"]);
    expect(outputs()["role"]).toBe("member");
    expect((await up(member({ user: uids.mia, role: "admin" }))).writes).toEqual([roleCall(uids.mia)]);
    expect((await refresh()).steps).toEqual(["same it"]);
  });

  it("in which somebody else has invited again is found by refresh and repaired with one email", async () => {
    await s.stack.up(zoe());
    await s.emulator.api("POST", `${at.invitations}${outputs()["invitationUid"] as string}/cancel/`);
    await s.emulator.api("POST", at.invitations, { email: person("zoe"), role: "admin" });
    expect(await up(zoe())).toMatchObject({ ...quiet, steps: ["same it"], logged: [] });
    expect((await refresh()).steps).toEqual(["update it"]);
    expect((await up(zoe())).emails).toEqual(oneInvitation());
    expect(await pending()).toEqual([`${person("zoe")} member`]);
  });
});

describe("expired-may-be-pending: an invitation that has ended", () => {
  describe.each(listedOrHidden)("expired and %s:", (shown) => {
    useService(() => acme({ expiredInvitations: shown }));

    it("is reported and not sent by itself", async () => {
      await s.stack.up(zoe());
      await s.emulator.expire(person("zoe"));
      const status = shown === "listed" ? "expired" : "gone";
      for (const run of [preview, up]) {
        const { logged, ...rest } = await run(zoe());
        expect(rest).toMatchObject({ ...quiet, steps: ["same it"] });
        expect(logged).toEqual(said("warning", "A new value of resend invites them again"));
      }
      await s.stack.refresh();
      expect(outputs()["status"]).toBe(status);
      const again = await up(zoe({ resend: "one" }));
      expect(again).toMatchObject({ emails: oneInvitation(), logged: said("info", "They are invited again.") });
      expect(outputs()).toMatchObject({ status: "invited", emailsSent: 2 });
      expect(await up(zoe({ resend: "one" }))).toMatchObject({ ...quiet, steps: ["same it"] });
    });

    it("another role is another invitation", async () => {
      await s.stack.up(zoe());
      await s.emulator.expire(person("zoe"));
      await s.stack.refresh();
      const changed = await up(zoe({ role: "admin" }));
      expect(changed).toMatchObject({ emails: oneInvitation(), logged: said("info", "They are invited again.") });
      expect(await pending()).toEqual([`${person("zoe")} admin`]);
      expect(outputs()).toMatchObject({ status: "invited", emailsSent: 2 });
      expect(await up(zoe({ role: "admin" }))).toMatchObject({ ...quiet, steps: ["same it"] });
    });
  });

  it("and is gone does not turn into an expired one as time passes", async () => {
    await s.stack.up(zoe());
    await s.emulator.decline(person("zoe"));
    await s.stack.refresh();
    outputs()["expiresAt"] = new Date(0).toISOString();
    expect((await refresh()).steps).toEqual(["same it"]);
    expect(outputs()["status"]).toBe("gone");
  });

  it("is sent again by onExpiry: resend, as often as maxEmails allows, and then reported", async () => {
    const program = zoe({ onExpiry: "resend", maxEmails: 2 });
    await s.stack.up(zoe());
    await s.emulator.decline(person("zoe"));
    // The change of the declaration sends the email: the preview says so.
    for (const run of [preview, up]) {
      const { steps, logged, emails } = await run(program);
      expect({ steps, logged }).toEqual({ steps: ["update it"], logged: said("info", "They are invited again.") });
      expect(emails).toEqual(run === up ? oneInvitation() : []);
    }
    expect(await up(program)).toMatchObject({ ...quiet, steps: ["same it"], logged: [] });
    await s.emulator.expire(person("zoe"));
    await s.stack.refresh();
    for (const run of [preview, up]) {
      const { logged, ...rest } = await run(program);
      expect(rest).toMatchObject({ ...quiet, steps: ["same it"] });
      expect(logged).toEqual(
        said("warning", "They have been invited 2 times, the most that maxEmails allows, and are not"),
      );
    }
    // Only the declaration can allow more emails: a new limit does.
    const { steps, emails } = await up(zoe({ onExpiry: "resend", maxEmails: 3 }));
    expect({ steps, emails }).toEqual({ steps: ["update it"], emails: oneInvitation() });
    expect(outputs()["emailsSent"]).toBe(3);
  });

  it("is sent again by the step that onExpiry: resend makes possible, once", async () => {
    await s.stack.up(zoe({ onExpiry: "resend" }));
    await s.emulator.expire(person("zoe"));
    expect(await preview(zoe({ onExpiry: "resend" }))).toMatchObject({ ...quiet, steps: ["update it"] });
    expect(await refresh()).toMatchObject(quiet);
    expect(await up(zoe({ onExpiry: "resend" }))).toMatchObject({ steps: ["update it"], emails: oneInvitation() });
    expect(await up(zoe({ onExpiry: "resend" }))).toMatchObject({ ...quiet, steps: ["same it"] });
    expect(await pending()).toEqual([`${person("zoe")} member`]);
  });

  it("is not sent again to a former member, regardless of onExpiry; a new resend sends it, and is logged", async () => {
    const uid = await accepted({ onExpiry: "resend" });
    await s.emulator.api("DELETE", `${at.people}${uid}/`);
    await s.stack.refresh();
    expect(outputs()).toMatchObject({ status: "gone", userUid: uid });
    expect(await up(zoe({ onExpiry: "resend" }))).toMatchObject({ ...quiet, steps: ["same it"] });
    const again = zoe({ onExpiry: "resend", resend: "one" });
    expect(await up(again)).toMatchObject({ emails: oneInvitation(), logged: said("info", "They are invited again.") });
    expect(outputs()).toMatchObject({ status: "invited", emailsSent: 2 });
    // After another invitation, another role sends another email as for anybody, and is announced.
    const promoted = zoe({ onExpiry: "resend", resend: "one", role: "admin" });
    expect((await preview(promoted)).logged).toEqual(said("info", "The invitation is cancelled"));
    await s.emulator.expire(person("zoe"));
    expect(await up(again)).toMatchObject({ ...quiet, steps: ["same it"] });
  });
});

describe("maxEmails", () => {
  it("refuses one more email, before any write; the preview warns", async () => {
    await s.stack.up(zoe({ maxEmails: 1 }));
    const asks = [
      zoe({ maxEmails: 1, role: "admin" }),
      zoe({ maxEmails: 1, resend: "one" }),
      zoe({ maxEmails: 1, role: "admin", resend: "one" }),
    ];
    for (const asked of asks) {
      expect((await preview(asked)).logged).toEqual(
        said("warning", "They have been invited once, the most that maxEmails"),
      );
      expect(await up(asked)).toMatchObject(guarded("They have been invited once.*Raise maxEmails"));
    }
    expect(await pending()).toEqual([`${person("zoe")} member`]);
    await s.emulator.decline(person("zoe"));
    expect(await up(asks[1]!)).toMatchObject(guarded("They have been invited once"));
    expect(await up(zoe({ maxEmails: 2, resend: "one" }))).toMatchObject({ error: undefined, emails: oneInvitation() });
  });

  it("does not stop changes without an email: the role of a member", async () => {
    const uid = await accepted({ maxEmails: 1 });
    const set = await up(zoe({ maxEmails: 1, role: "admin", resend: "one" }));
    expect(set).toMatchObject({ error: undefined, emails: [], writes: [roleCall(uid)] });
  });
});

it("sends a pending invitation again for a new value of resend, and extends it", async () => {
  await s.stack.up(zoe());
  const { invitationUid, expiresAt } = outputs();
  await s.emulator.advance(3600);
  expect((await preview(zoe({ resend: "one" }))).logged).toEqual(
    said("info", "has not accepted. They are invited again."),
  );
  const again = await up(zoe({ resend: "one" }));
  expect(again.writes).toEqual([`POST ${at.invitations}${invitationUid as string}/resend/`]);
  expect(again.emails).toEqual([`resend ${person("zoe")}`]);
  expect(Date.parse(outputs()["expiresAt"] as string)).toBeGreaterThan(Date.parse(expiresAt as string));
  expect(await up(zoe({ resend: "one" }))).toMatchObject({ ...quiet, steps: ["same it"] });
  expect(await up(zoe())).toMatchObject({ ...quiet, steps: ["update it"], logged: [] });
  await s.emulator.accept(person("zoe"));
  expect(await up(zoe({ resend: "two" }))).toMatchObject({ ...quiet, steps: ["update it"], logged: isMemberNow() });
});

it("does not send reason, validUntil, onExpiry, maxEmails and onDestroy: an update without a write", async () => {
  const local = {
    reason: "on call",
    validUntil: "2027-01-31",
    onExpiry: "resend",
    maxEmails: 5,
    onDestroy: "retain",
  };
  const program = (inputs: object): Program => ({
    ...member({ user: uids.mia, ...inputs }),
    zoe: organizationMember({ organization: uids.acme, email: person("zoe"), ...inputs }),
  });
  await s.stack.up(program({}));
  const changed = await up(program(local));
  expect(changed).toMatchObject({ ...quiet, steps: ["update it", "update zoe"], logged: [] });
  expect(outputs()).toMatchObject(local);
  expect(await up(program({}))).toMatchObject({ ...quiet, steps: ["update it", "update zoe"] });
});

describe("destroying an OrganizationMember", () => {
  /** One person in each state, Mia being a member before the program is first run. */
  async function everyState(onDestroy?: "retain"): Promise<(name: string) => unknown> {
    const emails = ["invited", "expired", "gone", "fresh", "mia"].map(person);
    await s.stack.up(
      Object.fromEntries(
        emails.map((email) => [email, organizationMember({ organization: uids.acme, email, onDestroy })]),
      ),
    );
    await s.emulator.expire(person("expired"));
    await s.emulator.decline(person("gone"));
    // Accepted, but not recorded yet.
    await s.emulator.accept(person("fresh"));
    const invitationOf = new Map(emails.map((email) => [email, s.stack.outputs(email)["invitationUid"]]));
    return (name) => invitationOf.get(person(name));
  }
  const left = async () => (await s.organizationNow()).members.map(({ email }) => email);

  it("removes the membership or invitation, and does nothing if there is none", async () => {
    const invitationOf = await everyState();
    const fresh = await uidOf(person("fresh"));
    expect(await destroy()).toMatchObject({
      error: undefined,
      writes: [
        `DELETE ${at.people}${uids.mia}/`,
        `DELETE ${at.people}${fresh}/`,
        cancelOf(invitationOf("expired")),
        cancelOf(invitationOf("invited")),
      ],
      emails: [],
    });
    expect(await left()).toEqual(["owner", "ada", "lee"].map(person));
  });

  it("keeps everybody with onDestroy: retain, without a call", async () => {
    await everyState("retain");
    expect(await silently.destroy()).toMatchObject({ ...quiet, calls: [] });
    expect(await left()).toEqual(["owner", "ada", "lee", "mia", "fresh"].map(person));
    expect(await pending()).toEqual([`${person("invited")} member`, `${person("expired")} member`]);
  });

  it("cancels a listed expired invitation, though the service does not cancel it", async () => {
    await s.stack.up(zoe());
    await s.emulator.expire(person("zoe"));
    s.mishaps({ on: /cancel/, fate: 400, times: 9 });
    expect((await destroy()).error).toBeUndefined();
  });

  it("does not make retained people unmanaged", async () => {
    const program: Program = { org: organization({ name: "Beta" }) };
    await s.stack.up(program);
    const beta = s.stack.id("org");
    await s.emulator.join(beta, person("mia"));
    const kept = {
      ...program,
      mia: organizationMember({ organization: beta, email: person("mia"), onDestroy: "retain" }),
    };
    await s.stack.up(kept);
    expect(await destroy()).toMatchObject({ error: undefined, writes: [`DELETE /organizations/beta/`] });
  });
});

describe("one-owner: the owner", () => {
  it("is settled and reported, and neither changed nor removed, for every way to declare them", async () => {
    const stays = said("warning", `"${person("owner")}" is the owner of organization acme and stays the owner`);
    for (const role of ["member", "admin"]) {
      expect(await up(member({ user: uids.owner, role }))).toMatchObject({ ...quiet, logged: stays });
    }
    expect(outputs()).toMatchObject({ status: "active", role: "admin" });
    expect(await silently.up(member({ user: uids.owner, role: "admin" }))).toMatchObject(settled);
    expect(await refresh()).toMatchObject({ ...quiet, steps: ["same it"], logged: [] });
    expect(await destroy()).toMatchObject({ ...quiet, logged: stays });
  });

  it("may become owner later, and stop being it: only then the declared role counts again", async () => {
    await s.stack.up(member({ user: uids.mia }));
    await s.emulator.api("POST", `${at.acme}transfer-ownership/`, { new_owner_uid: uids.mia });
    expect((await refresh()).steps).toEqual(["same it"]);
    expect(await up(member({ user: uids.mia, role: "admin" }))).toMatchObject({ ...quiet, steps: ["update it"] });
    const key = await s.keyOf("mia");
    await s.emulator.api("POST", `${at.acme}transfer-ownership/`, { new_owner_uid: uids.owner }, key);
    expect((await up(member({ user: uids.mia }))).writes).toEqual([roleCall(uids.mia)]);
  });
});

describe("own-user-may-be-unknown: the API key's user", () => {
  const useHerKey = async () => (s.stack.environment = s.emulator.environment(await s.keyOf("ada")));
  const ada = (inputs: object = {}) => member({ user: uids.ada, role: "admin", ...inputs });

  it("as the only admin is neither demoted nor removed; retain drops the resource", async () => {
    await useHerKey();
    expect(await up(ada({ role: "member" }))).toMatchObject(guarded("is the user whose API key this run uses"));
    await s.stack.up(ada());
    expect(await up(ada({ role: "member" }))).toMatchObject(guarded(`not made a plain member in organization acme`));
    expect(await destroy()).toMatchObject(guarded(`not removed in organization acme`));
    expect(await up({})).toMatchObject(guarded('with onDestroy: "retain" the resource can go'));
    expect(s.stack.resources.size).toBe(1);
    await s.stack.up(ada({ onDestroy: "retain" }));
    expect(await destroy()).toMatchObject(quiet);
    expect(await roleOf("ada")).toBe("admin");
  });

  it("cannot be distinguished from another admin; the last of them is kept", async () => {
    await useHerKey();
    await s.emulator.api("PATCH", `${at.people}${uids.mia}/role/`, { role: "admin" });
    await s.stack.up({ ...ada(), mia: organizationMember({ organization: uids.acme, user: uids.mia, role: "admin" }) });
    const { error, writes } = await destroy();
    expect(writes).toEqual([`DELETE ${at.people}${uids.mia}/`]);
    expect(error?.message).toContain("[AVALA_GUARD]");
    expect(await roleOf("ada")).toBe("admin");
  });
});

it("people-change-avala: stops a run at the eleventh person removed from one organization, and says how to continue", async () => {
  const emails = Array.from({ length: 11 }, (_, index) => person(`p${index}`));
  for (const email of emails) await s.emulator.join(uids.acme, email);
  await s.stack.up(
    Object.fromEntries(emails.map((email) => [email, organizationMember({ organization: "acme", email })])),
  );
  const stopped = await up({});
  expect(stopped.error?.message).toContain(`11 or more people out of organization ${uids.acme}`);
  expect(stopped.error?.message).toContain("AVALA_MAX_REMOVALS");
  expect(stopped.writes).toHaveLength(10);
  s.stack.environment = { ...s.stack.environment, AVALA_MAX_REMOVALS: "11" };
  expect((await up({})).writes).toHaveLength(1);
  expect((await s.organizationNow()).members.map(({ email }) => email)).toEqual(
    ["owner", "ada", "lee", "mia"].map(person),
  );
});

describe("another spelling of the same person and organization", () => {
  it("is not a change for a member, and keeps the id", async () => {
    await s.stack.up(member({ email: person("mia") }));
    const id = s.stack.id("it");
    const spellings = [
      { organization: "acme", email: person("mia") },
      { organization: `urn:uuid:${uids.acme.toUpperCase()}`, email: ` ${person("MIA").replace("example", "Example")}` },
      { user: `{${uids.mia.toUpperCase()}}` },
    ];
    for (const spelling of spellings) {
      expect((await preview(member(spelling))).steps).toEqual(["same it"]);
      expect(await up(member(spelling))).toMatchObject({ ...quiet, steps: ["same it"] });
    }
    const state = await s.emulator.state();
    await s.emulator.reset(JSON.parse(JSON.stringify(state).replaceAll(person("mia"), person("mia.new"))));
    // A new address of the same person is recorded by one update, so that later runs need no request.
    expect(await up(member({ email: person("mia.new") }))).toMatchObject({ ...quiet, steps: ["update it"] });
    expect(await up(member({ email: person("mia.new") }))).toMatchObject({ ...quiet, steps: ["same it"], calls: [] });
    expect((await refresh()).steps).toEqual(["same it"]);
    expect(s.stack.id("it")).toBe(id);
    expect((await destroy()).writes).toEqual([`DELETE ${at.people}${uids.mia}/`]);
  });

  it("is not a change for an invited person: upper case, and the uid once they have accepted", async () => {
    await s.stack.up(zoe());
    for (const spelling of [
      zoe({ email: person("ZOE").replace("example", "Example") }),
      zoe({ organization: "acme" }),
    ]) {
      expect(await up(spelling)).toMatchObject({ ...quiet, steps: ["same it"] });
    }
    await s.emulator.accept(person("zoe"));
    const user = await uidOf(person("zoe"));
    expect(await up(member({ user }))).toMatchObject({ ...quiet, steps: ["update it"] });
    expect(outputs()).toMatchObject({ status: "active", userUid: user, emailsSent: 1 });
    expect(await silently.up(member({ user }))).toMatchObject(settled);
  });

  it("is distinguished from another person, who is invited, before the first invitation is cancelled", async () => {
    await s.stack.up(zoe());
    const { invitationUid } = outputs();
    const other = await up(member({ email: person("zac") }));
    expect(other).toMatchObject({
      steps: ["replace it", "delete replaced it"],
      writes: [`POST ${at.invitations}`, cancelOf(invitationUid)],
      emails: [`invitation ${person("zac")}`],
    });
  });
});

describe("moving a person between declarations", () => {
  const asMember = (email: string, inputs: object = {}) =>
    organizationMember({ organization: uids.acme, email, ...inputs });
  const asInvitation = (email: string) => invitation({ organization: "acme", email });

  it("writes nothing in every way: Invitation, OrganizationMember, other names, --replace; invited or a member", async () => {
    const [zed, mia] = [person("zoe"), person("mia")];
    const stages: Program[] = [
      { zoe: asInvitation(zed), mia: asInvitation(mia) },
      { zoeMember: asMember(zed), miaMember: organizationMember({ organization: uids.acme, user: uids.mia }) },
      { renamed: asMember(person("ZOE")), alsoRenamed: asMember(person("MIA"), { organization: "acme" }) },
      { zoe: asInvitation(zed), mia: asInvitation(mia) },
      { zoeMember: asMember(zed), miaMember: asMember(mia) },
    ];
    await s.stack.up(stages[0]!);
    const before = await s.organizationNow();
    for (const stage of stages.slice(1)) expect(await up(stage)).toMatchObject(quiet);
    const last = stages.at(-1)!;
    const replaced = await s.measured(() => s.stack.up(last, { replace: Object.keys(last) }));
    expect(replaced).toMatchObject({
      ...quiet,
      steps: expect.arrayContaining(["replace zoeMember", "replace miaMember"]),
    });
    expect(await s.organizationNow()).toEqual(before);
    // Without any declaration, they still lose access.
    expect((await destroy()).writes).toHaveLength(2);
  });

  it("does not know earlier emails: under a new name, or by --replace, a person who is gone is invited again", async () => {
    await s.stack.up({ zoe: asMember(person("zoe")) });
    await s.emulator.decline(person("zoe"));
    expect((await up({ renamed: asMember(person("zoe")) })).emails).toEqual(oneInvitation());
    expect(s.stack.outputs("renamed")["emailsSent"]).toBe(1);
  });

  it("removes nobody whose declaration holds only an invitation", async () => {
    await s.stack.up({ mia: asMember(person("mia")) });
    expect(await up({ again: asInvitation(person("mia")) })).toMatchObject(quiet);
    expect(await destroy()).toMatchObject(quiet);
    expect(await roleOf("mia")).toBe("member");
  });
});

describe("one person declared twice in one organization", () => {
  const byEmail = (inAcme = uids.acme) => ({ organization: inAcme, email: person("mia") });
  const byUid = () => organizationMember({ organization: uids.acme, user: uids.mia });
  it.each([
    ["by email and by uid", () => [organizationMember(byEmail()), byUid()]],
    [
      "in the organization by uid and by slug",
      () => [organizationMember(byEmail()), organizationMember(byEmail("acme"))],
    ],
    ["as a member and as invited", () => [byUid(), invitation(byEmail())]],
    ["as invited and as a member", () => [invitation(byEmail("acme")), organizationMember(byEmail())]],
  ] as const)("%s is refused if only the service shows it", async (_, declared) => {
    const [one, two] = declared() as [Program[string], Program[string]];
    const both = await up({ one, two });
    expect(both).toMatchObject({ ...quiet, error: { message: expect.stringContaining("[AVALA_DECLARED_TWICE]") } });
    for (const name of ['"one"', '"two"']) expect(both.error?.message).toContain(name);
  });
});

describe("data that the service does not show", () => {
  it("addresses: whether a person is a member is not known, and nobody is invited; people known by uid are settled", async () => {
    await s.stack.up({
      ...member({ email: person("mia") }),
      waiting: organizationMember({ organization: uids.acme, email: person("zoe") }),
    });
    await s.emulator.decline(person("zoe"));
    await s.emulator.settings({ hideEmails: true });
    const program = {
      ...member({ email: person("mia") }),
      waiting: organizationMember({ organization: uids.acme, email: person("zoe") }),
    };
    expect(await up(program)).toMatchObject({ ...quiet, steps: ["same it", "same waiting"] });
    const added = await up({
      ...program,
      lee: organizationMember({ organization: uids.acme, email: person("lee") }),
    });
    expect(added).toMatchObject({
      error: expect.objectContaining({ message: expect.stringContaining("[AVALA_IDENTITY_UNKNOWN]") }),
      writes: [],
    });
    const { error } = await refresh();
    expect(error?.message).toContain("[AVALA_IDENTITY_UNKNOWN]");
    expect([...s.stack.resources.keys()]).toEqual(["it", "waiting"]);
    expect(outputs()["status"]).toBe("active");
    expect(await destroy()).toMatchObject({ error: expect.any(Error), writes: [] });
  });

  it("invitations, if the key may not see them: none counts as gone, nobody is invited", async () => {
    const program = {
      ...member({ email: person("mia") }),
      waiting: organizationMember({ organization: uids.acme, email: person("zoe") }),
    };
    await s.stack.up(program);
    s.stack.environment = s.emulator.environment(await s.keyOf("mia"));
    const looked = await up(program);
    expect(looked).toMatchObject({
      ...quiet,
      steps: ["same it", "same waiting"],
      logged: said("warning", "Could not look"),
    });
    for (const run of [
      refresh,
      destroy,
      () => up({ ...program, new: organizationMember({ organization: uids.acme, email: person("new") }) }),
    ]) {
      const { error, writes } = await run();
      expect({ message: error?.message, writes }).toEqual({
        message: expect.stringContaining("[AVALA_FORBIDDEN]"),
        writes: [],
      });
    }
    expect(s.stack.outputs("waiting")["status"]).toBe("invited");
  });
});

describe("a service with values that this version does not know", () => {
  const answers = (on: RegExp, change: (row: Record<string, unknown>) => object) =>
    s.mishaps({
      on,
      times: 99,
      fate: (body) => {
        const page = JSON.parse(body) as { results: Record<string, unknown>[] };
        return JSON.stringify({ ...page, results: page.results.map(change) });
      },
    });

  it("a new role of a member is logged, recorded as drift, and set as declared", async () => {
    await s.stack.up(member({ user: uids.mia }));
    answers(/^GET .*\/members\//, (row) => (row["user_uid"] === uids.mia ? { ...row, role: "auditor" } : row));
    const { steps, error, logged } = await refresh();
    expect({ steps, error }).toEqual({ steps: ["update it"], error: undefined });
    expect(logged).toEqual(said("warning", 'Avala answers "auditor" for role'));
    expect(outputs()["role"]).toBe("auditor");
    expect(await up(member({ user: uids.mia }))).toMatchObject({ error: undefined, writes: [roleCall(uids.mia)] });
  });

  it("a new status or role of an invitation is logged once, and nobody is invited again for it", async () => {
    await s.stack.up(zoe());
    answers(/^GET .*\/invitations\//, (row) => ({ ...row, status: "sent", role: "standard" }));
    for (const run of [refresh, () => up(zoe()), () => up(zoe({ reason: "new" }))]) {
      const { logged, ...rest } = await run();
      expect(rest).toMatchObject(quiet);
      expect(logged.map(({ message }) => message)).toEqual([
        expect.stringContaining('the status "sent" for the invitation'),
        expect.stringContaining('the role "standard" for the invitation'),
      ]);
    }
    expect(outputs()).toMatchObject({ status: "invited", role: "member" });
  });

  it("spelling-may-change: an address in another case and Unicode form is the same: no email", async () => {
    const at = (domain: string) => person("zoe").replace("example", domain);
    const [composed, decomposed] = [at("zo\u00eb"), at("Zoe\u0308").replace("zoe@", "Zoe@")];
    answers(/^GET .*\/members\//, (row) => (row["user_uid"] === uids.mia ? { ...row, email: decomposed } : row));
    expect(await up(member({ email: composed }))).toMatchObject({ ...quiet, steps: ["create it"] });
    expect(outputs()).toMatchObject({ status: "active", userUid: uids.mia });
    expect(await silently.up(member({ email: decomposed }))).toMatchObject(settled);
  });

  it("invitations without an address: whether a person is invited is not known, and nobody is invited", async () => {
    await s.emulator.api("POST", at.invitations, { email: person("zoe") });
    answers(/^GET .*\/invitations\//, (row) => ({ ...row, invited_email: null }));
    const { error, writes } = await up(zoe());
    expect({ message: error?.message, writes }).toEqual({
      message: expect.stringContaining("[AVALA_IDENTITY_UNKNOWN]"),
      writes: [],
    });
  });
});

describe("a team membership", () => {
  const membership = (who: object) => teamMembership({ team: `${uids.acme}/${uids.core}`, role: "lead", ...who });

  it("of a declared person waits without a warning, is added after the acceptance, and is the same by email and uid", async () => {
    const program = { ...zoe(), membership: membership({ email: person("zoe") }) };
    expect((await up(program)).logged).toEqual([]);
    await s.emulator.accept(person("zoe"));
    const granted = await up(program);
    expect(granted).toMatchObject({
      steps: ["update it", "update membership"],
      writes: [`POST ${at.acme}teams/core/members/`],
      emails: [],
    });
    const user = await uidOf(person("zoe"));
    const byUid = { it: organizationMember({ organization: uids.acme, user }), membership: membership({ user }) };
    expect(await up(byUid)).toMatchObject({ ...quiet, steps: ["same it", "same membership"] });
    const renamed = { it: organizationMember({ organization: uids.acme, user }), other: membership({ user }) };
    expect(await up(renamed)).toMatchObject({ ...quiet, steps: ["same it", "create other", "delete membership"] });
    expect(await up({ ...renamed, twice: membership({ email: person("zoe") }) })).toMatchObject({
      ...quiet,
      error: { message: expect.stringContaining("[AVALA_DECLARED_TWICE]") },
    });
    const { writes } = await destroy();
    expect(writes).toEqual([`DELETE ${at.acme}teams/core/members/${user}/`, `DELETE ${at.people}${user}/`]);
  });

  it("of a person whom nobody has invited waits with a warning", async () => {
    const { logged } = await up({ membership: membership({ email: person("zoe") }) });
    expect(logged).toEqual(said("warning", `Nobody has invited "${person("zoe")}"`));
  });
});
