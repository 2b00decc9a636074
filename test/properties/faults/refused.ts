import { openProxy } from "../../support/proxy.js";
import type { Bench } from "./bench.js";
import { tokenIn, type Case } from "./case.js";
import { lineOf, sharedCall, type Clean } from "./clean.js";
import type { CleanCall, FaultKind } from "./faults.js";

export interface Hit {
  clean: Clean;
  call: CleanCall;
}

export interface Refused {
  errors: (Error | undefined)[];
  /** Numbers of cases that no fault reached. */
  missed: Set<number>;
}

/** Fewer than a client sends at once: each may have one call at the proxy. */
const CASES_PER_PROXY = 15;

/** The connection is refused when the call is made: cases with the same number of the call share a proxy, which stops listening for all of them. */
export async function refuseConnections(
  bench: Bench,
  _: FaultKind,
  hits: readonly Hit[],
  cases: readonly Case[],
): Promise<Refused> {
  const byNumber = new Map<number, number[]>();
  hits.forEach(({ clean, call }, i) => {
    const number = call === sharedCall ? -1 : clean.calls.indexOf(call);
    byNumber.set(number, [...(byNumber.get(number) ?? []), i]);
  });
  const groups = [...byNumber].flatMap(([number, all]) =>
    Array.from({ length: Math.ceil(all.length / CASES_PER_PROXY) }, (_, part) => ({
      number,
      members: all.slice(part * CASES_PER_PROXY, (part + 1) * CASES_PER_PROXY),
    })),
  );
  const errors: (Error | undefined)[] = cases.map(() => undefined);
  const logged = new Set<string>();
  await Promise.all(
    groups.map(async ({ number, members }) => {
      const ended = await throughProxy(
        bench,
        number,
        members.map((i) => cases[i]!),
      );
      members.forEach((i, at) => (errors[i] = ended.errors[at]));
      for (const message of ended.logged) logged.add(message);
    }),
  );
  const isMet = (i: number): boolean => {
    const { clean, call } = hits[i]!;
    const isKnown = errors[i]?.message.includes("ECONNREFUSED") || logged.has(cases[i]!.at.token);
    return isKnown || silent.test(lineOf(call)) || isBesideAnother(clean, call);
  };
  return { errors, missed: new Set(cases.flatMap((__, i) => (isMet(i) ? [] : [i]))) };
}

/** A failure that is not reported: the new end of an invitation that was just sent again cannot be read. */
const silent = /invitations\/\?limit=100&page=1 \(2\)$/;

/** A roster sends its changes side by side: when the first has been answered, the others have passed the proxy. */
function isBesideAnother({ template: { operation }, calls }: Clean, call: CleanCall): boolean {
  const isWrite = ({ method }: CleanCall) => method !== "GET";
  return operation.name.startsWith("TeamRoster") && isWrite(call) && call !== calls.find(isWrite);
}

/** Stops listening when each of the cases has had `number` calls answered, or has ended. */
async function throughProxy(
  bench: Bench,
  number: number,
  cases: readonly Case[],
): Promise<{ errors: (Error | undefined)[]; logged: string[] }> {
  const answered = new Map(cases.map(({ at }) => [at.token, 0]));
  const waiting = new Set(answered.keys());
  let release!: () => void;
  const shut = new Promise<void>((resolve) => (release = resolve));
  const ready = (token: string) => {
    waiting.delete(token);
    if (waiting.size > 0) return;
    proxy.stopListening();
    release();
  };
  const onAnswer = async (path: string, body: string, text: string): Promise<void> => {
    const token = tokenIn(path) || tokenIn(body);
    const isShared = !answered.has(token);
    if (isShared && number === 0 && text.includes('"next":null')) for (const other of waiting) ready(other);
    if (isShared) return;
    const count = answered.get(token)! + 1;
    answered.set(token, count);
    if (count < number) return;
    ready(token);
    await shut;
  };
  const proxy = await openProxy(bench.emulator.url, async ({ path, body }, forward) => {
    const answer = await forward();
    await onAnswer(path, body, answer.text);
    // No connection is used twice, so each call needs a new one.
    return { ...answer, headers: { ...answer.headers, connection: "close" } };
  });
  if (number < 0) proxy.stopListening();
  return bench.together(
    async (hosts) => {
      const run = async (one: Case) => {
        const error = await one.run(hosts);
        ready(one.at.token);
        return error;
      };
      const errors = await Promise.all(cases.map(run));
      const refused = hosts.logged.filter(({ message }) => message.includes("ECONNREFUSED"));
      return { errors, logged: refused.map(({ message }) => tokenIn(message)) };
    },
    { AVALA_BASE_URL: proxy.url },
  );
}
