import type { Snapshot } from "../snapshot/index.js";
import { Claims } from "./runtime/claims.js";
import { read } from "./handlers.js";
import { checkInputs, type Properties } from "./inputs.js";
import { lifecycles, type KindKey } from "./registry.js";
import type { Log } from "./runtime/log.js";
import { newRun, type Run } from "./runtime/run.js";
import type { Settings } from "./runtime/settings.js";
import { recordedState } from "./state.js";

/** A resource as state holds it, `__provider` apart. */
export interface Observed {
  inputs: Properties;
  outputs: Properties;
}

/**
 * What the engine would record of resources, for whoever is not the engine: one look at the service, and no writes.
 * The same code answers a refresh, so that both always say the same.
 */
export class Observer {
  readonly #run: Run;

  /** @param log where warnings go */
  constructor(snapshot: Snapshot, settings: Settings, log: Log) {
    this.#run = newRun({ settings, snapshot, log, claims: new Claims(settings.client.baseUrl) });
  }

  /** What a refresh makes of a recorded resource: undefined where it has gone. */
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
   * What state is to hold of something that exists, and that a program declares in this way: undefined where it does not
   * exist.
   * @param known outputs known beforehand: the `userUid` of somebody found by address needs no second way to find them
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
