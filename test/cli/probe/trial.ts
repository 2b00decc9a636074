import type { Seed, Settings } from "../../../emulator/src/index.js";
import { createRawClient, type Outcome, type RawRequest } from "../../../provider/client/index.js";
import type { Left } from "../../../cli/probe/cleanup.js";
import type { Writes } from "../../../cli/probe/evidence.js";
import { OwnOrganization } from "../../../cli/probe/ownOrganization.js";
import { replyOf } from "../../../cli/probe/reply.js";
import { WriteRun } from "../../../cli/probe/writes.js";
import { acme } from "../../lifecycle/support.js";
import { ownerKey, startEmulator, type TestEmulator } from "../../support/emulator.js";

/** What one run of the writes of a probe has done. */
export interface Tried {
  writes: Writes;
  left: Left | undefined;
  own: OwnOrganization;
  /** As "METHOD /path", with the name, slugs and uids of the organization replaced. */
  requests: string[];
  /** Milliseconds that it waited. */
  waited: number;
}

export interface TryOptions {
  invite?: string[];
  /** The request, from 1, before which the user wants to stop. */
  stopBefore?: number;
  /** The request, from 1, that the service refuses for its rate limit, whenever it is sent again; all after it if `forever`. */
  throttled?: { at: number; forever?: boolean };
  /** Rewrites the bodies of successes. */
  rewrite?: (body: string, method: string) => string;
}

/** An emulator whose time passes only while the probe waits. */
export function trialDesk(seed: () => Seed = acme) {
  let emulator: TestEmulator;
  let now = Date.parse("2026-11-29T12:00:00Z");

  beforeAll(async () => {
    emulator = await startEmulator({ now: () => now });
  });
  beforeEach(() => emulator.reset(seed()));
  afterAll(() => emulator.close());

  return {
    get emulator() {
      return emulator;
    },
    /** Carries out the writes of a probe in this process. */
    async run(
      settings: Partial<Settings> = {},
      { invite = [], stopBefore, throttled, rewrite }: TryOptions = {},
    ): Promise<Tried> {
      await emulator.settings(settings);
      const raw = createRawClient({
        apiKey: ownerKey,
        baseUrl: emulator.url,
        requestsPerMinute: 100_000,
        requestsPerSecond: 10_000,
      });
      const start = now;
      const requests: RawRequest[] = [];
      const controller = new AbortController();
      const rewritten = (outcome: Outcome, method: string): Outcome =>
        rewrite && outcome.kind === "answer" && outcome.status < 300
          ? { ...outcome, body: rewrite(outcome.body, method) }
          : outcome;
      const send = async (request: RawRequest) => {
        const sentAt = now;
        requests.push(request);
        if (requests.length + 1 === stopBefore) controller.abort(new Error("stopped"));
        const isThrottled = throttled?.at === requests.length || (throttled?.forever && requests.length > throttled.at);
        const outcome: Outcome = isThrottled ? refusal : await raw.send(request);
        return replyOf(request, rewritten(outcome, request.method), sentAt, now);
      };
      const time = {
        now: () => now,
        wait: async (ms: number) => void (now += ms),
      };
      const own = new OwnOrganization(send);
      const run = new WriteRun(own, send, invite, time, controller.signal);
      const left = await run.everything().finally(() => raw.close());
      return { writes: run.writes, left, own, requests: requests.map(shown(own)), waited: now - start };
    },
  };
}

const refusal = { kind: "answer", status: 429, headers: {}, body: '{"detail":"Slow down."}' } as const;

const uuid = /[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}/g;

const shown =
  ({ mark }: OwnOrganization) =>
  ({ method, path }: RawRequest): string =>
    `${method} ${path.replaceAll(mark, "*").replaceAll(uuid, "{uid}")}`;
