import type { Settings } from "../../../emulator/src/index.js";
import { defaultSettings } from "../../../emulator/src/settings.js";
import { allPairs, coveringRows, pairsOf } from "../../support/pairwise.js";
import { SecretSearch } from "../../support/secrets.js";
import { domains as deployments } from "../faults/deployments.js";
import { probed, otherReceivers, secretsOf, type Run } from "./world.js";

jest.setTimeout(180_000);

/** So many that nothing has to wait. */
const perSecond = 10_000;

/** What a deployment may do, by the emulator's settings; a lag is waited for, so it is short. */
const domains = {
  ...deployments,
  rateLimit: [null, { perMinute: 1000, perSecond }],
  readLagMs: [0, 1500],
} satisfies { [Name in keyof Settings]: readonly Settings[Name][] };
type Row = Settings;
const rows = coveringRows(domains) as unknown as Row[];

/** What a probe cannot see: the profile does not contain it, and its emulator has the default. */
const unseen: readonly {
  setting: keyof Settings;
  where: (row: Row) => boolean;
  reason: string;
  /** The statement that the default of the setting makes visible. */
  shownBy?: string;
}[] = [
  { setting: "seats", where: () => true, reason: "only using up the plan of an organization would show it" },
  { setting: "invitesPerMinute", where: () => true, reason: "only sending as many emails would show it" },
  { setting: "hideEmailsOf", where: () => true, reason: "it names people" },
  {
    setting: "expiredInvitations",
    where: ({ expiredInvitations }) => expiredInvitations === "hidden",
    reason: "an expired invitation that is not listed looks like none",
    shownBy: "expired-may-be-pending",
  },
  { setting: "maxPageSize", where: ({ lists }) => lists === "array", reason: "an array has no pages" },
  { setting: "nextHost", where: ({ lists }) => lists === "array", reason: "an array has no next" },
];

const described = (row: Row) =>
  Object.entries(row)
    .filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(domains[name as keyof Row][0]))
    .map(([name, value]) => `${name} ${JSON.stringify(value)}`)
    .join(", ") || "the likeliest one";

/** No header states the limit of a second. */
const documentedPerSecond = defaultSettings.rateLimit!.perSecond;

/** The settings that a probe can see of a deployment. */
function visible(row: Row): Settings {
  const hidden = unseen.filter(({ where }) => where(row)).map(({ setting }) => [setting, defaultSettings[setting]]);
  const rateLimit = row.rateLimit && { ...row.rateLimit, perSecond: documentedPerSecond };
  return { ...row, rateLimit, ...(Object.fromEntries(hidden) as Partial<Settings>) };
}

it("every pair of settings is covered", () => {
  const met = new Set(rows.flatMap((row) => pairsOf({ ...row })));
  expect([...allPairs(domains)].filter((pair) => !met.has(pair))).toEqual([]);
  process.stderr.write(`${rows.length} deployments, each probed, and again from its profile\n`);
});

describe.each(rows.map((row) => [described(row), row] as const))("a deployment: %s", (_, row) => {
  let [first, second]: Run[] = [];
  beforeAll(async () => {
    first = await probed({ settings: row });
    const { rateLimit, ...settings } = { ...defaultSettings, ...first.profile?.settings };
    second = await probed({ settings: { ...settings, rateLimit: rateLimit && { ...rateLimit, perSecond } } });
  });

  it("is found again by a probe", async () => {
    const { profile, ended } = first!;
    expect(ended).toBe(0);
    const { readLagMs, ...found } = { ...defaultSettings, ...profile!.settings };
    const { readLagMs: lag, ...wanted } = visible(row);
    expect(found).toEqual(wanted);
    // What is measured contains the time of the requests, too.
    expect(readLagMs).toBeGreaterThanOrEqual(lag);
    expect(readLagMs).toBeLessThanOrEqual(lag === 0 ? 0 : 10_000);
  });

  it("is the same again in an emulator with its profile", async () => {
    const hidden = new Set(unseen.filter(({ where }) => where(row)).map(({ shownBy }) => shownBy));
    const verdicts = ({ profile }: Run) =>
      Object.entries(profile!.statements).flatMap(([name, { verdict }]) => (hidden.has(name) ? [] : [[name, verdict]]));
    expect(verdicts(second!)).toEqual(verdicts(first!));
    const known = ({ profile }: Run) => {
      const { lists, expiredInvitations } = row;
      const { readLagMs: _, ...settings } = { ...defaultSettings, ...profile!.settings };
      return visible({ ...settings, readLagMs: 0, lists, expiredInvitations });
    };
    expect(known(second!)).toEqual(known(first!));
  });

  it("keeps its content, and its content to itself", async () => {
    for (const run of [first!, second!]) {
      expectTakenAway(run);
      expect(told(run)).toEqual([]);
    }
  });
});

/** The organization of the probe is gone, or not active any more. */
function expectTakenAway(run: Run): void {
  const { before, after } = run;
  expect(otherReceivers(run)).toEqual([]);
  const left = after.organizations.filter(
    ({ isActive, uid }) => isActive || before.organizations.some((one) => one.uid === uid),
  );
  expect({ ...after, organizations: left, emails: [] }).toEqual({ ...before, emails: [] });
}

/** What the command and the profile tell of the content of the service, in any spelling. */
function told(run: Run) {
  const { anywhere, inResults } = secretsOf(run);
  const search = (texts: string[]) => new SecretSearch(Object.fromEntries(texts.map((text) => [text, text])));
  const [everywhere, results] = [search(anywhere), search(inResults)];
  const profile = JSON.stringify(run.profile);
  return [
    ...everywhere.inText("stderr", run.stderr),
    ...[everywhere, results].flatMap((one) => [...one.inText("stdout", run.stdout), ...one.inText("profile", profile)]),
  ];
}
