import { printable } from "../../core/text.js";

export type Severity = "info" | "warning";
/** Debug lines are only shown with `--debug`. */
export type Level = Severity | "debug";
/** Receives the lines: the engine's log, a terminal, or the list of a test. Never rejects. */
export type Sink = (level: Level, line: string) => Promise<void>;

const longest = 600;
/** Number of messages of one kind that are shown one by one. */
const shownOfKind = 5;
const summaryAfterMs = 250;

/**
 * The log of a run for its user. Each line is written once. Names in a line must be converted by `quoted` or
 * `printable`.
 */
export class Log {
  readonly #sink: Sink;
  readonly #written = new Set<string>();
  readonly #underWay = new Set<Promise<void>>();
  readonly #counts = new Map<string, number>();
  readonly #summaries = new Set<string>();

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  info(text: string): void {
    this.#once("info", text);
  }

  /** Writes a line also if it was written before. */
  every(text: string): void {
    this.#write("info", printable(text, longest));
  }

  warn(text: string): void {
    this.#once("warning", text);
  }

  /**
   * Writes a message of which a run may have thousands: after the first few of a kind, one line shows the number of the
   * others, which are only shown with `--debug`.
   * @param rest returns that line: "12 more people …"
   */
  oneOfMany(severity: Severity, kind: string, text: string, rest: (count: number) => string): void {
    const line = printable(text, longest);
    if (this.#written.has(line)) return;
    this.#written.add(line);
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    if (count <= shownOfKind) return this.#write(severity, line);
    this.#write("debug", line);
    if (this.#summaries.has(kind)) return;
    this.#summaries.add(kind);
    const before = count - 1;
    const summarize = () => {
      this.#summaries.delete(kind);
      this.#write(severity, printable(rest(this.#counts.get(kind)! - before), longest));
    };
    setTimeout(summarize, summaryAfterMs).unref();
  }

  /** Resolves when all lines are delivered: the engine may end the host process after its last response. */
  async flush(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  #once(level: Level, text: string): void {
    const line = printable(text, longest);
    if (this.#written.has(line)) return;
    this.#written.add(line);
    this.#write(level, line);
  }

  #write(level: Level, line: string): void {
    const writing = this.#sink(level, line).finally(() => this.#underWay.delete(writing));
    this.#underWay.add(writing);
  }
}
