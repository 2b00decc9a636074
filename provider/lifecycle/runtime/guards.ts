import { AvalaError } from "../../core/errors.js";
import type { PersonRow } from "../../snapshot/index.js";
import { setTimeout as pause } from "node:timers/promises";
import { normalizeEmail } from "../../core/address.js";
import { printable } from "../../core/text.js";
import type { ProcessJournal } from "../../core/journal.js";
import { digestOf } from "../../core/notes.js";

/** A step that the provider does not take, whatever the key may do. */
export class GuardError extends AvalaError {
  readonly code = "AVALA_GUARD";
}

/** Removals that were asked for together, and are judged together. */
interface Wave {
  /** Lines of people, by organization or team. */
  readonly asked: Map<string, Set<string>>;
  readonly judged: Promise<void>;
  /** Organizations and teams whose limit is passed, with the number of people in all. */
  readonly refused: Map<string, { before: ReadonlySet<string>; all: number }>;
}

/** The engine asks for many deletions at once: whoever asks within this time of the last one belongs to the same wave. */
const quietMs = 40;
const longestWaveMs = 1000;

async function untilQuiet(size: () => number): Promise<void> {
  const end = Date.now() + longestWaveMs;
  let before = -1;
  while (size() !== before && Date.now() < end) {
    before = size();
    await pause(quietMs);
  }
}

/**
 * Stops a run that takes more people out of one organization or team than anybody meant. What is asked for at the same time
 * is judged as a whole, before the first request. All host processes of a run count together: each announces whom it is
 * about to remove and then looks how many there are, so that no two of them can both find room for the last one.
 */
export class RemovalBreaker {
  readonly #limit: number;
  readonly #shared: ProcessJournal | undefined;
  /** Lines of the people whom this process has removed, by organization or team. */
  readonly #removed = new Map<string, Set<string>>();
  /** Organizations and teams whose full error has been reported once. */
  readonly #said = new Set<string>();
  #wave: Wave | undefined;

  /** @param shared between the host processes of a run; absent outside of the engine */
  constructor(limit: number, shared?: ProcessJournal) {
    this.#limit = limit;
    this.#shared = shared;
  }

  /**
   * Counts people before they are removed: all of them, or none.
   * @param where what they are removed from, for people
   */
  async count(where: string, userUids: readonly string[]): Promise<void> {
    const scope = digestOf(where);
    const own = this.#removed.get(scope) ?? new Set();
    const mine = userUids.map((userUid) => `${scope} ${digestOf(userUid)}`).filter((line) => !own.has(line));
    if (mine.length === 0) return;
    const wave = (this.#wave ??= this.#begin());
    wave.asked.set(scope, new Set([...(wave.asked.get(scope) ?? []), ...mine]));
    this.#shared?.append(mine);
    await wave.judged;
    const refused = wave.refused.get(scope);
    if (refused === undefined || mine.every((line) => refused.before.has(line))) return;
    throw this.#error(where, scope, refused.all);
  }

  #begin(): Wave {
    const wave = { asked: new Map(), refused: new Map() };
    return Object.assign(wave, { judged: this.#quiet(wave).then(() => this.#judge(wave)) });
  }

  async #quiet({ asked }: Pick<Wave, "asked">): Promise<void> {
    await untilQuiet(() => [...asked.values()].reduce((sum, lines) => sum + lines.size, 0));
    this.#wave = undefined;
  }

  #judge({ asked, refused }: Pick<Wave, "asked" | "refused">): void {
    for (const [scope, lines] of asked) {
      const own = this.#removed.get(scope) ?? new Set();
      const before = new Set([...own, ...this.#byOthers(scope)]);
      const all = new Set([...before, ...lines]);
      if (all.size > before.size && all.size > this.#limit) {
        refused.set(scope, { before, all: all.size });
        this.#shared?.append([...lines].filter((line) => !own.has(line)).map((line) => takenBack + line));
      } else this.#removed.set(scope, new Set([...own, ...lines]));
    }
  }

  /** The whole once, for the first of them; the engine shows an error for each. */
  #error(where: string, scope: string, all: number): GuardError {
    if (this.#said.has(scope))
      return new GuardError(`Not removed from ${where}: the limit of removals is reached.`, "");
    this.#said.add(scope);
    return new GuardError(
      `This run would take ${all} or more people out of ${where}, and may take out ${this.#limit}; those above the limit stay.`,
      `If that is meant, set AVALA_MAX_REMOVALS (or the configuration avala:maxRemovals) to the number of people, now ${this.#limit}, and run again.`,
    );
  }

  #byOthers(scope: string): string[] {
    return (this.#shared?.others() ?? []).flatMap((lines) => {
      const removed = new Set<string>();
      for (const line of lines) {
        if (line.startsWith(scope)) removed.add(line);
        else if (line.startsWith(takenBack + scope)) removed.delete(line.slice(takenBack.length));
      }
      return [...removed];
    });
  }
}

/** Stands before the line of somebody who is not removed after all. */
const takenBack = "-";

/**
 * The people that some declaration of this run, kept or just removed, has stood for. The engine may delete an organization
 * or team at the same time as what is inside: nobody is unmanaged before all of it has been asked for.
 */
export class ManagedPeople {
  readonly #known = new Set<string>();

  add(scope: string, aliases: readonly (string | undefined)[]): void {
    for (const alias of aliases) if (alias) this.#known.add(`${scope} ${alias}`);
  }

  addTeam(organizationUid: string, teamUid: string): void {
    this.#known.add(`team ${organizationUid} ${teamUid}`);
  }

  /** Those of an organization's teams that no declaration has stood for. */
  unknownTeams<Row extends { uid: string }>(organizationUid: string, rows: Iterable<Row>): Promise<Row[]> {
    return this.#unknown([...rows], ({ uid }) => this.#known.has(`team ${organizationUid} ${uid}`));
  }

  /** Those of the people in an organization or team that no declaration has stood for. */
  unmanagedAmong<Row extends PersonRow>(scope: string, rows: Iterable<Row>): Promise<Row[]> {
    return this.#unknown([...rows], ({ userUid, email }) => {
      const aliases = [userUid, email === undefined ? undefined : normalizeEmail(email)];
      return aliases.some((alias) => alias !== undefined && this.#known.has(`${scope} ${alias}`));
    });
  }

  async #unknown<Row>(rows: Row[], isKnown: (row: Row) => boolean): Promise<Row[]> {
    if (!rows.every(isKnown)) await untilQuiet(() => this.#known.size);
    return rows.filter((row) => !isKnown(row));
  }
}

/** "2 unmanaged people (ada@example.com, bob@example.com)". */
export function unmanagedNamed(people: readonly PersonRow[]): string {
  const count = people.length === 1 ? "1 unmanaged person" : `${people.length} unmanaged people`;
  return `${count} (${listed(people.map(({ email, userUid }) => email ?? userUid))})`;
}

/** "1 unmanaged team (Core)". */
export function teamsNamed(teams: readonly { uid: string; name?: string | undefined }[]): string {
  const count = teams.length === 1 ? "1 unmanaged team" : `${teams.length} unmanaged teams`;
  return `${count} (${listed(teams.map(({ name, uid }) => name ?? uid))})`;
}

/** "ada@example.com, bob@example.com and 3 more", fit for a message. */
function listed(names: readonly string[], show = 5): string {
  const shown = names.slice(0, show).map((name) => printable(name, 60));
  const rest = names.length - shown.length;
  return rest > 0 ? `${shown.join(", ")} and ${rest} more` : shown.join(", ");
}
