import { existsSync, readFileSync } from "node:fs";
import { rename, writeFile } from "node:fs/promises";

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
    await writeFile(half, this.serialize());
    await rename(half, this.file);
  }
}

/** The saved state, or `undefined` when there is none yet. */
export const readSaved = (file: string): unknown => (existsSync(file) ? readJson(file) : undefined);

/** A file's JSON; an error names the file. */
export function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as unknown;
  } catch (error) {
    throw new Error(`${file} cannot be read as JSON: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}
