import type { ResourceSchema } from "../schema/index.js";
import type { Properties } from "./inputs.js";
import type { Run } from "./run.js";

/** What a step is about: the declaration, and what state records of it. */
export interface Target {
  /** Absent on create. */
  id?: string;
  /** Checked inputs; on read and remove, what state echoes of them. */
  inputs: Properties;
  /** Recorded outputs; empty on create. */
  state: Properties;
}

/**
 * How one kind of resource lives. `create` is observe → ensure → sync, `update` the same on what state records, `read`
 * is observe, `delete` is remove; each may be run again after a crash at any line.
 *
 * @typeParam Seen what observing finds. Kinds with a natural key always find something, if only an absence.
 */
export interface Lifecycle<Seen> {
  readonly schema: ResourceSchema;
  /** The id is known before the request, so that a doubtful write can be recorded and healed. */
  readonly naturalKey: boolean;

  /** Spellings of what a declaration stands for, as far as its inputs tell. */
  identities(inputs: Properties): string[];
  /** For kinds that stand for a person in a place: every spelling that a declaration could have used for them. */
  spellings?(seen: Seen): string[];
  /** Names of the identity inputs in which a declaration means another object than the one recorded. */
  replaced(run: Run, target: Required<Target>): Promise<string[]>;
  /** Whether something recorded as unsettled can take its next step now; says what the preview would not show of it. */
  canSettle?(run: Run, target: Required<Target>): Promise<boolean>;

  /** Looks, and never writes. `undefined`: it is not there, and that is proven. */
  observe(run: Run, target: Target): Promise<Seen | undefined>;
  /** Makes it exist. */
  ensure(run: Run, target: Target, seen: Seen | undefined): Promise<Seen>;
  /** Sends what differs from the declaration, and nothing else. */
  sync(run: Run, target: Target, seen: Seen): Promise<Seen>;
  /** Takes it away, as far as the declaration says so. Gone already is done. */
  remove(run: Run, target: Required<Target>): Promise<void>;

  id(seen: Seen): string;
  /** The inputs as the service shows them, for drift; `undefined` where it does not show them. */
  shown(seen: Seen): Properties;
  /** Computed outputs, and hidden ones (`__…`). */
  outputs(seen: Seen, target: Target): Properties;
}

/** A step broke off half-way: what has been reached is recorded, so that the next run goes on from there. */
export class UnfinishedError extends Error {
  readonly seen: unknown;

  constructor(seen: unknown, cause: Error) {
    super(cause.message, { cause });
    this.seen = seen;
  }
}
