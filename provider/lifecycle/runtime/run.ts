import type { Snapshot } from "../../snapshot/index.js";
import type { Claims } from "./claims.js";
import type { ProcessJournal } from "../../core/journal.js";
import { ManagedPeople, RemovalBreaker } from "./guards.js";
import { Labels } from "./labels.js";
import type { Log } from "./log.js";
import { Renames } from "./renames.js";
import type { Settings } from "./settings.js";

/** The data of one run of the engine in one host process, shared by all kinds of resources. */
export interface Run {
  readonly settings: Settings;
  readonly snapshot: Snapshot;
  readonly log: Log;
  /** The objects that the declarations of this run manage. */
  readonly claims: Claims;
  readonly managed: ManagedPeople;
  readonly labels: Labels;
  readonly renames: Renames;
  /** Addresses of the resources that this run's program declares with `forceDestroy`. */
  readonly forced: Set<string>;
  readonly breaker: RemovalBreaker;
}

/** @param removals journal of removals, shared with the other processes of the run, for which one limit applies */
export function newRun(given: Pick<Run, "settings" | "snapshot" | "log" | "claims">, removals?: ProcessJournal): Run {
  return {
    ...given,
    managed: new ManagedPeople(),
    labels: new Labels(),
    renames: new Renames(),
    forced: new Set(),
    breaker: new RemovalBreaker(given.settings.maxRemovals, removals),
  };
}
