import { createInterface } from "node:readline";
import { styleText } from "node:util";
import { printable, replaceHidden, shortened, stripped } from "../../provider/core/text.js";
import { Interrupted, NotConfirmedError } from "../errors.js";

export type Style = Parameters<typeof styleText>[0];

/**
 * The three streams of a command: results go to stdout, questions, notes and errors to stderr, so that a pipe carries
 * results alone. Colour only where a terminal shows it.
 */
export class Terminal {
  /** No notes and no progress. */
  quiet = false;
  /** Something was printed on stdout. */
  hasResult = false;
  readonly #process: NodeJS.Process;
  /** When progress was shown last (before that, when there was none yet), and whether its line is still there. */
  #progressed = { at: Date.now(), stands: false };

  constructor(process: NodeJS.Process) {
    this.#process = process;
    // `| head` has seen enough. A note that nobody reads must not end a command on its way.
    process.stdout.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
      process.exit();
    });
    process.stderr.on("error", () => undefined);
  }

  /** Whether somebody can answer a question. */
  get canAsk(): boolean {
    return this.#process.stdin.isTTY;
  }

  /** Characters in a line; without end where results do not go to a terminal. */
  get width(): number {
    const { isTTY, columns } = this.#process.stdout;
    return isTTY && columns > 0 ? columns : Infinity;
  }

  /** Lines of a result; coloured where a terminal shows it. */
  result(text: string, style?: Style): void {
    this.endProgress();
    const shown = harmless(text);
    this.#out(`${style === undefined ? shown : this.#styled(style, shown, this.#process.stdout)}\n`);
  }

  /** A line of a result that stands out where a terminal shows it. */
  heading(text: string): void {
    this.endProgress();
    this.#out(`${this.#styled("bold", harmless(text), this.#process.stdout)}\n`);
  }

  /** A result in a format of its own, whose texts have been made harmless: as it is, to the last character. */
  raw(text: string): void {
    this.endProgress();
    this.#process.stdout.write(text);
  }

  /** The result for programs. */
  json(value: unknown): void {
    this.endProgress();
    this.#out(`${jsonText(value, 2)}\n`);
  }

  /** What is no result: to be read, not to be piped. */
  note(text: string): void {
    this.endProgress();
    if (this.quiet) return;
    this.#process.stderr.write(`${harmless(text)}\n`);
  }

  /** A line that was asked for by AVALA_LOG: a quiet command shows it too. */
  log(text: string): void {
    this.endProgress();
    this.#process.stderr.write(`${harmless(text)}\n`);
  }

  error(text: string): void {
    this.endProgress();
    this.#process.stderr.write(`${this.#styled("red", harmless(text), this.#process.stderr)}\n`);
  }

  /** What a long work is at: a line that stands until something else is shown; where no terminal is, one now and then. */
  progress(text: string): void {
    const { stderr } = this.#process;
    const every = stderr.isTTY ? 200 : 15_000;
    if (this.quiet || Date.now() - this.#progressed.at < every) return;
    this.#progressed = { at: Date.now(), stands: stderr.isTTY };
    const line = printable(text, (stderr.columns ?? 80) - 1);
    stderr.write(stderr.isTTY ? `\r\u001b[2K${line}` : `${line}\n`);
  }

  /** Takes the line of progress away. */
  endProgress(): void {
    if (!this.#progressed.stands) return;
    this.#progressed.stands = false;
    this.#process.stderr.write("\r\u001b[2K");
  }

  /** One typed line. Ends with `Interrupted` on Ctrl-C, with `NotConfirmedError` where input ends. */
  async ask(question: string): Promise<string> {
    const { stdin, stderr } = this.#process;
    this.endProgress();
    const lines = createInterface({ input: stdin, terminal: false });
    let interrupt = () => {};
    try {
      return await new Promise<string>((resolve, reject) => {
        interrupt = () => reject(new Interrupted());
        this.#process.once("SIGINT", interrupt);
        lines.once("line", resolve);
        lines.once("close", () => reject(new NotConfirmedError("Nothing was typed; nothing was changed.", "")));
        // Last: whoever reads the question may answer at once.
        stderr.write(stripped(question));
      });
    } catch (error) {
      // The cursor stands behind the question.
      stderr.write("\n");
      throw error;
    } finally {
      this.#process.removeListener("SIGINT", interrupt);
      lines.close();
    }
  }

  #out(text: string): void {
    this.hasResult = true;
    this.#process.stdout.write(text);
  }

  #styled(style: Style, text: string, stream: NodeJS.WriteStream): string {
    const shown = stream.isTTY && !this.#process.env["NO_COLOR"] && this.#process.env["TERM"] !== "dumb";
    return shown ? styleText(style, text) : text;
  }
}

/** A value as JSON. Characters that cannot be seen, or steer a terminal, are escaped: the values stay the same. */
export function jsonText(value: unknown, indent?: number): string {
  const lines = JSON.stringify(value, undefined, indent).split("\n");
  return lines.map((line) => replaceHidden(line, unitsOf)).join("\n");
}

/** As `\uXXXX`, one for each unit: what JavaScript, JSON and YAML put together again. */
function unitsOf(character: string): string {
  return Array.from({ length: character.length }, (_, at) => character.charCodeAt(at))
    .map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`)
    .join("");
}

/** Names in a text have gone through `printable`; what has not still cannot steer the terminal. */
function harmless(text: string): string {
  return text.split("\n").map(stripped).join("\n");
}

/** Rows as columns, each as wide as its widest cell and at most `widest` characters; hostile text made harmless. */
export function columns(rows: readonly (readonly string[])[], widest = 48): string[] {
  const cells = rows.map((row) =>
    row.map((cell, at) => (at === row.length - 1 ? stripped(cell) : printable(cell, widest))),
  );
  const widths = (cells[0] ?? []).map((_, at) => Math.max(...cells.map((row) => [...row[at]!].length)));
  const padded = (cell: string, at: number) => cell + " ".repeat(widths[at]! - [...cell].length);
  return cells.map((row) => row.map(padded).join("  ").trimEnd());
}

/** Text in lines of at most `width` characters, each after `indent` spaces; words are never cut. */
export function wrapped(text: string, indent = 0, width = 100): string {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < width - indent) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.map((line) => " ".repeat(indent) + line).join("\n");
}

/** "1 rule", "2 rules". */
export function plural(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

/** The day of a moment, in UTC; a text that is no moment as it is. */
export function day(moment: string): string {
  const time = Date.parse(moment);
  return Number.isNaN(time) ? shortened(stripped(moment), 30) : new Date(time).toISOString().slice(0, 10);
}
