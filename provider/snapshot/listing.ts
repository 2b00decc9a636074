interface Load<Row> {
  rows: Promise<Map<string, Row>>;
  loaded?: Map<string, Row>;
  /** Own writes that ended while the list was on its way: its pages may be older than they are. */
  journal: ((rows: Map<string, Row>) => void)[];
}

/**
 * One list of the service, read once in a run: single flight, complete or an error (T1), kept true by patches after
 * our own writes. A failed load is forgotten, so that the next caller asks again.
 */
export class Listing<Row> {
  #current: Load<Row> | undefined;
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

  /** The rows as they are now, after a doubt. */
  reload(): Promise<ReadonlyMap<string, Row>> {
    return this.#start().rows;
  }

  /** True once somebody has asked for the list. */
  get wanted(): boolean {
    return this.#current !== undefined;
  }

  /** Records an own write. It must be idempotent: a list on its way may hold it already. */
  patch(change: (rows: Map<string, Row>) => void): void {
    const load = this.#current;
    if (!load) return;
    if (load.loaded) change(load.loaded);
    else load.journal.push(change);
  }

  put(row: Row): void {
    this.patch((rows) => rows.set(this.#key(row), row));
  }

  drop(key: string): void {
    this.patch((rows) => rows.delete(key));
  }

  #start(): Load<Row> {
    const load: Load<Row> = { rows: Promise.resolve(new Map()), journal: [] };
    load.rows = this.#fetch().then(
      (list) => {
        const rows = new Map(list.map((row) => [this.#key(row), row]));
        for (const change of load.journal) change(rows);
        return (load.loaded = rows);
      },
      (error: unknown) => {
        if (this.#current === load) this.#current = undefined;
        throw error;
      },
    );
    return (this.#current = load);
  }
}
