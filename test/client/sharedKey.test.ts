import { Dispatcher } from "undici";
import { createEmulator, type Settings } from "../../emulator/src/index.js";
import { createClient, type AvalaClient, type ClientSettings } from "../../provider/client/index.js";

/*
 * Minutes of the emulator's own accounting, in no time: its clock and the client's are the same stopped one. Sockets
 * would need real minutes; test/lifecycle/limits.test.ts has them for the burst.
 */
beforeEach(() => jest.useFakeTimers({ now: Date.UTC(2026, 0, 1) }));
afterEach(() => jest.useRealTimers());

const limits = { perMinute: 100, perSecond: 20 };

/** The emulator, reached without sockets: half of `latency` ms to it and half back. */
function service({ latency = 80, settings = {} }: { latency?: number; settings?: Partial<Settings> } = {}) {
  const emulator = createEmulator({ seed: { settings: { rateLimit: limits, ...settings } }, now: () => Date.now() });
  const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
  const started = Date.now();
  const answered: { at: number; by: number; status: number }[] = [];

  class Direct extends Dispatcher {
    constructor(private readonly by: number) {
      super();
    }
    override dispatch(
      { origin, path, method, headers }: Dispatcher.DispatchOptions,
      handler: Dispatcher.DispatchHandler,
    ) {
      const controller = { abort: () => undefined } as unknown as Dispatcher.DispatchController;
      const answer = async () => {
        handler.onRequestStart?.(controller, {});
        // Different for each, and the same in every run of the test.
        const way = latency / 2 + ((answered.length * 37 + this.by * 11) % 20);
        await pause(way);
        const response = await emulator.fetch(
          new Request(`${origin}${path}`, { method, headers: headers as Record<string, string> }),
        );
        answered.push({ at: (Date.now() - started) / 1000, by: this.by, status: response.status });
        const body = Buffer.from(await response.arrayBuffer());
        await pause(way);
        handler.onResponseStart?.(controller, response.status, Object.fromEntries(response.headers), "");
        handler.onResponseData?.(controller, body);
        handler.onResponseEnd?.(controller, {});
      };
      void answer();
      return true;
    }
  }

  return {
    answered,
    client: (by = 0, more: Partial<ClientSettings> = {}): AvalaClient =>
      createClient(
        { apiKey: "avk_local", baseUrl: "http://127.0.0.1/api/v1", shareReads: false, ...more },
        { dispatcher: new Direct(by), random: () => 0.5 },
      ),
    refused: () => answered.filter(({ status }) => status === 429).length,
  };
}

const reads = (client: AvalaClient, count: number) =>
  Promise.all(Array.from({ length: count }, () => client.organizations.list()));

/** The number of calls that the emulator admits, and the least time that they take. */
const seconds = (calls: number) => (calls * 60) / limits.perMinute;
const connections = 16;

describe.each([0, 80, 400])("requests that take %i ms", (latency) => {
  it("of one process are never refused, and take no longer than the limit requires", async () => {
    const s = service({ latency });
    const all = reads(s.client(), 900);
    await jest.runAllTimersAsync();
    await all;
    expect(s.answered).toHaveLength(900);
    expect(s.refused()).toBe(0);
    expect(s.answered.at(-1)!.at).toBeLessThanOrEqual(seconds(900) * 1.05);
  });

  it.each([2, 3, 4])("of %i processes with one key are all answered, with few refusals", async (processes) => {
    const s = service({ latency });
    const each = 1200 / processes;
    const numbers = Array.from({ length: processes }, (_, by) => by);
    const all = Promise.all(numbers.map((by) => reads(s.client(by), each)));
    await jest.runAllTimersAsync();
    await all;
    const served = s.answered.filter(({ status }) => status === 200);
    expect(served).toHaveLength(1200);
    expect(served.at(-1)!.at).toBeLessThanOrEqual(seconds(1200) * 1.05);
    // All concurrent requests at the beginning, and four for each minute and process.
    const minutes = served.at(-1)!.at / 60;
    expect(s.refused()).toBeLessThanOrEqual(processes * (connections + 4 * minutes));
    // No process starves: halfway, the slowest has at least a third of its share.
    const halfway = served.slice(0, 600);
    for (const by of numbers) {
      expect(halfway.filter((row) => row.by === by).length).toBeGreaterThanOrEqual(each / 2 / 3);
    }
  });
});

it.each([0, 80, 400])("a process that comes later gets its share, with requests of %i ms", async (latency) => {
  const s = service({ latency });
  const first = reads(s.client(0), 900);
  await jest.advanceTimersByTimeAsync(90_000);
  const second = reads(s.client(1), 100);
  await jest.runAllTimersAsync();
  await Promise.all([first, second]);
  const served = s.answered.filter(({ status }) => status === 200);
  const last = (by: number) => served.filter((row) => row.by === by).at(-1)!.at;
  // A minute until it is noticed, and at least a quarter from then on.
  expect(last(1) - 90).toBeLessThanOrEqual(60 + seconds(100) * 4);
  expect(last(0)).toBeLessThanOrEqual(seconds(1000) * 1.05);
});
