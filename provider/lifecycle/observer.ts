import type { Snapshot } from "../snapshot/index.js";
import { Claims } from "./runtime/claims.js";
import { read } from "./handlers.js";
import { checkInputs, type Properties } from "./inputs.js";
import { lifecycles, type KindKey } from "./registry.js";
import type { Log } from "./runtime/log.js";
import { newRun, type Run } from "./runtime/run.js";
import type { Settings } from "./runtime/settings.js";
import { recordedState } from "./state.js";

/** A resource as the state contains it, without `__provider`. */
export interface Observed {
  inputs: Properties;
  outputs: Properties;
}

/**
 * The state that the engine would record for resources, for callers other than the engine. It only reads, and uses the
 * code of a refresh, so that both always have the same result.
 */
export class Observer {
  readonly #run: Run;

  /** @param log where warnings go */
  constructor(snapshot: Snapshot, settings: Settings, log: Log) {
    this.#run = newRun({ settings, snapshot, log, claims: new Claims(settings.client.baseUrl) });
  }

  /** A recorded resource after a refresh; undefined if it does not exist any more. */
  async refreshed(kind: KindKey, id: string, outputs: Properties): Promise<Observed | undefined> {
    const { inputs, props }: { inputs?: Properties; props?: Properties } = await read(
      lifecycles[kind],
      this.#run,
      id,
      outputs,
    );
    return props && { inputs: inputs ?? {}, outputs: props };
  }

  /**
   * The state of an existing object that a program declares with these inputs; undefined if the object does not exist.
   * @param known outputs that are known before: with the `userUid` of a person, they need not be found by address
   */
  async imported(
    kind: KindKey,
    id: string,
    declared: Properties,
    known: Properties = {},
  ): Promise<Observed | undefined> {
    const { schema } = lifecycles[kind];
    const { inputs, failures } = checkInputs(schema, {}, declared);
    if (failures.length > 0) throw new Error(`bug: ${kind} ${id} as read cannot be declared: ${failures[0]!.reason}`);
    return this.refreshed(kind, id, recordedState(schema, inputs, known));
  }
}
