import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { Fault, Seed, Settings } from "../../emulator/src/index.js";
import { startEmulator, type LoggedCall, type TestEmulator } from "../support/emulator.js";
import type { Properties } from "../support/host.js";
import { Hosts, Stack, type Outcome, type Program, type Recorded } from "../support/stack.js";
import { Door } from "./door.js";
import type { CleanCall, FaultKind } from "./faults.js";
import { operations, Place, type Operation } from "./operations.js";

type OrganizationState = NonNullable<Seed["organizations"]>[number];
type PersonState = NonNullable<Seed["people"]>[number];

/** An operation just before it is carried out: what the service holds and what state records, to be copied. */
interface Template {
  operation: Operation;
  at: Place;
  organizations: OrganizationState[];
  people: PersonState[];
  resources: [string, Recorded][];
}

/** One operation in a place of its own. */
export class Case {
  readonly at: Place;
  readonly stack: Stack;
  readonly organizations: OrganizationState[];
  readonly people: PersonState[];
  readonly operation: Operation;
  /** With `adopt` lines that messages have asked for. */
  program: Program;

  constructor(template: Template, token: string) {
    this.operation = template.operation;
    this.at = new Place(token);
    const { organizations, people, resources } = copied(template, token);
    this.organizations = organizations;
    this.people = people;
    this.stack = new Stack({});
    for (const [name, recorded] of resources) this.stack.resources.set(name, recorded);
    this.program = this.operation.after?.(this.at) ?? {};
  }

  /** Carries the operation out, or goes on with it. Answers its error. */
  async run(hosts: Hosts): Promise<Error | undefined> {
    const { command } = this.operation;
    if (command === "refresh") return failure(this.within(hosts, (stack) => stack.refresh()));
    if (command === "destroy") return failure(this.within(hosts, (stack) => stack.destroy()));
    return failure(this.within(hosts, (stack) => stack.up(this.program)));
  }

  /** What a preview plans and a refresh finds: nothing, where state is settled. */
  async unsettled(hosts: Hosts): Promise<string[]> {
    const { command } = this.operation;
    if (command === "destroy") return [...this.stack.resources.keys()];
    const { steps } =
      command === "refresh" ? { steps: [] } : await this.within(hosts, (stack) => stack.preview(this.program));
    const before = new Map([...this.stack.resources].map(([name, { outputs }]) => [name, lasting(outputs)]));
    await this.within(hosts, (stack) => stack.refresh());
    const changed = [...before].filter(
      ([name, outputs]) => !isDeepStrictEqual(outputs, lasting(this.stack.resources.get(name)?.outputs)),
    );
    return [...steps.filter((step) => !step.startsWith("same ")), ...changed.map(([name]) => `refresh of ${name}`)];
  }

  async within(hosts: Hosts, run: (stack: Stack) => Promise<Outcome>): Promise<Outcome> {
    this.stack.shared = hosts;
    return run(this.stack);
  }
}

/** Without the end of an invitation: a resend moves it, and where it cannot be read back then, the next look records it. */
function lasting(outputs: Properties | undefined): Properties | undefined {
  return outputs && { ...outputs, expiresAt: undefined };
}

async function failure(run: Promise<unknown>): Promise<Error | undefined> {
  try {
    await run;
    return undefined;
  } catch (error) {
    return error as Error;
  }
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const ownerUid = "00000001-0000-4000-8000-000000000000";

/** Uids of the place change with its token, those that the service has given get another. */
function copied({ at, organizations, people, resources }: Template, token: string) {
  const uids = new Map<string, string>();
  const other = (uid: string): string => {
    if (uid === ownerUid || uid.startsWith(at.token)) return uid;
    const fresh = uids.get(uid) ?? randomUUID();
    uids.set(uid, fresh);
    return fresh;
  };
  const text = JSON.stringify({ organizations, people, resources });
  return JSON.parse(text.replaceAll(UUID, other).replaceAll(at.token, token)) as Pick<
    Template,
    "organizations" | "people" | "resources"
  >;
}

let tokens = 0;
/** Begins with a letter, so that no generated uid is taken for one of a place by accident of its first digits alone. */
const nextToken = (): string => `ca5e${(++tokens).toString(16).padStart(4, "0")}`;

const owner = { uid: ownerUid, email: "owner@example.com" };

/** What the service holds of a place, without what differs from run to run. */
export type Held = unknown;

/** An emulator, and host processes with a common life. */
export class Bench {
  static async start(settings: Partial<Settings> = {}, environment: Record<string, string> = {}): Promise<Bench> {
    return new Bench(await startEmulator(), settings, environment);
  }

  private constructor(
    readonly emulator: TestEmulator,
    private readonly settings: Partial<Settings>,
    private readonly environment: Record<string, string>,
  ) {}

  close = (): Promise<void> => this.emulator.close();

  /** Waits longer than any list lags behind. */
  later = (): Promise<unknown> => this.emulator.advance(120);

  async hold(organizations: OrganizationState[], people: PersonState[]): Promise<void> {
    await this.emulator.reset({ settings: this.settings, people: [owner, ...people], organizations });
  }

  /** Starts a host process for what is done in it, as one run does. */
  async together<T>(work: (hosts: Hosts) => Promise<T>, over: Record<string, string> = {}): Promise<T> {
    // A refusal halves the burst: it is never to be felt.
    const environment = {
      ...this.emulator.environment(),
      AVALA_REQUESTS_PER_SECOND: `${2 ** 52}`,
      AVALA_REQUESTS_PER_MINUTE: `${2 ** 52}`,
      ...this.environment,
      ...over,
    };
    const hosts = await Hosts.start({ environment, config: {}, providers: {} });
    try {
      return await work(hosts);
    } finally {
      await hosts.close();
    }
  }

  /** What the service holds, by the token of the place; what is deleted softly is gone. */
  async held(tokens: readonly string[]): Promise<Map<string, Held>> {
    const organizations = (await this.emulator.state()).organizations.filter(({ isActive }) => isActive);
    const held = new Map<string, unknown[]>(tokens.map((token) => [token, []]));
    for (const organization of organizations) {
      const token = tokenIn(organization.name);
      held.get(token)?.push(comparable(organization, token));
    }
    return held;
  }

  /** Mails as "kind address", by the token of the place. */
  async mails(): Promise<Map<string, string[]>> {
    const mails = new Map<string, string[]>();
    for (const { kind, to } of await this.emulator.emails()) {
      const token = tokenIn(to);
      mails.set(token, [...(mails.get(token) ?? []), `${kind} ${to.replaceAll(token, "TOKEN")}`]);
    }
    return mails;
  }
}

const tokenIn = (text: string): string => /ca5e[0-9a-f]{4}/.exec(text)?.[0] ?? "";

/** Uids that the service gives, secrets and moments are another each time. */
export function comparable(value: unknown, token: string): unknown {
  const text = JSON.stringify(value, (key, part: unknown) => {
    if (["createdAt", "updatedAt", "expiresAt", "token", "__v"].includes(key)) return undefined;
    return Array.isArray(part) ? part.toSorted((a, b) => sortKey(a).localeCompare(sortKey(b))) : part;
  });
  const named = text.replaceAll(UUID, (uid) => (uid.startsWith(token) ? uid : "uid")).replaceAll(token, "TOKEN");
  return JSON.parse(named) as unknown;
}

function sortKey(row: unknown): string {
  const { email, name, status } = (row ?? {}) as Record<string, string>;
  return email === undefined && name === undefined ? JSON.stringify(row) : `${email} ${name} ${status}`;
}

/** Without what a deployment is free to do, in the answer of `comparable`. */
function likened(
  value: unknown,
  { slugFollowsName, teamCreatorJoins, expiredInvitations }: Partial<Settings>,
): unknown {
  const text = JSON.stringify(value, (key, part: unknown) => {
    if (slugFollowsName && key === "slug") return undefined;
    if (!teamCreatorJoins) return part;
    if (key === "__joined") return undefined;
    if (key === "unmanagedMembers" && part === owner.email) return "";
    const isOwner = (row: { email?: string; role?: string }) => row.email === owner.email && row.role === "lead";
    return Array.isArray(part) ? part.filter((row: object) => !isOwner(row)) : part;
  });
  // What is not listed any more makes room by itself, and is not cancelled.
  const plain = expiredInvitations === "hidden" ? text.replaceAll('"expired"', '"cancelled"') : text;
  return JSON.parse(plain) as unknown;
}

/** Brings each operation to where it begins: its programs before are made, and what others do in between is done. */
export async function templates(list: readonly Operation[], settings: Partial<Settings> = {}): Promise<Template[]> {
  const bench = await Bench.start(settings);
  try {
    const places = list.map((operation) => ({ operation, at: new Place(nextToken()), stack: new Stack({}) }));
    const started = places.filter(({ operation }) => operation.start !== false);
    await bench.hold(
      started.map(({ at }) => at.organization()),
      places.flatMap(({ at }) => at.people()),
    );
    await bench.together(async (hosts) => {
      for (const { stack } of places) stack.shared = hosts;
      await Promise.all(places.map(({ operation, at, stack }) => operation.before && stack.up(operation.before(at))));
    });
    for (const { operation, at } of places) await operation.between?.(bench.emulator, at);
    await bench.together(async (hosts) => {
      for (const { stack } of places) stack.shared = hosts;
      await Promise.all(places.map(({ operation, stack }) => operation.refreshed && stack.refresh()));
    });
    const state = await bench.emulator.state();
    return places.map(({ operation, at, stack }) => ({
      operation,
      at,
      organizations: state.organizations
        .filter(({ name }) => tokenIn(name) === at.token)
        .map((organization) => ({
          ...organization,
          invitations: organization.invitations.map(({ token, ...row }) => row),
        })),
      people: state.people.filter(({ email }) => tokenIn(email) === at.token),
      resources: [...stack.resources],
    }));
  } finally {
    await bench.close();
  }
}

/** An operation in which nothing goes wrong: the measure of all its cases. */
export interface Clean {
  template: Template;
  /** Calls of its own place, in order. */
  calls: CleanCall[];
  held: Held;
  mails: string[];
  outputs: unknown;
}

const createsOrganization = ({ start, before, after }: Operation) =>
  start === false && before === undefined && after !== undefined;

/** The organizations that the key reaches: one call for all places. */
export const sharedCall: CleanCall = { method: "GET", path: "^/organizations/\\?limit=100&page=1$", nth: 1 };

/** Carries each operation out with nothing in its way. */
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
    const mails = await bench.mails();
    return cases.map(({ at: { token }, stack }, i) => ({
      template: list[i]!,
      calls: callsOf(list[i]!.operation, log, token),
      held: held.get(token),
      mails: mails.get(token) ?? [],
      outputs: outputsOf(stack, token),
    }));
  } finally {
    await bench.close();
  }
}

/** What state records, but for the count of mails, which a doubtful one may raise. */
function outputsOf(stack: Stack, token: string): unknown {
  const recorded = [...stack.resources].map(([name, { outputs }]) => {
    const { emailsSent: _, adopt: __, onDestroy: ___, __created: ____, ...rest } = outputs;
    return [name, rest];
  });
  return comparable(Object.fromEntries(recorded), token);
}

function callsOf(operation: Operation, log: readonly LoggedCall[], token: string): CleanCall[] {
  const own = log.filter(({ path, query }) => `${path}?${query}`.includes(token));
  const lines = own.map(({ method, path, query }) => ({
    method,
    path: `^${escaped(path + (query && `?${query}`)).replaceAll(UUID, (uid) => (uid.startsWith(token) ? uid : "[-0-9a-f]{36}"))}$`.replaceAll(
      token,
      "TOKEN",
    ),
  }));
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

/** How one case has ended: nothing to say is well. */
export interface Verdict {
  operation: string;
  call: string;
  kind: string;
  problems: string[];
  /** What the run with the fault ended with. */
  error: string | undefined;
}

interface Hit {
  clean: Clean;
  call: CleanCall;
}

const lineOf = ({ method, path, nth }: CleanCall): string =>
  `${method} ${path.replace(/^\^/, "").replace(/\$$/, "").replaceAll("\\", "")}${nth > 1 ? ` (${nth})` : ""}`;

/** All calls of these operations that a kind of fault can befall. */
export function hitsOf(kind: FaultKind, cleans: readonly Clean[]): Hit[] {
  return cleans.flatMap((clean) =>
    clean.calls
      .filter((call) => kind.befalls?.(call) ?? true)
      .filter((call) => !kind.refused || comesAlone(clean, call))
      .map((call) => ({ clean, call })),
  );
}

/** A roster sends its changes side by side: when the first has been answered the others are on their way. */
function comesAlone({ template: { operation }, calls }: Clean, call: CleanCall): boolean {
  const isWrite = ({ method }: CleanCall) => method !== "GET";
  return !operation.name.startsWith("TeamRoster") || !isWrite(call) || call === calls.find(isWrite);
}

/** The call that all places share, once for each operation. */
export function sharedHitsOf(kind: FaultKind, cleans: readonly Clean[]): Hit[] {
  return (kind.befalls?.(sharedCall) ?? true) ? cleans.map((clean) => ({ clean, call: sharedCall })) : [];
}

/** Runs each operation with its fault, again without, and looks whether all is as after a clean run. */
export async function suffer(kind: FaultKind, hits: readonly Hit[]): Promise<Verdict[]> {
  const bench = await Bench.start(kind.settings, kind.environment);
  try {
    const cases = hits.map(({ clean }) => new Case(clean.template, nextToken()));
    await bench.hold(
      cases.flatMap(({ organizations }) => organizations),
      cases.flatMap(({ people }) => people),
    );
    const { errors: first, missed } = await (kind.refused ? shutOut : befallen)(bench, kind, hits, cases);
    const second = await again(bench, cases);
    const unsettled = await bench.together((hosts) =>
      Promise.all(cases.map((one) => one.unsettled(hosts).catch((error: Error) => [error.message]))),
    );
    const held = await bench.held(cases.map(({ at }) => at.token));
    const mails = await bench.mails();
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
        ...surplus(mails.get(token) ?? [], clean.mails).map((mail) => `one mail too many: ${mail}`),
      ];
      return {
        operation: one.operation.name,
        call: lineOf(call),
        kind: kind.name,
        problems,
        error: first[i]?.message,
      };
    });
  } finally {
    await bench.close();
  }
}

/** How an operation has ended on a deployment. */
export interface Ending {
  operation: Operation;
  /** What the first run ended with. */
  error: string | undefined;
  /** In what it has ended otherwise than on the likeliest deployment. */
  differences: string[];
  /** Whether the service holds what it held before. */
  untouched: boolean;
  mails: string[];
}

/** What a run has just made is not shown to it yet, or is to be taken over. */
const toBeWaitedFor = /adopt: "|AVALA_CREATED_NOT_SHOWN|AVALA_NOT_FOUND/;

/** Runs each operation, without a fault, on a service that is set in another way. */
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
    const mails = await bench.mails();
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
          ...difference("mails", clean.mails, mails.get(token) ?? []),
        ],
        untouched: isDeepStrictEqual(before.get(token), held.get(token)),
        mails: mails.get(token) ?? [],
      };
    });
  } finally {
    await bench.close();
  }
}

interface Suffered {
  errors: (Error | undefined)[];
  /** Numbers of cases that came to no grief. */
  missed: Set<number>;
}

/** The emulator lets the calls come to grief. */
async function befallen(
  bench: Bench,
  kind: FaultKind,
  hits: readonly Hit[],
  cases: readonly Case[],
): Promise<Suffered> {
  const faults: Fault[] = hits.map(({ call: { method, path, nth, body } }, i) => {
    const { token } = cases[i]!.at;
    const own = (text: string) => text.replaceAll("TOKEN", token);
    const match = { method: method as "GET", path: own(path), nth, ...(body !== undefined && { body: own(body) }) };
    return { match, action: kind.action!, times: kind.times ?? 1 };
  });
  if (kind.forGood) await bench.emulator.faults(...hits.map((hit, i) => silenceAfter(hit, cases[i]!)));
  const isShared = hits.some(({ call }) => call === sharedCall);
  await bench.emulator.faults(...(isShared ? faults.slice(0, 1) : faults));
  const errors = await bench.together((hosts) => Promise.all(cases.map((one) => one.run(hosts))));
  const left = await bench.emulator.faultsLeft();
  await bench.emulator.clearFaults();
  const unmet = new Set(left.filter(({ matched }) => matched === 0).map(({ match }) => JSON.stringify(match)));
  const missed = faults.flatMap(({ match }, i) => (unmet.has(JSON.stringify(match)) ? [i] : []));
  return { errors, missed: new Set(missed) };
}

/** No call of the place gets an answer any more, but for what comes up to this one. */
function silenceAfter({ clean, call }: Hit, { at: { token } }: Case): Fault {
  const counted = clean.calls.filter(({ path }) => path.includes("TOKEN"));
  return { match: { path: token, nth: counted.indexOf(call) + 2 }, action: { status: 403 }, times: null };
}

/** Fewer than a client has under way at once: each may have one call at the door. */
const AT_THE_DOOR = 15;

/** Nobody listens any more when the call is made: those of the same number share a door, which is shut for all of them. */
async function shutOut(bench: Bench, _: FaultKind, hits: readonly Hit[], cases: readonly Case[]): Promise<Suffered> {
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
  const told = new Set<string>();
  await Promise.all(
    groups.map(async ({ number, members }) => {
      const ended = await atTheDoor(
        bench,
        number,
        members.map((i) => cases[i]!),
      );
      members.forEach((i, at) => (errors[i] = ended.errors[at]));
      for (const message of ended.told) told.add(message);
    }),
  );
  const missed = errors.flatMap((error, i) =>
    error?.message.includes("ECONNREFUSED") || silent.test(lineOf(hits[i]!.call)) || told.has(cases[i]!.at.token)
      ? []
      : [i],
  );
  return { errors, missed: new Set(missed) };
}

/** What nobody is told of: the new end of an invitation that was just sent again. */
const silent = /invitations\/\?limit=100&page=1 \(2\)$/;

/** Shuts the door when each of the cases has had so many calls answered, or has ended. */
async function atTheDoor(
  bench: Bench,
  number: number,
  cases: readonly Case[],
): Promise<{ errors: (Error | undefined)[]; told: string[] }> {
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
      const refused = hosts.told.filter(({ message }) => message.includes("ECONNREFUSED"));
      return { errors, told: refused.map(({ message }) => tokenIn(message)) };
    },
    { AVALA_BASE_URL: door.url },
  );
}

/** The run after the fault; where it names an adopt line, the line is followed, and it is run once more. */
async function again(bench: Bench, cases: readonly Case[], unfinished = /adopt: "/): Promise<(Error | undefined)[]> {
  let errors = await bench.together((hosts) => Promise.all(cases.map((one) => one.run(hosts))));
  // An organization and two teams, each in its turn, and each may have to be waited for.
  for (let runs = 0; runs < 6 && cases.some((one, i) => goesOn(one, errors[i], unfinished)); runs++) {
    await bench.later();
    const before = errors;
    errors = await bench.together((hosts) =>
      Promise.all(
        cases.map((one, i) => (goesOn(one, before[i], unfinished) ? follow(one, before[i]!, hosts) : before[i])),
      ),
    );
  }
  return errors;
}

/** Something was made without being recorded, and is to be taken over by the line of the message, or waited for. */
const goesOn = ({ operation }: Case, error: Error | undefined, unfinished: RegExp): boolean =>
  operation.adoptable !== undefined && unfinished.test(error?.message ?? "");

const adoptLine = /named "(.*?)"? exists already.*adopt: "([-0-9a-f]{36})"/s;

function follow(one: Case, error: Error, hosts: Hosts): Promise<Error | undefined> {
  const line = adoptLine.exec(error.message);
  if (!line) return one.run(hosts);
  const [, name, adopt] = line;
  const found = Object.entries(one.program).find(
    ([key, { inputs }]) => one.operation.adoptable!.includes(key) && inputs["name"] === name,
  )!;
  const [key, declaration] = found;
  one.program = { ...one.program, [key]: { ...declaration, inputs: { ...declaration.inputs, adopt } } };
  return one.run(hosts);
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

function difference(what: string, wanted: unknown, found: unknown): string[] {
  const [left, right] = [wanted, found].map((value) => JSON.stringify(value, null, 1).split("\n"));
  const [missing, extra] = [surplus(left!, right!), surplus(right!, left!)];
  if (missing.length + extra.length === 0) return [];
  return [
    `${what} -[${missing.map((line) => line.trim()).join(" ")}] +[${extra.map((line) => line.trim()).join(" ")}]`,
  ];
}

/** Lines that are in the first list more often than in the second. */
function surplus(lines: readonly string[], from: readonly string[]): string[] {
  const left = [...from];
  return lines.filter((line) => {
    const at = left.indexOf(line);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

export { operations };
