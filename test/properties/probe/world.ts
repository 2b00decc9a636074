import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readCommandLine } from "../../../cli/commandLine.js";
import { commands } from "../../../cli/commands.js";
import { Terminal } from "../../../cli/output/terminal.js";
import { realTime, type Time } from "../../../cli/probe/polling.js";
import { type Profile, profileSchema } from "../../../cli/probe/profile.js";
import { AvalaError } from "../../../provider/core/errors.js";
import { version } from "../../../provider/core/version.js";
import type { Seed, Settings } from "../../../emulator/src/index.js";
import { Desk } from "../../support/commandLine.js";
import { rowOf } from "./breaking.js";
import { startService, type Breaker, type Service } from "./service.js";

export const ownKey = "avk_probing_owner_f2c1";
/** Of the organization that the owner's key does not see. */
export const administratorKey = "avk_globex_administrator_77aa";
/** Of a member who manages nothing. */
export const memberKey = "avk_plain_member_90bd";

export const invited = "probe.invited@mailbox.example";
const otherSlug = "globex-secret";

const day = 24 * 3600 * 1000;
const inDays = (days: number) => new Date(Date.now() + days * day).toISOString();

/** Everything that a key can see: all roles, a pending and an expired invitation, teams, and more than 100 rows. */
export const seed = (settings: Partial<Settings> = {}): Seed => ({
  settings: { rateLimit: null, ...settings },
  people: [
    { email: "olga.owner@initech.example", username: "olga-secret", fullName: "Olga Ownerson" },
    { email: "ada.admin@initech.example", username: "ada-secret", fullName: "Ada Adminson" },
    { email: "mel.member@initech.example", username: "mel-secret", fullName: "Mel Memberson" },
    { email: "gus.globex@globex.example", username: "gus-secret", fullName: "Gus Globexson" },
  ],
  keys: [
    { key: ownKey, email: "olga.owner@initech.example" },
    { key: memberKey, email: "mel.member@initech.example" },
    { key: administratorKey, email: "gus.globex@globex.example" },
  ],
  organizations: [
    {
      name: "Initech Robotics",
      slug: "initech-robotics",
      handle: "initech_handle",
      description: "Confidential description",
      website: "https://initech.example/secret",
      email: "contact@initech.example",
      phone: "+1-555-0199",
      industry: "robotics",
      visibility: "private",
      allowedDomains: ["initech.example"],
      logo: "https://logos.example/initech.png",
      members: [
        { email: "olga.owner@initech.example", role: "owner" },
        { email: "ada.admin@initech.example", role: "admin" },
        { email: "mel.member@initech.example", role: "member" },
      ],
      invitations: [
        { email: "pending.one@initech.example", role: "member", expiresAt: inDays(9), token: "token-of-pending-one" },
        { email: "pending.two@initech.example", role: "admin", expiresAt: inDays(10), token: "token-of-pending-two" },
        { email: "overdue@initech.example", role: "member", expiresAt: inDays(-3), token: "token-of-overdue" },
        { email: "cancelled@initech.example", status: "cancelled" },
      ],
      teams: [
        {
          name: "Secret Perception",
          slug: "secret-perception",
          description: "Confidential team",
          color: "#AbCdEf",
          members: [
            { email: "ada.admin@initech.example", role: "lead" },
            { email: "mel.member@initech.example", role: "member" },
          ],
        },
        { name: "Secret Planning", slug: "secret-planning" },
      ],
    },
    ...Array.from({ length: settings.maxPageSize === undefined || settings.maxPageSize > 20 ? 109 : 12 }, (_, i) => ({
      name: `Subsidiary Number ${i + 1}`,
      slug: `subsidiary-number-${i + 1}`,
      members: [{ email: "olga.owner@initech.example", role: "owner" as const }],
    })),
    {
      name: "Globex Secret",
      slug: otherSlug,
      members: [{ email: "gus.globex@globex.example", role: "owner" }],
    },
  ],
});

/** What the probe waits for is over at once, also for the emulator. Runs share this clock: one at a time. */
let skippedMs = 0;
const now = () => Date.now() + skippedMs;
Object.assign(realTime, {
  now: () => performance.now() + skippedMs,
  async wait(ms: number) {
    skippedMs += ms;
  },
} satisfies Time);

export interface Run {
  /** Undefined if the command has ended before it was written. */
  profile: Profile | undefined;
  /** Exit code, or the error. */
  ended: number | AvalaError;
  stdout: string;
  stderr: string;
  requests: readonly string[];
  before: ReturnType<Service["content"]>;
  after: ReturnType<Service["content"]>;
  host: string;
  created: readonly unknown[];
}

const options = ["--organization", "initech-robotics", "--other-organization", otherSlug];
export const everything: readonly string[] = [...options, "--write", "--yes", "--invite", invited];
export const asJson: readonly string[] = [...everything, "--json"];

/** Runs the command, in this process, on an emulator of its own. */
export async function probed({
  settings,
  breaker,
  key = ownKey,
  args = asJson,
}: {
  settings?: Partial<Settings>;
  breaker?: Breaker;
  key?: string;
  args?: readonly string[];
} = {}): Promise<Run> {
  const service = await startService({ seed: seed(settings), now }, breaker);
  const desk = new Desk();
  try {
    const before = service.content();
    const out = join(desk.folder, "profile.json");
    const { ended, stdout, stderr } = await run(["probe", "--cwd", desk.folder, "--out", out, ...args], {
      AVALA_API_KEY: key,
      AVALA_BASE_URL: service.url,
      AVALA_ALLOW_INSECURE_BASE_URL: "1",
      AVALA_REQUESTS_PER_MINUTE: "100000",
      AVALA_REQUESTS_PER_SECOND: "10000",
    });
    const profile = readProfile(out);
    const after = service.content();
    return {
      profile,
      ended,
      stdout,
      stderr,
      requests: service.requests,
      before,
      after,
      host: new URL(service.url).host,
      created: service.created,
    };
  } finally {
    desk.close();
    await service.close();
  }
}

function readProfile(file: string): Profile | undefined {
  try {
    return profileSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

async function run(args: readonly string[], environment: Record<string, string>) {
  const written = { stdout: "", stderr: "" };
  const stream = (name: keyof typeof written) => ({
    isTTY: false,
    on: () => undefined,
    write: (text: string) => (written[name] += text),
  });
  const streams = { stdin: { isTTY: false }, stdout: stream("stdout"), stderr: stream("stderr") };
  const typed = readCommandLine(commands, version, args);
  if ("text" in typed) throw new Error(typed.text);
  const { command, operands, options } = typed;
  const terminal = new Terminal(streams as unknown as NodeJS.Process);
  const invocation = { operands, options: options as never, terminal, environment };
  const ended = await command.run(invocation).catch((error: unknown) => {
    if (error instanceof AvalaError) return error;
    throw error;
  });
  return { ended: ended ?? 0, ...written };
}

/** Receivers of emails other than the address of `--invite`. */
export const otherReceivers = ({ before, after }: Run): string[] =>
  after.emails
    .slice(before.emails.length)
    .map(({ to }) => to.toLowerCase())
    .filter((to) => to !== invited);

/** Everything that a run has to keep to itself, by where it must not be. */
export function secretsOf({ before, created, host }: Run): { anywhere: string[]; inResults: string[] } {
  const keys = [ownKey, administratorKey, memberKey];
  const own = created.flatMap((body) => {
    const { uid, slug, name, accept_url } = rowOf(body);
    return [uid, slug, name, accept_url].filter((value) => typeof value === "string" && /\d/.test(value));
  });
  // The question names the address that the user has named, and an error what is left.
  return { anywhere: [...textsOf(before), ...keys, host], inResults: [invited, ...(own as string[])] };
}

/** Values that a field of the API may have, and times, tell nothing. */
const harmless =
  /^(?:owner|admin|member|lead|pending|cancelled|expired|accepted|public|private|basic|pro|enterprise|robotics|other|#\w{6}|\d{4}-\d\d-\d\dT.*|invitation|resend|organizations\..*)?$/;

/** Every text of the content. */
function textsOf(value: unknown): string[] {
  if (typeof value === "string") return harmless.test(value) ? [] : [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsOf) : [];
}
