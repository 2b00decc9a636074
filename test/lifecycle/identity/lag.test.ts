import {
  invitation,
  organizationMember,
  team,
  teamMembership,
  teamRoster,
  type Declaration,
} from "../../support/stack.js";
import { acme, person, s, useService, uids } from "../support.js";
import { pendingNow, teamRoleOf, untouched } from "./steps.js";

/** Reads are a minute old: nothing that a run creates is visible before the stories end. */
useService(() => acme({ readLagMs: 60_000 }));
const core = () => `${uids.acme}/${uids.core}`;

const made = {
  "a team": () => team({ organization: uids.acme, name: "Blue" }),
  "a member who is invited": () => organizationMember({ organization: uids.acme, email: person("zoe") }),
  "an invitation": () => invitation({ organization: uids.acme, email: person("zoe") }),
  "a team membership": () => teamMembership({ team: core(), user: uids.mia, role: "member" }),
  "a roster": () => teamRoster({ team: core(), members: { [person("lee")]: "lead", [person("mia")]: "member" } }),
} satisfies Record<string, () => Declaration>;
type What = keyof typeof made;
const whats = Object.keys(made) as What[];

/** The number of each object: one or none. */
async function counts() {
  const { teams } = await s.organizationNow();
  return {
    teams: teams.filter(({ name }) => name === "Blue").length,
    invitations: (await pendingNow()).length,
    membership: await teamRoleOf(uids.mia),
  };
}

describe("bug: lists that do not show yet what a run has made", () => {
  it.each(whats)("%s: a run that follows does nothing", async (what) => {
    const program = { it: made[what]() };
    await s.stack.up(program);
    const before = await counts();
    const recorded = s.stack.outputs("it");
    expect(await s.measured(() => s.stack.up(program))).toMatchObject({ ...untouched, steps: ["same it"] });
    expect(await counts()).toEqual(before);
    expect(s.stack.outputs("it")).toEqual(recorded);
  });

  /** A team that no answer shows yet is in test/lifecycle/deployments.test.ts, as it takes time. */
  it.each(whats.filter((what) => what !== "a team"))("%s: after a refresh nothing is made twice", async (what) => {
    const program = { it: made[what]() };
    await s.stack.up(program);
    const before = await counts();
    await s.stack.refresh();
    expect([...s.stack.resources.keys()]).toEqual(["it"]);
    const { emails } = await s.measured(() => s.stack.up(program));
    expect(emails).toEqual([]);
    expect(await counts()).toEqual(before);
  });

  it("a team that was made under another name is handed over", async () => {
    await s.stack.up({ one: made["a team"]() });
    const uid = s.stack.outputs("one")["uid"] as string;
    const run = await s.measured(() => s.stack.up({ two: team({ organization: "acme", name: "Blue", adopt: uid }) }));
    expect(run.writes).toEqual([]);
    expect((await counts()).teams).toBe(1);
  });
});
