import { AvalaError, type PersonRow } from "../snapshot/index.js";
import { normalizeEmail, printable } from "../schema/index.js";

/** A step that the provider does not take, whatever the key may do. */
export class GuardError extends AvalaError {
  readonly code = "AVALA_GUARD";
}

/** Stops a run that takes more people out of one place than anybody meant. */
export class RemovalBreaker {
  readonly #limit: number;
  readonly #removed = new Map<string, Set<string>>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /**
   * Counts people before they are removed: all of them, or none.
   * @param place what they are removed from, for people
   */
  count(place: string, userUids: readonly string[]): void {
    const people = this.#removed.get(place) ?? new Set();
    const fresh = userUids.filter((userUid) => !people.has(userUid));
    if (fresh.length === 0) return;
    if (people.size + fresh.length > this.#limit) {
      const more = userUids.length === 1 ? "more" : `${fresh.length} more`;
      throw new GuardError(
        `This run has removed ${people.size} people from ${place} and would remove ${more}.`,
        `If that is meant, set AVALA_MAX_REMOVALS (or the configuration avala:maxRemovals) to the number of people, now ${this.#limit}, and run again.`,
      );
    }
    this.#removed.set(place, new Set([...people, ...fresh]));
  }
}

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
