import type { Seed, Settings } from "../../emulator/src/index.js";
import type { TestEmulator } from "../support/emulator.js";
import { Stack, type Program, type Recorded } from "../support/stack.js";
import * as invariants from "./invariants.js";
import { inOrder, isPlaceKind, nameOf, programOf, type Items } from "./program.js";
import { uidOf, type Service } from "./service.js";

export const acme = "00000ace-0000-4000-8000-000000000000";
export const core = "0000000c-0000-4000-8000-000000000000";
export const owner = "owner@example.com";
export const address = (name: string): string => `${name}@example.com`;

/** People whom programs speak of. The last ones have no account. */
export const people = ["lee", "mia", "ada", "zoe", "kim", "rob", "eve"];
/** Nobody ever declares these. */
export const bystanders = ["bob", "colleague"];

const start = (settings: Partial<Settings>): Seed => ({
  settings,
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
  faulty?: boolean;
  program?: Program;
}

/** A service, the program that is being written for it, and the stacks that have run it. */
export class World {
  readonly items: Items = new Map();
  /** Address of each person now. */
  readonly addresses = new Map(people.map((name) => [name, address(name)]));
  /** The stack of the program, and the one of somebody else who runs the same program. */
  readonly stack: Stack;
  readonly colleague: Stack;
  colleagueUsed = false;
  /** What the service holds now. */
  service!: Service;
  /** Numbers names, so that none comes twice. */
  count = 0;
  runs = 0;
  /** What has happened, a line each. */
  readonly script: string[] = [];

  static async open(emulator: TestEmulator, settings: Partial<Settings>): Promise<World> {
    await emulator.reset(start(settings));
    const world = new World(emulator);
    world.service = await emulator.state();
    return world;
  }

  private constructor(readonly emulator: TestEmulator) {
    const { AVALA_API_KEY: key, AVALA_BASE_URL: url } = emulator.environment();
    const tenant = {
      "avala:explicit": "true",
      "avala:apiKey": key!,
      "avala:baseUrl": url!,
      "avala:allowInsecureBaseUrl": "true",
      "avala:requestsPerMinute": "100000",
      "avala:requestsPerSecond": "10000",
    };
    [this.stack, this.colleague] = [0, 1].map(() => {
      const stack = new Stack(emulator.environment());
      stack.providers["tenant"] = tenant;
      return stack;
    }) as [Stack, Stack];
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
  async run(stack: Stack, { name, run, writing = true, faulty = false, program = this.program }: Command) {
    readBack(stack);
    const [before, records] = [this.service, new Map(stack.resources)];
    await this.emulator.clearLog();
    let error: Error | undefined;
    const { steps } = await run(program).catch((failure: Error) => {
      error = failure;
      return { steps: [] };
    });
    this.runs += 1;
    this.script.push(`    ${name}: ${outcomeOf(steps, error)}`);
    await this.emulator.clearFaults();
    await this.look();
    const recordsNow = new Map(stack.resources);
    const observed: invariants.Observed = {
      command: name,
      writing,
      faulty,
      program,
      records,
      recordsNow,
      before,
      after: this.service,
      steps,
      error,
      calls: await this.emulator.calls(),
      mails: (await this.emulator.emails()).map(({ to, invitationUid }) => ({
        to,
        organization: this.service.organizations.find((row) =>
          row.invitations.some(({ uid }) => uid === invitationUid),
        )!.uid,
      })),
    };
    invariants.changesNothingUnlessUp(observed);
    invariants.keepsOwners(observed);
    invariants.changesOnlyWhatIsDeclared(observed);
    invariants.mailsOnlyWhatIsDue(observed);
    invariants.countsItsMails(observed);
    invariants.forgetsNobody(observed);
    return observed;
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
