import { randomUUID } from "node:crypto";
import { Clock } from "./clock.js";
import type { RequestEntry } from "./model.js";
import { RateLimiter } from "./rateLimit.js";
import { Faults } from "./faults.js";
import { History } from "./history.js";
import { add, load } from "./load.js";
import { type AddedState, type Additions, parseAdditions, parseSeed, SeedError, type State } from "./seed.js";
import { defaultSettings, type Settings } from "./settings.js";
import { exportState } from "./state.js";
import type { Store } from "./store.js";

/** The key that always works in a fresh emulator, and its user. */
export const LOCAL_KEY = "avk_local";
export const LOCAL_OWNER = "owner@example.com";

/** The user of a key, and the scopes it is restricted to; without `scopes` it has all permissions of its user. */
export interface KeyOwner {
  email: string;
  scopes?: readonly string[] | undefined;
}

/** The request log keeps this many calls; older ones are dropped. */
const MAX_REQUESTS = 100_000;

/** One emulated service: its data, its behaviour and the log of its requests. */
export class Service {
  readonly clock: Clock;
  readonly limiter: RateLimiter;
  readonly faults = new Faults();
  requests: RequestEntry[] = [];
  store!: Store;
  settings!: Settings;
  /** When each person last called, by uid, in milliseconds; not part of the state. */
  readonly lastActive = new Map<string, number>();
  /** Changes after each change of the data, and after each start. */
  version = randomUUID();
  private readonly history = new History();
  private requestCount = 0;

  /** `owners`: keys that exist after every reset; `defaults`: settings of every reset that does not name them. */
  constructor(
    private readonly owners: Readonly<Record<string, KeyOwner>>,
    seed: unknown,
    now?: () => number,
    private readonly defaults: Partial<Settings> = {},
  ) {
    this.clock = new Clock(now);
    this.limiter = new RateLimiter(this.clock);
    this.reset(seed);
  }

  /** Forgets everything and starts from the seed; throws SeedError and changes nothing when it contradicts itself. */
  reset(seed: unknown = {}): void {
    const state = parseSeed(seed);
    const before = this.clock.offsetSeconds;
    this.clock.offsetSeconds = state.clockOffsetSeconds;
    try {
      this.store = load(state, this.clock);
    } catch (error) {
      this.clock.offsetSeconds = before;
      throw error;
    }
    this.settings = { ...defaultSettings, ...this.defaults, ...state.settings };
    for (const [key, { email, scopes }] of Object.entries(this.owners)) {
      if (!this.store.keys.has(key)) this.addKey(key, email, scopes);
    }
    this.requests = [];
    this.requestCount = 0;
    this.lastActive.clear();
    this.limiter.reset();
    this.faults.clear();
    this.history.clear();
    this.changed();
  }

  /** Adds to the content, see `load.ts`; throws SeedError and changes nothing when it contradicts itself or the content. */
  add(more: Additions): void {
    const parsed = parseAdditions(more);
    add(load(exportState(this), this.clock), parsed, this.clock);
    // Into the same store: calls that are being answered change its objects.
    add(this.store, parsed, this.clock);
    this.history.change((state) => this.withAdded(state, parsed));
    this.settings = { ...this.settings, ...parsed.settings };
    this.changed();
  }

  /** What is added was there before: reads that lag show it too, unless it contradicts what was there then. */
  private withAdded(state: State, more: AddedState): State {
    const store = load(state, this.clock);
    try {
      add(store, more, this.clock);
    } catch (error) {
      if (error instanceof SeedError) return state;
      throw error;
    }
    return exportState({ clock: this.clock, settings: this.settings, store });
  }

  /** To be called after each change, so that reads can lag behind it and the page follows it. */
  changed(): void {
    this.version = randomUUID();
    if (this.settings.readLagMs === 0) this.history.clear();
    else this.history.record(this.clock.now(), exportState(this));
  }

  /** The service as a read sees it: this one, with the store of `readLagMs` ago. */
  staleView(): Service {
    const version = this.history.asOf(this.clock.now() - this.settings.readLagMs);
    if (!version) return this;
    version.store ??= load(version.state, this.clock);
    return Object.create(this, { store: { value: version.store } }) as Service;
  }

  addKey(key: string, email: string, scopes?: readonly string[]): void {
    this.store.keys.set(key, { key, person: this.store.signUp(email), revoked: false, scopes });
  }

  logRequest(entry: Pick<RequestEntry, "method" | "path" | "query">): RequestEntry {
    const logged = {
      n: ++this.requestCount,
      ...entry,
      status: null,
      at: this.clock.iso(),
      by: null,
    };
    this.requests.push(logged);
    if (this.requests.length > 2 * MAX_REQUESTS) this.requests = this.requests.slice(-MAX_REQUESTS);
    return logged;
  }
}
