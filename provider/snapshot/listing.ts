import { setTimeout as pause } from "node:timers/promises";

const wantedWithinMs = 300;
const lookEveryMs = 20;

interface Load<Row> {
  rows: Promise<Map<string, Row>>;
  loaded?: Map<string, Row>;
  /** Keys of own writes that ended while the list was on its way: its pages may be older than they are. */
  overtaken: Set<string>;
}

/**
 * One list of the service, read once in a run: single flight, complete or an error (no-single-reads), kept true after
 * our own writes. A failed load is forgotten, so that the next caller asks again.
 */
export class Listing<Row> {
  #current: Load<Row> | undefined;
  /** The load that follows the one on its way, for all who want it newer than that. */
  #next: Promise<ReadonlyMap<string, Row>> | undefined;
  /** What this run has made or changed, and (undefined) taken away: a list may lag behind it (lists-may-lag). */
  readonly #own = new Map<string, Row | undefined>();
  readonly #fetch: () => Promise<Row[]>;
  readonly #key: (row: Row) => string;

  constructor(fetch: () => Promise<Row[]>, key: (row: Row) => string) {
    this.#fetch = fetch;
    this.#key = key;
  }

  /** The rows by key. */
  get(): Promise<ReadonlyMap<string, Row>> {
    return (this.#current ?? this.#start()).rows;
  }

  /** The rows as they are now, after a doubt or a write whose answer tells too little: never older than this moment. */
  reload(): Promise<ReadonlyMap<string, Row>> {
    const current = this.#current;
    if (!current || current.loaded) return this.#start().rows;
    const start = () => {
      this.#next = undefined;
      return this.#start().rows;
    };
    return (this.#next ??= current.rows.then(start, start));
  }

  /** Takes the list for empty without asking, but for our own writes: the service has said so. */
  takeEmpty(): void {
    const overtaken = new Set<string>();
    const loaded = this.#complete([], { overtaken });
    this.#current = { rows: Promise.resolve(loaded), loaded, overtaken };
  }

  /** True once somebody has asked for the list. */
  get wanted(): boolean {
    return this.#current !== undefined;
  }

  /** The rows, where the list has been read; nothing is asked. */
  get loaded(): ReadonlyMap<string, Row> | undefined {
    return this.#current?.loaded;
  }

  /** Whether somebody else asks for the list in the next moments: a refresh looks at many things at once. */
  async isWantedSoon(): Promise<boolean> {
    for (let waited = 0; !this.wanted && waited < wantedWithinMs; waited += lookEveryMs) await pause(lookEveryMs);
    return this.wanted;
  }

  /** Whether an own write has taken something away. */
  hasDropped(key: string): boolean {
    return this.#own.has(key) && this.#own.get(key) === undefined;
  }

  /** Records what an own write has made or changed. */
  put(row: Row): void {
    this.#record(this.#key(row), row);
  }

  /** Records what an own write has taken away. */
  drop(key: string): void {
    this.#record(key, undefined);
  }

  #record(key: string, row: Row | undefined): void {
    this.#own.set(key, row);
    const load = this.#current;
    if (!load?.loaded) load?.overtaken.add(key);
    else if (row === undefined) load.loaded.delete(key);
    else load.loaded.set(key, row);
  }

  #start(): Load<Row> {
    const load: Load<Row> = { rows: Promise.resolve(new Map()), overtaken: new Set() };
    load.rows = this.#fetch().then(
      (list) => (load.loaded = this.#complete(list, load)),
      (error: unknown) => {
        this.#current = undefined;
        throw error;
      },
    );
    return (this.#current = load);
  }

  #complete(list: Row[], { overtaken }: Pick<Load<Row>, "overtaken">): Map<string, Row> {
    const rows = new Map(list.map((row) => [this.#key(row), row]));
    for (const [key, row] of this.#own) {
      if (row === undefined) rows.delete(key);
      else if (!rows.has(key) || overtaken.has(key)) rows.set(key, row);
    }
    return rows;
  }
}
