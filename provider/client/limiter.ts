import type { RateFacts } from "./headers.js";

const SECOND = 1000;
const MINUTE = 60_000;
/** A pause is never longer than this; the next answer tells whether more is needed. */
const LONGEST_PAUSE = MINUTE;

export interface LimiterOptions {
  /** A ceiling. Absent: 100, until the service names its own limit. */
  perMinute?: number;
  /** Default 20. */
  perSecond?: number;
  /** Requests under way at once. */
  concurrency: number;
  onWait?: (info: { waiting: number; seconds: number }) => void;
  /** Milliseconds on a clock that never goes back. */
  now?: () => number;
}

interface Waiter {
  turn: number;
  start: () => void;
  refuse: (error: Error) => void;
}

/** Why nothing more is started. */
export class LimiterClosed extends Error {}

/**
 * Starts requests in order, within two windows and what the service allows.
 *
 * A request counts from its start until one window after its end: the service counted it somewhere in between, so
 * our window never runs ahead of the service's, however long a connection took.
 * There is a timer only while something waits, so an idle limiter keeps no process alive.
 */
export class Limiter {
  private readonly now: () => number;
  private readonly perSecond: number;
  private perMinute: number;
  private readonly waiting: Waiter[] = [];
  /** When counted requests ended, oldest first; those of the last minute. */
  private ends: number[] = [];
  private underWay = 0;
  private turns = 0;
  private pausedUntil = 0;
  private remaining = Infinity;
  private remainingUntil = 0;
  private timer: NodeJS.Timeout | undefined;
  private told = false;
  private closed = false;

  constructor(private readonly options: LimiterOptions) {
    this.now = options.now ?? (() => performance.now());
    this.perMinute = options.perMinute ?? 100;
    this.perSecond = options.perSecond ?? 20;
  }

  /** A place in the order, kept through all tries of one call, so that a retry goes before younger calls. */
  takeTurn(): number {
    return ++this.turns;
  }

  /** Resolves when the request may start; each must be followed by one `done` or `cancel`. */
  start(turn: number): Promise<void> {
    if (this.closed) return Promise.reject(new LimiterClosed());
    this.tell(this.waiting.length + 1);
    return new Promise((start, refuse) => {
      const at = this.waiting.findLastIndex((other) => other.turn < turn) + 1;
      this.waiting.splice(at, 0, { turn, start, refuse });
      this.pump();
    });
  }

  /** The request ended; `facts` is what its answer said about the budget. */
  done(facts: RateFacts): void {
    this.underWay--;
    this.ends.push(this.now());
    this.adapt(facts);
    this.pump();
  }

  /** The request was never sent, and costs nothing. */
  cancel(): void {
    this.underWay--;
    this.pump();
  }

  /** Nobody starts within the next `ms` milliseconds. */
  pause(ms: number): void {
    this.pausedUntil = Math.max(this.pausedUntil, this.now() + Math.min(ms, LONGEST_PAUSE));
    this.pump();
  }

  /** Refuses what waits and what comes. */
  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
    for (const waiter of this.waiting.splice(0)) waiter.refuse(new LimiterClosed());
  }

  private pump(): void {
    clearTimeout(this.timer);
    const now = this.now();
    this.forget(now);
    while (this.waiting.length > 0) {
      const at = this.freeAt(now);
      if (at > now) return this.wakeAt(at, now);
      this.underWay++;
      this.waiting.shift()?.start();
    }
    this.told = false;
  }

  // Infinity: until one of those under way ends, which pumps again.
  private wakeAt(at: number, now: number): void {
    if (at !== Infinity) this.timer = setTimeout(() => this.pump(), Math.ceil(at - now));
  }

  private freeAt(now: number): number {
    if (this.underWay >= this.options.concurrency) return Infinity;
    return Math.max(
      this.pausedUntil,
      this.windowFreeAt(this.perMinute, MINUTE),
      this.windowFreeAt(this.perSecond, SECOND),
      this.serviceFreeAt(now),
    );
  }

  private windowFreeAt(limit: number, window: number): number {
    const free = limit - this.underWay;
    if (free <= 0) return Infinity;
    const blocker = this.ends[this.ends.length - free];
    return blocker === undefined ? 0 : blocker + window;
  }

  private serviceFreeAt(now: number): number {
    const open = now >= this.remainingUntil || this.remaining > this.underWay;
    return open ? 0 : this.remainingUntil;
  }

  private adapt({ limit, remaining, resetInMs }: RateFacts): void {
    if (resetInMs === undefined) return;
    // A reset within two seconds may be that of the burst window, one beyond a minute that of a longer quota.
    if (limit !== undefined && limit >= 1 && resetInMs > 2 * SECOND && resetInMs <= MINUTE + SECOND) {
      this.perMinute = Math.min(this.options.perMinute ?? Infinity, limit);
    }
    if (remaining !== undefined) {
      this.remaining = remaining;
      this.remainingUntil = this.now() + Math.min(resetInMs, LONGEST_PAUSE);
    }
  }

  private tell(waiting: number): void {
    if (this.told || waiting <= this.perMinute) return;
    this.told = true;
    this.options.onWait?.({ waiting, seconds: Math.ceil((waiting * 60) / this.perMinute) });
  }

  private forget(now: number): void {
    const kept = this.ends.findIndex((end) => end + MINUTE > now);
    if (kept !== 0) this.ends = kept < 0 ? [] : this.ends.slice(kept);
  }
}
