import type { scenario } from "../support.js";
import { person, uids } from "../support.js";
import { organizationMember, teamMembership, type Outcome, type Program } from "../../support/stack.js";
import type { State } from "../../../emulator/src/index.js";
import type { Declaration, Row, Situation } from "./table.js";

type Scenario = ReturnType<typeof scenario>;

const core = `${uids.acme}/${uids.core}`;
const sam = person("sam");

/** What a program says of somebody. */
const programs: Record<Declaration, (email: string) => Program> = {
  absent: () => ({}),
  withdrawn: (email) => ({ person: organizationMember({ organization: uids.acme, email }) }),
  member: (email) => ({ person: organizationMember({ organization: uids.acme, email }) }),
  admin: (email) => ({ person: organizationMember({ organization: uids.acme, email, role: "admin" }) }),
  teamMember: (email) => ({ place: teamMembership({ team: core, email, role: "member" }) }),
  teamLead: (email) => ({ place: teamMembership({ team: core, email, role: "lead" }) }),
  memberAndLead: (email) => ({ ...programs.member(email), ...programs.teamLead(email) }),
};

/** How a situation comes about; `declare` runs an up of the declaration, where there is one. */
interface Way {
  /** Before the program has ever been run. */
  before?(s: Scenario): Promise<unknown>;
  /** Between its last run and the command. */
  after?(s: Scenario): Promise<unknown>;
  /** Sam has been declared, has accepted, and all of that is recorded. */
  settled?: true;
  /** The person, where it is not Sam. */
  email?: string;
}

const join = (role: "member" | "admin") => (s: Scenario) => s.emulator.join(uids.acme, sam, role);
const invite = (s: Scenario) => s.emulator.api("POST", "/organizations/acme/invitations/", { email: sam });
const uidOfSam = async (s: Scenario) => (await s.emulator.state()).people.find(({ email }) => email === sam)!.uid;

const ways: Record<Situation, Way> = {
  none: {},
  invited: { before: invite },
  activeMember: { before: join("member") },
  activeAdmin: { before: join("admin") },
  owner: { email: person("owner") },
  hidden: {
    async before(s) {
      await join("member")(s);
      await s.emulator.settings({ hideEmails: true });
    },
  },
  expired: { after: (s) => s.emulator.expire(sam) },
  accepted: { after: (s) => s.emulator.accept(sam) },
  gone: { after: (s) => s.emulator.decline(sam) },
  removed: {
    settled: true,
    after: async (s) => s.emulator.api("DELETE", `/organizations/acme/members/${await uidOfSam(s)}/`),
  },
  left: {
    settled: true,
    async after(s) {
      await s.emulator.addKey("avk_sam", sam);
      await s.emulator.api("POST", "/organizations/acme/leave/", undefined, "avk_sam");
    },
  },
  emailChanged: {
    settled: true,
    async after(s) {
      const state = await s.emulator.state();
      const uid = await uidOfSam(s);
      const moved = JSON.parse(JSON.stringify(state).replaceAll(`"${sam}"`, '"sam@elsewhere.example.com"')) as State;
      if (!moved.people.some((row) => row.uid === uid && row.email !== sam)) throw new Error("Sam has not moved.");
      await s.emulator.reset(moved);
    },
  },
  hiddenSince: { settled: true, after: (s) => s.emulator.settings({ hideEmails: true }) },
};

/** Brings a situation about under a declaration, runs every command there, and answers what each did. */
export async function observeRow(s: Scenario, situation: Situation, declaration: Declaration): Promise<Row> {
  const way = ways[situation];
  const email = way.email ?? sam;
  const declared = programs[declaration](email);
  const program = declaration === "withdrawn" ? {} : declared;
  await prepare(s, way, declaration, declared);
  const start = { world: await s.emulator.state(), resources: JSON.stringify([...s.stack.resources]) };
  const cell = (run: () => Promise<Outcome>) => observeCell(s, email, run);

  const row = { preview: await cell(() => s.stack.preview(program)), up: await cell(() => s.stack.up(program)) } as Row;
  await expectNothingLeft(s, program, row.up);
  if (way.after) await goBack(s, start);
  row.refresh = await cell(() => s.stack.refresh());
  row.upAfterRefresh = await cell(() => s.stack.up(program));
  await expectNothingLeft(s, program, row.upAfterRefresh);
  row.destroy = await cell(() => s.stack.destroy());
  expect(bystanders(await s.emulator.state(), email)).toEqual(bystanders(start.world, email));
  return row;
}

async function prepare(s: Scenario, way: Way, declaration: Declaration, declared: Program): Promise<void> {
  await way.before?.(s);
  if (way.after) {
    const invites = "person" in declared;
    if (!invites) await invite(s);
    await s.stack.up(declared);
    if (way.settled) {
      await s.emulator.accept(sam);
      await s.stack.up(declared);
    }
    await way.after(s);
  } else if (declaration === "withdrawn") {
    await s.stack.up(declared).catch(() => undefined);
  }
}

async function goBack(s: Scenario, start: { world: State; resources: string }): Promise<void> {
  await s.emulator.reset(start.world);
  s.stack.resources.clear();
  for (const [name, recorded] of JSON.parse(start.resources)) s.stack.resources.set(name, recorded);
}

/** The second preview of every cell is empty, but for a run that has failed. */
async function expectNothingLeft(s: Scenario, program: Program, cell: string): Promise<void> {
  if (cell.includes("AVALA_")) return;
  const { steps, writes, error } = await s.measured(() => s.stack.preview(program));
  expect({ error, writes, steps }).toEqual({
    error: undefined,
    writes: [],
    steps: Object.keys(program).map((name) => `same ${name}`),
  });
}

async function observeCell(s: Scenario, email: string, run: () => Promise<Outcome>): Promise<string> {
  const { steps, told, calls, mails, error } = await s.measured(run);
  const writes = calls.filter((call) => !call.startsWith("GET ")).map(named);
  const reads = [...new Set(calls.filter((call) => call.startsWith("GET ")).map(named))];
  expect(reads).toHaveLength(calls.length - writes.length);
  const status = [...s.stack.resources].map(([name]) => s.stack.outputs(name)["status"] as string);
  const done = steps.map((step) => step.split(" ")[0]);
  const code = error && (/\[(AVALA_\w+)\]/.exec(error.message)?.[1] ?? error.message);
  const parts = [
    ...(code ? [code] : []),
    ...(done.length > 0 ? [done.join("+")] : []),
    ...(writes.length > 0 ? [writes.join("+")] : []),
    ...(mails.length > 0 ? [`${mails.length} mail`] : []),
    ...(status.length > 0 ? [`state: ${status.join("+")}`] : []),
    `Avala: ${standing(await s.emulator.state(), email)}`,
    ...(reads.length > 0 ? [`reads ${reads.toSorted().join(", ")}`] : []),
    ...new Set(told.map(({ severity }) => (severity === "warning" ? "warns" : "says"))),
  ];
  return parts.join("; ");
}

const names: [RegExp, string][] = [
  [/^GET \/organizations\/$/, "organizations"],
  [/^GET \/organizations\/acme\/members\/$/, "people"],
  [/^GET \/organizations\/acme\/invitations\/$/, "invitations"],
  [/^GET \/organizations\/acme\/teams\/$/, "teams"],
  [/^GET \/organizations\/acme\/teams\/core\/members\/$/, "team"],
  [/^POST \/organizations\/acme\/invitations\/$/, "invite"],
  [/^POST \/organizations\/acme\/invitations\/[^/]+\/cancel\/$/, "cancel"],
  [/^PATCH \/organizations\/acme\/members\/[^/]+\/role\/$/, "set role"],
  [/^DELETE \/organizations\/acme\/members\/[^/]+\/$/, "remove"],
  [/^POST \/organizations\/acme\/teams\/core\/members\/$/, "grant"],
  [/^DELETE \/organizations\/acme\/teams\/core\/members\/[^/]+\/$/, "take out"],
];

function named(call: string): string {
  const found = names.find(([pattern]) => pattern.test(call));
  if (!found) throw new Error(`No cell of the table makes the call ${call}.`);
  return found[1];
}

/** What Avala holds of somebody. */
function standing(state: State, email: string): string {
  const organization = state.organizations[0]!;
  const is = (row: { email: string }) => row.email === email || row.email === "sam@elsewhere.example.com";
  const member = organization.members.find(is);
  if (member) {
    const place = organization.teams[0]!.members.find(is);
    return place ? `${member.role}, team ${place.role}` : member.role!;
  }
  const invited = organization.invitations.find((row) => is(row) && row.status === "pending");
  if (!invited) return "nobody";
  const over = Date.parse(invited.expiresAt!) <= Date.now();
  return over ? "expired" : `invited as ${invited.role}`;
}

/** Everybody else, as they are: no command touches them. */
function bystanders(state: State, email: string) {
  const others = (rows: { email: string; role?: string | undefined }[]) =>
    rows
      .filter((row) => row.email !== email && !row.email.startsWith("sam@"))
      .map(({ email, role }) => `${email} ${role}`);
  const [organization] = state.organizations;
  return {
    members: others(organization!.members),
    team: others(organization!.teams[0]!.members),
    owner: organization!.members.find(({ role }) => role === "owner")?.email,
  };
}
