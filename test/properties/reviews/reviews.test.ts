import { join } from "node:path";
import { previewCommand, previewOf } from "../../../cli/pulumi/preview.js";
import type { Rehearsal } from "../../../cli/rehearse/outcome.js";
import { reviewOf, type Review } from "../../../cli/review/report.js";
import { startEmulator, type TestEmulator } from "../../support/emulator.js";
import { nameOf, Project, type Declared, type Outcome } from "../../support/pulumi.js";
import { caseOf, owner, tenantKey, type Act, type Case } from "./cases.js";
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
 * so before. REVIEW_CASES=300 tries more, and
 * REVIEW_FIRST=n begins at another number. A
 * program for which a report is wrong is made smaller.
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

/** The changed program of some; of the others what the state has, so that what is refused does not stop a run again. */
function declare(all: readonly Case[], changed: readonly Case[]): void {
  const recorded = new Set(project.resources().map(({ urn }) => nameOf(urn)));
  const kept = ({ before }: Case) => before.filter(({ name }) => recorded.size === 0 || recorded.has(name));
  const declared = all.flatMap((one) => (changed.includes(one) ? one.after : kept(one)));
  project.declare(ordered(declared).map(withDeployment));
}

/** Previews the changes. A program that is refused stays as it was: that is an answer too, and nothing happens. */
async function previewed(all: readonly Case[], made: readonly Case[]): Promise<{ cases: Case[]; review: Review }> {
  let cases = [...made];
  for (;;) {
    declare(all, cases);
    const outcome = await project.preview([...previewCommand.split(" ").slice(2), ...chosen(cases)]);
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

/** Only what the state has can be replaced or left out. */
function chosen(cases: readonly Case[]): string[] {
  const replaced = new Set(cases.flatMap((one) => one.replaced));
  const excluded = new Set(cases.flatMap((one) => one.excluded));
  return project.resources().flatMap(({ urn }) => {
    if (replaced.has(nameOf(urn))) return ["--replace", urn];
    return excluded.has(nameOf(urn)) ? ["--exclude", urn] : [];
  });
}

/** CLI 3.259 never ends after a deletion that fails before a replacement, where it is to continue on errors. */
function continuing(cases: readonly Case[]): string[] {
  const deletesFirst = ({ after, replaced }: Case) =>
    replaced.length > 0 && after.some(({ options }) => options?.["deleteBeforeReplace"] === true);
  return cases.some(deletesFirst) ? [] : ["--continue-on-error"];
}

/** Carries the changes out on a copy, with the arguments of the run. */
async function rehearsed(cases: readonly Case[]): Promise<Rehearsal> {
  const before = await emulator.state();
  const args = [commandLine, "rehearse", "--stack", "test", "--json", ...continuing(cases), ...chosen(cases)];
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
  const { failure, ...report } = await rehearsed(cases);
  const run = await project.up(["--skip-preview", ...continuing(cases), ...chosen(cases)]);
  const emails = await emulator.emails();
  const refusedNames = refusedIn(run, all);
  const refused = cases.filter(({ slug }) => refusedNames.has(slug));
  if (failure.length > 0 && refused.length > 0) return { refused, emails, otherwise: [] };
  const emailText = ({ to, kind }: { to: string; kind: string }) => `${kind} to ${to}`;
  const otherwise = [
    ...differing(rehearsedChanges(report).map(textOf), realChanges(before, await emulator.state()).map(textOf)),
    ...differing(report.emails.map(emailText), emails.map(emailText)),
    ...failure.map((message) => `only rehearsed: ${message}`),
    ...run.errors.map(({ name, message }) => `not rehearsed: ${name}: ${message}`),
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
  for (const part of ["before", "after", "acts", "replaced", "excluded"] as const) {
    for (const at of one[part].keys()) yield { ...one, [part]: one[part].toSpliced(at, 1) };
  }
}

/** The smallest program found within a time for which the reports are wrong; undefined if none is wrong on its own. */
async function shrunk(cases: readonly Case[], end: number): Promise<Case | undefined> {
  for (const one of cases) {
    if (Date.now() > end) return undefined;
    // What is left may refer to what is not there any more.
    const wrong = await judged([one]).then(isWrong, () => false);
    if (wrong) return (await shrunk([...smaller(one)], end)) ?? one;
  }
  return undefined;
}

/** Of a batch that is wrong, the programs that its differences name come first. */
async function smallestOf(all: readonly Case[], { otherwise, unsaid: notSaid, emails }: Verdict): Promise<string> {
  const texts = [...otherwise, ...notSaid, ...emails].join("\n");
  const named = all.filter(({ slug }) => new RegExp(`\\b${slug}\\b`).test(texts));
  const found = await shrunk(named, Date.now() + shrinkMs);
  return found === undefined ? "Each program on its own is right." : JSON.stringify(found, undefined, 1);
}

const batches = Array.from({ length: Math.ceil(count / perRun) }, (_, batch) =>
  Array.from({ length: Math.min(perRun, count - batch * perRun) }, (_, at) => first + batch * perRun + at),
);

it.each(batches.map((numbers) => [`${numbers[0]} to ${numbers.at(-1)}`, numbers] as const))(
  "programs %s: nothing happens that the review has not said, and the rehearsal does the same as the run",
  async (_, numbers) => {
    const all = numbers.map(caseOf);
    const verdict = await judged(all);
    if (process.env["REVIEW_CASES"] !== undefined) process.stderr.write(`${JSON.stringify(verdict, undefined, 1)}\n`);
    const { otherwise, unsaid: notSaid, emails } = verdict;
    const smallest = isWrong(verdict) ? await smallestOf(all, verdict) : undefined;
    expect({ otherwise, unsaid: notSaid, emails, smallest }).toEqual({ otherwise: [], unsaid: [], emails: [] });
    expect(verdict.changes).toBeGreaterThan(numbers.length / 2);
  },
);
