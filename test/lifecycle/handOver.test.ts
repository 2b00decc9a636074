import { idOf, invitation, organization, team, teamMembership, type Program } from "../support/stack.js";
import { acme, person, scenario, uids } from "./support.js";

const s = scenario();
const core = `${uids.acme}/${uids.core}`;
const untouched = { error: undefined, writes: [], mails: [] };

const mia = teamMembership({ team: core, user: uids.mia, role: "member" });
const miaByEmail = teamMembership({ team: core, email: person("Mia"), role: "member" });
const zoe = invitation({ organization: uids.acme, email: person("zoe") });
const waiting = teamMembership({ team: core, email: person("zoe"), role: "member" });

/** The same thing under another logical name. */
const moves: [string, Program, Program][] = [
  ["a membership", { one: mia }, { two: mia }],
  ["a membership, from uid to e-mail", { one: mia }, { two: miaByEmail }],
  ["a membership, from e-mail to uid", { one: miaByEmail }, { two: mia }],
  ["a waiting membership", { one: waiting }, { two: waiting }],
  ["an invitation", { one: zoe }, { two: zoe }],
  ["an invitation, from uid to slug", { one: zoe }, { two: invitation({ ...zoe.inputs, organization: "acme" }) }],
  ["an invitation, from slug to uid", { one: invitation({ ...zoe.inputs, organization: "acme" }) }, { two: zoe }],
  [
    "an invitation of a member",
    { one: invitation({ ...zoe.inputs, email: person("mia") }) },
    { two: invitation({ ...zoe.inputs, email: person("mia") }) },
  ],
];

describe("hand-over: declared under another name, then deleted under the old one", () => {
  it.each(moves)("%s stays as it is", async (_, before, after) => {
    await s.stack.up(before);
    const held = await s.emulator.state();
    const moved = await s.measured(() => s.stack.up(after));
    expect(moved).toMatchObject({ ...untouched, steps: ["create two", "delete one"] });
    expect((await s.emulator.state()).organizations).toEqual(held.organizations);
    // A destroy, where no declaration holds it any more, still takes it away.
    await s.stack.destroy();
    const [organization] = (await s.emulator.state()).organizations;
    expect(organization!.teams[0]!.members.map(({ email }) => email)).toEqual([person("lee")]);
    expect(organization!.invitations.filter(({ status }) => status === "pending")).toEqual([]);
    expect(organization!.members).toHaveLength(4);
  });

  it.each(moves)(
    "%s stays as it is between two providers, each a host process of its own",
    async (_, before, after) => {
      const { AVALA_API_KEY: key, AVALA_BASE_URL: url } = s.stack.environment;
      s.stack.providers["tenant"] = {
        "avala:explicit": "true",
        "avala:apiKey": key!,
        "avala:baseUrl": url!,
        "avala:allowInsecureBaseUrl": "true",
      };
      await s.stack.up(before);
      const tenant = Object.fromEntries(
        Object.entries(after).map(([name, declaration]) => [name, { ...declaration, provider: "tenant" }]),
      );
      expect(await s.measured(() => s.stack.up(tenant))).toMatchObject({
        ...untouched,
        steps: ["create two", "delete one"],
      });
      expect(await s.measured(() => s.stack.up(before))).toMatchObject({
        ...untouched,
        steps: ["create one", "delete two"],
      });
    },
  );

  it("survives --replace: made anew and deleted under one name", async () => {
    const program = { mia, zoe };
    await s.stack.up(program);
    expect(await s.measured(() => s.stack.up(program, { replace: ["mia", "zoe"] }))).toMatchObject({
      ...untouched,
      steps: ["replace mia", "replace zoe", "delete replaced zoe", "delete replaced mia"],
    });
  });

  it("keeps what two declarations stand for until the last of them goes", async () => {
    await s.stack.up({ one: mia, two: mia });
    expect(await s.measured(() => s.stack.up({ two: miaByEmail }))).toMatchObject(untouched);
    expect((await s.measured(() => s.stack.up({}))).writes).toEqual([
      `DELETE /organizations/acme/teams/core/members/${uids.mia}/`,
    ]);
  });

  it("is not mistaken: another team of the same person, another person of the same team", async () => {
    const program = { blue: team({ organization: uids.acme, name: "Blue" }) };
    const inBlue = teamMembership({ team: idOf("blue"), user: uids.mia, role: "member" });
    await s.stack.up({ ...program, mia, ada: teamMembership({ ...mia.inputs, user: uids.ada }) });
    const moved = await s.measured(() => s.stack.up({ ...program, inBlue }));
    expect(moved.writes.toSorted()).toEqual(
      [
        "POST /organizations/acme/teams/blue/members/",
        `DELETE /organizations/acme/teams/core/members/${uids.ada}/`,
        `DELETE /organizations/acme/teams/core/members/${uids.mia}/`,
      ].toSorted(),
    );
  });
});

describe("hand-over of what has no natural key", () => {
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
    ["slug", "blue", uids.acme],
    ["slug, in an organization named by slug", "blue", "acme"],
  ])("converges on a team adopted by %s", async (_, adopt, place) => {
    await s.stack.up({ one: blue() });
    const moved = await s.measured(() => s.stack.up({ two: blue({ adopt, organization: place }) }));
    expect(moved).toMatchObject({ ...untouched, steps: ["create two", "delete one"] });
  });

  it.each(["uid", "slug"])("converges on an organization adopted by %s", async (by) => {
    await s.stack.up({ one: beta() });
    const refused = await s.measured(() => s.stack.up({ two: beta() }));
    expect(refused.error?.message).toContain(`adopt: "${s.stack.id("one")}"`);
    const moved = await s.measured(() => s.stack.up({ two: beta({ adopt: s.stack.outputs("one")[by] }) }));
    expect(moved).toMatchObject({ ...untouched, steps: ["create two", "delete one"] });
    expect((await s.emulator.state()).organizations).toHaveLength(acme().organizations!.length + 1);
  });
});
