import type { Member } from "../../provider/client/index.js";
import { printable, quoted } from "../../provider/core/text.js";
import type { Person } from "../../provider/core/identity.js";
import { settle } from "../../provider/snapshot/settle.js";
import { confirmation, defineCommand, sharedOptions, type Invocation } from "../command.js";
import { confirm, requireConfirmable } from "./confirm.js";
import { afterLook, RefusedError } from "../errors.js";
import { memberOf, ownMember, shownMember, shownOwn, typedPerson } from "../membership/lookup.js";
import { withSession, type Found, type Session } from "../session.js";

const options = {
  to: { type: "string", required: true, value: "<person>", description: "The new owner: e-mail address or user uid." },
  ...confirmation,
  ...sharedOptions,
} as const;

/** What a transfer would do, as things stand. */
interface Plan extends Found {
  heir: Member;
  /** The present owner, where the list shows them. */
  owner: Member | undefined;
}

export const transferOwnership = defineCommand({
  name: "transfer-ownership",
  summary: "Make another member the owner of an organization. One-way.",
  operands: [{ name: "<organization>", description: "the organization's slug or uid" }],
  options,
  about: [
    "Makes another member the owner of an organization. The API key has to be the present owner's, and the new owner has to be a member already; both are looked up before anything is sent.",
    "This is one-way. Afterwards the key is no owner's key: only the new owner can give the ownership back, and what only an owner may do, such as deleting the organization, fails in programs that run with this key.",
    "It asks for the organization's slug before it sends the one request. Where the answer is lost, the list of members tells the outcome; nothing is sent twice.",
  ],
  sends: [
    "GET /organizations/, GET /organizations/{slug}/members/  before, and after for the outcome",
    "GET /users/me/  where the list of organizations does not show the API key's user as the owner",
    "POST /organizations/{slug}/transfer-ownership/  once",
  ],
  examples: [
    "transfer-ownership acme --to ada@example.com",
    "transfer-ownership acme --to 3f2c8a52-2f3e-4a55-9a43-0e6f6d1f9a10 --yes --json",
  ],
  run: transfer,
});

async function transfer(invocation: Invocation<typeof options>): Promise<void> {
  const { operands, options, terminal } = invocation;
  const [reference] = operands as [string];
  const person = typedPerson(options.to, "--to");
  requireConfirmable(terminal, options.yes);
  await withSession({ ...invocation, writes: "transfer-ownership" }, async (session) => {
    let plan = await look(session, reference, person);
    warn(invocation, plan);
    if (!options.yes) {
      await confirm(terminal, plan.row);
      // Somebody may have changed things while the question stood.
      plan = unchanged(plan, await look(session, plan.row.uid, person));
    }
    await send(session, plan);
    await tell(session, invocation, plan);
  });
}

async function look(session: Session, reference: string, person: Person): Promise<Plan> {
  const found = await session.organization(reference);
  const { row, view, shown } = found;
  const heir = await memberOf(view, person);
  const named = quoted(person.email ?? person.userUid!);
  if (!heir) {
    throw new RefusedError(
      `${named} is no member of ${shown}. Nothing was changed.`,
      "Only a member can become the owner: invite them, and transfer once they have accepted.",
    );
  }
  if (heir.role === "owner") {
    throw new RefusedError(`${shownMember(heir)} is the owner of ${shown} already. Nothing was changed.`, "");
  }
  if (row.role !== "owner") await requireOwner(found);
  const owner = [...(await view.members.get()).values()].find(({ role }) => role === "owner");
  return { ...found, heir, owner };
}

/** Where the list of organizations does not tell that the API key's user is the owner, the list of members may. */
async function requireOwner({ row, view, shown }: Found): Promise<void> {
  const own = await ownMember(view);
  const role = row.role ?? own?.role;
  if (role === "owner") return;
  const is = role ? `is ${quoted(role)} in ${shown}, not the owner` : `has a role in ${shown} that Avala does not tell`;
  throw new RefusedError(
    `${shownOwn(own)} ${is}. Nothing was changed.`,
    "Only the owner can transfer the ownership: use the owner's key.",
  );
}

function unchanged(before: Plan, now: Plan): Plan {
  if (now.heir.userUid === before.heir.userUid && now.row.slug === before.row.slug) return now;
  throw new RefusedError(
    "The organization's slug or the person behind the address has changed while the question stood. Nothing was changed.",
    "Look again, and run the command again.",
  );
}

function warn({ terminal }: Invocation<typeof options>, { heir, owner, shown }: Plan): void {
  terminal.note(
    `${shownMember(heir)} becomes the owner of ${shown}${owner ? `, in place of ${shownMember(owner)}` : ""}.`,
  );
  terminal.note("This is one-way: afterwards this key is no owner's key, and only the new owner can give it back.");
  terminal.note("What only an owner may do, such as deleting the organization, fails in programs with this key.");
}

/** Sends once. Where the answer is lost, or says that it is done already, the fresh list of members tells. */
async function send(session: Session, { view, heir }: Plan): Promise<void> {
  const transferred = async () =>
    (await membersNow(session, view.uid)).get(heir.userUid)?.role === "owner" || undefined;
  const write = async () => {
    await view.at((slug) => session.client.organizations.transferOwnership(slug, heir.userUid));
    return true;
  };
  await settle(write, transferred, { orRefused: true }).catch((error: unknown) => {
    throw afterLook(error, `${shownMember(heir)} is not the owner`);
  });
}

async function membersNow(session: Session, uid: string): Promise<ReadonlyMap<string, Member>> {
  return (await session.look().organization(uid)).members.get();
}

async function tell(session: Session, invocation: Invocation<typeof options>, plan: Plan): Promise<void> {
  const { terminal } = invocation;
  const { heir, owner, row, shown } = plan;
  // The transfer is made: not being able to look at it afterwards is no failure.
  const now = await membersNow(session, row.uid).catch(() => undefined);
  const formerRole = owner && now?.get(owner.userUid)?.role;
  if (invocation.options.json) {
    const { userUid, email, username } = heir;
    const organization = { uid: row.uid, slug: row.slug, name: row.name };
    const formerOwner = owner && { userUid: owner.userUid, email: owner.email, role: formerRole };
    terminal.json({ organization, owner: { userUid, email, username }, formerOwner });
  } else {
    terminal.result(`${shownMember(heir)} is the owner of ${shown}.`);
    if (owner && formerRole) terminal.result(`${shownMember(owner)} is ${quoted(formerRole)} now.`);
  }
  if (!formerRole) terminal.note("The service does not show yet which role the former owner has now.");
  terminal.note(`In programs:
- An OrganizationMember of the new owner is settled: reported, and not changed any more.
- An OrganizationMember of the former owner is managed from now on: declare the role they are to keep${
    formerRole ? ` (now ${printable(formerRole)})` : ""
  },
  or a later up gives them the declared one.
- With this key, deleting the organization fails: set onDestroy: "retain" on it, or use a key of the new owner.`);
}
