import { positiveSetting, resolveClientSettings, type ClientSettings, type Lookup } from "../snapshot/index.js";

/** What a run goes by: how the service is reached, and the guards. */
export interface Settings {
  client: ClientSettings;
  /** Organizations whose disappearance counts as deletion. */
  assumeDeleted: ReadonlySet<string>;
  /** Distinct people that one run may take out of one place. */
  maxRemovals: number;
  /** Longest piece of a long work, in seconds; each ends in recorded state. */
  sliceSeconds: number;
}

const defaultMaxRemovals = 10;
const mostSliceSeconds = 300;

export function resolveSettings(environment: Lookup, config: Lookup): Settings {
  return {
    client: resolveClientSettings(environment, config),
    assumeDeleted: new Set(
      (environment("AVALA_ASSUME_DELETED") ?? "")
        .toLowerCase()
        .split(/[\s,]+/)
        .filter(Boolean),
    ),
    maxRemovals:
      positiveSetting(environment("AVALA_MAX_REMOVALS") || config("avala:maxRemovals"), "AVALA_MAX_REMOVALS") ??
      defaultMaxRemovals,
    sliceSeconds: Math.min(
      mostSliceSeconds,
      positiveSetting(environment("AVALA_SLICE_SECONDS") || config("avala:sliceSeconds"), "AVALA_SLICE_SECONDS") ??
        mostSliceSeconds,
    ),
  };
}
