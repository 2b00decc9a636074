import { normalizeEmail } from "../core/address.js";
import type { Person } from "../core/identity.js";
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
  /** Rows whose address the service hides, without those known to be nobody who is asked for by address. */
  hidden: Row[];
}

/** A list of people, found by uid or by address. */
export class People<Row extends PersonRow> extends Listing<Row> {
  #index: Index<Row> | undefined;
  readonly #where: string;
  readonly #hiddenPeople: ReadonlySet<string>;

  /**
   * @param where what the people are in, for messages: "organization acme"
   * @param hiddenPeople uids of people with a hidden address who are known to be nobody who is asked for by address
   */
  constructor(where: string, fetch: () => Promise<Row[]>, hiddenPeople: ReadonlySet<string> = new Set()) {
    super(fetch, (row) => row.userUid);
    this.#where = where;
    this.#hiddenPeople = hiddenPeople;
  }

  /**
   * The person's row; `undefined` only where their absence is proven: by a complete list, and where they are known by
   * address alone, by one that shows every address. A known uid decides: whoever else has the address now is another
   * person. An address that several have names nobody.
   */
  async find(person: Person): Promise<Row | undefined> {
    const rows = await this.get();
    if (person.userUid !== undefined || person.email === undefined) return rows.get(person.userUid ?? "");
    const index = this.#indexOf(rows);
    const found = index.byEmail.get(normalizeEmail(person.email)) ?? [];
    if (found.length > 1) {
      const uids = found.map(({ userUid }) => userUid);
      throw IdentityUnknownError.shared(person.email, this.#where, uids);
    }
    if (found.length === 0 && index.hidden.length > 0) {
      const hidden = index.hidden.map(({ userUid, role }) => ({ uid: userUid, role }));
      throw IdentityUnknownError.hidden(person.email, this.#where, hidden);
    }
    return found[0];
  }

  /** Uid of the one person who is shown with an address, as far as the list has been read. */
  holderOf(email: string): string | undefined {
    const rows = this.loaded;
    const found = rows && this.#indexOf(rows).byEmail.get(normalizeEmail(email));
    return found?.length === 1 ? found[0]!.userUid : undefined;
  }

  /** Whether somebody is in the list, as far as it has been read. */
  has(userUid: string): boolean {
    return this.loaded?.has(userUid) ?? false;
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
    const hidden: Row[] = [];
    for (const row of rows.values()) {
      if (!row.email) {
        if (!this.#hiddenPeople.has(row.userUid)) hidden.push(row);
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
