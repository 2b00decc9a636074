import type { Settings } from "../../../emulator/src/index.js";
import { allPairs, pairsOf } from "../../support/pairwise.js";
import { cleanRuns, templates, type Clean } from "./clean.js";
import { undisturbed, type Ending } from "./deployment.js";
import { described, domains, matrix, measured } from "./deployments.js";
import { operations } from "./operations.js";

jest.setTimeout(600_000);

/** `npm test -- --profile <file>`: one deployment in place of the matrix. */
const { DEPLOYMENT_PROFILE: profile } = process.env;
const rows = profile === undefined ? matrix : [measured(profile)];

let cleans: Clean[];
beforeAll(async () => {
  cleans = await cleanRuns(await templates(operations));
});

it("every pair of settings is covered", () => {
  const met = new Set(matrix.flatMap((row) => pairsOf(inOrder(row))));
  expect([...allPairs(domains)].filter((pair) => !met.has(pair))).toEqual([]);
  process.stderr.write(`${rows.length} deployments, ${operations.length} operations on each\n`);
});

/** Pairs are written in the order of the names. */
const inOrder = (row: Partial<Settings>) =>
  Object.fromEntries(Object.keys(domains).map((name) => [name, row[name as keyof typeof domains]]));

/** Operations that find people by address: if addresses are hidden, they are refused, or continue to wait. */
const needsAddresses = new Set([
  "OrganizationMember: invite",
  "OrganizationMember: take over a member, with another role",
  "OrganizationMember: acceptance is recorded",
  "OrganizationMember: accepted, and another role",
  "OrganizationMember: invited again by itself after its invitation expired",
  "OrganizationMember: resend after a refusal",
  "OrganizationMember: refresh after the acceptance",
  "OrganizationMember: another logical name",
  "OrganizationMember: one person goes, another comes",
  "Invitation: create",
  "Invitation: resend after it has expired",
  "Invitation: acceptance is recorded",
  "Invitation: refresh after a refusal",
  "TeamMembership: create",
  "TeamMembership: take over, with another role",
  "TeamMembership: wait",
  "TeamMembership: what waited becomes possible",
  "TeamMembership: another logical name",
  "TeamMembership: one person goes, another comes",
  "TeamRoster: create",
  "TeamRoster: one person for another",
  "TeamRoster: who waited is placed",
  "TeamRoster: in place of single memberships",
  "TeamRoster: back to single memberships",
  "Everything: create",
  "Everything: what waited becomes possible",
  "Everything: destroy",
]);

/** If reads lag, a run does not find the object it has just created, and reports it. */
const notShownYet = /AVALA_CREATED_NOT_SHOWN|AVALA_NOT_FOUND/;

/** The deviations of an operation from the default deployment; empty if they are allowed. */
function surprises(
  { operation, error, differences, untouched, emails }: Ending,
  settings: Partial<Settings>,
): string[] {
  const lags = settings.readLagMs !== 0;
  const makes = operation.adoptable !== undefined;
  if (settings.hideEmails && needsAddresses.has(operation.name)) {
    const refused = `${error} ${differences.join(" ")}`.includes("AVALA_IDENTITY_UNKNOWN");
    return [
      ...(refused ? [] : ["is not refused although addresses are hidden"]),
      ...(untouched || makes ? [] : ["changes something although addresses are hidden"]),
      ...emails.map((email) => `sends ${email} although addresses are hidden`),
    ];
  }
  const expected = lags && makes && notShownYet.test(error ?? "");
  // The answer to the rename does not contain the new slug, and the list does not show it yet.
  const slugUnknown = lags && settings.slugFollowsName && settings.writeBody === "minimal";
  const tolerated = slugUnknown && operation.name === "Team: rename" ? ["not settled: refresh of it"] : [];
  return [
    ...(error === undefined || expected ? [] : [error]),
    ...differences.filter((difference) => !tolerated.includes(difference)),
  ];
}

it.each(rows.map((row) => [described(row), row] as const))("a deployment: %s", async (_, settings) => {
  const ended = await undisturbed(settings, cleans);
  expect(ended).toHaveLength(operations.length);
  expect(
    ended.flatMap((one) => surprises(one, settings).map((surprise) => `${one.operation.name}: ${surprise}`)),
  ).toEqual([]);
});
