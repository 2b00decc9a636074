import { acme, person, s, uids, useService } from "../lifecycle/support.js";
import {
  idOf,
  invitation,
  organization,
  organizationMember,
  team,
  teamMembership,
  teamRoster,
  type Outcome,
  type Program,
} from "../support/stack.js";

/*
 * Most tests of lifecycles call the handlers in their own process. These tests justify it: in the process that the engine starts, the same runs make the same calls, record the same state, log the same lines and fail with the same messages.
 */

useService();

type Step = (run: { stack: typeof s.stack }) => Promise<Outcome | void>;
const core = `${uids.acme}/${uids.core}`;
const zoe = { organization: uids.acme, email: person("zoe") };
const up =
  (program: Program): Step =>
  ({ stack }) =>
    stack.up(program);
const preview =
  (program: Program): Step =>
  ({ stack }) =>
    stack.preview(program);
const refresh: Step = ({ stack }) => stack.refresh();
const destroy: Step = ({ stack }) => stack.destroy();
const elsewhere =
  (act: () => Promise<unknown>): Step =>
  async () =>
    void (await act());

const stories: Record<string, Step[]> = {
  "an organization and its team": [
    preview({ beta: organization({ name: "Beta" }), blue: team({ organization: idOf("beta"), name: "Blue" }) }),
    up({ beta: organization({ name: "Beta" }), blue: team({ organization: idOf("beta"), name: "Blue" }) }),
    up({
      beta: organization({ name: "Gamma" }),
      blue: team({ organization: idOf("beta"), name: "Blue", color: "#112233" }),
    }),
    refresh,
    destroy,
  ],
  "a person, from the invitation to the removal": [
    up({ zoe: organizationMember({ ...zoe, role: "admin", onDestroy: "remove" }) }),
    elsewhere(() => s.emulator.accept(person("zoe"))),
    refresh,
    preview({ zoe: organizationMember({ ...zoe, role: "member", onDestroy: "remove" }) }),
    up({ zoe: organizationMember({ ...zoe, role: "member", onDestroy: "remove" }) }),
    destroy,
  ],
  "a membership that waits, and a roster": [
    up({ place: teamMembership({ team: core, email: person("zoe"), role: "member" }) }),
    elsewhere(() => s.emulator.join(uids.acme, person("zoe"))),
    up({ place: teamMembership({ team: core, email: person("zoe"), role: "lead" }) }),
    up({}),
    up({ roster: teamRoster({ team: core, members: { [person("mia")]: "lead" }, unmanaged: "report" }) }),
    refresh,
    destroy,
  ],
  "an invitation that expires": [
    up({ one: invitation(zoe) }),
    elsewhere(() => s.emulator.expire(person("zoe"))),
    refresh,
    up({ one: invitation({ ...zoe, resend: 1 }) }),
    destroy,
  ],
  "what is refused: inputs, a guard, a missing permission, an object that is gone": [
    up({ bad: team({ organization: uids.acme, name: "" }) }),
    up({ twice: team({ organization: uids.acme, name: "Core" }) }),
    async ({ stack }) => {
      stack.environment = s.emulator.environment(await s.keyOf("mia"));
    },
    up({ blue: team({ organization: uids.acme, name: "Blue" }) }),
    async ({ stack }) => {
      stack.environment = s.emulator.environment();
    },
    up({ blue: team({ organization: uids.acme, name: "Blue" }) }),
    elsewhere(() => s.emulator.api("DELETE", "/organizations/acme/teams/blue/")),
    up({ blue: team({ organization: uids.acme, name: "Blue", color: "#112233" }) }),
  ],
};

/** Uids from the service, and times, differ each time. */
const comparable = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value)
      .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, (uid) =>
        uid.startsWith("00000") ? uid : "uid",
      )
      .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "time"),
  ) as unknown;

async function resultsOf(steps: readonly Step[], onProcesses: boolean): Promise<unknown> {
  await s.begin(acme());
  s.stack.onProcesses = onProcesses;
  const seen: unknown[] = [];
  for (const step of steps) {
    const { error, ...run } = await s.measured(async () => (await step(s)) ?? { steps: [], logged: [] });
    seen.push({ ...run, error: error?.message, state: [...s.stack.resources] });
  }
  return comparable(seen);
}

it.each(Object.keys(stories))("a process of its own makes no difference: %s", async (name) => {
  const inProcess = await resultsOf(stories[name]!, false);
  expect(await resultsOf(stories[name]!, true)).toEqual(inProcess);
  expect(JSON.stringify(inProcess)).toMatch(/(POST|PATCH|DELETE|PUT) /);
});
