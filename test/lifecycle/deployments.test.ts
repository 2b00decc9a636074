import type { Settings } from "../../emulator/src/index.js";
import {
  idOf,
  invitation,
  organization,
  organizationMember,
  team,
  teamMembership,
  type Program,
} from "../support/stack.js";
import { acme, person, scenario, uids } from "./support.js";

const s = scenario(() => ({}));

/** What the contract leaves open; the provider must hold under every value. */
const deployments: [string, Partial<Settings>][] = [
  ["the likeliest one", {}],
  ["T5: answers of writes without uid and slug", { writeBody: "minimal" }],
  ["T4: lists without pages", { lists: "array" }],
  ["pages of two", { maxPageSize: 2 }],
  ["T3: next links to another host", { maxPageSize: 2, nextHost: "127.0.0.1:9" }],
  ["void calls answered with a body", { voidStatus: 200 }],
  ["slugs that follow names", { slugFollowsName: true }],
  ["slugs that follow names, answers without them", { slugFollowsName: true, writeBody: "minimal" }],
  ["addresses in lower case", { lowercaseEmails: true }],
  ["expired invitations hidden", { expiredInvitations: "hidden" }],
  ["organizations deleted softly", { organizationDelete: "soft" }],
];

const address = (name: string) => `${name}@Example.com`;
const invited = ["a", "b", "c"].map(address);
const members = ["d", "e"].map(address);
const people = [...invited, ...members];

function program(step: "first" | "second"): Program {
  const second = step === "second";
  const memberships = people.map((email) => [
    `core ${email}`,
    teamMembership({ team: idOf("core"), email, role: second ? "lead" : "member" }),
  ]);
  return {
    org: organization({
      name: second ? "Acme Robotics" : "Acme",
      description: second ? "two" : "one",
      handle: second ? "acme_two" : "acme_one",
      logo: "https://example.com/logo.png",
    }),
    core: team({ organization: idOf("org"), name: second ? "Kernel" : "Core", color: second ? "#00aa00" : "#aa0000" }),
    other: team({ organization: idOf("org"), name: "Other", description: second ? undefined : "gone in the second" }),
    ...Object.fromEntries(invited.map((email) => [email, invitation({ organization: idOf("org"), email })])),
    ...Object.fromEntries(
      members.map((email) => [
        email,
        organizationMember({ organization: idOf("org"), email, role: second ? "admin" : "member" }),
      ]),
    ),
    ...Object.fromEntries(memberships),
  };
}

const stepsOf = (steps: string[]) => [...new Set(steps.map((step) => step.split(" ")[0]))];

describe.each(deployments)("a deployment: %s", (_, settings) => {
  it("is brought to what is declared, and then left alone, with the same mails as any other", async () => {
    await s.emulator.settings(settings);
    const first = await s.measured(() => s.stack.up(program("first")));
    expect(first.error).toBeUndefined();
    expect(first.mails.map((mail) => mail.toLowerCase())).toEqual(
      people.map((email) => `invitation ${email.toLowerCase()}`),
    );
    for (const email of people) await s.emulator.accept(email);
    const granted = await s.measured(() => s.stack.up(program("first")));
    expect(granted.writes).toHaveLength(people.length);
    expect(await s.measured(() => s.stack.up(program("first")))).toMatchObject({ calls: [] });
    expect(stepsOf((await s.stack.refresh()).steps)).toEqual(["same"]);

    const second = await s.measured(() => s.stack.up(program("second")));
    expect(second).toMatchObject({ error: undefined, mails: [] });
    expect(second.writes).toHaveLength(3 + people.length + members.length);
    expect(stepsOf((await s.stack.refresh()).steps)).toEqual(["same"]);
    expect(await s.measured(() => s.stack.up(program("second")))).toMatchObject({ calls: [] });

    const [held] = (await s.emulator.state()).organizations;
    expect(held).toMatchObject({ name: "Acme Robotics", description: "two", handle: "acme_two" });
    expect(held!.teams.map(({ name, description, members }) => [name, description, members.length])).toEqual([
      ["Kernel", "", people.length],
      ["Other", "", 0],
    ]);
    expect(held!.teams[0]!.members.every(({ role }) => role === "lead")).toBe(true);

    // People of the organization are declared, if only by their invitations: nobody is a stranger.
    const end = await s.measured(() => s.stack.destroy());
    expect(end).toMatchObject({ error: undefined, mails: [] });
    expect(end.writes).toHaveLength(people.length + members.length + 3);
    expect((await s.emulator.state()).organizations.filter(({ isActive }) => isActive)).toEqual([]);
  });
});

describe("T20: lists that lag behind writes", () => {
  beforeEach(async () => {
    await s.emulator.reset(acme({ readLagMs: 60_000 }));
  });
  const core = `${uids.acme}/${uids.core}`;

  it("do not matter to a run, which knows its own writes", async () => {
    const program: Program = {
      org: organization({ name: "Beta", description: "made, and its answer taken for its detail", handle: "beta" }),
      blue: team({ organization: uids.acme, name: "Blue", color: "#0000ff" }),
      mia: teamMembership({ team: core, email: person("mia"), role: "member" }),
      again: teamMembership({ team: core, email: person("mia"), role: "lead" }),
      zoe: invitation({ organization: uids.acme, email: person("zoe") }),
      zoeAgain: invitation({ organization: uids.acme, email: person("zoe") }),
    };
    const { error, mails, writes } = await s.measured(() => s.stack.up(program));
    expect(error).toBeUndefined();
    expect(mails).toEqual([`invitation ${person("zoe")}`]);
    expect(writes).toEqual([
      "POST /organizations/",
      "PATCH /organizations/beta/",
      "POST /organizations/acme/teams/",
      "POST /organizations/acme/teams/core/members/",
      `PATCH /organizations/acme/teams/core/members/${uids.mia}/role/`,
      "POST /organizations/acme/invitations/",
    ]);
  });

  it("do not make it create twice where the answer names nothing: it says what to do", async () => {
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

describe("a service that puts the creator into a new team", () => {
  const program = (forceDestroy: boolean): Program => ({
    org: organization({ name: "Beta" }),
    core: team({ organization: idOf("org"), name: "Core", forceDestroy }),
  });
  beforeEach(async () => {
    await s.emulator.settings({ teamCreatorJoins: true });
    await s.stack.up(program(false));
  });

  it("is no reason to keep the team: the creator is no stranger", async () => {
    expect((await s.measured(() => s.stack.refresh())).steps).toEqual(["same org", "same core"]);
    const { error, writes } = await s.measured(() => s.stack.destroy());
    expect(error).toBeUndefined();
    expect(writes).toEqual(["DELETE /organizations/beta/teams/core/", "DELETE /organizations/beta/"]);
  });

  it("does not hide somebody who came later: they are named, and forceDestroy is the way out", async () => {
    await s.emulator.join(s.stack.id("org"), person("zoe"));
    const zoe = (await s.emulator.state()).people.find(({ email }) => email === person("zoe"))!.uid;
    await s.emulator.api("POST", "/organizations/beta/teams/core/members/", { user_uid: zoe, role: "member" });
    const { error } = await s.measured(() => s.stack.destroy());
    expect(error?.message).toContain(`1 person that no declaration knows (${person("zoe")})`);
    expect(error?.message).toContain("forceDestroy: true");
    await s.stack.up(program(true));
    expect((await s.measured(() => s.stack.destroy())).error?.message).toContain(person("zoe"));
    expect((await s.organizationNow(s.stack.id("org"))).teams).toEqual([]);
  });
});
