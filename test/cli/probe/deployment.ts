import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type Profile, profileSchema } from "../../../cli/probe/profile.js";
import { AvalaError } from "../../../provider/core/errors.js";
import type { Seed, Settings } from "../../../emulator/src/index.js";
import { startEmulator, type TestEmulator } from "../../support/emulator.js";
import { inProcess, type Finished } from "../../support/inProcessCommand.js";

const people = ["owner", "ada", "lee", "mia"].map((name) => ({
  email: `${name}@example.com`,
  fullName: `${name} Doe`,
}));
const owner = { email: "owner@example.com", role: "owner" as const };
const [past, future] = ["2020-01-01T00:00:00.000Z", "2999-01-01T00:00:00.000Z"];

/** An organization with everything that a probe looks at. */
export const acme: NonNullable<Seed["organizations"]>[number] = {
  name: "Acme Robotics",
  slug: "acme-robotics",
  handle: "acme_handle",
  description: "What Acme does",
  website: "https://acme.example.com/about",
  email: "contact@acme.example.com",
  phone: "+49 151 23456789",
  logo: "https://logos.example.com/acme.png",
  members: [
    owner,
    { email: "ada@example.com", role: "admin" },
    { email: "lee@example.com" },
    { email: "mia@example.com" },
  ],
  teams: [
    { name: "Planning", slug: "planning-team" },
    {
      name: "Perception",
      slug: "perception-team",
      description: "Sees everything",
      members: [{ email: "lee@example.com", role: "lead" }, { email: "mia@example.com" }],
    },
  ],
  invitations: [
    { email: "zoe@example.org", role: "admin", token: "token-of-zoe-1234567890", expiresAt: future },
    { email: "late@example.org", token: "token-of-late-1234567890", expiresAt: past },
  ],
};

/** Organizations of the owner alone. */
export const others = (count: number): NonNullable<Seed["organizations"]> =>
  Array.from({ length: count }, (_, i) => ({ name: `Subsidiary ${i}`, slug: `subsidiary-${i}`, members: [owner] }));

/** An organization that the owner does not belong to. */
const hidden = { name: "Globex", slug: "globex-corp", members: [{ email: "gus@example.com", role: "owner" as const }] };

/** A deployment in which a probe sees everything. */
export const everything = (settings: Partial<Settings> = {}): Seed => ({
  settings: { rateLimit: { perMinute: 100, perSecond: 1000 }, ...settings },
  people: [...people, { email: "gus@example.com", fullName: "Gus Globexson" }],
  organizations: [acme, ...others(100), hidden],
});

/** A deployment with these organizations of the owner. */
export const withOnly = (...organizations: NonNullable<Seed["organizations"]>): Seed => ({ people, organizations });

export interface Probed extends Finished {
  /** Code of the error, if the command has failed. */
  code: string | undefined;
  profile: Profile | undefined;
}

/** An emulator and a folder for the probes of a file. */
export function deployment() {
  let emulator: TestEmulator;
  const folder = mkdtempSync("/tmp/probe-");
  const out = join(folder, "avala-profile.json");
  beforeAll(async () => {
    emulator = await startEmulator();
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await emulator.close();
  });
  return {
    get emulator() {
      return emulator;
    },
    folder,
    out,
    /** Runs the probe on this deployment. */
    async probed(seed: Seed, args: readonly string[] = [], env: Record<string, string> = {}): Promise<Probed> {
      await emulator.reset(seed);
      await emulator.clearLog();
      return probe([...args, "--out", out], { ...emulator.environment(), ...env });
    },
  };
}

/** Runs the command, and reads the profile that it has written. */
export async function probe(args: readonly string[], env: Record<string, string>): Promise<Probed> {
  const file = args[args.indexOf("--out") + 1]!;
  if (args.includes("--out")) rmSync(file, { force: true, recursive: true });
  const finished = await inProcess(["probe", "--cwd", "/", ...args], env);
  const failed = finished.ended instanceof AvalaError;
  const code = failed ? (finished.ended as AvalaError).code : undefined;
  const read = () => profileSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  return { ...finished, code, profile: failed || !args.includes("--out") ? undefined : read() };
}

/** Names of the statements with this verdict, with their details. */
export const withVerdict = ({ profile }: Probed, verdict: string): Record<string, string> =>
  Object.fromEntries(
    Object.entries(profile!.statements)
      .filter(([, found]) => found.verdict === verdict)
      .map(([name, { details }]) => [name, details]),
  );
