import type { Seed } from "../../emulator/src/index.js";
import { startEmulator, type TestEmulator } from "../support/emulator.js";
import { Stack, type Outcome } from "../support/stack.js";

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

/** What a run did and what it cost. */
export interface Measured extends Outcome {
  /** Every call, as "METHOD /path". */
  calls: string[];
  /** Those that are no reads. */
  writes: string[];
  /** As "invitation zoe@example.com". */
  mails: string[];
  /** What ended the run before its time; its steps are then not told. */
  error: Error | undefined;
}

/** An emulator for the tests of a file, and a new stack for each test. */
export function scenario(seed: () => Seed = acme) {
  let emulator: TestEmulator;
  let stack: Stack;
  // Each run starts a process or two; a machine may be busy.
  jest.setTimeout(60_000);
  beforeAll(async () => {
    emulator = await startEmulator();
  });
  beforeEach(async () => {
    await emulator.reset(seed());
    stack = new Stack(emulator.environment());
  });
  afterAll(() => emulator.close());

  return {
    get emulator() {
      return emulator;
    },
    get stack() {
      return stack;
    },
    /** Runs one step of a story and answers what it cost, a failure included. */
    async measured(run: () => Promise<Outcome>): Promise<Measured> {
      await emulator.clearLog();
      let error: Error | undefined;
      const outcome = await run().catch((failure: Error): Outcome => {
        error = failure;
        return { steps: [], told: [] };
      });
      const calls = await emulator.calls();
      return {
        ...outcome,
        error,
        calls,
        writes: calls.filter((call) => !call.startsWith("GET ")),
        mails: (await emulator.emails()).map(({ kind, to }) => `${kind} ${to}`),
      };
    },
    async organizationNow(organizationUid = uids.acme) {
      const found = (await emulator.state()).organizations.find((row) => row.uid === organizationUid);
      if (!found) throw new Error(`There is no organization ${organizationUid}.`);
      return found;
    },
    async teamNow(teamUid = uids.core) {
      const found = (await emulator.state()).organizations
        .flatMap(({ teams }) => teams)
        .find((row) => row.uid === teamUid);
      if (!found) throw new Error(`There is no team ${teamUid}.`);
      return found;
    },
  };
}
