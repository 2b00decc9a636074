import type { Fault } from "../../../emulator/src/index.js";
import { again, Bench, difference, surplus } from "./bench.js";
import { Case, nextToken, outputsOf } from "./case.js";
import { lineOf, sharedCall, type Clean } from "./clean.js";
import type { FaultKind } from "./faults.js";
import { refuseConnections, type Hit, type Refused } from "./refused.js";

/** How one case has ended: without problems, all is well. */
export interface Verdict {
  operation: string;
  call: string;
  kind: string;
  problems: string[];
  /** What the run with the fault ended with. */
  error: string | undefined;
}

/** All calls of these operations that a kind of fault can affect. */
export function hitsOf(kind: FaultKind, cleans: readonly Clean[]): Hit[] {
  return cleans.flatMap((clean) =>
    clean.calls.filter((call) => kind.affects?.(call) ?? true).map((call) => ({ clean, call })),
  );
}

/** The call that all organizations share, once for each operation. */
export function sharedHitsOf(kind: FaultKind, cleans: readonly Clean[]): Hit[] {
  return (kind.affects?.(sharedCall) ?? true) ? cleans.map((clean) => ({ clean, call: sharedCall })) : [];
}

/** Runs each operation with its fault, again without it, and compares the result with that of a clean run. */
export async function runWithFault(kind: FaultKind, hits: readonly Hit[]): Promise<Verdict[]> {
  const bench = await Bench.start(kind.settings, kind.environment);
  try {
    const cases = hits.map(({ clean }) => new Case(clean.template, nextToken()));
    await bench.hold(
      cases.flatMap(({ organizations }) => organizations),
      cases.flatMap(({ people }) => people),
    );
    const { errors: first, missed } = await (kind.refused ? refuseConnections : withEmulatorFaults)(
      bench,
      kind,
      hits,
      cases,
    );
    const second = await again(bench, cases);
    const unsettled = await bench.together((hosts) =>
      Promise.all(cases.map((one) => one.unsettled(hosts).catch((error: Error) => [error.message]))),
    );
    const held = await bench.held(cases.map(({ at }) => at.token));
    const emails = await bench.emails();
    return cases.map((one, i) => {
      const { clean, call } = hits[i]!;
      const { token } = one.at;
      const problems = [
        ...(missed.has(i) ? ["the fault was not met"] : []),
        ...unexplained(first[i], one),
        ...(second[i] ? [`without the fault: ${second[i].message}`] : []),
        ...unsettled[i]!.map((step) => `not settled: ${step}`),
        ...difference("the service holds", clean.held, held.get(token)),
        ...difference("state records", clean.outputs, outputsOf(one.stack, token)),
        ...surplus(emails.get(token) ?? [], clean.emails).map((email) => `one email too many: ${email}`),
      ];
      const error = first[i]?.message;
      if (problems.length > 0) problems.push(`the run with the fault ended with: ${error ?? "no error"}`);
      return { operation: one.operation.name, call: lineOf(call), kind: kind.name, problems, error };
    });
  } finally {
    await bench.close();
  }
}

/** The emulator applies the faults to the calls. */
async function withEmulatorFaults(
  bench: Bench,
  kind: FaultKind,
  hits: readonly Hit[],
  cases: readonly Case[],
): Promise<Refused> {
  const faults: Fault[] = hits.map(({ call: { method, path, nth, body } }, i) => {
    const { token } = cases[i]!.at;
    const own = (text: string) => text.replaceAll("TOKEN", token);
    const match = { method: method as "GET", path: own(path), nth, ...(body !== undefined && { body: own(body) }) };
    const action = kind.variants?.[i % kind.variants.length] ?? kind.action!;
    return { match, action, times: kind.times ?? 1 };
  });
  if (kind.forGood) await bench.emulator.faults(...hits.map((hit, i) => silenceAfter(hit, cases[i]!)));
  const isShared = hits.some(({ call }) => call === sharedCall);
  await bench.emulator.faults(...(isShared ? faults.slice(0, 1) : faults));
  const errors = await bench.together((hosts) => Promise.all(cases.map((one) => one.run(hosts))));
  const left = await bench.emulator.faultsLeft();
  await bench.emulator.clearFaults();
  // The emulator returns patterns as regular expressions print them, with escaped slashes.
  const nameOf = ({ method, path = "", body = "", nth }: NonNullable<Fault["match"]>) =>
    JSON.stringify([method, new RegExp(path).source, new RegExp(body).source, nth]);
  const unmet = new Set(left.filter(({ matched }) => matched === 0).map(({ match }) => nameOf(match)));
  const missed = faults.flatMap(({ match }, i) => (unmet.has(nameOf(match!)) ? [i] : []));
  if (kind.endsRun && missed.length < faults.length) return { errors, missed: new Set() };
  return { errors, missed: new Set(missed) };
}

/** No call of the organization is answered after this one. */
function silenceAfter({ clean, call }: Hit, { at: { token } }: Case): Fault {
  const counted = clean.calls.filter(({ path }) => path.includes("TOKEN"));
  return { match: { path: token, nth: counted.indexOf(call) + 2 }, action: { status: 403 }, times: null };
}

/** An error says what happened to which request or resource, and has a code. */
function unexplained(error: Error | undefined, { at }: Case): string[] {
  if (error === undefined) return [];
  const { message } = error;
  const problems: string[] = [];
  if (!/\[AVALA_[A-Z_]+\]/.test(message)) problems.push("without a code");
  if (!/(GET|POST|PATCH|DELETE) \//.test(message) && !message.includes(at.token)) problems.push("names no request");
  return problems.map((problem) => `an error ${problem}: ${message}`);
}
