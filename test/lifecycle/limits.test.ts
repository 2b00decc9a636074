import type { LoggedCall } from "../support/emulator.js";
import { idOf, organization, Stack, team, type Program } from "../support/stack.js";
import { s, useService } from "./support.js";

/** The service's limits and the provider's own, small enough to be reached in a few seconds. */
const limits = { perMinute: 600, perSecond: 50 };
useService(() => ({ settings: { rateLimit: limits } }));

const program = (name: string, teams: number): Program => ({
  [name]: organization({ name }),
  ...Object.fromEntries(
    Array.from({ length: teams }, (_, n) => [`${name} ${n}`, team({ organization: idOf(name), name: `Team ${n}` })]),
  ),
});

/** A stack whose host process respects the limits. */
function limited(): Stack {
  const stack = new Stack({
    ...s.emulator.environment(),
    AVALA_REQUESTS_PER_MINUTE: String(limits.perMinute),
    AVALA_REQUESTS_PER_SECOND: String(limits.perSecond),
  });
  stack.parallel = true;
  return stack;
}

const refused = (requests: LoggedCall[]) => requests.filter(({ status }) => status === 429).length;

it("one process is never refused: in no second does the service count more calls than it allows", async () => {
  await s.emulator.clearLog();
  await limited().up(program("acme", 200));
  const requests = await s.emulator.requests();
  expect(requests.filter(({ method }) => method === "POST")).toHaveLength(201);
  expect(refused(requests)).toBe(0);
  const times = requests.map(({ at }) => Date.parse(at));
  const crowded = times.filter((time, n) => (times[n + limits.perSecond] ?? Infinity) - time < 1000);
  expect(crowded).toEqual([]);
});

it("three processes with one key share the limit: each call is answered in the end, and done once", async () => {
  await s.emulator.clearLog();
  const names = ["acme", "globex", "initech"];
  await Promise.all(names.map((name) => limited().up(program(name, 60))));
  const { organizations } = await s.emulator.state();
  expect(organizations.map((row) => [row.name, row.teams.length]).toSorted()).toEqual(names.map((name) => [name, 60]));
  const requests = await s.emulator.requests();
  expect(requests.filter(({ method, status }) => method === "POST" && status === 201)).toHaveLength(3 * 61);
  // The requests in progress at the beginning, and few more.
  expect(refused(requests)).toBeLessThanOrEqual(3 * 2 * 16);
});
