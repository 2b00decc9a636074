import { rowsOf } from "../pages.js";
import { objectIn, shownReply, succeeded, type Reply, type Row } from "../reply.js";
import { differs, holds, notTried, notVisible, type Finding, type Statement } from "../statement.js";
import type { Writes } from "../evidence.js";
import { answers, listed, named } from "./tried.js";

const people = "People and invitations";

export const emailStatements: readonly Statement[] = [
  {
    name: "spelling-may-change",
    section: "Identity",
    claim:
      "Avala may return email addresses and colors in a different case, uids with or without hyphens, and times with an offset.",
    basis: "assumed",
    source: "fixtures of SDK 0.7.0 for TypeScript; nothing says it of organizations",
    provider: "Compares addresses and colors without case, uids and times in one spelling, and slugs exactly.",
    ifDifferent:
      "An invited address comes back as another one: the invitation is not found again, and the run says so. It is not sent a second time by itself.",
    copes: "refuses",
    test: "test/lifecycle/spellings.test.ts",
    probe: answers(["invited"], ({ invited }, writes) => spelling(invited, writes), "emails"),
  },
  {
    name: "members-join-by-invitation",
    section: people,
    claim: "The API cannot create a membership. A person joins by accepting an invitation.",
    basis: "published",
    source: "SDK 0.10.0",
    provider:
      "Invites people by address; a person named by uid must be a member already. Team memberships wait for the acceptance.",
    ifDifferent: "Nothing: the provider never sends this request. People are invited.",
    copes: "yes",
    test: "test/lifecycle/teamMembership.test.ts",
    probe: answers(["memberCreated"], ({ memberCreated }) => isUnknown(memberCreated)),
  },
  {
    name: "invitation-is-201",
    section: people,
    claim: "An invitation is created with 201, and returned with its address, its role and the status `pending`.",
    basis: "published",
    source: "SDK 0.10.0",
    provider: "Takes each of 200, 201 and 202 as a success, and looks for the invitation in the list.",
    ifDifferent:
      "If the answer lacks a field, the invitation is looked up by its address. Another success is an error; the email counts as sent.",
    copes: "yes",
    test: "test/lifecycle/invitation.test.ts",
    probe: answers(["invited"], ({ invited }) => invitation(invited), "emails"),
  },
  {
    name: "inviting-twice-is-refused",
    section: people,
    claim: "An address with a pending invitation is not invited again: 400 or 409.",
    basis: "assumed",
    source: "nothing published says what happens",
    provider: "Reads the list before each invitation, and sends none to an address that is listed.",
    ifDifferent:
      "Two programs that invite the same person at the same time send two emails. One program never does: it reads the list first.",
    copes: "yes",
    test: "test/lifecycle/invitation.test.ts",
    probe: answers(
      ["invited", "invitedAgain"],
      ({ invited, invitedAgain }, writes) => {
        if (!succeeded(invited)) return notTried(`Nobody was invited: ${shownReply(invited)}.`);
        const details = `Answered ${shownReply(invitedAgain)}`;
        if (invitedAgain.status !== 400 && invitedAgain.status !== 409) return differs(`${details}.`);
        return listed(writes.invitations, (rows) => {
          const { length } = rows.filter((row) => isFor(row, invited));
          return length > 1 ? differs(`${details}, and listed ${length} times.`) : holds(`${details}.`);
        });
      },
      "emails",
    ),
  },
  {
    name: "role-change-needs-new-email",
    section: people,
    claim: "An invitation cannot be changed. Another role means cancelling it and inviting again.",
    basis: "published",
    source: "SDK 0.10.0",
    provider: "The preview announces the email.",
    ifDifferent: "Nothing: the provider cancels and invites again, with an email that the preview announces.",
    copes: "yes",
    test: "test/lifecycle/organizationMember.test.ts",
    probe: answers(["invitationChanged"], ({ invitationChanged }) => isUnknown(invitationChanged), "emails"),
  },
  {
    name: "cancelled-invitations-vanish",
    section: people,
    claim: "A cancelled invitation is not listed any more, or is listed with the status `cancelled`.",
    basis: "published",
    source: "API reference",
    provider: "Takes either as cancelled, and does not invite again by itself.",
    ifDifferent:
      "A cancelled invitation still counts as pending: destroying it is reported as an error, and inviting again sends no email.",
    copes: "refuses",
    test: "test/lifecycle/invitation.test.ts",
    probe: answers(
      ["invited", "cancelled"],
      ({ invited, cancelled }, writes) => {
        if (!succeeded(cancelled)) return differs(`The cancellation is answered ${shownReply(cancelled)}.`);
        return listed(writes.invitationsAfter, (rows) => {
          const left = rows.find((row) => isFor(row, invited));
          if (!left) return holds("It is not listed any more.");
          return left["status"] === "cancelled"
            ? holds("It is listed as cancelled.")
            : differs("It is listed, and not as cancelled.");
        });
      },
      "emails",
    ),
  },
];

/** Whether the API does not have the operation. */
const isUnknown = (reply: Reply): Finding =>
  (reply.status === 404 || reply.status === 405 ? holds : differs)(`Answered ${shownReply(reply)}.`);

const addressSent = ({ request: { body } }: Reply): string => (body as { email: string }).email;

const isFor = ({ uid, invited_email: address }: Row, invited: Reply): boolean =>
  (uid !== undefined && uid === objectIn(invited)?.["uid"]) || isSameAddress(address, invited);

const isSameAddress = (address: unknown, invited: Reply): boolean =>
  typeof address === "string" && address.toLowerCase() === addressSent(invited).toLowerCase();

function invitation(invited: Reply): Finding {
  if (invited.status >= 400) return notVisible(`The invitation was refused: ${shownReply(invited)}.`);
  if (invited.status !== 201) return differs(`Answered ${shownReply(invited)}.`);
  const { invited_email: address, role, status } = objectIn(invited) ?? {};
  const wrong = [
    ...(isSameAddress(address, invited) ? [] : ["invited_email"]),
    ...(role === "member" ? [] : ["role"]),
    ...(status === "pending" ? [] : ["status"]),
  ];
  return wrong.length === 0
    ? holds("Answered 201, with address, role and status.")
    : differs(`Answered 201; missing or different: ${named(wrong)}.`);
}

/** The address is sent with a capital letter in its domain. */
function spelling(invited: Reply, { invitations }: Writes): Finding {
  if (!succeeded(invited)) return notTried(`Nobody was invited: ${shownReply(invited)}.`);
  const row = listedRow(invited, invitations);
  const address = row?.["invited_email"];
  if (typeof address !== "string") return notVisible("The address of the invitation is hidden.");
  const given = addressSent(invited);
  if (address === given) return holds("The address comes back as it was sent.", { lowercaseEmails: false });
  if (address === given.toLowerCase()) return holds("The address comes back in lower case.", { lowercaseEmails: true });
  return isSameAddress(address, invited)
    ? holds("The address comes back in another case.")
    : differs("Another address comes back.");
}

function listedRow(invited: Reply, list: Writes["invitations"]): Row | undefined {
  const own = objectIn(invited);
  if (typeof own?.["invited_email"] === "string") return own;
  return (list && rowsOf(list))?.find(({ uid }) => uid === own?.["uid"]);
}
