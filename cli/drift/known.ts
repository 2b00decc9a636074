import { normalizeEmail } from "../../provider/core/address.js";
import { personOf } from "../../provider/core/identity.js";
import type { PersonRow } from "../../provider/snapshot/index.js";
import type { Look } from "./look.js";

/** People as resources declare them: by their uid alone if it is known, otherwise by their address. */
export class Known {
  readonly #uids: ReadonlySet<string>;
  readonly #emails: ReadonlySet<string>;

  constructor(looks: readonly Look[]) {
    const uids = looks.map((look) => [look, uidOf(look)] as const);
    this.#uids = new Set(uids.flatMap(([, uid]) => uid ?? []));
    this.#emails = new Set(uids.flatMap(([look, uid]) => (uid === undefined ? emailsOf(look) : [])));
  }

  has({ userUid, email }: PersonRow): boolean {
    return this.#uids.has(userUid) || (email !== undefined && this.#emails.has(normalizeEmail(email)));
  }

  /** Whether somebody whose address is hidden may be one of those who are known by it alone. */
  mayBe({ email }: PersonRow): boolean {
    return !email && this.#emails.size > 0;
  }
}

function uidOf(look: Look): string | undefined {
  return texts(look, ["userUid", "user"])[0] ?? personOf(look.resource.who ?? "").userUid;
}

/** Every address of a declaration. */
export function emailsOf(look: Look): string[] {
  const { email } = personOf(look.resource.who ?? "");
  return [...texts(look, ["email"]).map(normalizeEmail), ...(email ? [email] : [])];
}

/** Values of outputs, as they are now before as they were recorded. */
export function texts(look: Look, names: readonly string[]): string[] {
  const sides = [...(look.is === "there" ? [look.now.outputs] : []), look.resource.outputs];
  return names
    .flatMap((name) => sides.map((outputs) => outputs[name]))
    .filter((value): value is string => typeof value === "string" && value !== "");
}
