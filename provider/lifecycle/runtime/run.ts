import type { Snapshot } from "../../snapshot/index.js";
import type { Claims } from "./claims.js";
import type { ProcessJournal } from "../../core/journal.js";
import { ManagedPeople, RemovalBreaker } from "./guards.js";
import { Labels } from "./labels.js";
import type { Log } from "./log.js";
import { Renames } from "./renames.js";
import type { Settings } from "./settings.js";

/** One run of the engine, as one host process sees it. All kinds of resources share it. */
export interface Run {
  readonly settings: Settings;
  readonly snapshot: Snapshot;
  readonly log: Log;
  /** What declarations of this run stand for. */
  readonly claims: Claims;
  readonly managed: ManagedPeople;
  readonly labels: Labels;
  readonly renames: Renames;
  /** Addresses of the resources that this run's program declares with `forceDestroy`. */
  readonly forced: Set<string>;
  readonly breaker: RemovalBreaker;
}

/** @param removals shared with the other processes of the run, which count towards one limit */
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
