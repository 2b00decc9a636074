import { AvalaError } from "../snapshot/index.js";
import { printable } from "../schema/index.js";

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
   * Counts a person before they are removed.
   * @param place what they are removed from, for people
   */
  count(place: string, userUid: string): void {
    const people = this.#removed.get(place) ?? new Set();
    this.#removed.set(place, people);
    if (people.has(userUid)) return;
    if (people.size >= this.#limit) {
      throw new GuardError(
        `This run has removed ${people.size} people from ${place} and would remove more.`,
        `If that is meant, set AVALA_MAX_REMOVALS (or the configuration avala:maxRemovals) to the number of people, now ${this.#limit}, and run again.`,
      );
    }
    people.add(userUid);
  }
}

/** The people that some declaration of this run, kept or just removed, has stood for. */
export class KnownPeople {
  readonly #known = new Set<string>();

  note(place: string, aliases: readonly (string | undefined)[]): void {
    for (const alias of aliases) if (alias) this.#known.add(`${place} ${alias}`);
  }

  has(place: string, aliases: readonly (string | undefined)[]): boolean {
    return aliases.some((alias) => alias !== undefined && this.#known.has(`${place} ${alias}`));
  }
}

/** "ada@example.com, bob@example.com and 3 more", fit for a message. */
export function listed(names: readonly string[], show = 5): string {
  const shown = names.slice(0, show).map((name) => printable(name, 60));
  const rest = names.length - shown.length;
  return rest > 0 ? `${shown.join(", ")} and ${rest} more` : shown.join(", ");
}
