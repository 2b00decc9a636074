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
  /** Rarely more than one: an address is compared without case and Unicode form, which the service may tell apart. */
  byEmail: Map<string, Row[]>;
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
   * address alone, by one that shows every address. An address that several have names nobody.
   */
  async find(person: Person): Promise<Row | undefined> {
    const rows = await this.get();
    const byUid = person.userUid === undefined ? undefined : rows.get(person.userUid);
    if (byUid || person.email === undefined) return byUid;
    const index = this.#indexOf(rows);
    const found = index.byEmail.get(normalizeEmail(person.email)) ?? [];
    if (found.length > 1) {
      const uids = found.map(({ userUid }) => userUid);
      throw IdentityUnknownError.shared(person.email, this.#where, uids);
    }
    if (found.length === 0 && person.userUid === undefined && index.hidden > 0) {
      throw IdentityUnknownError.hidden(person.email, this.#where, index.hidden);
    }
    return found[0];
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
    const byEmail = new Map<string, Row[]>();
    let hidden = 0;
    for (const row of rows.values()) {
      if (!row.email) {
        hidden += 1;
        continue;
      }
      const address = normalizeEmail(row.email);
      const same = byEmail.get(address);
      if (same) same.push(row);
      else byEmail.set(address, [row]);
    }
    return (this.#index = { of: rows, size: rows.size, byEmail, hidden });
  }
}
