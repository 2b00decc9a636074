import { AvalaError, type PersonRow } from "../snapshot/index.js";
import { normalizeEmail, printable } from "../schema/index.js";
import { digestOf } from "./declarations.js";
import type { SharedLines } from "./sharedLines.js";

/** A step that the provider does not take, whatever the key may do. */
export class GuardError extends AvalaError {
  readonly code = "AVALA_GUARD";
}

/**
 * Stops a run that takes more people out of one place than anybody meant. All host processes of a run count together:
 * each announces whom it is about to remove and then looks how many there are, so that no two of them can both find
 * room for the last one.
 */
export class RemovalBreaker {
  readonly #limit: number;
  readonly #shared: SharedLines | undefined;
  /** Lines of the people whom this process has removed, by place. */
  readonly #removed = new Map<string, Set<string>>();

  /** @param shared between the host processes of a run; absent outside of the engine */
  constructor(limit: number, shared?: SharedLines) {
    this.#limit = limit;
    this.#shared = shared;
  }

  /**
   * Counts people before they are removed: all of them, or none.
   * @param where what they are removed from, for people
   */
  count(where: string, userUids: readonly string[]): void {
    const place = digestOf(where);
    const own = this.#removed.get(place) ?? new Set();
    const mine = userUids.map((userUid) => `${place} ${digestOf(userUid)}`).filter((line) => !own.has(line));
    if (mine.length === 0) return;
    this.#shared?.append(mine);
    const before = new Set([...own, ...this.#byOthers(place)]);
    const fresh = mine.filter((line) => !before.has(line)).length;
    if (fresh > 0 && before.size + fresh > this.#limit) {
      this.#shared?.append(mine.map((line) => takenBack + line));
      const more = userUids.length === 1 ? "more" : `${fresh} more`;
      throw new GuardError(
        `This run has removed ${before.size} people from ${where} and would remove ${more}.`,
        `If that is meant, set AVALA_MAX_REMOVALS (or the configuration avala:maxRemovals) to the number of people, now ${this.#limit}, and run again.`,
      );
    }
    this.#removed.set(place, new Set([...own, ...mine]));
  }

  #byOthers(place: string): string[] {
    return (this.#shared?.others() ?? []).flatMap((lines) => {
      const removed = new Set<string>();
      for (const line of lines) {
        if (line.startsWith(place)) removed.add(line);
        else if (line.startsWith(takenBack + place)) removed.delete(line.slice(takenBack.length));
      }
      return [...removed];
    });
  }
}

/** Stands before the line of somebody who is not removed after all. */
const takenBack = "-";

/** The people that some declaration of this run, kept or just removed, has stood for. */
export class KnownPeople {
  readonly #known = new Set<string>();

  note(place: string, aliases: readonly (string | undefined)[]): void {
    for (const alias of aliases) if (alias) this.#known.add(`${place} ${alias}`);
  }

  /** Those of the people in a place that no declaration has stood for. */
  strangersAmong<Row extends PersonRow>(place: string, rows: Iterable<Row>): Row[] {
    return [...rows].filter(({ userUid, email }) => {
      const aliases = [userUid, email === undefined ? undefined : normalizeEmail(email)];
      return !aliases.some((alias) => alias !== undefined && this.#known.has(`${place} ${alias}`));
    });
  }
}

/** "2 people that no declaration knows (ada@example.com, bob@example.com)". */
export function strangersNamed(strangers: readonly PersonRow[]): string {
  const people = strangers.length === 1 ? "1 person" : `${strangers.length} people`;
  const names = strangers.map((member) => member.email ?? member.username ?? member.userUid);
  return `${people} that no declaration knows (${listed(names)})`;
}

/** "ada@example.com, bob@example.com and 3 more", fit for a message. */
function listed(names: readonly string[], show = 5): string {
  const shown = names.slice(0, show).map((name) => printable(name, 60));
  const rest = names.length - shown.length;
  return rest > 0 ? `${shown.join(", ")} and ${rest} more` : shown.join(", ");
}
