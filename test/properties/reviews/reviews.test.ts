import { join } from "node:path";
import { previewCommand, previewOf } from "../../../cli/pulumi/preview.js";
import type { Rehearsal } from "../../../cli/rehearse/outcome.js";
import { reviewOf, type Review } from "../../../cli/review/report.js";
import { startEmulator, type TestEmulator } from "../../support/emulator.js";
import { nameOf, Project, type Declared, type Outcome } from "../../support/pulumi.js";
import {
  caseOf,
  isDataFile,
  owner,
  tenantKey,
  withoutPerson,
  type Act,
  type Case,
  type Chosen,
  type Run,
} from "./cases.js";
import {
  differing,
  overstated,
  realChanges,
  rehearsedChanges,
  textOf,
  type Real,
  unsaid,
  unsaidEmails,
} from "./compare.js";

/*
 * Random programs and changes on the real engine: what `up` did, its review has said, and its rehearsal has done exactly
 * so before. REVIEW_CASES=300 tries more, and REVIEW_FIRST=n begins at another number. A program for which a report is
 * wrong is made smaller.
 */
const count = Number(process.env["REVIEW_CASES"] ?? 25);
const first = Number(process.env["REVIEW_FIRST"] ?? 1);
const perRun = 25;
const commandLine = join(__dirname, "../../../dist/cli.js");
/** How long a program for which the reports are wrong is made smaller. */
const shrinkMs = 300_000;
jest.setTimeout(120_000 + count * 20_000 + 2 * shrinkMs);

let emulator: TestEmulator;
let project: Project;

const orderOf = ({ kind }: Declared) => ["Component", "Provider", "Organization", "Team"].indexOf(kind);
/** Above what depends on it. */
const ordered = (declared: readonly Declared[]) => declared.toSorted((one, other) => rank(one) - rank(other));
const rank = (one: Declared) => (orderOf(one) === -1 ? 4 : orderOf(one));

function caseOfName(name: string, cases: readonly Case[]): Case | undefined {
  return cases.find(({ slug }) => name.startsWith(`${slug} `));
}

/** The engine names what fails in its errors, and in those of the program. */
function refusedIn({ errors, screen }: Outcome, cases: readonly Case[]): Set<string> {
  const registered = [...screen.matchAll(/resource (\S+ .*?) \[[^\]]*\] failed to register/g)].map(([, name]) => name!);
  const twice = [...screen.matchAll(/"(c\d+ [^"]*)" declare the same/g)].map(([, name]) => name!);
  const names = [...errors.map(({ name }) => name), ...registered, ...twice];
  return new Set(names.flatMap((name) => caseOfName(name, cases)?.slug ?? []));
}

function withDeployment(one: Declared): Declared {
  if (one.kind !== "Provider") return one;
  const baseUrl = emulator.environment()["AVALA_BASE_URL"];
  return { ...one, args: { ...one.args, baseUrl, allowInsecureBaseUrl: true } };
}

/** JSON is YAML too. */
function withFile(one: Declared): Declared {
  const file = one.args?.["file"];
  if (!isDataFile(file)) return one;
  project.write({ [file.name]: JSON.stringify(file.content) });
  return { ...one, args: { ...one.args, file: file.name } };
}

/** The changed program of some; of the others what the state has, so that what is refused does not stop a run again. */
function declare(all: readonly Case[], changed: readonly Case[]): void {
  const recorded = new Set(project.resources().map(({ urn }) => nameOf(urn)));
  const kept = ({ before }: Case) => before.filter(({ name }) => recorded.size === 0 || recorded.has(name));
  const declared = all.flatMap((one) => (changed.includes(one) ? one.after : kept(one)));
  project.declare(ordered(declared).map(withDeployment).map(withFile));
}

/** Previews the changes. A program that is refused stays as it was: that is an answer too, and nothing happens. */
async function previewed(all: readonly Case[], made: readonly Case[]): Promise<{ cases: Case[]; review: Review }> {
  let cases = [...made];
  for (;;) {
    declare(all, cases);
    const outcome = await project.preview([...previewCommand.split(" ").slice(2), ...chosen(all[0]!.run, cases)]);
    if (outcome.code === 0) {
      return { cases, review: reviewOf(previewOf(JSON.parse(outcome.stdout)), { maxRemovals: 1000, domains: [] }) };
    }
    const refused = refusedIn(outcome, all);
    const left = cases.filter(({ slug }) => !refused.has(slug));
    if (left.length === cases.length) {
      const messages = outcome.runs.flatMap(({ diagnostics }) => diagnostics.map(({ message }) => message));
      throw new Error(messages.join("\n"));
    }
    cases = left;
  }
}

async function carryOut({ slug }: Case, act: Act): Promise<void> {
  const at = `/organizations/${slug}`;
  const uid = await emulator.uidOf(act.email);
  const organization = (await emulator.state()).organizations.find((one) => one.slug === slug)!;
  const member = organization.members.find(({ email }) => email === act.email);
  switch (act.act) {
    case "accept":
      return void (await emulator.accept(act.email).catch(() => undefined));
    case "expire":
      return void (await emulator.expire(act.email).catch(() => undefined));
    case "join":
      return void (member ?? (await emulator.join(organization.uid, act.email)));
    case "leave":
      return void (member && (await emulator.api("DELETE", `${at}/members/${uid}/`)));
    case "removeFromTeam":
    case "addToTeam": {
      const team = organization.teams.find(({ name }) => name === act.team);
      const isInside = team?.members.some(({ email }) => email === act.email) === true;
      if (!team || !member || isInside === (act.act === "addToTeam")) return;
      if (isInside) await emulator.api("DELETE", `${at}/teams/${team.slug}/members/${uid}/`);
      else await emulator.api("POST", `${at}/teams/${team.slug}/members/`, { user_uid: uid, role: "member" });
    }
  }
}

/** The arguments of a run: what it replaces, leaves out, or is limited to. Only what the state has can be replaced. */
function chosen(run: Run, cases: readonly Case[]): string[] {
  const recorded = project.resources().map(({ urn }) => urn);
  const named = (name: string) => recorded.filter((urn) => nameOf(urn) === name);
  const urnsOf = ({ name, isRecorded }: Chosen) => (isRecorded ? named(name) : [`**::${name}`]);
  const option = (name: string, urns: readonly string[]) => urns.flatMap((urn) => [`--${name}`, urn]);
  const replaced = option("replace", cases.flatMap((one) => one.replaced).flatMap(named));
  const excluded = option("exclude", cases.flatMap((one) => one.excluded).flatMap(urnsOf));
  // Without a target, everything would be one.
  const targeted = option("target", ["**::nothing", ...cases.flatMap((one) => one.targeted).flatMap(urnsOf)]);
  if (run.isTargeted) return [...replaced, ...targeted, ...(run.withDependents ? ["--target-dependents"] : [])];
  return [...replaced, ...excluded, ...(run.withDependents && excluded.length > 0 ? ["--exclude-dependents"] : [])];
}

/** CLI 3.259 never ends after a deletion that fails before a replacement, where it is to continue on errors. */
function continuing(cases: readonly Case[]): string[] {
  const deletesFirst = ({ after, replaced }: Case) =>
    replaced.length > 0 && after.some(({ options }) => options?.["deleteBeforeReplace"] === true);
  return cases.some(deletesFirst) ? [] : ["--continue-on-error"];
}

/** Carries the changes out on a copy, with the arguments of the run. */
async function rehearsed(run: Run, cases: readonly Case[]): Promise<Rehearsal> {
  const before = await emulator.state();
  const args = [commandLine, "rehearse", "--stack", "test", "--json", ...continuing(cases), ...chosen(run, cases)];
  const { code, stdout, stderr } = await project.exec(process.execPath, args);
  if (code !== 0 && code !== 2) throw new Error(`rehearse ended with ${code}:\n${stderr}`);
  const touched = (await emulator.requests()).filter(({ method }) => method !== "GET");
  expect({ touched, state: await emulator.state() }).toEqual({ touched: [], state: before });
  return JSON.parse(stdout) as Rehearsal;
}

/** A run, after its rehearsal. */
interface Ran {
  /** Programs that the run has refused. */
  refused: Case[];
  /** What the rehearsal has done otherwise. */
  otherwise: string[];
  emails: { to: string; kind: string }[];
}

/** Rehearses the changes, and carries them out. After an error the engine leaves out others, by chance: not compared. */
async function carryOutAll(all: readonly Case[], cases: readonly Case[]): Promise<Ran> {
  declare(all, cases);
  await emulator.clearLog();
  const before = await emulator.state();
  const { failure, ...report } = await rehearsed(all[0]!.run, cases);
  const run = await project.up(["--skip-preview", ...continuing(cases), ...chosen(all[0]!.run, cases)]);
  const emails = await emulator.emails();
  const refusedNames = refusedIn(run, all);
  const refused = cases.filter(({ slug }) => refusedNames.has(slug));
  // Also where a program fails that stays as it is: what an earlier run has begun.
  if (failure.length > 0 && refusedNames.size > 0) return { refused, emails, otherwise: [] };
  const emailText = ({ to, kind }: { to: string; kind: string }) => `${kind} to ${to}`;
  const otherwise = [
    ...differing(rehearsedChanges(report).map(textOf), realChanges(before, await emulator.state()).map(textOf)),
    ...differing(report.emails.map(emailText), emails.map(emailText)),
    ...failure.map((message) => `only rehearsed: ${message}`),
    ...run.errors.map(({ name, message }) => `not rehearsed: ${name}: ${message.trim()}`),
  ];
  return { refused, emails, otherwise };
}

interface Verdict {
  /** What the rehearsal has done otherwise than the run. */
  otherwise: string[];
  unsaid: string[];
  emails: string[];
  overstated: string[];
  changes: number;
  cases: number;
  refused: number;
}

async function judged(all: readonly Case[]): Promise<Verdict> {
  emulator = await startEmulator({
    seed: {
      people: [owner, ...all.flatMap(({ people }) => people)].map((email) => ({ email })),
      organizations: all.map(({ seed }) => seed),
    },
  });
  const { AVALA_API_KEY: key, ...environment } = emulator.environment();
  project = await Project.open({ ...environment, AVALA_API_KEY: key!, [tenantKey]: key!, AVALA_MAX_REMOVALS: "1000" });
  try {
    declare(all, []);
    const refused = refusedIn(await project.up(["--skip-preview", "--continue-on-error"]), all);
    const made = all.filter(({ slug }) => !refused.has(slug));
    for (const one of made) for (const act of one.acts) await carryOut(one, act);
    await project.refresh();
    const { cases, review } = await previewed(all, made);
    const before = await emulator.state();
    const changesOf = async (some: readonly Case[]) =>
      realChanges(before, await emulator.state()).filter(({ slug }) => some.some((one) => one.slug === slug));
    const [otherwise, partial, sent]: [string[], Real[], Ran["emails"]] = [[], [], []];
    let rest = cases;
    for (let isOver = false; !isOver;) {
      const ran = await carryOutAll(all, rest);
      otherwise.push(...ran.otherwise);
      sent.push(...ran.emails);
      // What is refused has done no more than the review said; it keeps others from being deleted, once.
      partial.push(...(await changesOf(ran.refused)));
      rest = rest.filter((one) => !ran.refused.includes(one));
      isOver = ran.refused.length === 0;
    }
    const changes = [...partial, ...(await changesOf(rest))];
    const emails = sent.filter(({ to }) => rest.some(({ people }) => people.includes(to)));
    return {
      otherwise,
      unsaid: unsaid(review, changes),
      emails: unsaidEmails(review, emails),
      overstated: overstated(review, changes).filter((text) => rest.some(({ slug }) => text.includes(`@${slug}.`))),
      changes: changes.length,
      cases: cases.length,
      refused: cases.length - rest.length,
    };
  } finally {
    project.close();
    await emulator.close();
  }
}

const isWrong = ({ otherwise, unsaid: notSaid, emails }: Verdict) => [...otherwise, ...notSaid, ...emails].length > 0;

/** The same program with one thing less, in every way. */
function* smaller(one: Case): Generator<Case> {
  for (const part of ["before", "after", "acts", "replaced", "excluded", "targeted"] as const) {
    for (const at of one[part].keys()) yield { ...one, [part]: one[part].toSpliced(at, 1) };
  }
  for (const part of ["before", "after"] as const) {
    for (const [at, declared] of one[part].entries()) {
      for (const less of withoutPerson(declared)) yield { ...one, [part]: one[part].with(at, less) };
    }
  }
}

/** The same programs with one less, or with one thing less in one of them. */
function* fewer(all: readonly Case[]): Generator<readonly Case[]> {
  if (all.length > 1) for (const at of all.keys()) yield all.toSpliced(at, 1);
  for (const [at, one] of all.entries()) for (const less of smaller(one)) yield all.with(at, less);
}

/** The smallest programs found within a time for which the reports are wrong; undefined if they are not wrong again. */
async function shrunk(tried: Iterable<readonly Case[]>, end: number): Promise<readonly Case[] | undefined> {
  for (const all of tried) {
    if (Date.now() > end) return undefined;
    // What is left may refer to what is not there any more.
    const wrong = await judged(all).then(isWrong, () => false);
    if (wrong) return (await shrunk(fewer(all), end)) ?? all;
  }
  return undefined;
}

/** Of a batch that is wrong, each program that its differences name comes first, on its own. */
async function smallestOf(all: readonly Case[], { otherwise, unsaid: notSaid, emails }: Verdict): Promise<string> {
  const texts = [...otherwise, ...notSaid, ...emails].join("\n");
  const named = all.filter(({ slug }) => new RegExp(`\\b${slug}\\b`).test(texts));
  const found = await shrunk([...named.map((one) => [one]), all], Date.now() + shrinkMs);
  return found === undefined ? "The same programs are right when they run again." : JSON.stringify(found, undefined, 1);
}

const numbers = Array.from({ length: count }, (_, at) => first + at);
const runOf = (number: number) => runText(caseOf(number).run);

function runText({ isTargeted, withDependents }: Run): string {
  const option = isTargeted ? "--target" : "--exclude";
  return withDependents ? `${option} and ${option}-dependents` : option;
}

/** Programs of one kind of run share its runs. */
const batches = [...new Set(numbers.map(runOf))].flatMap((run) => {
  const all = numbers.filter((number) => runOf(number) === run);
  const starts = [...all.keys()].filter((at) => at % perRun === 0);
  return starts.map(
    (at) => [`${all[at]} to ${all.at(at + perRun - 1) ?? all.at(-1)}`, run, all.slice(at, at + perRun)] as const,
  );
});

it.each(batches)(
  "programs %s, with %s: nothing happens that the review has not said, and the rehearsal does the same as the run",
  async (_, _run, some) => {
    const all = some.map(caseOf);
    const verdict = await judged(all);
    if (process.env["REVIEW_CASES"] !== undefined) process.stderr.write(`${JSON.stringify(verdict, undefined, 1)}\n`);
    const { otherwise, unsaid: notSaid, emails } = verdict;
    const smallest = isWrong(verdict) ? await smallestOf(all, verdict) : undefined;
    expect({ otherwise, unsaid: notSaid, emails, smallest }).toEqual({ otherwise: [], unsaid: [], emails: [] });
    const isWhole = all.every(({ run }) => !run.isTargeted && !run.withDependents);
    expect(verdict.changes).toBeGreaterThan(isWhole ? some.length / 2 : 0);
  },
);
