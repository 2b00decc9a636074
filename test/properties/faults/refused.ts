import type { Bench } from "./bench.js";
import { tokenIn, type Case } from "./case.js";
import { lineOf, sharedCall, type Clean } from "./clean.js";
import { Door } from "./door.js";
import type { CleanCall, FaultKind } from "./faults.js";

export interface Hit {
  clean: Clean;
  call: CleanCall;
}

export interface Suffered {
  errors: (Error | undefined)[];
  /** Numbers of cases that came to no grief. */
  missed: Set<number>;
}

/** Fewer than a client has under way at once: each may have one call at the door. */
const AT_THE_DOOR = 15;

/** Nobody listens any more when the call is made: those of the same number share a door, which is shut for all of them. */
export async function shutOut(
  bench: Bench,
  _: FaultKind,
  hits: readonly Hit[],
  cases: readonly Case[],
): Promise<Suffered> {
  const byNumber = new Map<number, number[]>();
  hits.forEach(({ clean, call }, i) => {
    const number = call === sharedCall ? -1 : clean.calls.indexOf(call);
    byNumber.set(number, [...(byNumber.get(number) ?? []), i]);
  });
  const groups = [...byNumber].flatMap(([number, all]) =>
    Array.from({ length: Math.ceil(all.length / AT_THE_DOOR) }, (_, part) => ({
      number,
      members: all.slice(part * AT_THE_DOOR, (part + 1) * AT_THE_DOOR),
    })),
  );
  const errors: (Error | undefined)[] = cases.map(() => undefined);
  const logged = new Set<string>();
  await Promise.all(
    groups.map(async ({ number, members }) => {
      const ended = await atTheDoor(
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

/** Of what nobody is told: the new end of an invitation that was just sent again cannot be read. */
const silent = /invitations\/\?limit=100&page=1 \(2\)$/;

/** A roster sends its changes side by side: when the first has been answered the others are through the door. */
function isBesideAnother({ template: { operation }, calls }: Clean, call: CleanCall): boolean {
  const isWrite = ({ method }: CleanCall) => method !== "GET";
  return operation.name.startsWith("TeamRoster") && isWrite(call) && call !== calls.find(isWrite);
}

/** Shuts the door when each of the cases has had so many calls answered, or has ended. */
async function atTheDoor(
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
    door.shut();
    release();
  };
  const door = await Door.open(bench.emulator.url, async ({ path, body, answer }) => {
    const token = tokenIn(path) || tokenIn(body);
    const isShared = !answered.has(token);
    if (isShared && number === 0 && answer.includes('"next":null')) for (const other of waiting) ready(other);
    if (isShared) return;
    const count = answered.get(token)! + 1;
    answered.set(token, count);
    if (count < number) return;
    ready(token);
    await shut;
  });
  if (number < 0) door.shut();
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
    { AVALA_BASE_URL: door.url },
  );
}
