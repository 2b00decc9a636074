import { printable, quoted } from "../../provider/core/text.js";
import { ApprovedReviewError, UsageError } from "../errors.js";
import { digestOf } from "../pulumi/preview.js";
import type { ActRow, Binding, ChangeRow, Field, PersonName, Review, ScopeName, Where } from "./report.js";
import { isObject, notKnown, propertiesOf, secretText, type Properties } from "../pulumi/values.js";
import { actWords, effectWords, where, named } from "./words.js";
import { nameOfPerson } from "../membership/lookup.js";

export interface Expected {
  /** What it has to be bound to. */
  binding?: Binding | undefined;
  /** Whether it may have exceeded a limit. */
  allowExceeded?: boolean;
  /** Whether it has to be the report of a rehearsal. */
  rehearsed?: boolean;
}

/** What can be approved, as messages name it, and the command that writes it. */
const reports = {
  review: { name: "review", command: "pulumi-avala review --json --out review.json" },
  rehearsal: { name: "rehearsal", command: "pulumi-avala rehearse --json --out rehearsal.json" },
} as const;

/** The values of `--bind`, by their names; undefined if none is given. */
export function bindingOf(values: readonly string[]): Binding | undefined {
  if (values.length === 0) return undefined;
  const pairs = values.map((text) => {
    const [, name, value] = /^([a-z][a-z0-9-]*)=(.+)$/s.exec(text) ?? [];
    if (name !== undefined && value !== undefined) return [name, value] as const;
    throw new UsageError(
      `--bind must be name=value, with a name in lower case, not ${quoted(text)}.`,
      "For example: --bind head=0ddba115.",
    );
  });
  const names = pairs.map(([name]) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw new UsageError(`--bind ${twice} is given twice.`, "Give each name once.");
  return Object.fromEntries(pairs);
}

/**
 * The review that was approved, as `--json` wrote it.
 * @throws ApprovedReviewError if it is not a review, was changed since, belongs to something else, or exceeded a limit
 */
export function approvedReview(
  document: unknown,
  { binding = {}, allowExceeded = false, rehearsed = false }: Expected = {},
): Review {
  const { digest, ...review } = propertiesOf(document);
  const { name, command } = rehearsed ? reports.rehearsal : reports.review;
  const again = `Write it again: ${command}`;
  if (review["version"] !== 1) {
    throw new ApprovedReviewError(
      `The approved ${name} is not a ${name}, or was written by a different version.`,
      `${again}, and have it approved.`,
    );
  }
  if (digest !== digestOf(review)) {
    throw new ApprovedReviewError(
      `The approved ${name} was changed after it was written.`,
      `${again}, and have it approved.`,
    );
  }
  refuseOtherReport(review, rehearsed);
  if (review["masked"] !== false) {
    throw new ApprovedReviewError(
      `The approved ${name} has masked addresses, which cannot be compared.`,
      `${again}, without --mask-emails.`,
    );
  }
  const needed = ["changes", "acts", "others", "exceeded", ...(rehearsed ? ["emails"] : [])];
  const lists = needed.map((list) => review[list]);
  if (!lists.every((list) => Array.isArray(list) && list.every(isObject))) {
    throw new ApprovedReviewError(
      `The approved ${name} lacks its lists of changes.`,
      `${again}, and have it approved.`,
    );
  }
  const approved = review as unknown as Review;
  refuseOtherBinding(propertiesOf(review["binding"]), binding, name);
  if (!allowExceeded) refuseExceeded(approved, name);
  return approved;
}

/** A review says what may happen, a rehearsal what has happened on a copy: one does not approve the other. */
function refuseOtherReport({ rehearsed: found }: Properties, rehearsed: boolean): void {
  if ((found === true) === rehearsed) return;
  const [wanted, given] = rehearsed ? ["rehearsal", "review"] : ["review", "rehearsal"];
  throw new ApprovedReviewError(
    `The approved file is a ${given}, which cannot be compared with a ${wanted}.`,
    `Pass a ${wanted} that was approved: ${reports[rehearsed ? "rehearsal" : "review"].command}.`,
  );
}

/** What a review was not bound to, is different. */
function refuseOtherBinding(bound: Properties, expected: Binding, report: string): void {
  for (const [name, value] of Object.entries(expected)) {
    const other = Object.hasOwn(bound, name) ? bound[name] : undefined;
    if (other === value) continue;
    const found = typeof other === "string" ? `${name} ${quoted(other)}` : `no ${name}`;
    throw new ApprovedReviewError(
      `The approved ${report} is bound to ${found}, not to ${name} ${quoted(value)}.`,
      `Pass the ${report} of this change, or have this change reviewed and approved.`,
    );
  }
}

function refuseExceeded({ exceeded }: Review, report: string): void {
  if (exceeded.length === 0) return;
  const limits = [...new Set(exceeded.map(({ limit }) => printable(String(limit), 40)))].join(", ");
  throw new ApprovedReviewError(
    `The approved ${report} exceeds a limit: ${limits}.`,
    "Make a smaller change, or review it with a higher limit and have that approved, or pass --allow-exceeded.",
  );
}

/**
 * Steps that were not approved. Their results are compared: for whom, where, with which role and details, and with how many
 * emails. Missing steps are accepted, as they have been carried out already; additional ones only if an acceptance has
 * made them possible since: recording it, and creating a team membership that was pending. A team membership that somebody
 * has removed by hand was not pending: restoring it takes an approval.
 * @param isAlike what else two changes need to be the same
 */
export function unapproved(
  review: Review,
  approved: Review,
  isAlike: (row: ChangeRow, other: ChangeRow) => boolean = () => true,
): Review["exceeded"] {
  const { changes, acts, others } = unapprovedSteps(review, approved, isAlike);
  const message = (text: string) => notApproved(text, review);
  return [
    ...changes.map((row) =>
      message(`${named(nameOfPerson(row.person))} ${effectWords[row.effect]}, ${where(row, named)}`),
    ),
    ...acts.map((row) => message(actWords(row, named).slice(2))),
    ...others.map(({ op, urn }) => message(`${op} ${named(urn)}`)),
  ];
}

export function notApproved(text: string, { rehearsed }: Review): Review["exceeded"][number] {
  const name = rehearsed ? "rehearsal" : "review";
  return { limit: "approved", message: `${text}: not in the approved ${name}.` };
}

function unapprovedSteps(
  review: Review,
  approved: Review,
  isAlike: (row: ChangeRow, other: ChangeRow) => boolean,
): Pick<Review, "changes" | "acts" | "others"> {
  const known = new Map<string, ChangeRow[]>();
  for (const row of approved.changes)
    for (const name of namesOf(row.person)) known.set(name, [...(known.get(name) ?? []), row]);
  const candidates = (row: ChangeRow) => namesOf(row.person).flatMap((name) => known.get(name) ?? []);
  return {
    changes: review.changes.filter(
      (row) => !isUnblocked(row) && !candidates(row).some((other) => isSameChange(row, other) && isAlike(row, other)),
    ),
    acts: review.acts.filter((row) => !approved.acts.some((other) => isSameAct(row, other))),
    others: review.others.filter(({ op, urn, digest }) =>
      approved.others.every((other) => other.op !== op || other.urn !== urn || other.digest !== digest),
    ),
  };
}

/** Nothing in the program has changed for it, and no email is sent. */
function isUnblocked({ unblocked, effect, emails, unclear }: ChangeRow): boolean {
  return unblocked && unclear.length === 0 && emails === 0 && (effect === "accepted" || effect === "gains");
}

function isSameChange(row: ChangeRow, other: ChangeRow): boolean {
  return (
    row.unclear.length === 0 &&
    isSameScope(row, other) &&
    isSamePerson(row.person, other.person) &&
    (row.after === undefined) === (other.after === undefined) &&
    // A person without access at the approval has got some since: losing it was not approved.
    (row.effect === "without" || other.effect !== "without") &&
    row.after?.role === other.after?.role &&
    row.after?.managed === other.after?.managed &&
    row.emails <= other.emails &&
    areWithin(row.fields, other.fields) &&
    (row.before !== undefined || areWithin(other.fields, row.fields))
  );
}

function isSameAct(row: ActRow, other: ActRow): boolean {
  if (row.unclear.length > 0 || row.act === "membersUnknown" || row.act !== other.act || row.forced !== other.forced)
    return false;
  // What is made is approved as a whole; of a change, a part may be made already.
  const whole = row.act === "update" || areWithin(other.fields, row.fields);
  return whole && isSameScope(row, other) && areWithin(row.fields, other.fields);
}

/** The new value of a field is approved; it may be set already. A value that is not shown is never approved. */
function areWithin(fields: readonly Field[], others: readonly Field[]): boolean {
  return fields.every(
    ({ name, after }) =>
      after !== secretText &&
      after !== notKnown &&
      others.some((other) => other.name === name && other.after === after),
  );
}

function isSameScope(row: Where, other: Where): boolean {
  const sameTeam =
    row.team === undefined ? other.team === undefined : other.team !== undefined && isSame(row.team, other.team);
  return sameTeam && isSame(row.organization, other.organization);
}

/** Until it exists, an organization or team is known by the resource that declares it. */
function isSame(one: ScopeName, other: ScopeName): boolean {
  if (one.uid !== undefined && other.uid !== undefined) return one.uid === other.uid;
  if (one.name === notKnown || one.name === secretText) return false;
  return one.resource === undefined
    ? one.name === other.name && other.resource === undefined
    : one.resource === other.resource;
}

function isSamePerson(one: PersonName, other: PersonName): boolean {
  // Who it is, is not shown: it may be somebody else than was approved.
  if (one.hidden !== undefined || other.hidden !== undefined) return false;
  if (one.userUid !== undefined && other.userUid !== undefined) return one.userUid === other.userUid;
  return one.email !== undefined && one.email === other.email;
}

function namesOf({ userUid, email }: PersonName): string[] {
  return [userUid, email].filter((name) => name !== undefined);
}
