import { ApiError, RequestError } from "../../provider/core/errors.js";
import type { Invitation } from "../../provider/client/index.js";
import { IdentityUnknownError, isOverdue, type OrganizationView } from "../../provider/snapshot/index.js";
import { printable, quoted } from "../../provider/core/text.js";
import type { Person } from "../../provider/core/identity.js";
import { defineCommand, sharedOptions, type Invocation } from "../command.js";
import { DoubtfulMailError, RefusedError, UsageError } from "../errors.js";
import { memberOf, shownMember, typedPerson } from "../membership/lookup.js";
import { withSession, type Found, type Session } from "../session.js";
import { day } from "../output/terminal.js";

const options = sharedOptions;

export const resend = defineCommand({
  name: "resend",
  summary: "Mail the pending invitation of a person again.",
  operands: [
    { name: "<organization>", description: "the organization's slug or uid" },
    { name: "<email>", description: "the address that was invited" },
  ],
  options,
  about: [
    "Mails the pending invitation of a person again: one mail each time it is run. Nobody is invited by it: without an invitation it is an error, which says whether the person is a member already.",
    "An invitation that has expired is tried as well; Avala does not tell whether it mails those. A mail by this command is not counted by a declaration's emailsSent. In a program a new value of resend does the same, counted, and also where the invitation has gone.",
    "Where the answer is lost, nobody can tell whether the mail went out: it is an error, and nothing is sent again.",
  ],
  sends: [
    "GET /organizations/, GET /organizations/{slug}/invitations/  before, and the latter after",
    "GET /organizations/{slug}/members/  where nobody of this address is invited",
    "POST /organizations/{slug}/invitations/{uid}/resend/  once",
  ],
  examples: ["resend acme ada@example.com"],
  run: resendInvitation,
});

async function resendInvitation(invocation: Invocation<typeof options>): Promise<void> {
  const { operands, options, terminal } = invocation;
  const [reference, address] = operands as [string, string];
  const { email } = typedPerson(address, "<email>");
  if (email === undefined) throw new UsageError("Nobody is invited by uid.", "Give the e-mail address.");
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
      terminal.result(`Mailed ${printable(email, 254)} again: invitation to ${shown}${until}.`);
    }
    terminal.note("A declaration's emailsSent does not count this mail.");
  });
}

/** Sends once. Without an answer, only a new end of validity proves that the mail went out. */
async function send(session: Session, view: OrganizationView, row: Invitation, email: string): Promise<void> {
  try {
    await view.at((slug) => session.client.invitations.resend(slug, row.uid));
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    if (error.doubtful) {
      const now = await invitationNow(session, view, row).catch(() => undefined);
      if (now?.expiresAt !== undefined && now.expiresAt !== row.expiresAt) return;
      throw new DoubtfulMailError(error, quoted(email, 254));
    }
    if (error instanceof ApiError && isOverdue(row)) throw stillExpired(error, row);
    throw error;
  }
}

function stillExpired(error: ApiError, { expiresAt }: Invitation): Error {
  return new RefusedError(
    `The invitation has expired${expiresAt === undefined ? "" : ` on ${day(expiresAt)}`}, and the service does not mail it again. ${error.message}`,
    "A new value of resend in the declaration invites anew.",
  );
}

async function invitationNow(session: Session, view: OrganizationView, row: Invitation) {
  const now = await session.look().organization(view.uid);
  return (await now.invitations.get()).get(row.uid);
}

async function notInvited({ view, shown }: Found, person: Person): Promise<Error> {
  const what = `No invitation of ${quoted(person.email!, 254)} into ${shown} is listed. Nobody was mailed.`;
  const anew =
    "An invitation that has expired may not be listed any more: declare an Invitation, or give its declaration a new value of resend.";
  try {
    const member = await memberOf(view, person);
    if (member) return new RefusedError(what, `They are a member already: ${shownMember(member)}.`);
    return new RefusedError(what, `They are no member either. ${anew}`);
  } catch (error) {
    if (!(error instanceof IdentityUnknownError)) throw error;
    return new RefusedError(
      what,
      `Whether they are a member cannot be known: the service hides addresses from this key, or several members have this one. ${anew}`,
    );
  }
}
