import { momentOf } from "../../../provider/core/time.js";
import type { Evidence, Reads } from "../evidence.js";
import { rowsOf } from "../pages.js";
import { objectIn, shownReply, succeeded, type Reply, type Row } from "../reply.js";
import { differs, holds, notVisible, type Finding, type Statement } from "../statement.js";
import { answered } from "./look.js";

const section = "People and invitations";

export const peopleStatements: readonly Statement[] = [
  {
    name: "one-owner",
    section,
    claim: "An organization has exactly one owner. A transfer of ownership cannot be undone with the same key.",
    basis: "published",
    source: "API reference",
    provider:
      "Refuses `owner` as a declared role, never demotes or removes the owner, and transfers ownership only by a command.",
    ifDifferent:
      "The provider never changes any member with the role `owner`, however many there are. `drift` reports one of them as the owner.",
    copes: "yes",
    test: "test/guards/people.test.ts",
    probe: { needs: "reads", judge: ({ reads }) => owners(reads) },
  },
  {
    name: "owner-cannot-be-removed",
    section,
    claim: "The owner of an organization can neither be removed nor leave.",
    basis: "assumed",
    source: "Nothing published says it",
    provider: "Never asks for it: it is refused before a request is sent.",
    ifDifferent: "Nothing changes for the provider.",
    copes: "yes",
    test: "test/guards/guards.test.ts",
    probe: { never: "if it were possible, nobody could delete the organization of the probe any more." },
  },
  {
    name: "invitations-are-for-managers",
    section,
    claim: "The list of invitations is readable for owners and admins. For members it is answered 403.",
    basis: "published",
    source: "API reference",
    provider: "A list that is refused proves nothing: without it, nobody is invited, and nothing counts as gone.",
    ifDifferent:
      "If an owner or admin cannot read the list, people cannot be managed with this key. If members can read it, any member can see accept links: report this to Avala.",
    copes: "refuses",
    test: "test/lifecycle/lostAccess.test.ts",
    probe: { needs: "reads", judge: ({ reads }) => managersOnly(reads) },
  },
  {
    name: "accepted-invitations-vanish",
    section,
    claim:
      "The list of invitations contains pending ones only. An accepted, cancelled, declined or expired invitation may be missing from it.",
    basis: "published",
    source: "API reference",
    provider:
      "Looks for the member first. A missing invitation of a person who is not a member is `expired` or `gone`.",
    ifDifferent: "Nothing changes for the provider: it uses the status of each invitation.",
    copes: "yes",
    test: "test/policy/person.test.ts",
    probe: { needs: "reads", judge: ({ reads }) => pendingOnly(reads) },
  },
  {
    name: "expired-may-be-pending",
    section,
    claim: "An invitation whose time is over may still have the status `pending`.",
    basis: "assumed",
    source: "A row has `is_expired` beside `status`",
    provider: "Compares `expires_at` and `is_expired` too. Never sends another email unless the program asks for it.",
    ifDifferent:
      "Nothing changes for the provider: either of the three is enough for an invitation to count as expired.",
    copes: "yes",
    test: "test/policy/person.test.ts",
    probe: { needs: "reads", judge: expiredAreListed },
  },
  {
    name: "resend-sends-an-email",
    section,
    claim: "Sending an invitation again sends an email and keeps the invitation.",
    basis: "published",
    source: "SDK 0.10.0",
    provider: "Counts each such request as an email, and sends none unless the program or a command asks for it.",
    ifDifferent: "A person may get fewer emails than the provider has counted.",
    copes: "yes",
    test: "test/lifecycle/invitation.test.ts",
    probe: { never: "it would send somebody another email." },
  },
];

function owners({ organization }: Reads): Finding {
  const list = organization?.members;
  const rows = list && rowsOf(list);
  if (!rows) return notVisible("The key sees no list of members.");
  const count = rows.filter(({ role }) => role === "owner").length;
  if (count === 1 && list.complete) return holds("The organization has one owner.");
  if (count > 1) return differs(`The organization has ${count} members with the role owner.`);
  return list.complete
    ? differs("No member has the role owner.")
    : notVisible("The list of members is too long to be read to its end.");
}

/** The role of the key's user in the organization. */
function ownRole({ organization }: Reads): unknown {
  return objectIn(organization?.detail)?.["role"] ?? organization?.row?.["role"];
}

function managersOnly(reads: Reads): Finding {
  if (!reads.organization) return notVisible("The key sees no organization.");
  const [list] = reads.organization.invitations.pages as [Reply];
  const role = ownRole(reads);
  return answered(list, () => {
    const shown = `answered ${shownReply(list)}`;
    if (role === "owner" || role === "admin") {
      return succeeded(list)
        ? holds(`Readable for the role ${role}.`)
        : differs(`For the role ${role} it is ${shown}.`);
    }
    if (role !== "member") return notVisible("The role of the API key's user is not known.");
    return list.status === 403 ? holds("Refused for the role member.") : differs(`For the role member it is ${shown}.`);
  });
}

function invitationsOf({ organization }: Reads): Row[] | undefined {
  return organization && rowsOf(organization.invitations);
}

function pendingOnly(reads: Reads): Finding {
  const rows = invitationsOf(reads);
  if (!rows) return notVisible("The key sees no list of invitations.");
  const other = rows.filter(({ status }) => status === "accepted" || status === "cancelled").length;
  if (other > 0) return differs(`${other} of ${rows.length} listed invitations are accepted or cancelled.`);
  const members = (reads.organization && rowsOf(reads.organization.members)) ?? [];
  if (rows.length === 0 && members.length < 2) return notVisible("Nobody was invited yet.");
  return holds(`None of ${rows.length} listed invitations is accepted or cancelled.`);
}

function expiredAreListed({ reads }: Evidence): Finding {
  const rows = invitationsOf(reads) ?? [];
  const page = reads.organization?.invitations.pages[0];
  const now = Date.parse(page?.headers["date"] ?? "");
  const over = rows.filter((row) => typeof row["status"] === "string" && isOver(row, now));
  const contradicting = rows.filter(
    (row) => typeof row["is_expired"] === "boolean" && row["is_expired"] !== isOver(row, now),
  );
  if (contradicting.length > 0) {
    return differs(
      `expires_at and is_expired of ${contradicting.length} of ${rows.length} invitations contradict each other.`,
    );
  }
  if (over.length === 0) return notVisible("The key sees no invitation whose time is over.");
  const pending = over.filter(({ status }) => status === "pending").length;
  if (pending === over.length) {
    return holds("Invitations whose time is over are listed as pending.", { expiredInvitations: "listed" });
  }
  return differs(
    `${over.length - pending} of ${over.length} listed invitations whose time is over have a status of their own.`,
  );
}

/** By `expires_at`, or `is_expired` if the time or the clock of the service is not known. */
function isOver({ expires_at: at, is_expired: expired }: Row, now: number): boolean {
  const end = typeof at === "string" ? momentOf(at) : undefined;
  return end === undefined || Number.isNaN(now) ? expired === true : end <= now;
}
