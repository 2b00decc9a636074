import type { Member } from "../../provider/client/index.js";
import { printable, quoted } from "../../provider/core/text.js";
import type { Person } from "../../provider/core/identity.js";
import { confirmWrite } from "../../provider/snapshot/settle.js";
import { confirmation, confirmationExitCodes, defineCommand, sharedOptions, type Invocation } from "../command.js";
import { confirm, requireConfirmable } from "../output/confirm.js";
import { afterLook, RefusedError } from "../errors.js";
import { memberOf, ownMember, shownMember, shownOwn, typedPerson } from "../membership/lookup.js";
import { withSession, type Found, type Session } from "../session.js";

const options = {
  to: { type: "string", required: true, value: "<person>", description: "The new owner: email address or user uid." },
  ...confirmation,
  ...sharedOptions,
} as const;

/** What a transfer would do. */
interface Plan extends Found {
  heir: Member;
  /** The current owner, if the list shows them. */
  owner: Member | undefined;
}

export const transferOwnership = defineCommand({
  name: "transfer-ownership",
  summary: "Make another member the owner of an organization. Irreversible.",
  operands: [{ name: "<organization>", description: "the organization's slug or uid" }],
  options,
  about: [
    "Makes another member the owner of an organization. The API key must belong to the current owner, and the new owner must already be a member; both are checked before anything is sent.",
    "This is irreversible. Afterwards the key does not belong to the owner: only the new owner can transfer the ownership back, and operations that only an owner may do, such as deleting the organization, fail in programs with this key.",
    "It asks for the organization's slug before it sends the request. If the answer is lost, the result is looked up in the list of members; nothing is sent twice.",
  ],
  exitCodes: confirmationExitCodes,
  sends: [
    "GET /organizations/, GET /organizations/{slug}/members/  before, and after for the result",
    "GET /users/me/  if the list of organizations does not show the API key's user as the owner",
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
      // Somebody may have changed things while the question was open.
      plan = unchanged(plan, await look(session, plan.row.uid, person));
    }
    await send(session, plan);
    await report(session, invocation, plan);
  });
}

async function look(session: Session, reference: string, person: Person): Promise<Plan> {
  const found = await session.organization(reference);
  const { row, view, shown } = found;
  const heir = await memberOf(view, person);
  const named = quoted(person.email ?? person.userUid!);
  if (!heir) {
    throw new RefusedError(
      `${named} is not a member of ${shown}. Nothing was changed.`,
      "Only a member can become the owner: invite them, and transfer the ownership after they have accepted.",
    );
  }
  if (heir.role === "owner") {
    throw new RefusedError(`${shownMember(heir)} is already the owner of ${shown}. Nothing was changed.`, "");
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
  const is = role
    ? `is ${quoted(role)} in ${shown}, not the owner`
    : `has a role in ${shown} that Avala does not report`;
  throw new RefusedError(
    `${shownOwn(own)} ${is}. Nothing was changed.`,
    "Only the owner can transfer the ownership: use the owner's key.",
  );
}

function unchanged(before: Plan, now: Plan): Plan {
  if (now.heir.userUid === before.heir.userUid && now.row.slug === before.row.slug) return now;
  throw new RefusedError(
    "The organization's slug, or the member with this address, has changed since the question. Nothing was changed.",
    "Check both and run the command again.",
  );
}

function warn({ terminal }: Invocation<typeof options>, { heir, owner, shown }: Plan): void {
  terminal.note(
    `${shownMember(heir)} will become the owner of ${shown}${owner ? `, replacing ${shownMember(owner)}` : ""}.`,
  );
  terminal.note("This is irreversible: afterwards only the new owner can transfer the ownership back.");
  terminal.note(
    "Operations that only an owner may do, such as deleting the organization, will fail in programs with this key.",
  );
}

/** Sends once. If the answer is lost, or says that it is done already, the result is read from the list of members. */
async function send(session: Session, { view, heir }: Plan): Promise<void> {
  const transferred = async () =>
    (await membersNow(session, view.uid)).get(heir.userUid)?.role === "owner" || undefined;
  const write = async () => {
    await view.withSlug((slug) => session.client.organizations.transferOwnership(slug, heir.userUid));
    return true;
  };
  await confirmWrite(write, transferred, { orRefused: true }).catch((error: unknown) => {
    throw afterLook(error, `${shownMember(heir)} is not the owner`);
  });
}

async function membersNow(session: Session, uid: string): Promise<ReadonlyMap<string, Member>> {
  return (await session.loadSnapshot().organization(uid)).members.get();
}

async function report(session: Session, invocation: Invocation<typeof options>, plan: Plan): Promise<void> {
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
    terminal.result(`${shownMember(heir)} is now the owner of ${shown}.`);
    if (owner && formerRole) terminal.result(`${shownMember(owner)} is now ${quoted(formerRole)}.`);
  }
  if (!formerRole) terminal.note("Avala does not show the new role of the former owner yet.");
  terminal.note(`In programs:
- An OrganizationMember of the new owner is reported, and no longer changed.
- An OrganizationMember of the former owner is managed from now on: declare the role they are to keep${
    formerRole ? ` (now ${printable(formerRole)})` : ""
  },
  or a later pulumi up gives them the declared one.
- Deleting the organization fails with this key: set onDestroy: "retain" on it, or use a key of the new owner.`);
}
