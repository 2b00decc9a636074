import type { Person } from "../../provider/core/identity.js";

/** Who is the same person within one organization: by uid, or by an address that belongs to one uid alone. */
export class Identity {
  readonly #uidsOf = new Map<string, Set<string>>();

  constructor(people: Iterable<Person>) {
    for (const { email, userUid } of people) {
      if (email === undefined || userUid === undefined) continue;
      this.#uidsOf.set(email, (this.#uidsOf.get(email) ?? new Set()).add(userUid));
    }
  }

  /** Addresses in normal form. */
  keyOf({ email, userUid }: Person): string {
    const uids = email === undefined ? undefined : this.#uidsOf.get(email);
    const uid = userUid ?? (uids?.size === 1 ? [...uids][0] : undefined);
    return uid ?? email ?? "";
  }
}
