import type { Settings } from "../../../emulator/src/index.js";
import type { LoggedCall } from "../../support/emulator.js";
import { Stack } from "../../support/stack.js";
import { Bench, type Held } from "./bench.js";
import { Case, nextToken, outputsOf, tokenIn, UUID, type Template } from "./case.js";
import type { CleanCall } from "./faults.js";
import { CaseNames, type Operation } from "./operations.js";

/** Prepares each operation: runs its earlier programs, and the actions of others in between. */
export async function templates(list: readonly Operation[], settings: Partial<Settings> = {}): Promise<Template[]> {
  const bench = await Bench.start(settings);
  try {
    const prepared = list.map((operation) => ({ operation, at: new CaseNames(nextToken()), stack: new Stack({}) }));
    const started = prepared.filter(({ operation }) => operation.start !== false);
    await bench.hold(
      started.map(({ at }) => at.organization()),
      prepared.flatMap(({ at }) => at.people()),
    );
    await bench.together(async (hosts) => {
      for (const { stack } of prepared) stack.shared = hosts;
      await Promise.all(prepared.map(({ operation, at, stack }) => operation.before && stack.up(operation.before(at))));
    });
    for (const { operation, at } of prepared) await operation.between?.(bench.emulator, at);
    await bench.together(async (hosts) => {
      for (const { stack } of prepared) stack.shared = hosts;
      await Promise.all(prepared.map(({ operation, stack }) => operation.refreshed && stack.refresh()));
    });
    const state = await bench.emulator.state();
    return prepared.map(({ operation, at, stack }) => ({
      operation,
      at,
      organizations: state.organizations
        .filter(({ name }) => tokenIn(name) === at.token)
        .map((organization) => ({
          ...organization,
          // Tokens are secrets of their own: the copies get others.
          invitations: organization.invitations.map((row) => ({ ...row, token: undefined })),
        })),
      people: state.people.filter(({ email }) => tokenIn(email) === at.token),
      resources: [...stack.resources],
    }));
  } finally {
    await bench.close();
  }
}

/** An operation without a fault: the reference for all its cases. */
export interface Clean {
  template: Template;
  /** Calls of its own organization, in order. */
  calls: CleanCall[];
  held: Held;
  emails: string[];
  outputs: unknown;
}

const createsOrganization = ({ start, before, after }: Operation) =>
  start === false && before === undefined && after !== undefined;

/** The organizations that the key can see: one call for all cases. */
export const sharedCall: CleanCall = { method: "GET", path: "^/organizations/\\?limit=100&page=1$", nth: 1 };

/** Carries each operation out without a fault. */
export async function cleanRuns(list: readonly Template[], settings: Partial<Settings> = {}): Promise<Clean[]> {
  const bench = await Bench.start(settings);
  try {
    const cases = list.map((template) => new Case(template, nextToken()));
    await bench.hold(
      cases.flatMap(({ organizations }) => organizations),
      cases.flatMap(({ people }) => people),
    );
    const errors = await bench.together((hosts) => Promise.all(cases.map((one) => one.run(hosts))));
    const failed = errors.flatMap((error, i) => (error ? [`${cases[i]!.operation.name}: ${error.message}`] : []));
    if (failed.length > 0) throw new Error(`What goes wrong without a fault:\n${failed.join("\n")}`);
    const log = await bench.emulator.requests();
    const held = await bench.held(cases.map(({ at }) => at.token));
    const emails = await bench.emails();
    return cases.map(({ at: { token }, stack }, i) => ({
      template: list[i]!,
      calls: callsOf(list[i]!.operation, log, token),
      held: held.get(token),
      emails: emails.get(token) ?? [],
      outputs: outputsOf(stack, token),
    }));
  } finally {
    await bench.close();
  }
}

function callsOf(operation: Operation, log: readonly LoggedCall[], token: string): CleanCall[] {
  /** The service generates other uids each time. */
  const uidPattern = (uid: string) => (uid.startsWith(token) ? uid : "[-0-9a-f]{36}");
  const patternOf = (text: string) => `^${escaped(text).replaceAll(UUID, uidPattern).replaceAll(token, "TOKEN")}$`;
  const lines = log
    .map(({ method, path, query }) => ({ method, target: path + (query && `?${query}`) }))
    .filter(({ target }) => target.includes(token))
    .map(({ method, target }) => ({ method, path: patternOf(target) }));
  const seen = new Map<string, number>();
  const numbered = lines.map((call) => {
    const line = `${call.method} ${call.path}`;
    seen.set(line, (seen.get(line) ?? 0) + 1);
    return { ...call, nth: seen.get(line)! };
  });
  const creation = { method: "POST", path: "^/organizations/$", nth: 1, body: "TOKEN" };
  return createsOrganization(operation) ? [creation, ...numbered] : numbered;
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** A call in words. */
export const lineOf = ({ method, path, nth }: CleanCall): string =>
  `${method} ${path.replace(/^\^/, "").replace(/\$$/, "").replaceAll("\\", "")}${nth > 1 ? ` (${nth})` : ""}`;
