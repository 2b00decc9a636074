import type { Evidence } from "./evidence.js";
import type { ProfileSettings } from "./profile.js";

/** Sections of the contract, in its order. */
export const sections = ["Transport", "Lists", "Identity", "Writes", "People and invitations", "Scopes"] as const;

/**
 * Result of looking at one statement. `details` say what was seen in words: names of fields, statuses, counts and types,
 * never a value that the service holds.
 */
export type Finding =
  | { verdict: "holds" | "differs"; details: string; settings?: ProfileSettings }
  /** This key, or what its organizations contain, cannot show it. */
  | { verdict: "notVisible"; details: string }
  /** Needs an option that was not given, or comes after a step that failed. */
  | { verdict: "notTried"; details: string };

export type Verdict = Finding["verdict"];

/** What has to be sent to look at a statement. */
export type Needs =
  /** Reads only. */
  | "reads"
  /** An organization of the probe's own: `--write`. */
  | "writes"
  /** An email to an address that the user of the probe names: `--write --invite`. */
  | "emails";

/** A fact about the service that the provider relies on, and how to look at it. */
export interface Statement {
  /** Stable; code, tests, documents and profiles use it: `pages-follow-next`. */
  name: string;
  section: (typeof sections)[number];
  /** What Avala does, in one to three sentences, with code in backticks. */
  claim: string;
  /** `published`: in Avala's documentation, or in the code and tests of its SDKs. `assumed`: nothing settles it. */
  basis: "published" | "assumed";
  /** Where it is published (`SDK 0.10.0`, `API reference`), or the reason for the assumption. */
  source: string;
  /** What the provider does, in one to three sentences. */
  provider: string;
  /** For an administrator whose deployment differs: what it means for them. */
  ifDifferent: string;
  /** Whether the provider works correctly where the deployment differs. */
  copes: "yes" | "refuses" | "no";
  /** The test that shows it, relative to the repository. */
  test: string;
  probe: { needs: Needs; judge: (evidence: Evidence) => Finding } | { never: string };
}

export const holds = (details: string, settings?: ProfileSettings): Finding => ({
  verdict: "holds",
  details,
  ...(settings && { settings }),
});
export const differs = (details: string, settings?: ProfileSettings): Finding => ({
  verdict: "differs",
  details,
  ...(settings && { settings }),
});
export const notVisible = (details: string): Finding => ({ verdict: "notVisible", details });
export const notTried = (details: string): Finding => ({ verdict: "notTried", details });
