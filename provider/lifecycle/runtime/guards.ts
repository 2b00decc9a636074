import { AvalaError } from "../../core/errors.js";
import type { PersonRow } from "../../snapshot/index.js";
import { setTimeout as pause } from "node:timers/promises";
import { normalizeEmail } from "../../core/address.js";
import { printable } from "../../core/text.js";
import type { ProcessJournal } from "../../core/journal.js";
import { digestOf } from "../../core/notes.js";

/** The provider refuses a step, even if the API key has permission for it. */
export class GuardError extends AvalaError {
  readonly code = "AVALA_GUARD";
}

/** Removals that were requested at the same time, and are checked against the limit together. */
interface Wave {
  /** Journal lines of the people to remove, by organization or team. */
  readonly asked: Map<string, Set<string>>;
  readonly judged: Promise<void>;
  /** Organizations and teams for which the limit is exceeded, with the total number of people. */
  readonly refused: Map<string, { before: ReadonlySet<string>; all: number }>;
}

/** The engine requests many deletions at once: one within this time after the last one belongs to the same wave. */
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
 * Stops a run that would remove more people from one organization or team than the limit allows. Removals that are
 * requested at the same time are checked together, before the first of them is sent. The limit applies to all host
 * processes of a run together: each writes its removals to the journal before it counts all of them, so that two
 * processes cannot both pass the check with the last allowed removal.
 */
export class RemovalBreaker {
  readonly #limit: number;
  readonly #shared: ProcessJournal | undefined;
  /** Journal lines of the people that this process has removed, by organization or team. */
  readonly #removed = new Map<string, Set<string>>();
  /** Organizations and teams for which the full error has been reported. */
  readonly #reported = new Set<string>();
  #wave: Wave | undefined;

  /** @param shared journal that the host processes of a run share; undefined outside of the engine */
  constructor(limit: number, shared?: ProcessJournal) {
    this.#limit = limit;
    this.#shared = shared;
  }

  /**
   * Counts people before they are removed. Throws if the limit would be exceeded; then none of them is counted.
   * @param where the organization or team, for messages: "team <id>"
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

  /** The first error explains everything, the others are short: the engine shows an error for each resource. */
  #error(where: string, scope: string, all: number): GuardError {
    if (this.#reported.has(scope))
      return new GuardError(`Not removed from ${where}: the limit of removals is reached.`, "");
    this.#reported.add(scope);
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

/** Prefix of the journal line of a person whose removal was refused. */
const takenBack = "-";

/**
 * The people and teams that any resource of this run manages, or managed before its deletion. The engine may delete an
 * organization or team at the same time as the resources in it: before a person counts as unmanaged, all of these
 * deletions must have been requested.
 */
export class ManagedPeople {
  readonly #known = new Set<string>();

  add(scope: string, aliases: readonly (string | undefined)[]): void {
    for (const alias of aliases) if (alias) this.#known.add(`${scope} ${alias}`);
  }

  addTeam(organizationUid: string, teamUid: string): void {
    this.#known.add(`team ${organizationUid} ${teamUid}`);
  }

  /** The teams of an organization that no resource of this run manages. */
  unknownTeams<Row extends { uid: string }>(organizationUid: string, rows: Iterable<Row>): Promise<Row[]> {
    return this.#unknown([...rows], ({ uid }) => this.#known.has(`team ${organizationUid} ${uid}`));
  }

  /** The people of an organization or team that no resource of this run manages. */
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

/** "ada@example.com, bob@example.com and 3 more", safe to print. */
function listed(names: readonly string[], show = 5): string {
  const shown = names.slice(0, show).map((name) => printable(name, 60));
  const rest = names.length - shown.length;
  return rest > 0 ? `${shown.join(", ")} and ${rest} more` : shown.join(", ");
}
