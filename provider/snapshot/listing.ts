import { setTimeout as pause } from "node:timers/promises";

const wantedWithinMs = 300;
const lookEveryMs = 20;

interface Load<Row> {
  rows: Promise<Map<string, Row>>;
  loaded?: Map<string, Row>;
  /** Keys of this run's writes that ended while the list was read: its pages may be older than these writes. */
  overtaken: Set<string>;
}

/**
 * One list of the service, read once in a run: one load at a time, complete or an error (no-single-reads), and updated
 * after this run's own writes. A failed load is discarded, so that the next caller loads the list again.
 */
export class Listing<Row> {
  #current: Load<Row> | undefined;
  /** The load after the current one, for all callers that need a newer list. */
  #next: Promise<ReadonlyMap<string, Row>> | undefined;
  /** Rows that this run has created or changed, and (undefined) removed: a list may lag behind them (lists-may-lag). */
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

  /** The current rows, after a write without a response or with an incomplete one: never older than this moment. */
  reload(): Promise<ReadonlyMap<string, Row>> {
    const current = this.#current;
    if (!current || current.loaded) return this.#start().rows;
    const start = () => {
      this.#next = undefined;
      return this.#start().rows;
    };
    return (this.#next ??= current.rows.then(start, start));
  }

  /** Sets the list to empty, except this run's own writes, without a request: the service reports it as empty. */
  seedEmpty(): void {
    const overtaken = new Set<string>();
    const loaded = this.#complete([], { overtaken });
    this.#current = { rows: Promise.resolve(loaded), loaded, overtaken };
  }

  /** True as soon as the list has been requested. */
  get wanted(): boolean {
    return this.#current !== undefined;
  }

  /** The rows, if the list has been read; no request is sent. */
  get loaded(): ReadonlyMap<string, Row> | undefined {
    return this.#current?.loaded;
  }

  /** Whether a different caller requests the list soon: a refresh reads many objects at the same time. */
  async isWantedSoon(): Promise<boolean> {
    for (let waited = 0; !this.wanted && waited < wantedWithinMs; waited += lookEveryMs) await pause(lookEveryMs);
    return this.wanted;
  }

  /** Whether a write of this run has removed the row. */
  hasDropped(key: string): boolean {
    return this.#own.has(key) && this.#own.get(key) === undefined;
  }

  /** Records a row that a write of this run has created or changed. */
  upsert(row: Row): void {
    this.#record(this.#key(row), row);
  }

  /** Records that a write of this run has removed a row. */
  remove(key: string): void {
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
