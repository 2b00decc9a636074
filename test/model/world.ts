import { setTimeout } from "node:timers/promises";
import type { Seed, Settings } from "../../emulator/src/index.js";
import { ownerKey, type TestEmulator } from "../support/emulator.js";
import { Stack, type Program, type Recorded } from "../support/stack.js";
import { changesBetween, type Change } from "./changes.js";
import type { Observed } from "./observed.js";
import { inOrder, isPlaceKind, nameOf, programOf, type Items } from "./program.js";
import { keepEveryPromise } from "./promises/index.js";
import { uidOf, type Service } from "./service.js";

export const acme = "00000ace-0000-4000-8000-000000000000";
export const core = "0000000c-0000-4000-8000-000000000000";
export const owner = "owner@example.com";
export const address = (name: string): string => `${name}@example.com`;

/** People whom programs speak of. The last ones have no account. */
export const people = ["lee", "mia", "ada", "zoe", "kim", "rob", "eve"];
export const declarable = [...people, "owner"];
/** Whose key runs use where it is not the owner's. An admin at first; nothing keeps programs and others from changing that. */
export const admin = "ada";
const adminKey = "avk_admin";

/** Under which circumstances a script takes place. */
export interface Circumstances {
  settings: Partial<Settings>;
  /** Whose key the program uses; somebody else who runs it has the owner's. */
  key: "owner" | "admin";
  /** Steps go all at once, as far as they can. */
  parallel: boolean;
  /** Where not given, more than there are people. */
  maxRemovals?: number | undefined;
}
/** Nobody ever declares these. */
export const bystanders = ["bob", "colleague"];

const start = (settings: Partial<Settings>): Seed => ({
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
        ...["lee", "mia", "bob"].map((name) => ({ email: address(name) })),
      ],
      invitations: [{ email: address("colleague"), expiresAt: "2100-01-01T00:00:00Z" }],
      teams: [
        { uid: core, name: "Core", members: [{ email: address("lee"), role: "lead" }] },
        { name: "Others", members: [{ email: address("bob") }] },
      ],
    },
  ],
});

/** Takes one choice after the other from numbers that fast-check has rolled. */
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

/** One thing that may happen next: how it is called in a script, and how it is done. */
export interface Plan {
  line: string;
  take(): void | Promise<void>;
}

/** A move that is not possible now has no plan. */
export type Move = (world: World, dice: Dice) => Plan | undefined;

/** One way of running the program. */
export interface Command {
  name: string;
  run(program: Program): Promise<{ steps: string[] }>;
  writing?: boolean;
  program?: Program;
  /** Begins right after whatever was last: reads may lag. */
  atOnce?: boolean;
  /** What somebody else does after a call of it. */
  meanwhile?: { nth: number; act(): Promise<void> };
}

/** A service, the program that is being written for it, and the stacks that have run it. */
export class World {
  readonly items: Items = new Map();
  /** Address of each person now. */
  readonly addresses = new Map(declarable.map((name) => [name, address(name)]));
  /** The stack of the program, and the one of somebody else who runs the same program. */
  readonly stack: Stack;
  readonly colleague: Stack;
  colleagueUsed = false;
  /** The program's key is, or was, the admin's. */
  readonly isAdmins: boolean;
  /** What the service holds now. */
  service!: Service;
  /** Numbers names, so that none comes twice. */
  count = 0;
  runs = 0;
  /** What the last run of the program was refused for, a line each. */
  told: string[] = [];
  /** What has happened, a line each. */
  readonly script: string[] = [];

  static async open(emulator: TestEmulator, circumstances: Circumstances): Promise<World> {
    await emulator.reset(start(circumstances.settings));
    const world = new World(emulator, circumstances);
    world.service = await emulator.state();
    return world;
  }

  private constructor(
    readonly emulator: TestEmulator,
    { key, parallel, maxRemovals }: Circumstances,
  ) {
    this.isAdmins = key === "admin";
    [this.stack, this.colleague] = [this.isAdmins, false].map((isAdmins) => {
      const stack = new Stack({});
      stack.parallel = parallel;
      this.useKey(stack, isAdmins ? adminKey : ownerKey);
      if (maxRemovals !== undefined) stack.environment["AVALA_MAX_REMOVALS"] = String(maxRemovals);
      return stack;
    }) as [Stack, Stack];
  }

  /** The runs of a stack use this key from now on, at whichever provider. */
  useKey(stack: Stack, key: string): void {
    const environment = this.emulator.environment(key);
    stack.environment = { ...stack.environment, ...environment };
    stack.providers["tenant"] = {
      "avala:explicit": "true",
      "avala:apiKey": key,
      "avala:baseUrl": environment["AVALA_BASE_URL"]!,
      "avala:allowInsecureBaseUrl": "true",
      "avala:requestsPerMinute": "100000",
      "avala:requestsPerSecond": "10000",
    };
  }

  /** Somebody gives the admin their role back. */
  async readmit(): Promise<void> {
    const { slug, members } = this.organization(acme)!;
    const email = this.addresses.get(admin)!;
    const role = members.find((row) => row.email === email)?.role;
    const path = `/organizations/${slug}/members/${this.uid(admin)}/role/`;
    if (role === undefined) await this.emulator.join(acme, email, "admin");
    else if (role === "member") await this.emulator.api("PATCH", path, { role: "admin" });
  }

  /** Whose key the runs of a stack use. */
  keyEmail(stack: Stack): string {
    return this.service.keys.find(({ key }) => key === stack.environment["AVALA_API_KEY"])!.email;
  }

  get program(): Program {
    return programOf(this.items);
  }

  async look(): Promise<void> {
    this.service = await this.emulator.state();
    this.#followSlug();
    this.#followTeams();
  }

  /** Who names by its id a team that is gone names the resource instead, or goes from the program. */
  #followTeams(): void {
    const there = new Set(
      this.service.organizations.flatMap((row) => (row.isActive ? row.teams.map(({ uid }) => uid) : [])),
    );
    for (const [name, item] of this.items) {
      if (!isPlaceKind(item.kind) || item.place === undefined || there.has(item.place.split("/")[1]!)) continue;
      const { place: _, ...others } = item;
      if (nameOf(this.items, "team", item.team) === undefined) this.items.delete(name);
      else this.items.set(name, others);
    }
  }

  /** What a program says by slug it has to say by uid where the slug has moved, or may move with the program. */
  #followSlug(): void {
    const { slug } = this.organization(acme)!;
    const isDeclared = nameOf(this.items, "organization", "acme") !== undefined;
    for (const [name, item] of this.items) {
      if (item.place === undefined || isPlaceKind(item.kind) || item.place === acme) continue;
      if (isDeclared || item.place !== slug) this.items.set(name, { ...item, place: acme });
    }
  }

  organization(reference: string) {
    return this.service.organizations.find((row) => row.isActive && [row.uid, row.slug].includes(reference));
  }

  uid(name: string): string | undefined {
    return uidOf(this.service, this.addresses.get(name)!);
  }

  /** Runs the program in one way, and holds what is seen against every promise. */
  async run(stack: Stack, command: Command): Promise<Observed> {
    const { name, run, writing = true, program = this.program, meanwhile } = command;
    readBack(stack);
    const stale = await this.#letTimePass(command);
    const [before, records, keyEmail] = [this.service, new Map(stack.resources), this.keyEmail(stack)];
    const { AVALA_MAX_REMOVALS: maxRemovals = "10", AVALA_ASSUME_DELETED: assumedDeleted = "" } = stack.environment;
    await this.emulator.clearLog();
    let error: Error | undefined;
    const ended = run(program).catch((failure: Error) => {
      error = failure;
      return { steps: [] };
    });
    const others = meanwhile ? await this.#inTheMiddle(ended, meanwhile) : [];
    const { steps } = await ended;
    this.runs += 1;
    if (stack === this.stack) this.told = (error as Error | undefined)?.message.split("\n") ?? [];
    this.script.push(`    ${name}: ${outcomeOf(steps, error)}`);
    await this.emulator.clearFaults();
    await this.look();
    const requests = (await this.emulator.requests()).filter(({ by }) => by === null || by === keyEmail);
    const observed: Observed = {
      command: name,
      writing,
      stale,
      parallel: stack.parallel,
      program,
      records,
      recordsNow: new Map(stack.resources),
      before,
      after: this.service,
      others,
      steps,
      requests,
      calls: requests.map(({ method, path }) => `${method} ${path}`),
      mails: (await this.emulator.emails()).map(({ to, invitationUid }) => ({
        to,
        organization: this.service.organizations.find((row) =>
          row.invitations.some(({ uid }) => uid === invitationUid),
        )!.uid,
      })),
      error,
      keyPerson: uidOf(before, keyEmail)!,
      maxRemovals: Number(maxRemovals),
      assumedDeleted,
    };
    keepEveryPromise(observed);
    return observed;
  }

  /** So much that reads show everything, unless the command is in a hurry; whether they do not. */
  async #letTimePass({ atOnce = false }: Command): Promise<boolean> {
    const { readLagMs = 0, invitesPerMinute = null } = this.service.settings;
    if (atOnce) return readLagMs > 0;
    // Who has used up a minute's invitations has to wait for its last second.
    const seconds = readLagMs > 0 ? readLagMs / 1000 + 1 : invitesPerMinute === null ? 0 : 59;
    if (seconds > 0) await this.emulator.advance(seconds);
    this.service = await this.emulator.state();
    return false;
  }

  /** What somebody does while the answer to a call is on its way; what it has changed. */
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

/** For the script: what a run has done, or why it has ended. */
function outcomeOf(steps: readonly string[], error: Error | undefined): string {
  if (error) return `${error.message.split("\n")[0]!.slice(0, 200)} …`;
  return steps.filter((step) => !step.startsWith("same ")).join(", ") || "all the same";
}

/** State is a file, in the order of the dependencies: what does not survive that is no state. */
function readBack({ resources }: Stack): void {
  const rows = JSON.parse(JSON.stringify(inOrder(resources))) as [string, Recorded][];
  resources.clear();
  for (const [name, recorded] of rows) resources.set(name, recorded);
}
