import { Lag, type Clock } from "../../provider/snapshot/lag.js";

/** Time that passes during waits; `service` is the speed of the service's clock. */
function clock(service: (here: number) => number = (here) => here) {
  let here = 0;
  const pauses: number[] = [];
  const of: Clock = {
    now: () => Date.parse("2026-01-01T12:00:00Z") + service(here),
    elapsed: () => here,
    pause: async (ms) => {
      pauses.push(ms);
      here += ms;
    },
  };
  return { of, pauses, waited: () => here };
}

const longest = 65_000;
const rows: [string, createdAt: string, service: ((here: number) => number) | undefined, waited: number][] = [
  ["created just now", "2026-01-01T12:00:00Z", undefined, longest],
  ["created a minute ago", "2026-01-01T11:59:00Z", undefined, 5000],
  ["created long ago", "2025-01-01T12:00:00Z", undefined, 0],
  ["created 64 s ago, in another spelling", "2026-01-01T12:58:56.000000+01:00", undefined, 1000],
  ["created at an unknown time", "", undefined, longest],
  ["created at a time that cannot be read", "yesterday", undefined, longest],
  ["bug: created an hour from now, by another clock", "2026-01-01T13:00:00Z", undefined, longest],
  ["bug: of a service whose clock stands still", "2026-01-01T12:00:00Z", () => 0, longest],
  ["bug: of a service whose clock goes back", "2026-01-01T12:00:00Z", (here) => -here, longest],
  ["of a service whose clock jumps ahead", "2026-01-01T12:00:00Z", (here) => here * 3600, 1000],
];

it.each(rows)("an object %s is waited for as long as it may be hidden", async (_what, createdAt, service, waited) => {
  const time = clock(service);
  const waits: number[] = [];
  const looks: boolean[] = [];
  const isShown = await new Lag(time.of, (seconds) => waits.push(seconds)).isShown(createdAt, async (again) => {
    looks.push(again);
    return false;
  });
  expect([isShown, time.waited()]).toEqual([false, waited]);
  expect(looks).toEqual([false, ...time.pauses.map(() => true)]);
  expect(waits).toHaveLength(waited > 0 ? 1 : 0);
});

it("ends as soon as it is visible", async () => {
  const time = clock();
  const look = async (again: boolean) => again && time.waited() >= 3000;
  expect(await new Lag(time.of, () => undefined).isShown("", look)).toBe(true);
  expect(time.pauses).toEqual([1000, 2000]);
});

it("waits for many at the same time, and reports it once", async () => {
  const time = clock();
  const waits: number[] = [];
  const lag = new Lag(time.of, (seconds) => waits.push(seconds));
  const look = async () => time.waited() >= 1000;
  expect(await Promise.all(Array.from({ length: 100 }, () => lag.isShown("", look)))).not.toContain(false);
  expect([time.pauses, waits]).toEqual([[1000], [65]]);
});
