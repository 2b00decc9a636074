import { ConfigError } from "../../core/errors.js";
import { resolveClientSettings, SettingReader, type ClientSettings, type Lookup } from "../../client/index.js";
import { canonicalUid } from "../../core/identity.js";

/** The settings of a run: of the client, and of the guards. */
export interface Settings {
  client: ClientSettings;
  /** Uids of organizations that count as deleted if they are not visible any more. */
  assumeDeleted: ReadonlySet<string>;
  /**
   * Uids of people whose address the service hides, and of whom the administrator knows that the program does not
   * declare them by email.
   */
  hiddenPeople: ReadonlySet<string>;
  /** The most people that one run may remove from one organization or team. */
  maxRemovals: number;
  /** Time limit for the changes of one step, in seconds; the results are then recorded, and the next run continues. */
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

/** The error does not show an entry that is not a uid: it may be a key that was pasted by mistake. */
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
