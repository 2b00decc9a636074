import { invitation, organizationMember, teamMembership, teamRoster, type Program } from "../support/stack.js";
import { acme, person, s, useService, uids } from "./support.js";

/* The service hides the address of some people. */

useService(() => acme({ hideEmailsOf: [uids.mia] }));
const zoe: Program = { zoe: organizationMember({ organization: uids.acme, email: person("zoe") }) };
const membership = { team: `${uids.acme}/${uids.core}`, email: person("zoe") };

/** The result for a new person, by kind, if one address is hidden. */
const programs: Record<string, Program> = {
  OrganizationMember: zoe,
  Invitation: { zoe: invitation({ organization: uids.acme, email: person("zoe") }) },
};

const knowing = (...people: string[]) => {
  s.stack.environment = { ...s.emulator.environment(), AVALA_HIDDEN_PEOPLE: people.join(" ") };
};

describe.each(Object.entries(programs))("a new person, as an %s, if one member's address is hidden", (_, program) => {
  it("is not invited, and the error names the person with the hidden address and what to do", async () => {
    const { error, writes } = await s.measured(() => s.stack.up(program));
    expect(writes).toEqual([]);
    expect(error?.message).toMatch(/\[AVALA_IDENTITY_UNKNOWN\]$/);
    for (const part of [`hides the email of 1 of its people`, `user ${uids.mia} (member)`, "AVALA_HIDDEN_PEOPLE"]) {
      expect(error?.message).toContain(part);
    }
    expect(error?.message).not.toContain(person("mia"));
  });

  it("is invited once the setting says that it belongs to somebody else", async () => {
    knowing(uids.mia.toUpperCase(), uids.core);
    const invited = await s.measured(() => s.stack.up(program));
    expect(invited).toMatchObject({ error: undefined, emails: [`invitation ${person("zoe")}`] });
    await s.emulator.accept(person("zoe"));
    const joined = await s.measured(() => s.stack.up(program));
    expect(joined).toMatchObject({ error: undefined, writes: [], emails: [] });
    expect((await s.measured(() => s.stack.preview(program))).steps).toEqual(["same zoe"]);
  });

  it.each([
    ["other people than those", [uids.ada]],
    ["not all of them", [uids.lee, uids.ada]],
  ])("is not invited if the setting names %s", async (__, people) => {
    await s.emulator.settings({ hideEmailsOf: [uids.mia, uids.lee] });
    knowing(...people);
    const { error, writes } = await s.measured(() => s.stack.up(program));
    expect(writes).toEqual([]);
    expect(error?.message).toMatch(/\[AVALA_IDENTITY_UNKNOWN\]$/);
    expect(error?.message).toContain(`user ${uids.mia} (member)`);
    expect(error?.message.includes(uids.lee)).toBe(!people.includes(uids.lee));
  });
});

it("is not invited if the setting contains anything but uids", async () => {
  s.stack.environment = { ...s.emulator.environment(), AVALA_HIDDEN_PEOPLE: person("mia") };
  const { error, calls } = await s.measured(() => s.stack.up(zoe));
  expect(calls).toEqual([]);
  expect(error?.message).toMatch(/Entry 1 of AVALA_HIDDEN_PEOPLE is not a uid\..* \[AVALA_CONFIG\]$/);
});

it("a person with a visible address, or named by uid, needs no setting", async () => {
  const program = {
    ada: organizationMember({ organization: uids.acme, email: person("ada"), role: "admin" }),
    mia: organizationMember({ organization: uids.acme, user: uids.mia }),
  };
  expect(await s.measured(() => s.stack.up(program))).toMatchObject({ error: undefined, writes: [] });
});

it("the person with the hidden address does not change if the setting names them and the program does not", async () => {
  knowing(uids.mia);
  await s.stack.up(zoe);
  expect((await s.organizationNow()).members).toContainEqual(
    expect.objectContaining({ email: person("mia"), role: "member" }),
  );
});

describe("a team membership of a new person, if the address of one of its members is hidden", () => {
  beforeEach(() => s.emulator.settings({ hideEmailsOf: [uids.lee] }));

  it.each<[string, Program]>([
    ["TeamMembership", { it: teamMembership({ ...membership, role: "member" }) }],
    [
      "TeamRoster",
      { it: teamRoster({ team: membership.team, members: { [membership.email]: "member" }, unmanaged: "ignore" }) },
    ],
  ])("as a %s fails, and waits once the setting names the other person", async (_, program) => {
    const refused = await s.measured(() => s.stack.up(program));
    expect(refused.writes).toEqual([]);
    expect(refused.error?.message).toMatch(/\[AVALA_IDENTITY_UNKNOWN\]$/);
    expect(refused.error?.message).toContain(uids.lee);
    knowing(uids.lee);
    expect(await s.measured(() => s.stack.up(program))).toMatchObject({ error: undefined, writes: [] });
    await s.emulator.join(uids.acme, person("zoe"));
    expect(await s.measured(() => s.stack.up(program))).toMatchObject({ error: undefined });
    expect((await s.teamNow()).members.map(({ email }) => email)).toEqual([person("lee"), person("zoe")]);
  });
});

it("invitations without an address stay an error, which names them", async () => {
  await s.emulator.settings({ hideEmailsOf: [] });
  const noa = (await s.emulator.api("POST", "/organizations/acme/invitations/", { email: person("noa") })) as {
    uid: string;
  };
  const row = { uid: noa.uid, role: "member", status: "pending", is_expired: false };
  await s.emulator.faults({
    match: { method: "GET", path: "/acme/invitations/" },
    action: { status: 200, body: { count: 1, next: null, results: [row] } },
    times: null,
  });
  knowing(noa.uid, ...Object.values(uids));
  const { error, writes } = await s.measured(() => s.stack.up(zoe));
  expect(writes).toEqual([]);
  expect(error?.message).toContain(
    `is invited to organization ${uids.acme}: Avala hides the email of 1 of its invitations from this API key: invitation ${noa.uid} (member).`,
  );
  expect(error?.message).toMatch(/\[AVALA_IDENTITY_UNKNOWN\]$/);
});
