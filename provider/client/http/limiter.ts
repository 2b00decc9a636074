import type { RateFacts } from "./headers.js";

const SECOND = 1000;
const MINUTE = 60_000;
/** A pause is never longer than this; the next answer tells whether more is needed. */
const LONGEST_PAUSE = MINUTE;
/** Where others spend the same budget: for each request under way so many must be left, as they have some there too. */
const CAUTION = 8;
/**
 * How much longer than it must whoever has all of a shared minute waits before the next takes its place there; with a
 * part of it, that part. A newcomer needs the gap. More than the second to which the service rounds its moments.
 */
const COURTESY = 3 * SECOND;
/** A wait worth a word; it is said a moment later, when all who wait have come. */
const LONG_WAIT = 10 * SECOND;
const GATHERING = SECOND;

export interface LimiterOptions {
  /** A ceiling. Absent: 100, until the service names its own limit. */
  perMinute?: number;
  /** Default 20. */
  perSecond?: number;
  /** Requests under way at once. */
  concurrency: number;
  /** Told once, until a minute has passed without requests, when the next one has to wait for long. */
  onWait?: (info: { waiting: number; seconds: number }) => void;
  /** Milliseconds on a clock that never goes back. */
  now?: () => number;
}

interface Waiter {
  turn: number;
  start: () => void;
  refuse: (error: Error) => void;
}

/** What the service said last of its minute. */
interface Budget {
  remaining: number;
  /** When some of what has been spent comes back. */
  until: number;
  /** More has been spent than by us: another process uses a key of the same person. */
  shared: boolean;
  /** Of our own requests, how many had left the window by then. */
  left: number;
}

/** Why nothing more is started. */
export class LimiterClosed extends Error {}

/**
 * Starts requests in order, within two windows and what the service allows.
 *
 * A request counts from its start until one window after its end: the service counted it somewhere in between, so
 * our window never runs ahead of the service's, however long a connection took.
 * There is a timer only while something waits, so an idle limiter keeps no process alive.
 *
 * Processes that share a budget know of each other by what the service says is left of it. Each then goes on at the
 * pace at which its own requests leave the window, takes more when more is left, and one at a time when time has come
 * and nobody knows. A refusal halves the burst, which grows again by one a second.
 */
export class Limiter {
  private readonly now: () => number;
  private readonly perSecond: number;
  private perMinute: number;
  private readonly waiting: Waiter[] = [];
  /** When counted requests ended, oldest first; those of the last minute. */
  private ends: number[] = [];
  /** How many have left that minute. */
  private left = 0;
  private underWay = 0;
  private turns = 0;
  private pausedUntil = 0;
  private budget: Budget | undefined;
  /** The burst after the last refusal, and from when on it grows. */
  private reduced: number;
  private reducedAt = 0;
  private timer: NodeJS.Timeout | undefined;
  private blockedAt: number | undefined;
  private told = false;
  private closed = false;

  constructor(private readonly options: LimiterOptions) {
    this.now = options.now ?? (() => performance.now());
    this.perMinute = options.perMinute ?? 100;
    this.perSecond = options.perSecond ?? 20;
    this.reduced = this.perSecond;
  }

  /** A place in the order, kept through all tries of one call, so that a retry goes before younger calls. */
  takeTurn(): number {
    return ++this.turns;
  }

  /** Resolves when the request may start; each must be followed by one `done` or `cancel`. */
  start(turn: number): Promise<void> {
    if (this.closed) return Promise.reject(new LimiterClosed());
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

  /** A request was refused: nobody starts within the next `ms` milliseconds, and then fewer at once. */
  pause(ms: number): void {
    const now = this.now();
    // Those that were under way together are refused together, which is one refusal.
    if (now >= this.pausedUntil) this.reduced = Math.max(1, Math.floor(this.burst(now) / 2));
    this.pausedUntil = Math.max(this.pausedUntil, now + Math.min(ms, LONGEST_PAUSE));
    this.reducedAt = this.pausedUntil;
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
      this.blockedAt = undefined;
      this.waiting.shift()?.start();
    }
  }

  // Infinity: until one of those under way ends, which pumps again.
  private wakeAt(at: number, now: number): void {
    if (at === Infinity) return;
    const next = this.tell(at, now);
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
    const needed = this.underWay * (shared ? CAUTION : 1) + 1;
    const missing = needed - (remaining + this.left - left);
    if (missing <= 0) return 0;
    const own = this.ends[missing - 1];
    const ownBack = own === undefined ? Infinity : own + MINUTE;
    const courtesy = shared ? COURTESY * (this.ends.length / this.perMinute) : 0;
    return courtesy + (this.underWay > 0 ? ownBack : Math.min(ownBack, until));
  }

  private adapt({ limit, remaining, resetInMs }: RateFacts): void {
    // A reset within two seconds may be that of the burst window, one beyond a minute that of a longer quota.
    if (limit !== undefined && limit >= 1 && isMinute(resetInMs)) {
      this.perMinute = Math.min(this.options.perMinute ?? Infinity, limit);
    }
    if (remaining === undefined || resetInMs === undefined) return this.unheard();
    const until = this.now() + Math.min(resetInMs, LONGEST_PAUSE);
    const shared = limit !== undefined && limit - remaining > this.ends.length + this.underWay;
    this.budget = { remaining, until, shared, left: this.left };
  }

  /** An answer that says nothing of the budget has spent of it; once that is over, nothing is known. */
  private unheard(): void {
    if (this.budget === undefined) return;
    if (this.now() >= this.budget.until) this.budget = undefined;
    else this.budget.remaining--;
  }

  /** Says that many wait for long; answers when to look again. */
  private tell(at: number, now: number): number {
    if (this.told || at - now < LONG_WAIT) return at;
    this.blockedAt ??= now;
    if (now < this.blockedAt + GATHERING) return this.blockedAt + GATHERING;
    this.told = true;
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
    if (this.ends.length === 0 && this.underWay === 0 && this.waiting.length <= 1) this.told = false;
  }
}

function isMinute(resetInMs: number | undefined): boolean {
  return resetInMs !== undefined && resetInMs > 2 * SECOND && resetInMs <= MINUTE + SECOND;
}
