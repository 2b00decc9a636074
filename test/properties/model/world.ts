import { setTimeout } from "node:timers/promises";
import type { Seed, Settings } from "../../../emulator/src/index.js";
import { ownerKey, type TestEmulator } from "../../support/emulator.js";
import type { Pending, Program, Recorded, Stack } from "../../support/stack.js";
import { changesBetween, type Change } from "./changes.js";
import { changesOf, type Observed } from "./observed.js";
import { NotedStack } from "./noted.js";
import { inOrder, isTeamPersonKind, nameOf, programOf, type Items } from "./program.js";
import { keepEveryPromise } from "./promises/index.js";
import { uidOf, type Service } from "./service.js";

export const acme = "00000ace-0000-4000-8000-000000000000";
export const core = "0000000c-0000-4000-8000-000000000000";
export const owner = "owner@example.com";
export const address = (name: string): string => `${name}@example.com`;

/** People whom programs name. The last ones have no account. */
export const people = ["lee", "mia", "ada", "zoe", "kim", "rob", "eve"];
const declarable = [...people, "owner"];
/** The user of the key that runs use if it is not the owner's. An admin at first; programs and others may change that. */
export const admin = "ada";
const adminKey = "avk_admin";

/** The circumstances of a script. */
export interface Circumstances {
  settings: Partial<Settings>;
  /** The user of the program's key; the other person who runs it has the owner's. */
  key: "owner" | "admin";
  /** Steps run at the same time, as far as possible. */
  parallel: boolean;
  /** Default: more than there are people. */
  maxRemovals?: number | undefined;
  /** An unmanaged person has the same role as the API key's user. */
  secondAdmin: boolean;
  /** The program uses another deployment too. */
  twin: boolean;
}
/** No program ever declares these. */
export const bystanders = ["bob", "colleague"];

const start = ({ settings, secondAdmin }: Pick<Circumstances, "settings" | "secondAdmin">): Seed => ({
  settings,
  keys: [{ key: adminKey, email: address(admin) }],
  people: ["owner", "lee", "mia", "ada", "zoe", "bob"].map((name, n) => ({
    uid: `0000000${n}-0000-4000-8000-000000000000`,
    email: address(name),
  })),
  organizations: [
    {
      uid: acme,
      name: "Acme",
      slugEditsRemaining: 99,
      members: [
        { email: owner, role: "owner" },
        { email: address("ada"), role: "admin" },
        ...["lee", "mia"].map((name) => ({ email: address(name) })),
        { email: address("bob"), role: secondAdmin ? "admin" : "member" },
      ],
      invitations: [{ email: address("colleague"), expiresAt: "2100-01-01T00:00:00Z" }],
      teams: [
        { uid: core, name: "Core", members: [{ email: address("lee"), role: "lead" }] },
        { name: "Others", members: [{ email: address("bob") }] },
      ],
    },
  ],
});

/** Takes one choice after the other from numbers that fast-check has generated. */
export class Dice {
  #next = 0;
  constructor(private readonly rolled: readonly number[]) {}

  roll(sides: number): number {
    const number = this.rolled[this.#next++ % this.rolled.length] ?? 0;
    return number % sides;
  }

  pick<T>(from: readonly T[]): T | undefined {
    return from.length === 0 ? undefined : from[this.roll(from.length)];
  }
}

/** One possible next move: its line in a script, and its action. */
export interface Plan {
  line: string;
  take(): void | Promise<void>;
}

/** A move that is not possible now has no plan. */
export type Move = (world: World, dice: Dice) => Plan | undefined;

function explicitProvider(emulator: TestEmulator, key: string): Record<string, string> {
  return {
    "avala:explicit": "true",
    "avala:apiKey": key,
    "avala:baseUrl": emulator.environment(key)["AVALA_BASE_URL"]!,
    "avala:allowInsecureBaseUrl": "true",
    "avala:requestsPerMinute": "100000",
    "avala:requestsPerSecond": "10000",
  };
}

/** One way of running the program. */
export interface Command {
  name: string;
  run(program: Program): Promise<{ steps: string[] }>;
  writing?: boolean;
  /** It refreshes everything first. */
  looks?: boolean;
  /** Names of resources that it may replace although they are the same. */
  remade?: readonly string[];
  /** Some of its calls fail. */
  faulty?: boolean;
  program?: Program;
  /** The program whose effects are allowed, if it is smaller than the one that runs. */
  meaning?: Program;
  /** Begins right after the last move: reads may lag. */
  atOnce?: boolean;
  /** An action of somebody else after a call of it. */
  meanwhile?: { nth: number; act(): Promise<void> };
}

/** Two services. */
export interface Deployments {
  main: TestEmulator;
  twin: TestEmulator;
}

/** A service, the program for it, and the stacks that have run it. */
export class World {
  readonly items: Items = new Map();
  /** The current address of each person. New people are added. */
  readonly addresses = new Map(declarable.map((name) => [name, address(name)]));
  /** By address: uids of its former owners, who have another now. */
  readonly formerly = new Map<string, string[]>();
  /** Uids of organizations that runs of the program have created. */
  readonly made = new Set<string>();
  /** The stack of the program, and that of another person who runs the same program. */
  readonly stack: NotedStack;
  readonly colleague: NotedStack;
  colleagueUsed = false;
  /** The program's key is or was the admin's. */
  readonly isAdmins: boolean;
  /** The program uses the other deployment too. */
  readonly hasTwin: boolean;
  /** The current data of the service, and of the other deployment. */
  service!: Service;
  twinService!: Service;
  /** Numbers names, so that each is unique. */
  count = 0;
  runs = 0;
  /** The errors of the last run of the program, a line each. */
  lastErrors: string[] = [];
  /** The moves so far, a line each. */
  readonly script: string[] = [];

  static async open({ main, twin }: Deployments, circumstances: Circumstances): Promise<World> {
    await main.reset(start(circumstances));
    await twin.reset(start({ settings: {}, secondAdmin: false }));
    const world = new World(main, twin, circumstances);
    await world.look();
    return world;
  }

  private constructor(
    readonly emulator: TestEmulator,
    /** Another deployment, with the same slugs, uids and people. Only the program changes it. */
    readonly twin: TestEmulator,
    { key, parallel, maxRemovals, twin: hasTwin }: Circumstances,
  ) {
    this.isAdmins = key === "admin";
    this.hasTwin = hasTwin;
    [this.stack, this.colleague] = [this.isAdmins, false].map((isAdmins) => {
      const stack = new NotedStack({});
      stack.parallel = parallel;
      this.useKey(stack, isAdmins ? adminKey : ownerKey);
      if (maxRemovals !== undefined) stack.environment["AVALA_MAX_REMOVALS"] = String(maxRemovals);
      return stack;
    }) as [NotedStack, NotedStack];
  }

  /** The runs of a stack use this key from now on, with each provider; at the other deployment the owner's. */
  useKey(stack: Stack, key: string): void {
    stack.environment = { ...stack.environment, ...this.emulator.environment(key) };
    stack.providers["tenant"] = explicitProvider(this.emulator, key);
    stack.providers["twin"] = explicitProvider(this.twin, ownerKey);
  }

  /** The admin gets their role back. */
  async readmit(): Promise<void> {
    const { slug, members } = this.organization(acme)!;
    const email = this.addresses.get(admin)!;
    const role = members.find((row) => row.email === email)?.role;
    const path = `/organizations/${slug}/members/${this.uid(admin)}/role/`;
    if (role === undefined) await this.emulator.join(acme, email, "admin");
    else if (role === "member") await this.emulator.api("PATCH", path, { role: "admin" });
  }

  /** The user of the key that the runs of a stack use. */
  keyEmail(stack: Stack): string {
    return this.service.keys.find(({ key }) => key === stack.environment["AVALA_API_KEY"])!.email;
  }

  get program(): Program {
    return programOf(this.items);
  }

  async look(): Promise<void> {
    [this.service, this.twinService] = await Promise.all([this.emulator.state(), this.twin.state()]);
    this.#followSlug();
    this.#followTeams();
  }

  /** Declarations that name a deleted team by its id name the resource instead, or are removed from the program. */
  #followTeams(): void {
    const there = new Set(
      this.service.organizations.flatMap((row) => (row.isActive ? row.teams.map(({ uid }) => uid) : [])),
    );
    for (const [name, item] of this.items) {
      if (!isTeamPersonKind(item.kind) || item.scope === undefined || item.provider === "twin") continue;
      if (there.has(item.scope.split("/")[1]!)) continue;
      const { scope: _, ...others } = item;
      if (nameOf(this.items, "team", item.team) === undefined) this.items.delete(name);
      else this.items.set(name, others);
    }
  }

  /** A slug in a program is replaced by the uid if the slug has changed, or may change with the program. */
  #followSlug(): void {
    const { slug } = this.organization(acme)!;
    const isDeclared = nameOf(this.items, "organization", "acme") !== undefined;
    for (const [name, item] of this.items) {
      if (item.scope === undefined || isTeamPersonKind(item.kind) || item.scope === acme) continue;
      if (item.provider === "twin") continue;
      if (isDeclared || item.scope !== slug) this.items.set(name, { ...item, scope: acme });
    }
  }

  organization(reference: string) {
    return this.service.organizations.find((row) => row.isActive && [row.uid, row.slug].includes(reference));
  }

  /** A person has another address from now on; the former one belongs to nobody. */
  async readdress(who: string, email: string): Promise<void> {
    const before = this.addresses.get(who)!;
    this.formerly.set(before, [...(this.formerly.get(before) ?? []), this.uid(who)!]);
    await this.emulator.readdress(before, email);
    this.addresses.set(who, email);
  }

  /** Everybody whom programs can name. */
  get declarable(): string[] {
    return [...this.addresses.keys()];
  }

  /** The current owner of an address, by the name in programs. */
  nameAt(email: string): string {
    return [...this.addresses].find(([, held]) => held === email)![0];
  }

  uid(name: string): string | undefined {
    return uidOf(this.service, this.addresses.get(name)!);
  }

  /** Runs the program in one way, and checks every promise. */
  async run(stack: NotedStack, command: Command): Promise<Observed> {
    const { name, run, program = this.program, meaning = program, meanwhile } = command;
    readBack(stack);
    const stale = await this.#letTimePass(command);
    const [before, twinBefore, records] = [this.service, this.twinService, new Map(stack.resources)];
    const keyEmail = this.keyEmail(stack);
    const started = { stack, command, program: meaning, records, pending: [...stack.pending], stale };
    await Promise.all([this.emulator.clearLog(), this.twin.clearLog()]);
    let error: Error | undefined;
    stack.declares = command.writing === false || command.name === "destroy" ? undefined : program;
    const ended = run(program).catch((failure: Error) => {
      error = failure;
      return { steps: [] };
    });
    const others = meanwhile ? await this.#inTheMiddle(ended, meanwhile) : [];
    const { steps } = await ended;
    this.runs += 1;
    if (stack === this.stack) this.lastErrors = (error as Error | undefined)?.message.split("\n") ?? [];
    this.script.push(`    ${name}: ${outcomeOf(steps, error)}`);
    await this.emulator.clearFaults();
    await this.look();
    const seen = { ...started, steps, error };
    const main = await this.#observed(seen, { emulator: this.emulator, before, after: this.service, others, keyEmail });
    const twin = { emulator: this.twin, before: twinBefore, after: this.twinService, others: [], keyEmail: owner };
    for (const change of changesOf(main)) if (change.what === "organization made") this.made.add(change.organization);
    const observed = { ...main, twin: await this.#observed(seen, twin) };
    keepEveryPromise(observed);
    keepEveryPromise(observed.twin);
    return observed;
  }

  /** A run, as seen by one of the two deployments. */
  async #observed(
    { stack, command, program, records, pending, stale, steps, error }: Seen,
    { emulator, before, after, others, keyEmail }: SeenAt,
  ): Promise<Observed> {
    const isTwin = emulator === this.twin;
    const { AVALA_MAX_REMOVALS: maxRemovals = "10", AVALA_ASSUME_DELETED: assumedDeleted = "" } = stack.environment;
    const isHere = ({ provider }: { provider?: string }) => (provider === "twin") === isTwin;
    const here = <Row extends { provider?: string }>(rows: Iterable<[string, Row]>) =>
      [...rows].filter(([, row]) => isHere(row));
    const recordsNow = new Map(here(stack.resources));
    const names = new Set([...here(Object.entries(program)), ...here(records)].map(([name]) => name));
    const requests = (await emulator.requests()).filter(({ by }) => by === null || by === keyEmail);
    return {
      command: command.name,
      writing: command.writing ?? true,
      looks: command.looks ?? false,
      remade: command.remade ?? [],
      faulty: command.faulty ?? false,
      stale: stale && !isTwin,
      parallel: stack.parallel,
      program: Object.fromEntries(here(Object.entries(program))),
      records: new Map(here(records)),
      recordsNow,
      pending: pending.filter(isHere),
      before,
      after,
      others,
      made: this.made,
      steps: steps.filter((step) => names.has(step.split(" ").at(-1)!)),
      requests,
      calls: requests.map(({ method, path }) => `${method} ${path}`),
      emails: (await emulator.emails()).map(({ to, invitationUid }) => ({
        to,
        organization: after.organizations.find((row) => row.invitations.some(({ uid }) => uid === invitationUid))!.uid,
      })),
      error,
      formerly: this.formerly,
      keyPerson: uidOf(before, keyEmail)!,
      maxRemovals: Number(maxRemovals),
      assumedDeleted,
    };
  }

  /** Advances the clock until reads show everything, unless the command is hasty; returns whether they do not. */
  async #letTimePass({ atOnce = false }: Command): Promise<boolean> {
    const { readLagMs = 0, invitesPerMinute = null } = this.service.settings;
    if (atOnce) return readLagMs > 0;
    // After a minute's limit of invitations, the next one has to wait until its last second.
    const seconds = readLagMs > 0 ? readLagMs / 1000 + 1 : invitesPerMinute === null ? 0 : 59;
    if (seconds > 0) await this.emulator.advance(seconds);
    this.service = await this.emulator.state();
    return false;
  }

  /** Runs an action of somebody else before the answer to a call; returns its changes. */
  async #inTheMiddle(ended: Promise<unknown>, { nth, act }: NonNullable<Command["meanwhile"]>): Promise<Change[]> {
    await this.emulator.faults({ match: { nth }, action: { pauseMs: 200 } });
    let isOver = false;
    void ended.finally(() => (isOver = true));
    while ((await this.emulator.faultsLeft()).length > 0) {
      if (isOver) return [];
      await setTimeout(5);
    }
    const before = await this.emulator.state();
    await act();
    return changesBetween(before, await this.emulator.state());
  }
}

/** The observations of a run after its end. */
interface Seen {
  stack: Stack;
  command: Command;
  program: Program;
  records: ReadonlyMap<string, Recorded>;
  pending: readonly Recorded[];
  stale: boolean;
  steps: string[];
  error: Error | undefined;
}

/** The changes of a run in one of the deployments. */
interface SeenAt {
  emulator: TestEmulator;
  before: Service;
  after: Service;
  others: readonly Change[];
  keyEmail: string;
}

/** For the script: the steps of a run, or its error. */
function outcomeOf(steps: readonly string[], error: Error | undefined): string {
  if (error) return `${error.message.split("\n")[0]!.slice(0, 200)} …`;
  return steps.filter((step) => !step.startsWith("same ")).join(", ") || "all the same";
}

/** The state is a file, in the order of the dependencies: only serializable data is state. */
function readBack(stack: Stack): void {
  const { resources } = stack;
  const rows = JSON.parse(JSON.stringify(inOrder(resources))) as [string, Recorded][];
  stack.pending = JSON.parse(JSON.stringify(stack.pending)) as Pending[];
  resources.clear();
  for (const [name, recorded] of rows) resources.set(name, recorded);
}
