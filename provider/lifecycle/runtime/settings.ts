import { ConfigError } from "../../core/errors.js";
import { resolveClientSettings, SettingReader, type ClientSettings, type Lookup } from "../../client/index.js";
import { canonicalUid } from "../../core/identity.js";

/** What a run goes by: how the service is reached, and the guards. */
export interface Settings {
  client: ClientSettings;
  /** Organizations whose disappearance counts as deletion. */
  assumeDeleted: ReadonlySet<string>;
  /**
   * Uids of people whose address the service hides, and whom the administrator knows to be none of those whom the program
   * declares by email.
   */
  hiddenPeople: ReadonlySet<string>;
  /** Distinct people that one run may remove from one organization or team. */
  maxRemovals: number;
  /** Longest piece of a long work, in seconds; each ends in recorded state. */
  sliceSeconds: number;
}

const defaultMaxRemovals = 10;
const mostSliceSeconds = 300;

export function resolveSettings(environment: Lookup, config: Lookup): Settings {
  const read = new SettingReader(environment, config);
  const sliceSeconds = read.number("AVALA_SLICE_SECONDS", "avala:sliceSeconds") ?? mostSliceSeconds;
  return {
    client: resolveClientSettings(environment, config),
    assumeDeleted: new Set(listed(environment("AVALA_ASSUME_DELETED")).map((word) => canonicalUid(word) ?? word)),
    hiddenPeople: uidsSetting(
      environment("AVALA_HIDDEN_PEOPLE") || config("avala:hiddenPeople"),
      "AVALA_HIDDEN_PEOPLE",
    ),
    maxRemovals: read.number("AVALA_MAX_REMOVALS", "avala:maxRemovals") ?? defaultMaxRemovals,
    sliceSeconds: Math.min(mostSliceSeconds, sliceSeconds),
  };
}

function listed(text = ""): string[] {
  return text
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean);
}

/** What is no uid is not shown: it may be something pasted by mistake, such as a key. */
function uidsSetting(text: string | undefined, name: string): ReadonlySet<string> {
  const uids = listed(text).map((word, i) => {
    const uid = canonicalUid(word);
    if (uid !== undefined) return uid;
    throw new ConfigError(
      `Entry ${i + 1} of ${name} is not a uid.`,
      "Give uids of users, separated by commas or spaces, or leave the setting out.",
    );
  });
  return new Set(uids);
}
