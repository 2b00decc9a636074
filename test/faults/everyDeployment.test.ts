import type { Settings } from "../../emulator/src/index.js";
import { allPairs, coveringRows, pairsOf } from "../support/pairwise.js";
import { cleanRuns, operations, templates, undisturbed, type Clean, type Settled } from "./cases.js";

jest.setTimeout(600_000);

/** What the contract leaves open or a deployment may choose; the provider must hold under every value. */
const domains = {
  maxPageSize: [100, 2],
  writeBody: ["full", "minimal"],
  lists: ["page", "array"],
  nextHost: [null, "127.0.0.1:9"],
  organizationDelete: ["hard", "soft", "refuse"],
  slugFollowsName: [false, true],
  lowercaseEmails: [false, true],
  hideEmails: [false, true],
  expiredInvitations: ["listed", "hidden"],
  teamCreatorJoins: [false, true],
  voidStatus: [204, 200],
  seats: [null, 1000],
  invitesPerMinute: [null, 1000],
  hiddenIs: [404, 403],
  readLagMs: [0, 60_000],
} satisfies { [Name in Exclude<keyof Settings, "rateLimit">]: readonly Settings[Name][] };

const rows = coveringRows(domains) as Partial<Settings>[];
const described = (row: Partial<Settings>) =>
  Object.entries(row)
    .filter(([name, value]) => value !== domains[name as keyof typeof domains][0])
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(", ") || "the likeliest one";

let cleans: Clean[];
beforeAll(async () => {
  cleans = await cleanRuns(await templates(operations));
});

it("every pair of settings is met", () => {
  const met = new Set(rows.flatMap((row) => pairsOf(row)));
  expect([...allPairs(domains)].filter((pair) => !met.has(pair))).toEqual([]);
  process.stderr.write(`${rows.length} deployments × ${operations.length} operations\n`);
});

it.each(rows.map((row) => [described(row), row] as const))("a deployment: %s", async (_, settings) => {
  const ended: Settled[] = await undisturbed(settings, cleans);
  console.log(
    ended
      .flatMap(({ operation, problems, error }) => [
        error ? [`${operation} ERR ${error.slice(0, 200)}`] : [],
        problems.map((problem) => `${operation} | ${problem}`),
      ])
      .flat(),
  );
});
