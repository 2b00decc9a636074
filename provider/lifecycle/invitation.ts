import { canonicalUid, invitation as schema, joinId, normalizeEmail, splitId } from "../schema/index.js";
import {
  CreatedNotShownError,
  DoubtfulWriteError,
  type Invitation,
  type Member,
  type OrganizationView,
} from "../snapshot/index.js";
import { isUnknown, type Properties } from "./inputs.js";
import { UnfinishedError, type Lifecycle, type Target } from "./lifecycle.js";
import { isOtherOrganization, organizationOf } from "./place.js";
import type { Run } from "./run.js";
import { isRecorded } from "./state.js";

interface Seen {
  view: OrganizationView;
  email: string;
  /** Listed by the service: pending, or expired and still shown. */
  row: Invitation | undefined;
  member: Member | undefined;
  /** Mails that this step has caused, doubtful ones included. */
  mails: number;
  /** The person is to be mailed, and may not have been. */
  owed?: boolean;
}

/** Set in state while a mail is owed: the invitation was cancelled to be sent anew, or sending it got no answer. */
const owedKey = "__owed";

export const invitation: Lifecycle<Seen> = {
  schema,
  naturalKey: true,

  identities: ({ organization, email }) =>
    [organization, email].some(isUnknown) ? [] : [identityOf(organization as string, email as string)],

  async replaced(run, target) {
    const { inputs, state } = target;
    const other = [];
    if (await isOtherOrganization(run, target)) other.push("organization");
    if (isUnknown(inputs["email"]) || (inputs["email"] !== state["email"] && (await isOtherPerson(run, target)))) {
      other.push("email");
    }
    return other;
  },

  /** Acceptance is recorded; nothing else settles by itself. */
  async canSettle(run, target) {
    const { state } = target;
    if (state["status"] === "accepted") return false;
    return state[owedKey] === true || (await observe(run, target))?.member !== undefined;
  },

  observe,

  async ensure(_run, target, found) {
    const seen = found!;
    if (seen.member) return seen;
    const role = target.inputs["role"] as string;
    if (seen.row && isValid(seen.row)) {
      // Another role is another mail anyway: sync sends it, and it serves the new value of resend too.
      const due = asksForResend(target) && hasRole(seen.row, role);
      return due ? resend(seen, seen.row) : seen;
    }
    const mails = target.id === undefined || isOwed(target) || asksForResend(target);
    return mails ? invite(seen, role) : seen;
  },

  /** The API has no way to change an invitation: another role is another invitation, and one more mail. */
  async sync(_run, { inputs }, seen) {
    const role = inputs["role"] as string;
    const { row } = seen;
    if (seen.member || !row || !isValid(row) || hasRole(row, role)) return seen;
    return invite(seen, role);
  },

  /** Looks for the invitation alone: whether the person is a member does not matter, and may not be knowable. */
  async remove(run, target) {
    const view = await organizationOf(run, target);
    const email = splitId(target.id, 2)[1]!;
    run.known.note(view.uid, [email, target.state["userUid"] as string | undefined]);
    const row = await view.invitationOf(email);
    if (!row || run.declarations.holdsAny([view.uid, view.slug].map((place) => identityOf(place, email)))) return;
    await view.cancel(row.uid);
  },

  id: ({ view, email }) => joinId(view.uid, email),
  shown: ({ row, member }) => ({ role: member ? undefined : row?.role }),
  outputs: ({ row, member, mails, owed }, { state }) => ({
    uid: row?.uid ?? state["uid"],
    status: statusOf(row, member, state),
    expiresAt: row?.expiresAt ?? state["expiresAt"],
    userUid: member?.userUid ?? state["userUid"],
    emailsSent: (Number(state["emailsSent"]) || 0) + mails,
    [owedKey]: (owed ?? state[owedKey] === true) && !member && !isValid(row) ? true : undefined,
  }),
};

async function observe(run: Run, target: Target): Promise<Seen | undefined> {
  const { id, inputs, state } = target;
  const view = await organizationOf(run, target);
  const email = id === undefined ? (inputs["email"] as string) : splitId(id, 2)[1]!;
  const row = await view.invitationOf(email);
  // Somebody with a valid invitation is no member: the list of people need not be asked.
  const member = isValid(row) ? undefined : await view.members.find({ userUid: state["userUid"] as string, email });
  run.known.note(view.uid, [email, member?.userUid]);
  if (!row && !member && id !== undefined && !isRecorded(state)) return undefined;
  return { view, email, row, member, mails: 0 };
}

function identityOf(organization: string, email: string): string {
  return `invitation ${canonicalUid(organization) ?? organization} ${email}`;
}

/** Mails an invitation of this role, in place of the one that is listed. */
async function invite(seen: Seen, role: string): Promise<Seen> {
  const { view, email, row } = seen;
  if (row) await view.cancel(row.uid);
  return mail({ ...seen, row: undefined }, row !== undefined, () => view.invite(email, role));
}

function resend(seen: Seen, row: Invitation): Promise<Seen> {
  return mail(seen, false, () => seen.view.resend(row));
}

/**
 * A mail that may have gone out counts as sent. One that is not known to have gone out is owed: the invitation that
 * stood before may be cancelled already.
 */
async function mail(seen: Seen, cancelled: boolean, send: () => Promise<Invitation>): Promise<Seen> {
  try {
    return { ...seen, row: await send(), mails: seen.mails + 1 };
  } catch (error) {
    const sent = error instanceof CreatedNotShownError;
    const doubtful = error instanceof DoubtfulWriteError;
    if (!(sent || doubtful || (cancelled && error instanceof Error))) throw error;
    const mails = seen.mails + (sent || doubtful ? 1 : 0);
    throw new UnfinishedError({ ...seen, mails, owed: !sent } satisfies Seen, error);
  }
}

type Validity = { [K in "status" | "isExpired" | "expiresAt"]?: Invitation[K] | undefined };

/** An overdue row may still say "pending" until the service has swept it (contract section 4.3). */
function isValid(row: Invitation | undefined): boolean {
  return row !== undefined && !isExpired(row);
}

function isExpired({ status, isExpired: expired, expiresAt }: Validity): boolean {
  return status === "expired" || (expired ?? (expiresAt !== undefined && Date.parse(expiresAt) < Date.now()));
}

function statusOf(row: Invitation | undefined, member: Member | undefined, state: Properties): string {
  if (member) return "accepted";
  if (isValid(row)) return "invited";
  if (row) return "expired";
  // Accepted once, and a member no more: the invitation has served its purpose.
  if (state["status"] === "accepted") return "accepted";
  return isExpired({ expiresAt: state["expiresAt"] as string | undefined }) ? "expired" : "gone";
}

function hasRole(row: Invitation, role: string): boolean {
  return (row.role ?? role) === role;
}

function isOwed({ state, inputs }: Target): boolean {
  const cancelledByUs = state["status"] === "invited" && state["role"] !== inputs["role"];
  return state[owedKey] === true || cancelledByUs;
}

function asksForResend({ id, inputs, state }: Target): boolean {
  return id !== undefined && inputs["resend"] !== undefined && inputs["resend"] !== state["resend"];
}

/** A new address of somebody who has accepted is no other person. */
async function isOtherPerson(run: Run, { id, inputs, state }: Required<Target>): Promise<boolean> {
  if (state["userUid"] === undefined) return true;
  const organization = await run.snapshot.organization(splitId(id, 2)[0]!);
  const email = normalizeEmail(inputs["email"] as string);
  return (await organization.members.find({ email }))?.userUid !== state["userUid"];
}
