import * as fc from "fast-check";
import { organizationMember, teamMembership, type Program, type Recorded } from "../support/stack.js";
import { person, scenario, uids, type Measured } from "./support.js";

const s = scenario();
const core = `${uids.acme}/${uids.core}`;

interface Declared {
  role?: "admin";
  place?: "lead" | "member";
  onExpiry?: "resend";
  maxEmails?: number;
}

/** Whoever has no `onExpiry` is mailed once, whatever happens. */
const declared: Record<string, Declared> = {
  [person("a")]: {},
  [person("b")]: { place: "member" },
  [person("c")]: { role: "admin", place: "lead" },
  [person("d")]: { maxEmails: 1 },
  [person("e")]: { onExpiry: "resend" },
  [person("f")]: { onExpiry: "resend", place: "member" },
  [person("g")]: { onExpiry: "resend", maxEmails: 1, place: "lead" },
  [person("h")]: { onExpiry: "resend", maxEmails: 2, role: "admin" },
};
const emails = Object.keys(declared);
const colleague = person("invited.by.others");

const program: Program = Object.fromEntries(
  Object.entries(declared).flatMap(([email, { place, ...inputs }]) => [
    [email, organizationMember({ organization: uids.acme, email, ...inputs })],
    ...(place ? [[`${email} in core`, teamMembership({ team: core, email, role: place })] as const] : []),
  ]),
);

function mostMails(email: string): number {
  const { onExpiry, maxEmails = 3 } = declared[email]!;
  return onExpiry ? maxEmails : 1;
}

const commands = ["up", "up", "up --refresh", "preview", "preview", "refresh", "killed up"] as const;
const happenings = ["accept", "decline", "expire", "remove", "take out"] as const;
const step = fc.record({
  command: fc.constantFrom(...commands),
  before: fc.array(fc.record({ what: fc.constantFrom(...happenings), who: fc.nat() }), { maxLength: 3 }),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** What somebody else does, to one of those declared whom it can happen to. */
async function happen({ what, who }: Step["before"][number]): Promise<void> {
  const { invitations, members } = await s.organizationNow();
  const chosen = (rows: { email: string }[]) => {
    const ours = rows.filter(({ email }) => email in declared);
    return ours[who % Math.max(1, ours.length)]?.email;
  };
  const uidOf = async (email: string) => (await s.emulator.state()).people.find((row) => row.email === email)!.uid;
  if (what === "remove" || what === "take out") {
    const email = chosen(what === "remove" ? members : (await s.teamNow()).members);
    const place = what === "remove" ? "" : "teams/core/";
    if (email) await s.emulator.api("DELETE", `/organizations/acme/${place}members/${await uidOf(email)}/`);
    return;
  }
  const valid = invitations.filter(
    ({ status, expiresAt }) => status === "pending" && Date.parse(expiresAt!) > Date.now(),
  );
  const email = chosen(valid);
  if (email) await s.emulator[what](email);
}

/** A run in a process of its own, from a state that has been written to a file and read back. */
async function run(command: Step["command"]): Promise<Measured> {
  const before = readBack();
  switch (command) {
    case "preview":
      return s.measured(() => s.stack.preview(program));
    case "refresh":
      return s.measured(() => s.stack.refresh());
    case "up --refresh":
      return s.measured(() => s.stack.up(program, { refresh: true }));
    case "up":
      return s.measured(() => s.stack.up(program));
    case "killed up": {
      // All has been sent, and nothing recorded: up again. (A count of mails that is lost cannot be held to.)
      const killed = await s.measured(() => s.stack.up(program));
      for (const email of emails.filter((name) => declared[name]!.onExpiry === undefined)) {
        const recorded = before.get(email);
        if (recorded) s.stack.resources.set(email, recorded);
        else s.stack.resources.delete(email);
      }
      const again = await s.measured(() => s.stack.up(program));
      return { ...again, error: killed.error ?? again.error, mails: [...killed.mails, ...again.mails] };
    }
  }
}

function readBack(): Map<string, Recorded> {
  const written = JSON.stringify([...s.stack.resources]);
  s.stack.resources.clear();
  for (const [name, recorded] of JSON.parse(written) as [string, Recorded][]) s.stack.resources.set(name, recorded);
  return new Map(JSON.parse(written) as [string, Recorded][]);
}

/** All that no declaration speaks of. */
async function bystanders(): Promise<object> {
  const { members, invitations, teams } = await s.organizationNow();
  const others = <Row extends { email: string }>(rows: Row[]) => rows.filter(({ email }) => !emails.includes(email));
  return { members: others(members), invitations: others(invitations), teams: teams.map((row) => others(row.members)) };
}

const names = (rows: { email: string }[]) => rows.map(({ email }) => email);

/** Repeat one with SOAK_SEED. */
const seeds = process.env["SOAK_SEED"] ? [Number(process.env["SOAK_SEED"])] : [1, 2, Date.now() % 2 ** 31];

describe("thirty runs, with what people and other administrators do in between", () => {
  it.each(seeds)(
    "mail nobody more than declared, touch nobody else and remove nobody: seed %d",
    async (seed) => {
      const [steps] = fc.sample(fc.array(step, { minLength: 30, maxLength: 30 }), { seed, numRuns: 1 });
      await s.emulator.api("POST", "/organizations/acme/invitations/", { email: colleague });
      const others = await bystanders();
      const mails = new Map(emails.map((email) => [email, 0]));
      let everUp = false;
      const isUp = (command: string) => command.includes("up");

      for (const { command, before } of steps!) {
        for (const happening of before) await happen(happening);
        const members = names((await s.organizationNow()).members);
        const { error, writes, mails: sent } = await run(command);
        const forbidden = isUp(command) ? [] : writes;
        expect({ command, error, forbidden }).toEqual({ command, error: undefined, forbidden: [] });
        for (const mail of sent) {
          const to = mail.split(" ")[1]!;
          mails.set(to, (mails.get(to) ?? 0) + 1);
        }
        expect([...mails].filter(([email, count]) => !(email in declared) || count > mostMails(email))).toEqual([]);
        everUp ||= isUp(command);
        const forgotten = everUp ? emails.filter((email) => mails.get(email) === 0) : [];
        expect(forgotten).toEqual([]);
        expect(names((await s.organizationNow()).members)).toEqual(members);
        expect(await bystanders()).toEqual(others);
      }

      // Once nothing happens any more, one refresh and one up are enough.
      await s.stack.up(program, { refresh: true });
      const { steps: left, writes } = await s.measured(() => s.stack.preview(program));
      expect({ left, writes }).toEqual({ left: Object.keys(program).map((name) => `same ${name}`), writes: [] });
      expect(await s.measured(() => s.stack.destroy())).toMatchObject({ error: undefined, mails: [] });
      expect(await bystanders()).toEqual(others);
      const { members, invitations } = await s.organizationNow();
      const waiting = invitations.filter(({ status }) => status === "pending");
      expect([...names(members), ...names(waiting)].filter((email) => email in declared)).toEqual([]);
    },
    300_000,
  );
});
