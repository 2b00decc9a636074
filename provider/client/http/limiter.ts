import type { RateFacts } from "./headers.js";

const SECOND = 1000;
const MINUTE = 60_000;
/** The longest pause; the next response states whether more time is needed. */
const LONGEST_PAUSE = MINUTE;
/**
 * If other processes share the limit, this many requests must remain for each request under way, because the others
 * have requests under way too.
 */
const SHARED_RESERVE = 8;
/**
 * If a process uses all requests of a shared minute, it waits this much longer than necessary before it sends the next
 * one, and proportionally less if it uses a part of them. A process that has just started needs the gap. It is longer
 * than the second to which the service rounds its times.
 */
const SHARED_GAP = 3 * SECOND;
/** A wait that is reported; the report is delayed until all waiting requests have arrived. */
const LONG_WAIT = 10 * SECOND;
const GATHERING = SECOND;

export interface LimiterOptions {
  /** Upper limit. Default: 100, until the service states its own limit. */
  perMinute?: number;
  /** Default 20. */
  perSecond?: number;
  /** Highest number of requests at the same time. */
  concurrency: number;
  /** Called once when the next request has to wait for long, and again only after a minute without requests. */
  onWait?: (info: { waiting: number; seconds: number }) => void;
  /** Milliseconds by a monotonic clock. */
  now?: () => number;
}

interface Waiter {
  turn: number;
  start: () => void;
  refuse: (error: Error) => void;
}

/** The service's latest statement about its minute. */
interface Budget {
  remaining: number;
  /** Time at which some of the used requests become available again. */
  until: number;
  /** More requests have been used than this process has sent: a different process uses a key of the same user. */
  shared: boolean;
  /** Number of this process's requests that had left the window at that time. */
  left: number;
}

/** The reason why no further request is started. */
export class LimiterClosed extends Error {}

/**
 * Starts requests in order, within two windows and the service's statements.
 *
 * A request counts from its start until one window after its end: the service counts it at some time in between, so
 * this window is never ahead of the service's, however long a connection takes. There is a timer only while a request
 * waits, so an idle limiter keeps no process alive.
 *
 * Processes that share a limit notice each other by the remaining requests that the service states. Each then continues
 * at the rate at which its own requests leave the window, sends more if more remain, and one at a time if the minute is
 * over and the remaining number is unknown. A refusal halves the burst, which then grows by one per second.
 */
export class Limiter {
  private readonly now: () => number;
  private readonly perSecond: number;
  private perMinute: number;
  private readonly waiting: Waiter[] = [];
  /** End times of the counted requests of the last minute, oldest first. */
  private ends: number[] = [];
  /** Number of requests that have left that minute. */
  private left = 0;
  private underWay = 0;
  private turns = 0;
  private pausedUntil = 0;
  private budget: Budget | undefined;
  /** The burst after the last refusal, and the time from which it grows. */
  private reduced: number;
  private reducedAt = 0;
  private timer: NodeJS.Timeout | undefined;
  private blockedAt: number | undefined;
  private isWaitReported = false;
  private closed = false;

  constructor(private readonly options: LimiterOptions) {
    this.now = options.now ?? (() => performance.now());
    this.perMinute = options.perMinute ?? 100;
    this.perSecond = options.perSecond ?? 20;
    this.reduced = this.perSecond;
  }

  /** A position in the queue, kept for all attempts of one call, so that a retry is sent before younger calls. */
  enqueue(): number {
    return ++this.turns;
  }

  /** Resolves when the request may start; each must be followed by one `release` or `cancel`. */
  acquire(turn: number): Promise<void> {
    if (this.closed) return Promise.reject(new LimiterClosed());
    return new Promise((start, refuse) => {
      const at = this.waiting.findLastIndex((other) => other.turn < turn) + 1;
      this.waiting.splice(at, 0, { turn, start, refuse });
      this.pump();
    });
  }

  /** The request has ended; `facts` is the rate limit that its response states. */
  release(facts: RateFacts): void {
    this.underWay--;
    this.ends.push(this.now());
    this.adapt(facts);
    this.pump();
  }

  /** The request was never sent and does not count. */
  cancel(): void {
    this.underWay--;
    this.pump();
  }

  /** A request was refused: none starts within the next `ms` milliseconds, and then fewer at the same time. */
  pause(ms: number): void {
    const now = this.now();
    // Requests that were under way at the same time are refused together, which counts as one refusal.
    if (now >= this.pausedUntil) this.reduced = Math.max(1, Math.floor(this.burst(now) / 2));
    this.pausedUntil = Math.max(this.pausedUntil, now + Math.min(ms, LONGEST_PAUSE));
    this.reducedAt = this.pausedUntil;
    this.pump();
  }

  /** Refuses waiting and future requests. */
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
      this.blockedAt = undefined;
      this.waiting.shift()?.start();
    }
  }

  // Infinity: when one of the requests under way ends, `pump` runs again without a timer.
  private wakeAt(at: number, now: number): void {
    if (at === Infinity) return;
    const next = this.reportLongWait(at, now);
    this.timer = setTimeout(() => this.pump(), Math.ceil(next - now));
  }

  private freeAt(now: number): number {
    if (this.underWay >= this.options.concurrency) return Infinity;
    return Math.max(
      this.pausedUntil,
      this.windowFreeAt(this.perMinute, MINUTE),
      this.windowFreeAt(this.burst(now), SECOND),
      this.serviceFreeAt(),
    );
  }

  private burst(now: number): number {
    const grown = Math.max(0, Math.floor((now - this.reducedAt) / SECOND));
    return Math.min(this.perSecond, this.reduced + grown);
  }

  private windowFreeAt(limit: number, window: number): number {
    const free = limit - this.underWay;
    if (free <= 0) return Infinity;
    const blocker = this.ends[this.ends.length - free];
    return blocker === undefined ? 0 : blocker + window;
  }

  private serviceFreeAt(): number {
    if (this.budget === undefined) return 0;
    const { remaining, until, shared, left } = this.budget;
    const needed = this.underWay * (shared ? SHARED_RESERVE : 1) + 1;
    const missing = needed - (remaining + this.left - left);
    if (missing <= 0) return 0;
    const own = this.ends[missing - 1];
    const ownBack = own === undefined ? Infinity : own + MINUTE;
    const courtesy = shared ? SHARED_GAP * (this.ends.length / this.perMinute) : 0;
    return courtesy + (this.underWay > 0 ? ownBack : Math.min(ownBack, until));
  }

  private adapt({ limit, remaining, resetInMs }: RateFacts): void {
    // A reset within two seconds may be that of the burst window, one beyond a minute that of a longer quota.
    if (limit !== undefined && limit >= 1 && isMinute(resetInMs)) {
      this.perMinute = Math.min(this.options.perMinute ?? Infinity, limit);
    }
    if (remaining === undefined || resetInMs === undefined) return this.countUnstated();
    const until = this.now() + Math.min(resetInMs, LONGEST_PAUSE);
    const shared = limit !== undefined && limit - remaining > this.ends.length + this.underWay;
    this.budget = { remaining, until, shared, left: this.left };
  }

  /** A response without rate limit headers has used one request; after the stated time, nothing is known. */
  private countUnstated(): void {
    if (this.budget === undefined) return;
    if (this.now() >= this.budget.until) this.budget = undefined;
    else this.budget.remaining--;
  }

  /** Reports that many requests wait for long; returns the time of the next check. */
  private reportLongWait(at: number, now: number): number {
    if (this.isWaitReported || at - now < LONG_WAIT) return at;
    this.blockedAt ??= now;
    if (now < this.blockedAt + GATHERING) return this.blockedAt + GATHERING;
    this.isWaitReported = true;
    const waiting = this.waiting.length;
    const minutes = Math.floor((waiting - 1) / this.perMinute);
    this.options.onWait?.({ waiting, seconds: Math.ceil((at - now) / SECOND) + minutes * 60 });
    return at;
  }

  private forget(now: number): void {
    const kept = this.ends.findIndex((end) => end + MINUTE > now);
    const gone = kept < 0 ? this.ends.length : kept;
    if (gone > 0) this.ends = this.ends.slice(gone);
    this.left += gone;
    if (this.ends.length === 0 && this.underWay === 0 && this.waiting.length <= 1) this.isWaitReported = false;
  }
}

function isMinute(resetInMs: number | undefined): boolean {
  return resetInMs !== undefined && resetInMs > 2 * SECOND && resetInMs <= MINUTE + SECOND;
}
