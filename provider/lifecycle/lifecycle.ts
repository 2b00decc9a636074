import type { ResourceSchema } from "../schema/index.js";
import type { Claim } from "./runtime/claims.js";
import type { Subject } from "./runtime/handOver.js";
import type { Properties } from "./inputs.js";
import type { Run } from "./runtime/run.js";

/** The subject of a step: the declaration of a resource, and its recorded state. */
export interface Target {
  /** Absent on create. */
  id?: string;
  /** Checked inputs; on read and remove, the inputs that the state contains. */
  inputs: Properties;
  /** Recorded outputs; empty on create. */
  state: Properties;
  /**
   * Inputs in which the declaration differs from the state: the changes that the preview of an update shows. Undefined
   * if every difference to the service is to be sent: on create, and after an interrupted step.
   */
  changed?: ReadonlySet<string>;
  /** Set in a refresh, which records what it reads. */
  refreshing?: true;
}

/** The target of a resource that is in the state. */
export type Recorded = Target & { id: string };

/** Whether a step may send a field: the preview showed its change, or every difference is to be sent. */
export function sends({ changed }: Target, name: string): boolean {
  return changed === undefined || changed.has(name);
}

/**
 * The lifecycle of one kind of resource. `create` is observe → ensure → sync, `update` is the same with the recorded
 * state, `read` is observe, `delete` is remove. Each can be repeated after a crash at any line.
 *
 * @typeParam Observed the result of `observe`. For kinds with a natural key, it also describes an absent object.
 */
export interface Lifecycle<Observed> {
  readonly schema: ResourceSchema;
  /**
   * The id is known before the request, so that a write with an unknown outcome can be recorded, and completed later.
   */
  readonly naturalKey: boolean;

  /**
   * The objects that a declaration manages, as far as its inputs identify them; none while the inputs are unknown.
   * @param creating the resource is not in the state: only then, `adopt` has an effect
   */
  claims(inputs: Properties, creating: boolean): Claim[];
  /** The same for a resource in the state that is not replaced, with its recorded uids. */
  recordedClaims(target: Recorded): Claim[];
  /** Records, without a request, the people that the declaration of a new resource names. */
  announce?(run: Run, inputs: Properties): void;
  /** Records, without a request, what the state contains about the people of a declaration. */
  learn?(run: Run, target: Recorded): void;
  /** Records, without a request, the people or the object that a deleted resource has managed. */
  noteLeaving?(run: Run, target: Recorded): void;
  /** The observed objects, to find other declarations that manage them too; several for a roster. */
  subjects(seen: Observed, target: Target): Subject[];
  /** Refuses inputs that contradict the object that the resource manages, before anything is planned. */
  refuseInputs?(run: Run, target: Recorded): Promise<void>;
  /** Names of the identity inputs that identify a different object than the recorded one. */
  replaced(run: Run, target: Recorded): Promise<string[]>;
  /** Whether a pending resource can take its next step now. Logs what the preview does not show about this step. */
  hasPendingStep?(run: Run, target: Recorded): Promise<boolean>;

  /** Reads the object, and never writes. `undefined`: the absence of the object is proven. */
  observe(run: Run, target: Target): Promise<Observed | undefined>;
  /** Creates the object, if it does not exist. */
  ensure(run: Run, target: Target, seen: Observed | undefined): Promise<Observed>;
  /** Sends the fields that differ from the declaration, limited to `target.changed`, and nothing else. */
  sync(run: Run, target: Target, seen: Observed): Promise<Observed>;
  /** Removes the object, if the declaration asks for it. An object that is already gone counts as removed. */
  remove(run: Run, target: Recorded): Promise<void>;

  id(seen: Observed): string;
  /** The inputs as the service shows them, for drift; `undefined` for an input that it does not show. */
  toInputs(seen: Observed): Properties;
  /** Computed outputs, and hidden ones (`__…`). */
  outputs(seen: Observed, target: Target): Properties;
}

/** A step was interrupted: its results so far are recorded, so that the next run continues from there. */
export class UnfinishedError extends Error {
  readonly seen: unknown;

  constructor(seen: unknown, cause: Error) {
    super(cause.message, { cause });
    this.seen = seen;
  }
}
