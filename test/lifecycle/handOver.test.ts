import { idOf, invitation, organization, team, teamMembership } from "../support/stack.js";
import { person, s, useService, uids } from "./support.js";

useService();
const at = {
  /** The id of the team. */
  get core() {
    return `${uids.acme}/${uids.core}`;
  },
  get teams() {
    return `/organizations/acme/teams/`;
  },
};
const untouched = { error: undefined, writes: [], emails: [] };

const mia = () => teamMembership({ team: at.core, user: uids.mia, role: "member" });
const miaByEmail = () => teamMembership({ team: at.core, email: person("Mia"), role: "member" });
const zoe = () => invitation({ organization: uids.acme, email: person("zoe") });
const zoeBySlug = () => invitation({ organization: "acme", email: person("zoe") });
const miaInvited = () => invitation({ organization: uids.acme, email: person("mia") });
const waiting = () => teamMembership({ team: at.core, email: person("zoe"), role: "member" });

/** The same thing under another logical name. */
const moves = [
  ["a membership", mia, mia],
  ["a membership, from uid to email", mia, miaByEmail],
  ["a membership, from email to uid", miaByEmail, mia],
  ["a waiting membership", waiting, waiting],
  ["an invitation", zoe, zoe],
  ["an invitation, from uid to slug", zoe, zoeBySlug],
  ["an invitation, from slug to uid", zoeBySlug, zoe],
  ["an invitation of a member", miaInvited, miaInvited],
] as const;

describe("handover: declared under another name, then deleted under the old one", () => {
  it.each(moves)("%s does not change", async (_, one, two) => {
    await s.stack.up({ one: one() });
    const held = await s.organizationNow();
    const moved = await s.measured(() => s.stack.up({ two: two() }));
    expect(moved).toMatchObject({ ...untouched, steps: ["create two", "delete one"] });
    expect(await s.organizationNow()).toEqual(held);
    // A deletion without a request is logged if it would have removed something.
    const texts = moved.logged
      .map(({ message }) => message)
      .filter((text) => text.startsWith("Nothing is removed for"));
    const isHolding = ![waiting, miaInvited].some((declaration) => declaration === one);
    expect(texts.map((text) => text.endsWith('"two" declares the same.'))).toEqual(isHolding ? [true] : []);
    // A destroy, without another declaration, still removes it.
    await s.stack.destroy();
    const { teams, invitations, members } = await s.organizationNow();
    expect(teams[0]!.members.map(({ email }) => email)).toEqual([person("lee")]);
    expect(invitations.filter(({ status }) => status === "pending")).toEqual([]);
    expect(members).toHaveLength(4);
  });

  it.each(moves)("%s does not change between two providers, each with its own host process", async (_, one, two) => {
    const before = { one: one() };
    const { AVALA_API_KEY: key, AVALA_BASE_URL: url } = s.stack.environment;
    s.stack.providers["tenant"] = {
      "avala:explicit": "true",
      "avala:apiKey": key!,
      "avala:baseUrl": url!,
      "avala:allowInsecureBaseUrl": "true",
    };
    await s.stack.up(before);
    const tenant = { two: { ...two(), provider: "tenant" } };
    expect(await s.measured(() => s.stack.up(tenant))).toMatchObject({
      ...untouched,
      steps: ["create two", "delete one"],
    });
    expect(await s.measured(() => s.stack.up(before))).toMatchObject({
      ...untouched,
      steps: ["create one", "delete two"],
    });
  });

  it("works for --replace: created and deleted under one name", async () => {
    const program = { mia: mia(), zoe: zoe() };
    await s.stack.up(program);
    expect(await s.measured(() => s.stack.up(program, { replace: ["mia", "zoe"] }))).toMatchObject({
      ...untouched,
      steps: ["replace mia", "replace zoe", "delete replaced zoe", "delete replaced mia"],
    });
  });

  it("refuses two declarations of one person, and keeps them if one of the two is removed", async () => {
    await s.stack.up({ one: mia() });
    const twice = await s.measured(() => s.stack.up({ one: mia(), two: mia() }));
    expect(twice).toMatchObject({ writes: [], error: { message: expect.stringContaining("[AVALA_DECLARED_TWICE]") } });
    expect(await s.measured(() => s.stack.up({ two: miaByEmail() }))).toMatchObject(untouched);
    expect((await s.measured(() => s.stack.up({}))).writes).toEqual([`DELETE ${at.teams}core/members/${uids.mia}/`]);
  });

  it("does not apply to another team of the same person, nor to another person of the same team", async () => {
    const program = { blue: team({ organization: uids.acme, name: "Blue" }) };
    const inBlue = teamMembership({ team: idOf("blue"), user: uids.mia, role: "member" });
    await s.stack.up({ ...program, mia: mia(), ada: teamMembership({ ...mia().inputs, user: uids.ada }) });
    const moved = await s.measured(() => s.stack.up({ ...program, inBlue }));
    expect(moved.writes.toSorted()).toEqual(
      [
        `POST ${at.teams}blue/members/`,
        `DELETE ${at.teams}core/members/${uids.ada}/`,
        `DELETE ${at.teams}core/members/${uids.mia}/`,
      ].toSorted(),
    );
  });
});

describe("handover of organizations and teams", () => {
  const blue = (inputs: object = {}) => team({ organization: uids.acme, name: "Blue", ...inputs });
  const beta = (inputs: object = {}) => organization({ name: "Beta", ...inputs });

  it("refuses a team under another name with the adopt line, and converges with it", async () => {
    await s.stack.up({ one: blue() });
    const uid = s.stack.outputs("one")["uid"];
    const refused = await s.measured(() => s.stack.up({ two: blue() }));
    expect(refused.error?.message).toContain(`adopt: "${uid as string}"`);
    expect(refused.writes).toEqual([]);
    const moved = await s.measured(() => s.stack.up({ two: blue({ adopt: uid }) }));
    expect(moved).toMatchObject({ ...untouched, steps: ["create two", "delete one"] });
  });

  it.each([
    ["slug", uids.acme],
    ["slug, in an organization named by slug", "acme"],
  ] as const)("converges on a team adopted by %s", async (_, place) => {
    await s.stack.up({ one: blue() });
    const moved = await s.measured(() => s.stack.up({ two: blue({ adopt: "blue", organization: place }) }));
    expect(moved).toMatchObject({ ...untouched, steps: ["create two", "delete one"] });
  });

  it.each(["uid", "slug"])("converges on an organization adopted by %s", async (by) => {
    await s.stack.up({ one: beta() });
    const refused = await s.measured(() => s.stack.up({ two: beta() }));
    expect(refused.error?.message).toContain(`adopt: "${s.stack.id("one")}"`);
    const moved = await s.measured(() => s.stack.up({ two: beta({ adopt: s.stack.outputs("one")[by] }) }));
    expect(moved).toMatchObject({ ...untouched, steps: ["create two", "delete one"] });
    const { organizations } = await s.emulator.state();
    expect(organizations.filter(({ name }) => name === "Beta")).toHaveLength(1);
  });
});
