import { ApiError, RequestError } from "../../provider/core/errors.js";
import type { Invitation } from "../../provider/client/index.js";
import { IdentityUnknownError, isOverdue, type OrganizationView } from "../../provider/snapshot/index.js";
import { printable, quoted } from "../../provider/core/text.js";
import type { Person } from "../../provider/core/identity.js";
import { defineCommand, sharedOptions, type Invocation } from "../command.js";
import { EmailUnknownError, RefusedError, UsageError } from "../errors.js";
import { memberOf, shownMember, typedPerson } from "../membership/lookup.js";
import { withSession, type Found, type Session } from "../session.js";
import { day } from "../output/terminal.js";

const options = sharedOptions;

export const resend = defineCommand({
  name: "resend",
  summary: "Send the email of a pending invitation again.",
  operands: [
    { name: "<organization>", description: "the organization's slug or uid" },
    { name: "<email>", description: "the address that was invited" },
  ],
  options,
  about: [
    "Sends the email of a person's pending invitation again: one email each time. It never creates an invitation: if there is none, the command fails, and the error says whether the person is already a member.",
    "It also tries an expired invitation; Avala does not document whether it sends an email then. emailsSent of a declaration does not count this email. In a program, a new value of resend does the same and is counted, and also works after the invitation is gone.",
    "If the answer is lost, the email may have been sent or not: the command fails, and sends nothing again.",
  ],
  sends: [
    "GET /organizations/, GET /organizations/{slug}/invitations/  before, and the latter after",
    "GET /organizations/{slug}/members/  if this address has no invitation",
    "POST /organizations/{slug}/invitations/{uid}/resend/  once",
  ],
  examples: ["resend acme ada@example.com"],
  run: resendInvitation,
});

async function resendInvitation(invocation: Invocation<typeof options>): Promise<void> {
  const { operands, options, terminal } = invocation;
  const [reference, address] = operands as [string, string];
  const { email } = typedPerson(address, "<email>");
  if (email === undefined)
    throw new UsageError("Invitations are for email addresses, not user uids.", "Pass the email address.");
  await withSession({ ...invocation, writes: "resend" }, async (session) => {
    const found = await session.organization(reference);
    const { row: organization, view, shown } = found;
    const row = await view.invitationOf(email);
    if (!row) throw await notInvited(found, { email });
    await send(session, view, row, email);
    const now = (await invitationNow(session, view, row).catch(() => undefined)) ?? row;
    if (options.json) {
      const { uid, slug, name } = organization;
      const { role, expiresAt } = now;
      terminal.json({ organization: { uid, slug, name }, invitation: { uid: row.uid, email, role, expiresAt } });
    } else {
      const until = now.expiresAt === undefined ? "" : `, valid until ${day(now.expiresAt)}`;
      terminal.result(`Sent again: the invitation of ${printable(email, 254)} to ${shown}${until}.`);
    }
    terminal.note("emailsSent of a declaration does not count this email.");
  });
}

/** Sends once. Without an answer, only a new expiry proves that the email was sent. */
async function send(session: Session, view: OrganizationView, row: Invitation, email: string): Promise<void> {
  try {
    await view.withSlug((slug) => session.client.invitations.resend(slug, row.uid));
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    if (error.outcomeUnknown) {
      const now = await invitationNow(session, view, row).catch(() => undefined);
      if (now?.expiresAt !== undefined && now.expiresAt !== row.expiresAt) return;
      throw new EmailUnknownError(error, quoted(email, 254));
    }
    if (error instanceof ApiError && isOverdue(row)) throw stillExpired(error, row);
    throw error;
  }
}

function stillExpired(error: ApiError, { expiresAt }: Invitation): Error {
  return new RefusedError(
    `The invitation has expired${expiresAt === undefined ? "" : ` on ${day(expiresAt)}`}, and Avala does not send it again. ${error.message}`,
    "To send a new invitation, change resend in the declaration and run pulumi up.",
  );
}

async function invitationNow(session: Session, view: OrganizationView, row: Invitation) {
  const now = await session.loadSnapshot().organization(view.uid);
  return (await now.invitations.get()).get(row.uid);
}

async function notInvited({ view, shown }: Found, person: Person): Promise<Error> {
  const what = `${quoted(person.email!, 254)} has no invitation to ${shown}. No email was sent.`;
  const anew =
    "Expired invitations may no longer be listed: declare an Invitation, or change resend in the declaration.";
  try {
    const member = await memberOf(view, person);
    if (member) return new RefusedError(what, `They are already a member: ${shownMember(member)}.`);
    return new RefusedError(what, `They are not a member either. ${anew}`);
  } catch (error) {
    if (!(error instanceof IdentityUnknownError)) throw error;
    return new RefusedError(
      what,
      `It is not known whether they are a member: Avala hides addresses from this key, or several members have this one. ${anew}`,
    );
  }
}
