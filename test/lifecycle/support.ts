import type { Seed } from "../../emulator/src/index.js";
import { startEmulator, type TestEmulator } from "../support/emulator.js";
import { Stack, type Outcome } from "../support/stack.js";
import { unreliable, type Mishap } from "../support/unreliable.js";

const uid = (digits: string): string => `${digits.padStart(8, "0")}-0000-4000-8000-000000000000`;

/** Uids of the start below. */
export const uids = {
  acme: uid("ace"),
  core: uid("c"),
  owner: uid("1"),
  ada: uid("2"),
  lee: uid("3"),
  mia: uid("4"),
};

export const person = (name: string): string => `${name}@example.com`;

export const username = (name: string): string => name;

/** owner owns Acme, ada is admin, lee leads Core, mia is a member; zoe belongs nowhere. */
export const acme = (settings: Seed["settings"] = {}): Seed => ({
  settings,
  people: [
    { uid: uids.owner, email: person("owner") },
    { uid: uids.ada, email: person("ada") },
    { uid: uids.lee, email: person("lee") },
    { uid: uids.mia, email: person("mia") },
    { email: person("zoe") },
  ],
  organizations: [
    {
      uid: uids.acme,
      name: "Acme",
      members: [
        { email: person("owner"), role: "owner" },
        { email: person("ada"), role: "admin" },
        { email: person("lee") },
        { email: person("mia") },
      ],
      teams: [{ uid: uids.core, name: "Core", members: [{ email: person("lee"), role: "lead" }] }],
    },
  ],
});

/** The result and the cost of a run. */
export interface Measured extends Outcome {
  /** Every call, as "METHOD /path". */
  calls: string[];
  /** The write calls. */
  writes: string[];
  /** As "invitation zoe@example.com". */
  emails: string[];
  /** The error that ended the run; its steps are then not known. */
  error: Error | undefined;
}

/** The functions of the tests, on a service that `useService` resets for each test. */
class Scenario {
  #emulator: TestEmulator | undefined;
  #between: Awaited<ReturnType<typeof unreliable>> | undefined;
  #stack: Stack | undefined;

  get emulator(): TestEmulator {
    return begun(this.#emulator);
  }

  get stack(): Stack {
    return begun(this.#stack);
  }

  async begin(seed: Seed): Promise<void> {
    this.#emulator ??= await startEmulator();
    await this.#emulator.reset(seed);
    this.#between ??= await unreliable(this.#emulator.url);
    this.#between.expect();
    this.#stack = new Stack(this.#emulator.environment());
  }

  async end(): Promise<void> {
    await this.#between?.close();
    await this.#emulator?.close();
    this.#between = this.#emulator = this.#stack = undefined;
  }

  /** A key of somebody. */
  async keyOf(name: string): Promise<string> {
    const key = `avk_${name}`;
    await this.emulator.addKey(key, person(name));
    return key;
  }

  /** From now on these requests fail; see `unreliable`. */
  mishaps(...mishaps: Mishap[]): void {
    const between = begun(this.#between);
    this.stack.environment = { ...this.stack.environment, AVALA_BASE_URL: between.url };
    between.expect(...mishaps);
  }

  /** Runs one step and returns its cost, also if it fails. */
  async measured(run: () => Promise<Outcome>): Promise<Measured> {
    await this.emulator.clearLog();
    let error: Error | undefined;
    const outcome = await run().catch((failure: Error): Outcome => {
      error = failure;
      return { steps: [], logged: [] };
    });
    const calls = await this.emulator.calls();
    return {
      ...outcome,
      error,
      calls,
      writes: calls.filter((call) => !call.startsWith("GET ")),
      emails: (await this.emulator.emails()).map(({ kind, to }) => `${kind} ${to}`),
    };
  }

  async organizationNow(organizationUid = uids.acme) {
    const found = (await this.emulator.state()).organizations.find((row) => row.uid === organizationUid);
    if (!found) throw new Error(`There is no organization ${organizationUid}.`);
    return found;
  }

  async teamNow(teamUid = uids.core) {
    const found = (await this.emulator.state()).organizations
      .flatMap(({ teams }) => teams)
      .find((row) => row.uid === teamUid);
    if (!found) throw new Error(`There is no team ${teamUid}.`);
    return found;
  }
}

function begun<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("Call useService in the file, and this in a test.");
  return value;
}

export const s = new Scenario();

/**
 * An emulator for the tests of a file or of a group, reset for each test, and a stack without resources.
 * @param seed by default the start above
 */
export function useService(seed: () => Seed = acme): void {
  // Some tests start processes; a machine may be busy.
  jest.setTimeout(60_000);
  beforeEach(() => s.begin(seed()));
  afterAll(() => s.end());
}
