import { normalizeEmail } from "../core/address.js";
import type { Person } from "../core/identity.js";
import { IdentityUnknownError } from "./errors.js";
import { Listing } from "./listing.js";

/** A row of a person. */
export interface PersonRow {
  userUid: string;
  email?: string | undefined;
  username?: string | undefined;
  role?: string | undefined;
}

interface Index<Row> {
  of: ReadonlyMap<string, Row>;
  size: number;
  /**
   * Rarely more than one: addresses are compared without case and Unicode form, in which those of the service may
   * differ.
   */
  byEmail: Map<string, Row[]>;
  /** Rows whose address the service hides, without people who are known not to be declared by address. */
  hidden: Row[];
}

/** A list of people, found by uid or by address. */
export class People<Row extends PersonRow> extends Listing<Row> {
  #index: Index<Row> | undefined;
  readonly #where: string;
  readonly #hiddenPeople: ReadonlySet<string>;

  /**
   * @param where the organization or team of the people, for messages: "organization acme"
   * @param hiddenPeople uids of people with a hidden address who are known not to be declared by address
   */
  constructor(where: string, fetch: () => Promise<Row[]>, hiddenPeople: ReadonlySet<string> = new Set()) {
    super(fetch, (row) => row.userUid);
    this.#where = where;
    this.#hiddenPeople = hiddenPeople;
  }

  /**
   * The person's row; `undefined` only if their absence is proven: by a complete list, and for a person who is known by
   * address only, by one that shows every address. A known uid decides: anyone else who has the address now is a
   * different person. An address that several people have identifies nobody.
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

  /** Uid of the only person with an address, if the list has been read. */
  holderOf(email: string): string | undefined {
    const rows = this.loaded;
    const found = rows && this.#indexOf(rows).byEmail.get(normalizeEmail(email));
    return found?.length === 1 ? found[0]!.userUid : undefined;
  }

  /** Whether a person is in the list, if it has been read. */
  has(userUid: string): boolean {
    return this.loaded?.has(userUid) ?? false;
  }

  override upsert(row: Row): void {
    this.#index = undefined;
    super.upsert(row);
  }

  override remove(userUid: string): void {
    this.#index = undefined;
    super.remove(userUid);
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
