import { lagNote, openSnapshot, type Snapshot } from "../../snapshot/index.js";
import type { Lookup } from "../../client/index.js";
import { ProcessJournal } from "../../core/journal.js";
import { openClaims, type Claims } from "./claims.js";
import { KnownPeople, RemovalBreaker } from "./guards.js";
import { engineAddress } from "./host.js";
import { Labels } from "./labels.js";
import { tell } from "./log.js";
import { resolveSettings, type Settings } from "./settings.js";
import { Renames } from "./renames.js";
import { stopIfEngineGone, watchEngine } from "./watchdog.js";

/** One run of the engine, as one host process sees it. All kinds of resources share it. */
export interface Run {
  readonly settings: Settings;
  readonly snapshot: Snapshot;
  /** What declarations of this run stand for. */
  readonly claims: Claims;
  readonly known: KnownPeople;
  readonly labels: Labels;
  readonly renames: Renames;
  /** Addresses of the resources that this run's program declares with `forceDestroy`. */
  readonly forced: Set<string>;
  readonly breaker: RemovalBreaker;
}

let config: Lookup = () => undefined;
let current: Run | undefined;

/** Takes the configuration that the engine hands over. Never throws, never waits: the host does not wait either. */
export function configure(lookup: Lookup): void {
  config = lookup;
}

/** The run, opened at first use. Settings that cannot work throw a ConfigError, each time anew. */
export function currentRun(): Run {
  return (current ??= openRun());
}

function openRun(): Run {
  const settings = resolveSettings((name) => process.env[name], config);
  const engine = engineAddress();
  watchEngine();
  return {
    settings,
    snapshot: openSnapshot(
      {
        ...settings.client,
        beforeRequest: stopIfEngineGone,
        onWait: ({ waiting, seconds }) =>
          tell("info", `Avala allows only so many requests a minute: ${waiting} are waiting, for about ${seconds} s.`),
      },
      {
        hiddenPeople: settings.hiddenPeople,
        onLag: (seconds) => tell("info", lagNote(seconds)),
      },
    ),
    claims: openClaims(settings.client.baseUrl),
    known: new KnownPeople(),
    labels: new Labels(),
    renames: new Renames(),
    forced: new Set(),
    breaker: new RemovalBreaker(settings.maxRemovals, engine && new ProcessJournal("removals-", engine.text)),
  };
}
