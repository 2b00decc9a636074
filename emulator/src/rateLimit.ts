import type { Clock } from "./clock.js";
import { throttled } from "./errors.js";
import type { Settings } from "./settings.js";

/** Times of the calls that were let through, oldest first, per person. A refused call does not count. */
class SlidingWindow {
  private readonly calls = new Map<string, number[]>();

  constructor(private readonly seconds: number) {}

  current(who: string, now: number): number[] {
    const times = this.calls.get(who) ?? [];
    const fresh = times.findIndex((at) => at > now - this.seconds * 1000);
    times.splice(0, fresh === -1 ? times.length : fresh);
    this.calls.set(who, times);
    return times;
  }

  /** Seconds until one more call fits, 0 when it fits now. */
  wait(who: string, now: number, limit: number): number {
    const times = this.current(who, now);
    if (times.length < limit) return 0;
    const leaves = times[times.length - limit] as number;
    return Math.max(1, Math.ceil((leaves + this.seconds * 1000 - now) / 1000));
  }
}

/** The service's throttles, per person: several keys of one person share them. They run on the emulator's clock. */
export class RateLimiter {
  private minute = new SlidingWindow(60);
  private second = new SlidingWindow(1);
  private invites = new SlidingWindow(60);

  constructor(private readonly clock: Clock) {}

  reset(): void {
    this.minute = new SlidingWindow(60);
    this.second = new SlidingWindow(1);
    this.invites = new SlidingWindow(60);
  }

  /** Counts a call, or throws the 429 it gets. */
  admit(who: string, limit: Settings["rateLimit"]): void {
    if (!limit) return;
    const now = this.clock.now();
    const wait = Math.max(this.minute.wait(who, now, limit.perMinute), this.second.wait(who, now, limit.perSecond));
    if (wait > 0) throw throttled(wait);
    this.minute.current(who, now).push(now);
    this.second.current(who, now).push(now);
  }

  /** Counts one email, or throws the 429 it gets. */
  admitInvite(who: string, perMinute: number | null): void {
    if (perMinute === null) return;
    const now = this.clock.now();
    const wait = this.invites.wait(who, now, perMinute);
    if (wait > 0) throw throttled(wait);
    this.invites.current(who, now).push(now);
  }

  /** What every answer to this person carries: the state of the minute, reset in unix seconds. */
  headers(who: string, limit: Settings["rateLimit"]): Record<string, string> {
    if (!limit) return {};
    const now = this.clock.now();
    const times = this.minute.current(who, now);
    return {
      "X-RateLimit-Limit": String(limit.perMinute),
      "X-RateLimit-Remaining": String(Math.max(0, limit.perMinute - times.length)),
      "X-RateLimit-Reset": String(Math.ceil(((times[0] ?? now) + 60_000) / 1000)),
    };
  }
}
