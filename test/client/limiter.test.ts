import type { RateFacts } from "../../provider/client/http/headers.js";
import { Limiter, LimiterClosed, type LimiterOptions } from "../../provider/client/http/limiter.js";

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

/** Calls that are answered after `lasting` ms with `facts`; records when each was started, by number. */
function bench(options: Partial<LimiterOptions> = {}) {
  const limiter = new Limiter({ concurrency: 1000, ...options });
  const zero = performance.now();
  const starts: number[] = [];
  const order: number[] = [];
  const call = async (number: number, lasting = 0, facts: RateFacts = {}) => {
    await limiter.acquire(limiter.enqueue());
    starts.push(performance.now() - zero);
    order.push(number);
    if (lasting > 0) await new Promise((resolve) => setTimeout(resolve, lasting));
    limiter.release(facts);
  };
  const calls = (count: number, lasting = 0, facts: RateFacts = {}) =>
    Promise.all(Array.from({ length: count }, (_, number) => call(number, lasting, facts)));
  return { limiter, starts, order, call, calls };
}

const times = (count: number, at: number) => Array<number>(count).fill(at);

describe("limiter", () => {
  it("starts 20 a second and 100 a minute, in order, at exactly these times", async () => {
    const { starts, order, calls } = bench();
    const all = calls(230);
    await jest.runAllTimersAsync();
    await all;
    const seconds = [0, 1, 2, 3, 4, 60, 61, 62, 63, 64].flatMap((second) => times(20, second * 1000));
    expect(starts).toEqual([...seconds, ...times(20, 120_000), ...times(10, 121_000)]);
    expect(order).toEqual(Array.from({ length: 230 }, (_, number) => number));
  });

  it("counts a request until one window after its end, as the service may have counted it then", async () => {
    const { starts, calls } = bench({ perSecond: 2 });
    const all = calls(6, 300);
    await jest.runAllTimersAsync();
    await all;
    expect(starts).toEqual([0, 0, 1300, 1300, 2600, 2600]);
  });

  it("limits concurrent requests, and starts the next when one ends", async () => {
    const { starts, calls } = bench({ concurrency: 2, perSecond: 1000, perMinute: 1000 });
    const all = calls(5, 100);
    await jest.runAllTimersAsync();
    await all;
    expect(starts).toEqual([0, 0, 100, 100, 200]);
  });

  it("uses the budget as soon as it is free again", async () => {
    const { starts, call } = bench({ perMinute: 3, perSecond: 3 });
    await call(0);
    await jest.advanceTimersByTimeAsync(10_000);
    await call(1);
    await jest.advanceTimersByTimeAsync(10_000);
    const rest = Promise.all([call(2), call(3), call(4), call(5)]);
    await jest.runAllTimersAsync();
    await rest;
    expect(starts).toEqual([0, 10_000, 20_000, 60_000, 70_000, 80_000]);
  });

  it("starts no request during a pause, and a shorter pause does not shorten it", async () => {
    const { limiter, starts, call } = bench();
    limiter.pause(7000);
    limiter.pause(1000);
    const one = call(0);
    await jest.runAllTimersAsync();
    await one;
    expect(starts).toEqual([7000]);
  });

  it("stops when the service says that nothing remains, until its reset", async () => {
    const { starts, call, calls } = bench();
    await call(0, 0, { remaining: 2, resetInMs: 30_000 });
    const all = calls(4, 0);
    await jest.runAllTimersAsync();
    await all;
    // Without a later answer the two that remain are never used twice.
    expect(starts.slice(0, 3)).toEqual([0, 0, 0]);
    await call(9, 0, { remaining: 0, resetInMs: 5000 });
    const last = call(10);
    await jest.runAllTimersAsync();
    await last;
    expect(starts.at(-1)).toBe((starts.at(-2) ?? 0) + 5000);
  });

  it("does not spend what remains on more requests than that at once", async () => {
    const { starts, call, calls } = bench();
    await call(0, 0, { remaining: 2, resetInMs: 30_000 });
    const all = calls(4, 100, { remaining: 0, resetInMs: 29_900 });
    await jest.runAllTimersAsync();
    await all;
    // One after the reset, as the new budget is unknown; then those that have left our own minute.
    expect(starts).toEqual([0, 0, 0, 30_000, 60_000]);
  });

  it("sends one request after the reset, and continues with the budget in its answer", async () => {
    const { starts, call } = bench();
    await call(0, 0, { remaining: 0, resetInMs: 30_000 });
    const all = Promise.all([1, 2, 3, 4].map((number) => call(number, 100, { remaining: 50, resetInMs: 60_000 })));
    await jest.runAllTimersAsync();
    await all;
    expect(starts).toEqual([0, 30_000, 30_100, 30_100, 30_100]);
  });

  it("does not wait for a reset if its own requests have left the minute before", async () => {
    const { starts, call } = bench({ perMinute: 3 });
    for (const number of [0, 1, 2]) await call(number, 0, { limit: 3, remaining: 2 - number, resetInMs: 61_000 });
    const more = call(3, 0, { limit: 3, remaining: 0, resetInMs: 61_000 });
    await jest.runAllTimersAsync();
    await more;
    expect(starts).toEqual([0, 0, 0, 60_000]);
  });

  it("has fewer concurrent requests if others use the same budget", async () => {
    const { starts, call, calls } = bench();
    await call(0, 0, { limit: 100, remaining: 20, resetInMs: 30_000 });
    const all = calls(5, 100, { limit: 100, remaining: 20, resetInMs: 30_000 });
    await jest.runAllTimersAsync();
    await all;
    expect(starts).toEqual([0, 0, 0, 0, 100, 100]);
  });

  it("halves the burst after a refusal, and adds one request each second", async () => {
    const { limiter, starts, calls } = bench();
    limiter.pause(1000);
    limiter.pause(1000);
    const all = calls(33);
    await jest.runAllTimersAsync();
    await all;
    expect(starts).toEqual([...times(10, 1000), ...times(11, 2000), ...times(12, 3000)]);
  });

  it("forgets the budget if answers after the reset do not contain one", async () => {
    const { starts, call, calls } = bench();
    await call(0, 0, { remaining: 0, resetInMs: 30_000 });
    const all = calls(4, 100);
    await jest.runAllTimersAsync();
    await all;
    expect(starts).toEqual([0, 30_000, 30_100, 30_100, 30_100]);
  });

  it.each([
    ["a lower limit than ours", { limit: 2, resetInMs: 30_000 }, undefined, [0, 0, 60_000]],
    ["the burst window's limit, which is not the minute's", { limit: 2, resetInMs: 1000 }, undefined, [0, 0, 0]],
    ["a limit without a reset, which has no window", { limit: 2 }, undefined, [0, 0, 0]],
    ["a longer quota's limit", { limit: 2, resetInMs: 3_600_000 }, undefined, [0, 0, 0]],
    ["a higher limit than the configured one", { limit: 500, resetInMs: 30_000 }, 2, [0, 0, 60_000]],
    ["a higher limit than the default", { limit: 500, resetInMs: 30_000 }, undefined, [0, 0, 0]],
  ])("adapts to %s", async (_, facts, perMinute, expected) => {
    const { starts, call, calls } = bench({ perMinute });
    await call(0, 0, facts);
    const all = calls(2);
    await jest.runAllTimersAsync();
    await all;
    expect(starts).toEqual(expected);
  });

  it("adopts a higher limit of the service if none is configured", async () => {
    const { starts, call, calls } = bench({ perSecond: 1000 });
    await call(0, 0, { limit: 300, resetInMs: 30_000 });
    const all = calls(299);
    await jest.runAllTimersAsync();
    await all;
    expect(Math.max(...starts)).toBe(0);
  });

  it("starts the retry of an older call before younger calls", async () => {
    const { limiter, order, call } = bench({ perSecond: 1, perMinute: 100 });
    const old = limiter.enqueue();
    await limiter.acquire(old);
    limiter.release({});
    const young = [call(1), call(2)];
    const again = async () => {
      await limiter.acquire(old);
      order.push(0);
      limiter.release({});
    };
    const retry = again();
    await jest.runAllTimersAsync();
    await Promise.all([...young, retry]);
    expect(order).toEqual([0, 1, 2]);
  });

  it("returns the budget of a request that was never sent", async () => {
    const { limiter, starts, call } = bench({ perSecond: 1 });
    await limiter.acquire(limiter.enqueue());
    limiter.cancel();
    await call(0);
    expect(starts).toEqual([0]);
  });

  it("reports once how many requests wait and how long, after all have arrived, and again only after a minute", async () => {
    const reported: object[] = [];
    const { calls } = bench({ perMinute: 10, perSecond: 10, onWait: (info) => reported.push(info) });
    const gathered = [calls(20)];
    await jest.advanceTimersByTimeAsync(500);
    gathered.push(calls(20));
    await jest.runAllTimersAsync();
    await Promise.all(gathered);
    // At second 1, thirty requests wait: until the end of this minute, and two more.
    expect(reported).toEqual([{ waiting: 30, seconds: 179 }]);

    const more = calls(20);
    await jest.runAllTimersAsync();
    await more;
    expect(reported).toHaveLength(1);
    await jest.advanceTimersByTimeAsync(60_000);
    const later = calls(11);
    await jest.runAllTimersAsync();
    await later;
    expect(reported).toEqual([expect.anything(), { waiting: 1, seconds: 59 }]);
  });

  it("does not report a wait for the next second", async () => {
    const reported: object[] = [];
    const { calls } = bench({ onWait: (info) => reported.push(info) });
    const all = calls(100);
    await jest.runAllTimersAsync();
    await all;
    expect(reported).toEqual([]);
  });

  it("has no timer when nothing waits", async () => {
    const { limiter, calls } = bench({ perSecond: 1 });
    const all = calls(3);
    await jest.advanceTimersByTimeAsync(0);
    expect(jest.getTimerCount()).toBe(1);
    await jest.runAllTimersAsync();
    await all;
    limiter.pause(60_000);
    expect(jest.getTimerCount()).toBe(0);
  });

  it("refuses waiting and new requests, once closed", async () => {
    const { limiter, starts, call } = bench();
    limiter.pause(1000);
    const waiting = call(0).catch((error: unknown) => error);
    limiter.close();
    expect(await waiting).toBeInstanceOf(LimiterClosed);
    await expect(limiter.acquire(limiter.enqueue())).rejects.toBeInstanceOf(LimiterClosed);
    expect(jest.getTimerCount()).toBe(0);
    expect(starts).toEqual([]);
  });
});
