import type { Presence, Writes } from "./evidence.js";
import { isRefusal, type Invitations } from "./invitations.js";
import { isSegment, type OwnOrganization } from "./ownOrganization.js";
import { WAITS, type Time } from "./polling.js";
import { rowsOf } from "./pages.js";
import { isUsable, objectIn, shownReply, succeeded, type Reply } from "./reply.js";

/** Tries to delete the organization before it is reported as left. */
const TRIES = 4;

/** What a probe could not take away, or may not have. */
export interface Left {
  name: string;
  slug?: string;
  uid?: string;
  /** Whether the organization is known to exist. */
  exists: boolean;
  /** Invitations that may be pending. */
  pending: number;
  why: string;
}

export interface CleanupTools {
  own: OwnOrganization;
  invitations: Invitations;
  /** The answers to the deletion are added. */
  writes: Writes;
  time: Time;
}

/** A success that is the service's own: not a page of a proxy. */
const isCarriedOut = (reply: Reply): boolean => succeeded(reply) && (reply.json !== undefined || reply.text === "");

/** Takes the probe's organization away, and answers what is left of it. */
export class Cleanup {
  #why = "";
  /** A deletion has succeeded, and reads do not show whether it was carried out. */
  #mayBeGone = false;
  /** Unknown until invitations have been cancelled. */
  #pending: number | undefined;

  /** @param lagMs milliseconds after which a read shows a write, as far as that is known by now */
  constructor(
    private readonly tools: CleanupTools,
    private readonly lagMs: () => number,
  ) {}

  async run(): Promise<Left | undefined> {
    const { own } = this.tools;
    if (!own.mayExist) return undefined;
    try {
      const gone = await this.#takeAway();
      return gone ? undefined : this.left();
    } catch (error) {
      this.#why ||= error instanceof Error ? error.message : "";
      return this.left();
    }
  }

  /** What is left if nothing more is sent. */
  left(): Left | undefined {
    const { own, invitations } = this.tools;
    if (!own.mayExist) return undefined;
    return {
      name: own.shownName,
      ...(own.slug !== undefined && { slug: own.slug }),
      ...(own.uid !== undefined && { uid: own.uid }),
      exists: !this.#mayBeGone && (own.detail !== undefined || objectIn(own.created)?.["name"] === own.name),
      pending: this.#pending ?? invitations.mayHaveSent,
      why: this.#why,
    };
  }

  /** Whether nothing is left. */
  async #takeAway(): Promise<boolean> {
    const { own, invitations, writes } = this.tools;
    const found = await this.#find();
    const isThere = found === "active" || found === "inactive";
    if (!isThere && own.useCreated()) return this.#deleteUnseen();
    if (found === "absent") return own.detail !== undefined || (own.created !== undefined && isRefusal(own.created));
    if (!isThere) return false;
    this.#pending = await invitations.withdraw(writes.invitationsAfter, () => this.#settle());
    const ending = await this.#delete(invitations.mayHaveSent > 0 ? await own.look() : found);
    if (ending !== "inactive" || this.#pending === 0) return ending === "absent" || ending === "inactive";
    this.#why = "it is inactive, and its invitations could not be cancelled";
    return false;
  }

  /** Looks for about ten seconds, unless the service has refused the creation. */
  async #find(): Promise<Presence> {
    const { own } = this.tools;
    const refused = own.created !== undefined && isRefusal(own.created);
    const presence = await this.#lookUntil(refused ? [0] : WAITS, (seen) => {
      return seen === "active" || seen === "inactive" || (seen === "absent" && own.detail !== undefined);
    });
    if (presence === "absent" && !refused) this.#why = "the creation got no valid answer, and no list shows it";
    if (presence === "unknown" || presence === "unlisted") this.#why = "reads do not show whether it exists";
    return presence;
  }

  /** No read has shown it: the service's own answer is all there is. */
  async #deleteUnseen(): Promise<boolean> {
    const reply = await this.tools.own.write("DELETE", "");
    this.#why = `reads do not show it, and DELETE was answered ${shownReply(reply)}`;
    return isCarriedOut(reply);
  }

  async #delete(found: Presence): Promise<Presence> {
    const { own, writes } = this.tools;
    let presence = found;
    for (let tries = 0; tries < TRIES && presence !== "absent" && presence !== "inactive"; tries++) {
      if (presence !== "active") {
        presence = await this.#lookUntil(WAITS, (seen) => seen !== "unknown" && seen !== "unlisted");
        continue;
      }
      const reply = await own.write("DELETE", "");
      this.#why = `DELETE was answered ${shownReply(reply)}`;
      if (writes.deleted && isRefusal(writes.deleted)) writes.deletedEmpty ??= reply;
      if (isUsable(reply)) writes.deleted ??= reply;
      if (reply.status >= 400 && reply.status < 500) await this.#deleteContent();
      presence = await this.#afterDeletion(reply);
    }
    return presence;
  }

  async #afterDeletion(reply: Reply): Promise<Presence> {
    const { own, writes } = this.tools;
    if (!succeeded(reply)) {
      await this.#settle();
      return own.look();
    }
    this.#mayBeGone = true;
    const waits = [this.lagMs(), ...WAITS.slice(1)];
    // The service has said so, and the slug leads nowhere any more: a list that is too long need not prove it.
    const proven = isCarriedOut(reply) ? ["absent", "unlisted", "inactive"] : ["absent", "inactive"];
    const seen = await this.#lookUntil(waits, (presence) => proven.includes(presence));
    const presence = seen === "unlisted" && isCarriedOut(reply) ? "absent" : seen;
    this.#mayBeGone = presence === "unknown" || presence === "unlisted";
    if (reply === (writes.deletedEmpty ?? writes.deleted)) writes.afterDeletion = presence;
    return presence;
  }

  /** Of an organization that is not deleted with content: its teams. Nobody else is in it. */
  async #deleteContent(): Promise<void> {
    const { own } = this.tools;
    const slugs = (rowsOf(await own.listBelow("teams/")) ?? []).map(({ slug }) => slug).filter(isSegment);
    for (const slug of slugs) await own.write("DELETE", `teams/${slug}/`);
  }

  async #lookUntil(waits: readonly number[], isEnough: (seen: Presence) => boolean): Promise<Presence> {
    const { own, time } = this.tools;
    let seen: Presence = "unknown";
    for (const ms of waits) {
      if (ms > 0) await time.wait(ms);
      seen = await own.look();
      if (isEnough(seen)) break;
    }
    return seen;
  }

  async #settle(): Promise<void> {
    if (this.lagMs() > 0) await this.tools.time.wait(this.lagMs());
  }
}
