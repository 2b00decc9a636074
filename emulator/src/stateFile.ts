import { rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "@hono/zod-openapi";
import { SeedError, StateFileError } from "./errors.js";
import { parseJson, reasonOf } from "./jsonFile.js";
import { replaceFile } from "./platform.js";
import { readOwnFile, requirePrivateFolder } from "./privateFile.js";
import type { State } from "./seed.js";
import { StateLock } from "./stateLock.js";

const VERSION = 1;
/** The version distinguishes a state from a seed: a seed is never overwritten. */
const fileSchema = z.strictObject({ avalaEmulatorState: z.literal(VERSION), state: z.unknown() });
const newerSchema = z.object({ avalaEmulatorState: z.int().gt(VERSION) });

/** The file that keeps the state of one emulator, closed to other users: it contains keys. */
export class StateFile {
  private running: Promise<void> = Promise.resolve();
  private waiting: Promise<void> | undefined;
  private failing = false;

  private constructor(
    private readonly path: string,
    private readonly lock: StateLock,
    /** What an earlier emulator left; `undefined` if the file did not exist. */
    readonly saved: unknown,
  ) {}

  /** Takes the file for this emulator, and reads it. Throws StateFileError; the file stays as it is. */
  static open(path: string): StateFile {
    let lock: StateLock | undefined;
    try {
      requirePrivateFolder(dirname(path));
      lock = StateLock.take(path);
      return new StateFile(path, lock, savedIn(path));
    } catch (error) {
      lock?.release();
      throw unusable(path, error);
    }
  }

  /** What an action makes of the saved state; throws StateFileError when the state contradicts itself. */
  understand<Result>(action: () => Result): Result {
    try {
      return action();
    } catch (error) {
      throw error instanceof SeedError ? unusable(this.path, error) : error;
    }
  }

  /** Resolves when the present state is in the file. Changes that arrive during a write share the next one. */
  save(state: () => State): Promise<void> {
    this.waiting ??= this.running.then(() => {
      this.waiting = undefined;
      const write = this.write(state()).catch((error: unknown) => {
        throw unusable(this.path, error);
      });
      this.running = write.catch(() => {});
      return write;
    });
    return this.waiting;
  }

  /** `save` for an emulator that runs: a failure is a line on stderr, once, and the next change tries again. */
  async keep(state: () => State): Promise<void> {
    try {
      await this.save(state);
      this.failing = false;
    } catch (error) {
      if (!this.failing) console.error(`${(error as Error).message}. Changes are lost when the emulator stops.`);
      this.failing = true;
    }
  }

  /** Waits for the last write, and leaves the file to others. */
  async close(): Promise<void> {
    await this.waiting?.catch(() => {});
    await this.running;
    this.lock.release();
  }

  private async write(state: State): Promise<void> {
    const half = `${this.path}.new`;
    // What is there already would keep its mode, and a link its target.
    await rm(half, { force: true });
    await writeFile(half, JSON.stringify({ avalaEmulatorState: VERSION, state }), { mode: 0o600, flag: "wx" });
    await replaceFile(half, this.path);
  }
}

function unusable(path: string, error: unknown): StateFileError {
  return new StateFileError(`The state file ${path} cannot be used: ${reasonOf(error)}`, { cause: error });
}

function savedIn(path: string): unknown {
  const text = readOwnFile(path);
  if (text === undefined) return undefined;
  const content = parseJson(text);
  if (newerSchema.safeParse(content).success)
    throw new StateFileError("a newer version of the emulator has written it");
  const parsed = fileSchema.safeParse(content);
  if (!parsed.success) throw new StateFileError("it is not a state that an emulator has written");
  return parsed.data.state;
}
