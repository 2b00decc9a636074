import { existsSync, readFileSync, statSync } from "node:fs";
import { rename, rm, writeFile } from "node:fs/promises";

/** Keeps the state in a file. Changes that arrive during a write share the next one. */
export class Persistence {
  private running: Promise<void> = Promise.resolve();
  private waiting: Promise<void> | undefined;

  constructor(
    private readonly file: string,
    private readonly serialize: () => string,
  ) {}

  /** Resolves when everything up to this call is in the file. */
  save(): Promise<void> {
    this.waiting ??= this.running.then(() => {
      this.waiting = undefined;
      const write = this.write();
      this.running = write.catch(() => {});
      return write;
    });
    return this.waiting;
  }

  private async write(): Promise<void> {
    const half = `${this.file}.new`;
    // It holds keys. A file that is there already would keep its mode.
    await rm(half, { force: true });
    await writeFile(half, this.serialize(), { mode: 0o600, flag: "wx" });
    await rename(half, this.file);
  }
}

/** The saved state, or `undefined` when there is none yet. */
export const readSaved = (file: string): unknown => (existsSync(file) ? readJson(file) : undefined);

/** Bytes; a hundred thousand people take less. */
const LARGEST_FILE = 256 * 1024 * 1024;

/** A file's JSON; an error names the file. */
export function readJson(file: string): unknown {
  try {
    const { size } = statSync(file);
    if (size > LARGEST_FILE) throw new Error(`it is larger than ${LARGEST_FILE / 1024 / 1024} MiB`);
    return JSON.parse(readFileSync(file, "utf8")) as unknown;
  } catch (error) {
    throw new Error(`${file} cannot be read as JSON: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}
