import { isDeepStrictEqual } from "node:util";
import type { Settings } from "../../../emulator/src/index.js";
import { again, Bench, difference } from "./bench.js";
import { Case, nextToken, outputsOf, owner } from "./case.js";
import type { Clean } from "./clean.js";
import type { Operation } from "./operations.js";

/** Without the parts that a deployment may choose, in the result of `comparable`. */
function likened(
  value: unknown,
  { slugFollowsName, teamCreatorJoins, expiredInvitations }: Partial<Settings>,
): unknown {
  const text = JSON.stringify(value, (key, part: unknown) => {
    if (slugFollowsName && key === "slug") return undefined;
    if (!teamCreatorJoins) return part;
    if (key === "__initialMembers") return undefined;
    if (key === "unmanagedMembers" && part === owner.email) return "";
    const isOwner = (row: { email?: string; role?: string }) => row.email === owner.email && row.role === "lead";
    return Array.isArray(part) ? part.filter((row: object) => !isOwner(row)) : part;
  });
  // An unlisted invitation does not block a new one, and is not cancelled.
  const plain = expiredInvitations === "hidden" ? text.replaceAll('"expired"', '"cancelled"') : text;
  return JSON.parse(plain) as unknown;
}

/** How an operation has ended on a deployment. */
export interface Ending {
  operation: Operation;
  /** The error of the first run. */
  error: string | undefined;
  /** The differences from the default deployment. */
  differences: string[];
  /** Whether the service's data is unchanged. */
  untouched: boolean;
  emails: string[];
}

/** An object that a run has just created is not visible to it yet, or has to be adopted. */
const toBeWaitedFor = /adopt: "|AVALA_CREATED_NOT_SHOWN|AVALA_NOT_FOUND/;

/** Runs each operation, without a fault, on a service with other settings. */
export async function undisturbed(settings: Partial<Settings>, cleans: readonly Clean[]): Promise<Ending[]> {
  const bench = await Bench.start(settings);
  try {
    const cases = cleans.map(({ template }) => new Case(template, nextToken()));
    const tokens = cases.map(({ at }) => at.token);
    await bench.hold(
      cases.flatMap(({ organizations }) => organizations),
      cases.flatMap(({ people }) => people),
    );
    const before = await bench.held(tokens);
    const first = await bench.together((hosts) => Promise.all(cases.map((one) => one.run(hosts))));
    await bench.later();
    const second = first.some((error) => error !== undefined) ? await again(bench, cases, toBeWaitedFor) : first;
    await bench.later();
    const unsettled = await bench.together((hosts) =>
      Promise.all(cases.map((one) => one.unsettled(hosts).catch((error: Error) => [error.message]))),
    );
    const held = await bench.held(tokens);
    const emails = await bench.emails();
    return cases.map((one, i) => {
      const { token } = one.at;
      const as = (value: unknown) => likened(value, settings);
      const clean = cleans[i]!;
      return {
        operation: one.operation,
        error: first[i]?.message,
        differences: [
          ...(second[i] ? [second[i].message] : []),
          ...unsettled[i]!.map((step) => `not settled: ${step}`),
          ...difference("the service holds", as(clean.held), as(held.get(token))),
          ...difference("state records", as(clean.outputs), as(outputsOf(one.stack, token))),
          ...difference("emails", clean.emails, emails.get(token) ?? []),
        ],
        untouched: isDeepStrictEqual(before.get(token), held.get(token)),
        emails: emails.get(token) ?? [],
      };
    });
  } finally {
    await bench.close();
  }
}
