import type { ResourceSchema } from "../schema/index.js";
import type { Claim } from "./runtime/claims.js";
import type { Subject } from "./runtime/handOver.js";
import type { Properties } from "./inputs.js";
import type { Run } from "./runtime/run.js";

/** What a step is about: the declaration, and what state records of it. */
export interface Target {
  /** Absent on create. */
  id?: string;
  /** Checked inputs; on read and remove, what state echoes of them. */
  inputs: Properties;
  /** Recorded outputs; empty on create. */
  state: Properties;
  /**
   * Inputs in which the declaration differs from what state records: what the preview of an update shows. Absent where all
   * that differs is to be sent: on create, and after a step that broke off.
   */
  changed?: ReadonlySet<string>;
  /** A refresh looks, and records what it finds. */
  refreshing?: true;
}

/** A target that is in state. */
export type Recorded = Target & { id: string };

/** Whether a step may send a field: it was announced, or everything is. */
export function sends({ changed }: Target, name: string): boolean {
  return changed === undefined || changed.has(name);
}

/**
 * How one kind of resource lives. `create` is observe → ensure → sync, `update` the same on what state records, `read`
 * is observe, `delete` is remove; each may be run again after a crash at any line.
 *
 * @typeParam Seen what observing finds. Kinds with a natural key always find something, if only an absence.
 */
export interface Lifecycle<Observed> {
  readonly schema: ResourceSchema;
  /** The id is known before the request, so that a write with an unknown outcome can be recorded and healed. */
  readonly naturalKey: boolean;

  /**
   * What a declaration stands for, as far as its inputs tell. Nothing where they are not known yet.
   * @param creating it is not in state: only then does `adopt` mean anything
   */
  claims(inputs: Properties, creating: boolean): Claim[];
  /** The same of a resource in state that is not replaced: by the uids that state records. */
  recordedClaims(target: Recorded): Claim[];
  /** Notes, without a look, what the declaration of something new tells of a person. */
  announce?(run: Run, inputs: Properties): void;
  /** Notes, without a look, what state tells of the people that a declaration stands for. */
  learn?(run: Run, target: Recorded): void;
  /** Notes, without a look, whom or what a resource has stood for that is deleted. */
  noteLeaving?(run: Run, target: Recorded): void;
  /** What a look has found, for those who ask whether another declaration stands for it; several for a roster. */
  subjects(seen: Observed, target: Target): Subject[];
  /** Refuses inputs that contradict what the resource stands for, before anything is planned. */
  refuseInputs?(run: Run, target: Recorded): Promise<void>;
  /** Names of the identity inputs in which a declaration means another object than the one recorded. */
  replaced(run: Run, target: Recorded): Promise<string[]>;
  /** Whether something recorded as unsettled can take its next step now; says what the preview would not show of it. */
  hasPendingStep?(run: Run, target: Recorded): Promise<boolean>;

  /** Looks, and never writes. `undefined`: it is not there, and that is proven. */
  observe(run: Run, target: Target): Promise<Observed | undefined>;
  /** Makes it exist. */
  ensure(run: Run, target: Target, seen: Observed | undefined): Promise<Observed>;
  /** Sends what differs from the declaration, as far as the target lets it, and nothing else. */
  sync(run: Run, target: Target, seen: Observed): Promise<Observed>;
  /** Takes it away, as far as the declaration says so. Gone already is done. */
  remove(run: Run, target: Recorded): Promise<void>;

  id(seen: Observed): string;
  /** The inputs as the service shows them, for drift; `undefined` where it does not show them. */
  toInputs(seen: Observed): Properties;
  /** Computed outputs, and hidden ones (`__…`). */
  outputs(seen: Observed, target: Target): Properties;
}

/** A step broke off half-way: what has been reached is recorded, so that the next run goes on from there. */
export class UnfinishedError extends Error {
  readonly seen: unknown;

  constructor(seen: unknown, cause: Error) {
    super(cause.message, { cause });
    this.seen = seen;
  }
}
