import { statements } from "../../../cli/probe/statements/index.js";
import { both, refused, stated } from "./breaking.js";
import { broken, type Broken } from "./breakers/index.js";
import { everything, memberKey, ownKey, probed, type Run, otherReceivers, secretsOf } from "./world.js";

jest.setTimeout(120_000);

const tried = statements.filter(({ probe }) => !("never" in probe));
const named = new Map(statements.map((statement) => [statement.name, statement]));

const cases = Object.entries(broken).flatMap(([name, breakers]) => breakers.map((one) => ({ name, one })));

/** Runs without a breaker, by their key. */
const whole: Record<string, Run> = {};
beforeAll(async () => {
  for (const key of [ownKey, memberKey]) whole[key] = await probed({ key, breaker: stated() });
});

const verdicts = ({ profile }: Run): Record<string, string> =>
  Object.fromEntries(Object.entries(profile?.statements ?? {}).map(([name, { verdict }]) => [name, verdict]));

it("without a breaker every statement that is tried holds", async () => {
  const { profile, ended, before, after } = whole[ownKey]!;
  expect(ended).toBe(0);
  expect(Object.entries(profile!.statements).filter(([, { verdict }]) => verdict !== "holds")).toEqual(
    statements.filter(({ probe }) => "never" in probe).map(({ name }) => [name, expect.anything()]),
  );
  expect({ ...after, emails: [] }).toEqual({ ...before, emails: [] });
});

it("a key that is refused everywhere ends the probe, with nothing changed", async () => {
  const { profile, ended, requests, before, after } = await probed({ breaker: () => refused(401) });
  expect(ended).toMatchObject({ code: "AVALA_UNAUTHORIZED" });
  expect({ profile, writes: requests.filter((request) => !request.startsWith("GET ")) }).toEqual({ writes: [] });
  expect(after).toEqual(before);
});

it("the report for people tells nothing of the content of the service either", async () => {
  const run = await probed({ args: everything, breaker: both(stated, broken["team-names-may-repeat"]![0]!.breaker)() });
  expect(run.ended).toBe(0);
  for (const { name } of statements) expect(run.stdout).toContain(name);
  expect(told(run)).toEqual([]);
});

it("every statement that is tried has a breaker, and every breaker a statement", () => {
  expect(Object.keys(broken).toSorted()).toEqual(tried.map(({ name }) => name).toSorted());
  const others = cases.flatMap(({ one }) => Object.keys(also(one)));
  expect(others.filter((name) => name !== "writes" && !named.has(name))).toEqual([]);
  process.stderr.write(`${tried.length} of ${statements.length} statements are tried, ${cases.length} breakers\n`);
});

it.each(cases.map((one) => [`${one.name}: ${one.one.what}`, one] as const))("%s", async (_, { name, one }) => {
  const { key = ownKey } = one;
  const run = await probed({ key, breaker: both(stated, one.breaker)() });
  const [expected, found] = [verdicts(whole[key]!), verdicts(run)];
  const changed = Object.keys(expected).filter((other) => other !== name && found[other] !== expected[other]);
  const unexplained = changed.filter(
    (other) => !(other in also(one)) && !("writes" in also(one) && needsWrites(other)),
  );
  const unchanged = Object.keys(also(one)).filter((other) => other !== "writes" && !changed.includes(other));
  expect({ verdict: found[name], unexplained, unchanged }).toEqual({
    verdict: "differs",
    unexplained: [],
    unchanged: [],
  });
  expectTakenAway(run, one.organization);
  const harms = statements.some(({ name: other, copes }) => copes === "no" && found[other] === "differs");
  const code = harms ? 2 : 0;
  expect([code, expect.any(Error)]).toContainEqual(run.ended);
  expect(told(run)).toEqual([]);
});

const also = ({ also: others = {} }: Broken) => others;

function needsWrites(name: string): boolean {
  const probe = named.get(name)?.probe;
  return probe !== undefined && !("never" in probe) && probe.needs !== "reads";
}

/** What the command and the profile tell of the content of the service. */
function told(run: Run): string[] {
  const { anywhere, inResults } = secretsOf(run);
  const results = `${run.stdout} ${JSON.stringify(run.profile)}`;
  const said = `${results} ${run.stderr}`;
  return [...anywhere.filter((text) => said.includes(text)), ...inResults.filter((text) => results.includes(text))];
}

/** The organization of the probe is gone, or the command says that it is left, or may be. */
function expectTakenAway(run: Run, fate: Broken["organization"]): void {
  const { before, after, ended } = run;
  expect(otherReceivers(run)).toEqual([]);
  const left = after.organizations.filter(({ uid }) => before.organizations.every((other) => other.uid !== uid));
  expect(left).toHaveLength(fate === "stays" ? 1 : 0);
  const others = after.organizations.filter((one) => !left.includes(one));
  expect({ ...after, organizations: others, emails: [] }).toEqual({ ...before, emails: [] });
  const said = ended instanceof Error ? `${ended.name} ${ended.message}` : "";
  expect(said).toMatch(fate === undefined ? /^$/ : /(is|may be) left/);
  for (const { name, slug, uid } of left)
    for (const value of [name.replace(/ renamed$/, ""), slug, uid]) expect(said).toContain(value);
}
