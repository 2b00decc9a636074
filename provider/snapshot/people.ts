import { normalizeEmail, type Person } from "../schema/index.js";
import { IdentityUnknownError } from "./errors.js";
import { Listing } from "./listing.js";

/** A row that stands for a person. */
export interface PersonRow {
  userUid: string;
  email?: string | undefined;
  username?: string | undefined;
  role?: string | undefined;
}

interface Index<Row> {
  of: ReadonlyMap<string, Row>;
  size: number;
  byEmail: Map<string, Row>;
  /** Rows whose address the service hides. */
  hidden: number;
}

/** A list of people, found by uid or by address. */
export class People<Row extends PersonRow> extends Listing<Row> {
  #index: Index<Row> | undefined;
  readonly #where: string;

  /** @param where what the people are in, for messages: "organization acme" */
  constructor(where: string, fetch: () => Promise<Row[]>) {
    super(fetch, (row) => row.userUid);
    this.#where = where;
  }

  /**
   * The person's row; `undefined` only where their absence is proven: by a complete list, and where they are known by
   * address alone, by one that shows every address.
   */
  async find(person: Person): Promise<Row | undefined> {
    const rows = await this.get();
    const byUid = person.userUid === undefined ? undefined : rows.get(person.userUid);
    if (byUid || person.email === undefined) return byUid;
    const index = this.#indexOf(rows);
    const byEmail = index.byEmail.get(normalizeEmail(person.email));
    if (!byEmail && person.userUid === undefined && index.hidden > 0) {
      throw new IdentityUnknownError(person.email, this.#where, index.hidden);
    }
    return byEmail;
  }

  override put(row: Row): void {
    this.#index = undefined;
    super.put(row);
  }

  override drop(userUid: string): void {
    this.#index = undefined;
    super.drop(userUid);
  }

  #indexOf(rows: ReadonlyMap<string, Row>): Index<Row> {
    if (this.#index?.of === rows && this.#index.size === rows.size) return this.#index;
    const byEmail = new Map<string, Row>();
    let hidden = 0;
    for (const row of rows.values()) {
      if (row.email) byEmail.set(normalizeEmail(row.email), row);
      else hidden += 1;
    }
    return (this.#index = { of: rows, size: rows.size, byEmail, hidden });
  }
}
