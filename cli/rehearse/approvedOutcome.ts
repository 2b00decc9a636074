import { approvedReview, notApproved, unapproved, type Expected } from "../review/approved.js";
import { ApprovedReviewError } from "../errors.js";
import { secretText } from "../pulumi/values.js";
import type { ChangeRow, Rehearsal, Review, SentEmail } from "../review/report.js";
import { named } from "../review/words.js";

/**
 * The rehearsal that was approved, as `--json` wrote it.
 * @throws ApprovedReviewError also if it is a review, or if its run failed
 */
export function approvedRehearsal(document: unknown, expected: Omit<Expected, "rehearsed"> = {}): Rehearsal {
  const approved = approvedReview(document, { ...expected, rehearsed: true }) as Rehearsal;
  if (approved.failure?.length === 0) return approved;
  throw new ApprovedReviewError(
    "The approved rehearsal failed, so it does not contain everything that up will do.",
    "Mend what its failure names, rehearse the change again, and have that approved.",
  );
}

/**
 * What a rehearsal has found and the approved one had not: access after the run (who, where, role, standing), emails, and
 * actions on organizations and teams. As with reviews, missing changes are accepted, and additional ones only if an
 * acceptance has made them possible since. That a rehearsal failed exceeds a limit of its own.
 */
export function unapprovedOutcome(rehearsal: Rehearsal, approved: Rehearsal): Review["exceeded"] {
  return [
    ...unapproved(rehearsal, approved, isSameStanding),
    ...unapprovedEmails(rehearsal.emails, approved.emails).map(({ to, kind }) =>
      notApproved(`An email (${kind}) to ${named(to)}`, rehearsal),
    ),
  ];
}

/** People who were to be invited, or to wait, may have accepted since. */
function isSameStanding({ after }: ChangeRow, { after: approved }: ChangeRow): boolean {
  if (after?.standing === approved?.standing) return true;
  return after?.standing === "has" && (approved?.standing === "invited" || approved?.standing === "waiting");
}

/** Each approved email allows one. Of a secret address nobody can tell whose it is. */
function unapprovedEmails(emails: readonly SentEmail[], approved: readonly SentEmail[]): SentEmail[] {
  const keyOf = ({ to, kind }: SentEmail) => JSON.stringify([kind, to]);
  const allowed = new Map<string, number>();
  for (const email of approved) allowed.set(keyOf(email), (allowed.get(keyOf(email)) ?? 0) + 1);
  return emails.filter((email) => {
    const left = allowed.get(keyOf(email)) ?? 0;
    allowed.set(keyOf(email), left - 1);
    return left <= 0 || email.to.startsWith(secretText);
  });
}
