import type { ListEvidence, Writes } from "./evidence.js";
import { isSegment, type OwnOrganization } from "./ownOrganization.js";
import { rowsOf } from "./pages.js";
import { objectIn, type Reply, type Row } from "./reply.js";

/** Rounds of cancelling before invitations are reported as left. */
const ROUNDS = 3;
const PATH = "invitations/";

/** The invitations of the probe's own organization: only to addresses that the user of the probe has named. */
export class Invitations {
  /** Requests for an invitation that have been sent and were not refused: each may have sent an email. */
  mayHaveSent = 0;
  readonly #own: OwnOrganization;
  readonly #addresses: readonly string[];
  /** Of invitations that were created. */
  readonly #uids = new Set<string>();

  constructor(own: OwnOrganization, addresses: readonly string[]) {
    this.#own = own;
    this.#addresses = addresses;
  }

  /** Invites each address once, and the first one twice. */
  async send(writes: Writes): Promise<void> {
    const [first, ...others] = this.#addresses;
    if (first === undefined) return;
    writes.invited = await this.#invite(first);
    writes.invitedAgain = await this.#invite(first);
    for (const address of others) await this.#invite(address);
  }

  async #invite(address: string): Promise<Reply> {
    // Counted before it is sent: without an answer, the email may have been sent.
    this.mayHaveSent++;
    const reply = await this.#own.write("POST", PATH, { body: { email: withCapital(address), role: "member" } });
    if (isRefusal(reply)) this.mayHaveSent--;
    this.#note(objectIn(reply));
    return reply;
  }

  #note(row: Row | undefined): void {
    if (isSegment(row?.["uid"])) this.#uids.add(row["uid"]);
  }

  /** Tries to change the first invitation, and cancels all. */
  async change(writes: Writes): Promise<void> {
    const [first, ...others] = this.#uids;
    if (first === undefined) return;
    writes.invitationChanged = await this.#own.write("PATCH", `${PATH}${first}/`, { body: { role: "admin" } });
    writes.cancelled = await this.#cancel(first);
    for (const uid of others) await this.#cancel(uid);
  }

  #cancel(uid: string): Promise<Reply> {
    return this.#own.write("POST", `${PATH}${uid}/cancel/`);
  }

  async list(): Promise<ListEvidence> {
    const list = await this.#own.listBelow(PATH);
    for (const row of rowsOf(list) ?? []) this.#note(row);
    return list;
  }

  /**
   * Cancels what is pending, until a complete list shows that nothing is.
   * @param known a list that was read after everything was sent
   * @param settle waits until reads show what has been written
   * @returns how many may still be pending
   */
  async withdraw(known: ListEvidence | undefined, settle: () => Promise<void>): Promise<number> {
    if (this.mayHaveSent === 0) return 0;
    let list = known;
    for (let round = 0; round < ROUNDS; round++) {
      if (!list) await settle();
      list ??= await this.list();
      const pending = list.complete
        ? rowsOf(list)!
            .filter(isPending)
            .map(({ uid }) => uid)
        : [...this.#uids];
      if (list.complete && pending.length === 0) return 0;
      for (const uid of pending) if (isSegment(uid)) await this.#cancel(uid);
      list = undefined;
    }
    await settle();
    const last = await this.list();
    return last.complete ? rowsOf(last)!.filter(isPending).length : this.mayHaveSent;
  }
}

/** Not cancelled and not accepted, whatever else it is called. */
export const isPending = ({ status }: Row): boolean => status !== "cancelled" && status !== "accepted";

/** The service has refused it: nothing was done. */
export const isRefusal = ({ status, json }: Reply): boolean =>
  status >= 400 && status < 500 && status !== 408 && status !== 429 && json !== undefined;

/** `ada@Example.com`: domains have no case, so the email arrives in either spelling. */
export function withCapital(address: string): string {
  const at = address.lastIndexOf("@") + 1;
  return address.slice(0, at) + address.charAt(at).toUpperCase() + address.slice(at + 1);
}
