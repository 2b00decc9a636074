import { setImmediate } from "node:timers/promises";
import { ProcessJournal } from "../../provider/core/journal.js";
import { ProgramJournal } from "../../provider/core/notes.js";
import type { Kind, Properties } from "./host.js";

/**
 * The program of an update, as far as the host processes see it: the notes that the classes write when they are created,
 * and whether more may follow (`provider/resources/notes.ts`). There is no such process here: this one represents it.
 */
export class ProgramSide {
  readonly #notes: ProgramJournal;
  readonly #process: ProcessJournal;

  /** @param engine its address */
  constructor(engine: string) {
    this.#notes = new ProgramJournal(engine);
    this.#process = new ProcessJournal("", engine, { file: `program-${process.pid}-run` });
    this.#process.append([`process ${process.pid} ${process.ppid}`, "ends"]);
  }

  /** @param inputs as the program gives them; another resource by its address */
  async declares(address: string, kind: Kind, inputs: Properties): Promise<void> {
    this.#notes.say(address, "declares", `${kind.charAt(0).toUpperCase()}${kind.slice(1)}`);
    const { user, email, members, adopt, team, organization } = inputs;
    const people = [user ?? email, ...Object.keys((members as object | undefined) ?? {})];
    for (const name of people) if (typeof name === "string") this.#notes.say(address, "who", name.toLowerCase());
    if (typeof adopt === "string") this.#notes.say(address, "adopt", adopt);
    const scope = (team ?? organization) as string | { address: string } | undefined;
    if (typeof scope === "string") this.#notes.say(address, "scope", scope);
    else if (scope !== undefined) this.#notes.say(address, "in", scope.address);
    await written();
  }

  async knows(address: string, what: "id" | "scope", text: string): Promise<void> {
    this.#notes.say(address, what, text);
    await written();
  }

  /** Everything is declared. */
  async end(): Promise<void> {
    await written();
    this.#process.append(["finished"]);
  }
}

/** Lines of one tick are written together at its end. */
const written = () => setImmediate();
