import { readFileSync } from "node:fs";
import type { Profile, Settings } from "../../../emulator/src/index.js";
import { defaultSettings } from "../../../emulator/src/settings.js";
import { coveringRows } from "../../support/pairwise.js";

/** Settings that the contract leaves open or a deployment may choose; the provider has to work with every value. */
export const domains = {
  maxPageSize: [100, 2],
  writeBody: ["full", "minimal"],
  lists: ["page", "array"],
  nextHost: [null, "127.0.0.1:9"],
  organizationDelete: ["hard", "soft", "refuse"],
  slugFollowsName: [false, true],
  lowercaseEmails: [false, true],
  hideEmails: [false, true],
  hideEmailsOf: [[]],
  expiredInvitations: ["listed", "hidden"],
  teamCreatorJoins: [false, true],
  voidStatus: [204, 200],
  seats: [null, 1000],
  invitesPerMinute: [null, 1000],
  hiddenIs: [404, 403],
  readLagMs: [0, 60_000],
  currentUser: ["full", "withoutUid", 403, 404, "html"],
} satisfies { [Name in Exclude<keyof Settings, "rateLimit">]: readonly Settings[Name][] };

/** The settings of a profile, all of them; the operations do not wait for a rate limit. */
export function measured(file: string): Partial<Settings> {
  const { settings } = JSON.parse(readFileSync(file, "utf8")) as Profile;
  return { ...defaultSettings, ...settings, rateLimit: null };
}

/** If addresses are hidden, many steps are refused: the other pairs have to be covered without that. */
const { hideEmails: _, ...visible } = domains;
export const matrix: Partial<Settings>[] = [
  ...coveringRows(visible).map((row) => ({ ...row, hideEmails: false })),
  ...eachValue(visible).map((row) => ({ ...row, hideEmails: true })),
];

/** Rows that contain each value. */
function eachValue(values: Readonly<Record<string, readonly unknown[]>>): Record<string, unknown>[] {
  const most = Math.max(...Object.values(values).map(({ length }) => length));
  return Array.from({ length: most }, (_, i) =>
    Object.fromEntries(Object.entries(values).map(([name, list]) => [name, list[i % list.length]])),
  );
}

export const described = (row: Partial<Settings>) =>
  Object.entries(row)
    .filter(([name, value]) => name in domains && String(value) !== String(domains[name as keyof typeof domains][0]))
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(", ") || "the likeliest one";
