import type { Seed, State } from "../../../emulator/src/index.js";
import { startEmulator, type TestEmulator } from "../../support/emulator.js";
import {
  Hosts,
  organizationMember,
  Stack,
  teamMembership,
  type Declaration as Stated,
  type Outcome,
  type Program,
} from "../../support/stack.js";
import { person } from "../support.js";
import { declarations, type Declaration, type Row, type Situation } from "./table.js";

/** One row of the table: an organization of its own, so that many rows can share an emulator and a run. */
export interface Case {
  situation: Situation;
  declaration: Declaration;
  organizationUid: string;
  teamUid: string;
  slug: string;
  email: string;
}

/** The declarations of a person in a program. */
const programs: Record<Declaration, (row: Case) => Record<string, Stated>> = {
  absent: () => ({}),
  withdrawn: ({ organizationUid, email }) => ({ person: organizationMember({ organization: organizationUid, email }) }),
  member: (row) => programs.withdrawn(row),
  admin: ({ organizationUid, email }) => ({
    person: organizationMember({ organization: organizationUid, email, role: "admin" }),
  }),
  teamMember: (row) => ({ teamMembership: teamMembership({ team: teamOf(row), email: row.email, role: "member" }) }),
  teamLead: (row) => ({ teamMembership: teamMembership({ team: teamOf(row), email: row.email, role: "lead" }) }),
  memberAndLead: (row) => ({ ...programs.member(row), ...programs.teamLead(row) }),
};

/** The program of the command: withdrawn declarations are not in it any more. */
const programOf = (row: Case): Program => (row.declaration === "withdrawn" ? {} : programs[row.declaration](row));

const teamOf = ({ organizationUid, teamUid }: Case): string => `${organizationUid}/${teamUid}`;

/** The steps to a situation; between the two, an up creates the declaration, if there is one. */
interface Way {
  /** Before the program has ever been run. */
  before?(emulator: TestEmulator, row: Case): Promise<unknown>;
  /** Between its last run and the command. */
  after?(emulator: TestEmulator, row: Case): Promise<unknown>;
  /** The person has been declared, has accepted, and all of that is recorded. */
  settled?: true;
  /** A person who exists already. */
  email?: string;
}

const join = (role: "member" | "admin") => (emulator: TestEmulator, row: Case) =>
  emulator.join(row.organizationUid, row.email, role);
const invite = (emulator: TestEmulator, { slug, email }: Case) =>
  emulator.api("POST", `/organizations/${slug}/invitations/`, { email });
const uidOf = async (emulator: TestEmulator, email: string) =>
  (await emulator.state()).people.find((row) => row.email === email)!.uid;
const moved = (email: string): string => email.replace("@", "@elsewhere.");

const ways: Record<Situation, Way> = {
  none: {},
  invited: { before: invite },
  activeMember: { before: join("member") },
  activeAdmin: { before: join("admin") },
  owner: { email: person("owner") },
  hidden: {
    async before(emulator, row) {
      await join("member")(emulator, row);
      await emulator.settings({ hideEmails: true });
    },
  },
  expired: { after: (emulator, { email }) => emulator.expire(email) },
  accepted: { after: (emulator, { email }) => emulator.accept(email) },
  gone: { after: (emulator, { email }) => emulator.decline(email) },
  removed: {
    settled: true,
    after: async (emulator, { slug, email }) =>
      emulator.api("DELETE", `/organizations/${slug}/members/${await uidOf(emulator, email)}/`),
  },
  left: {
    settled: true,
    async after(emulator, { slug, email }) {
      await emulator.addKey(`avk_${email}`, email);
      await emulator.api("POST", `/organizations/${slug}/leave/`, undefined, `avk_${email}`);
    },
  },
  emailChanged: {
    settled: true,
    async after(emulator, { email }) {
      const uid = await uidOf(emulator, email);
      const text = JSON.stringify(await emulator.state()).replaceAll(`"${email}"`, `"${moved(email)}"`);
      await emulator.reset(JSON.parse(text) as State);
      if ((await uidOf(emulator, moved(email))) !== uid) throw new Error(`${email} has not moved.`);
    },
  },
  hiddenSince: { settled: true, after: (emulator) => emulator.settings({ hideEmails: true }) },
};

/**
 * Situations whose rows can share one emulator: those that hide addresses do so for everybody, and only those that arise
 * after a run restore the state before the preview.
 */
export const batches: readonly (readonly Situation[])[] = [
  ["none", "invited", "activeMember", "activeAdmin", "owner"],
  ["hidden"],
  ["expired", "accepted", "gone", "removed", "left", "emailChanged"],
  ["hiddenSince"],
];

/** A row's name in the result of `observeBatch`. */
export const rowName = (situation: Situation, declaration: Declaration): string => `${situation} ${declaration}`;

/** Creates situations with all declarations, runs every command, and returns the effect of each on each row. */
export function observeBatch(situations: readonly Situation[]): Promise<ReadonlyMap<string, Row>> {
  return withBatch(situations, (batch) => batch.observe());
}

/** Creates situations with all declarations, and returns the result of `use` before any command. */
export function beforeCommands<T>(
  situations: readonly Situation[],
  use: (emulator: TestEmulator, stacks: ReadonlyMap<Case, Stack>) => Promise<T>,
): Promise<T> {
  return withBatch(situations, async (batch, emulator) => use(emulator, await batch.prepared()));
}

async function withBatch<T>(
  situations: readonly Situation[],
  use: (batch: Batch, emulator: TestEmulator) => Promise<T>,
): Promise<T> {
  const rows = situations
    .flatMap((situation) =>
      (Object.keys(declarations) as Declaration[]).map((declaration) => ({ situation, declaration })),
    )
    .map(({ situation, declaration }, index): Case => {
      const digits = String(index).padStart(2, "0");
      return {
        situation,
        declaration,
        organizationUid: `${digits.padStart(8, "0")}-0000-4000-8000-00000000000a`,
        teamUid: `${digits.padStart(8, "0")}-0000-4000-8000-00000000000b`,
        slug: `row-${digits}`,
        email: ways[situation].email ?? person(`sam${digits}`),
      };
    });
  const emulator = await startEmulator({ seed: seedOf(rows) });
  try {
    return await use(new Batch(emulator, rows), emulator);
  } finally {
    await emulator.close();
  }
}

/** In each organization: its owner, ada as admin, lee who leads the team, and mia. */
function seedOf(rows: readonly Case[]): Seed {
  return {
    people: ["owner", "ada", "lee", "mia"].map((name) => ({ email: person(name) })),
    organizations: rows.map(({ organizationUid, teamUid, slug }) => ({
      uid: organizationUid,
      name: slug,
      slug,
      members: [
        { email: person("owner"), role: "owner" },
        { email: person("ada"), role: "admin" },
        { email: person("lee") },
        { email: person("mia") },
      ],
      teams: [{ uid: teamUid, name: "Core", members: [{ email: person("lee"), role: "lead" }] }],
    })),
  };
}

type Results = ReadonlyMap<Case, string>;

/** The effect of a command, in all rows together, and in each. */
interface Measured {
  logged: Outcome["logged"];
  calls: string[];
  emails: State["emails"];
  rows: ReadonlyMap<Case, { steps: string[]; error?: Error }>;
}

function expectSame(received: unknown, expected: unknown): void {
  expect(received).toEqual(expected);
}

/** Rows with a stack each, whose commands share a host process, like parts of one program. */
class Batch {
  readonly #stacks: ReadonlyMap<Case, Stack>;

  constructor(
    private readonly emulator: TestEmulator,
    private readonly rows: readonly Case[],
  ) {
    this.#stacks = new Map(rows.map((row) => [row, new Stack(emulator.environment())]));
  }

  async prepared(): Promise<ReadonlyMap<Case, Stack>> {
    await this.#prepare();
    return this.#stacks;
  }

  async observe(): Promise<ReadonlyMap<string, Row>> {
    await this.#prepare();
    const world = await this.emulator.state();
    const before = this.rows.map((row) => [row, JSON.stringify([...this.#stacks.get(row)!.resources])] as const);

    const preview = await this.#observeRows((stack, row) => stack.preview(programOf(row)));
    const up = await this.#observeRows((stack, row) => stack.up(programOf(row)));
    await this.#expectNothingLeft(up);
    if (this.rows.some(({ situation }) => ways[situation].after)) {
      await this.emulator.reset(world);
      for (const [row, text] of before) {
        const { resources } = this.#stacks.get(row)!;
        resources.clear();
        for (const [name, recorded] of JSON.parse(text)) resources.set(name, recorded);
      }
    }
    const refresh = await this.#observeRows((stack) => stack.refresh());
    const upAfterRefresh = await this.#observeRows((stack, row) => stack.up(programOf(row)));
    await this.#expectNothingLeft(upAfterRefresh);
    const destroy = await this.#observeRows((stack) => stack.destroy());
    const end = await this.emulator.state();
    for (const row of this.rows) expectSame(bystanders(end, row), bystanders(world, row));

    const commands = Object.entries({ preview, up, refresh, upAfterRefresh, destroy });
    return new Map(
      this.rows.map((row) => [
        rowName(row.situation, row.declaration),
        Object.fromEntries(commands.map(([command, results]) => [command, results.get(row)])) as unknown as Row,
      ]),
    );
  }

  async #prepare(): Promise<void> {
    const wayOf = ({ situation }: Case) => ways[situation];
    for (const row of this.rows) await wayOf(row).before?.(this.emulator, row);
    const later = this.rows.filter((row) => wayOf(row).after);
    for (const row of later) if (!("person" in programs[row.declaration](row))) await invite(this.emulator, row);
    const earlier = this.rows.filter((row) => wayOf(row).after ?? row.declaration === "withdrawn");
    const up = (rows: readonly Case[]) =>
      this.#run((stack, row) => (rows.includes(row) ? stack.up(programs[row.declaration](row)) : undefined));
    const { rows } = await up(earlier);
    // A withdrawn declaration that cannot be created was never in the state.
    expectSame(
      earlier.filter((row) => rows.get(row)!.error && row.declaration !== "withdrawn"),
      [],
    );
    const settled = later.filter((row) => wayOf(row).settled);
    for (const { email } of settled) await this.emulator.accept(email);
    await up(settled);
    for (const row of later) await wayOf(row).after!(this.emulator, row);
  }

  /** The second preview of every row is empty, except after a run that has failed. */
  async #expectNothingLeft(results: Results): Promise<void> {
    const { rows, calls } = await this.#run((stack, row) => stack.preview(programOf(row)));
    expectSame(
      calls.filter((call) => !call.startsWith("GET ")),
      [],
    );
    for (const row of this.rows.filter((row) => !results.get(row)!.startsWith("AVALA_"))) {
      expectSame(rows.get(row), { steps: Object.keys(programOf(row)).map((name) => `same ${name}`) });
    }
  }

  /** One command of all rows, in sequence in one host process; an error ends only the row's own part. */
  async #run(command: (stack: Stack, row: Case) => Promise<Outcome> | undefined): Promise<Measured> {
    await this.emulator.clearLog();
    const hosts = await Hosts.start(new Stack(this.emulator.environment()));
    const rows = new Map<Case, { steps: string[]; error?: Error }>();
    try {
      for (const [row, stack] of this.#stacks) {
        stack.shared = hosts;
        const ended = await command(stack, row)?.catch((error: Error) => ({ steps: [], error }));
        const { steps, ...failure } = ended ?? { steps: [] };
        rows.set(row, { steps, ...("error" in failure ? { error: failure.error } : {}) });
      }
    } finally {
      await hosts.close();
    }
    return { rows, logged: hosts.logged, calls: await this.emulator.calls(), emails: await this.emulator.emails() };
  }

  /** The effect of a command, in each row. */
  async #observeRows(command: (stack: Stack, row: Case) => Promise<Outcome>): Promise<Results> {
    const measured = await this.#run(command);
    // One list contains the organizations of all rows.
    expectSame(measured.calls.filter((call) => call === "GET /organizations/").slice(1), []);
    const state = await this.emulator.state();
    return new Map(this.rows.map((row) => [row, this.#observeRow(row, measured, state)]));
  }

  #observeRow(row: Case, { rows, logged, calls, emails }: Measured, state: State): string {
    const { slug, email } = row;
    const mine = calls.filter((call) => call.includes(`/organizations/${slug}/`));
    const writes = mine.filter((call) => !call.startsWith("GET ")).map((call) => named(call, slug));
    const reads = new Set(mine.filter((call) => call.startsWith("GET ")).map((call) => named(call, slug)));
    expectSame(reads.size, mine.length - writes.length);
    if (mine.length > 0) reads.add("organizations");
    const status = [...this.#stacks.get(row)!.resources.values()].map(({ outputs }) => outputs["status"] as string);
    const { steps, error } = rows.get(row)!;
    // Reads run at the same time, and end in any order.
    const done = steps
      .toSorted((one, other) => (nameOf(one) < nameOf(other) ? -1 : 1))
      .map((step) => step.split(" ")[0]);
    const code = error && (/\[(AVALA_\w+)\]/.exec(error.message)?.[1] ?? error.message);
    const emailCount = emails.filter(({ to }) => to === email).length;
    const isOnlyHere = ways[row.situation].email === undefined;
    const heard = logged.filter(({ message }) => message.includes(slug) || (isOnlyHere && message.includes(email)));
    const parts = [
      ...(code ? [code] : []),
      ...(done.length > 0 ? [done.join("+")] : []),
      ...(writes.length > 0 ? [writes.join("+")] : []),
      ...(emailCount > 0 ? [`${emailCount} email`] : []),
      ...(status.length > 0 ? [`state: ${status.join("+")}`] : []),
      `Avala: ${standing(state, row)}`,
      ...(reads.size > 0 ? [`reads ${[...reads].toSorted().join(", ")}`] : []),
      ...new Set(heard.map(({ severity }) => (severity === "warning" ? "warns" : "says"))),
    ];
    return parts.join("; ");
  }
}

const names: [RegExp, string][] = [
  [/^GET members\/$/, "people"],
  [/^GET invitations\/$/, "invitations"],
  [/^GET teams\/$/, "teams"],
  [/^GET teams\/core\/members\/$/, "team"],
  [/^POST invitations\/$/, "invite"],
  [/^POST invitations\/[^/]+\/cancel\/$/, "cancel"],
  [/^PATCH members\/[^/]+\/role\/$/, "set role"],
  [/^DELETE members\/[^/]+\/$/, "remove"],
  [/^POST teams\/core\/members\/$/, "add to team"],
  [/^DELETE teams\/core\/members\/[^/]+\/$/, "remove from team"],
];

const nameOf = (step: string): string => step.slice(step.indexOf(" ") + 1);

function named(call: string, slug: string): string {
  const within = call.replace(`/organizations/${slug}/`, "");
  const found = names.find(([pattern]) => pattern.test(within));
  if (!found) throw new Error(`No cell of the table makes the call ${call}.`);
  return found[1];
}

const organizationIn = (state: State, { organizationUid }: Case) =>
  state.organizations.find(({ uid }) => uid === organizationUid)!;

/** A person's access in Avala. */
function standing(state: State, row: Case): string {
  const { members, invitations, teams } = organizationIn(state, row);
  const is = ({ email }: { email: string }) => email === row.email || email === moved(row.email);
  const member = members.find(is);
  if (member) {
    const membership = teams[0]!.members.find(is);
    return membership ? `${member.role}, team ${membership.role}` : member.role!;
  }
  const invited = invitations.find((invitation) => is(invitation) && invitation.status === "pending");
  if (!invited) return "nobody";
  const over = Date.parse(invited.expiresAt!) <= Date.now();
  return over ? "expired" : `invited as ${invited.role}`;
}

/** Everybody else: no command changes them. */
function bystanders(state: State, row: Case) {
  const others = (people: { email: string; role?: string | undefined }[]) =>
    people
      .filter(({ email }) => email !== row.email && email !== moved(row.email))
      .map(({ email, role }) => `${email} ${role}`);
  const { members, teams } = organizationIn(state, row);
  return {
    members: others(members),
    team: others(teams[0]!.members),
    owner: members.find(({ role }) => role === "owner")?.email,
  };
}
