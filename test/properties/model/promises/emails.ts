import type { Recorded } from "../../../support/stack.js";
import { learntUid, resolveDeclarations, recordNames, sameText, type Resolved } from "../resolved.js";
import { hold, type Observed } from "../observed.js";
import { isPersonKind } from "../program.js";
import { invitationOf, lower, organizationOf, rolesIn, uidOf, type Service } from "../service.js";
import { disagreements } from "./records.js";

/** An email is sent if a declaration asks for one, once in a run and within its maximum. */
export function sendsOnlyDueEmails(run: Observed): void {
  const { emails, before } = run;
  const resolved = run.writing ? resolveDeclarations(run, before) : [];
  const counts = new Map<string, number>();
  const broken: string[] = [];
  for (const { to, organization } of emails) {
    const key = `${lower(to)} into ${organization}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
    const reasons = resolved
      .filter((row) => isPersonKind(row.kind) && row.organization === organization && row.names.has(lower(to)))
      .map((row) => whyNoEmail(row, run, organization, to));
    if (reasons.every((reason) => reason !== undefined)) {
      broken.push(`${key}: ${reasons.length === 0 ? "nobody has declared them" : reasons.join(", ")}`);
    }
  }
  for (const [key, count] of counts) if (count > 1) broken.push(`${key}: ${count} in one run`);
  hold("Only mails that are due go out", broken);
}

function whyNoEmail(
  { name, inputs, record, kind }: Resolved,
  { before, remade }: Observed,
  uid: string,
  to: string,
): string | undefined {
  const organization = organizationOf(before, uid);
  const holder = uidOf(before, to);
  const members = organization ? rolesIn(before, organization.members) : new Map<string, string>();
  if (holder !== undefined && members.has(holder)) return "they are a member";
  const known = record && sameText(record, inputs) ? learntUid(record) : undefined;
  if (known !== undefined && members.has(known)) return "they are a member, at another address by now";
  if (known !== undefined && holder !== undefined && known !== holder) return "the address is somebody else's by now";
  const invitation = organization && invitationOf(before, organization, to);
  const role = inputs["role"] ?? "member";
  const isRecorded = record !== undefined && isOfPerson(record, uid, to, before);
  const hasBeenMember = isRecorded && record.outputs["userUid"] !== undefined;
  const isHidden = before.settings.hideEmails || (before.settings.hideEmailsOf ?? []).some((uid) => members.has(uid));
  if (isHidden && !invitation && !hasBeenMember) return "whether they are a member is hidden";
  if (!isRecorded || remade.includes(name)) {
    return invitation?.role === role ? "they have a valid invitation already" : undefined;
  }
  const { outputs } = record;
  if (kind === "organizationMember" && Number(outputs["emailsSent"]) >= Number(inputs["maxEmails"] ?? 3)) {
    return `all of maxEmails are sent (${String(outputs["emailsSent"])})`;
  }
  if (inputs["resend"] !== undefined && inputs["resend"] !== outputs["resend"]) return undefined;
  if (invitation) return invitation.role === role ? "they have a valid invitation" : undefined;
  if (outputs["__emailPending"] === true) return undefined;
  // Changes that the provider cannot distinguish from its own cancellation.
  if (outputs["status"] === "invited" && outputs["role"] !== role) return undefined;
  if (inputs["onExpiry"] === "resend") {
    return outputs["userUid"] === undefined ? undefined : "they have been a member";
  }
  return "they were invited once";
}

function isOfPerson(record: Recorded, organization: string, to: string, service: Service): boolean {
  return record.id.startsWith(`${organization}/`) && recordNames(record, service).has(lower(to));
}

/** The emails of a run are counted in the state. */
export function countsItsEmails(run: Observed): void {
  const resolved = resolveDeclarations(run, run.before).filter(({ kind }) => isPersonKind(kind));
  const broken = run.emails.flatMap(({ to, organization }) =>
    resolved.flatMap(({ name, record }) => {
      const now = run.recordsNow.get(name);
      if (!now || !isOfPerson(now, organization, to, run.before)) return [];
      const isLiving = record !== undefined && !run.remade.includes(name);
      const sent = isLiving && isOfPerson(record, organization, to, run.before) ? record.outputs["emailsSent"] : 0;
      const [before, after] = [Number(sent), Number(now.outputs["emailsSent"])];
      return after > before ? [] : [`${name}: ${to} was mailed, and emailsSent went from ${before} to ${after}`];
    }),
  );
  hold("State counts each email", broken);
}

/**
 * A newly declared person is a member or invited after the run, and so is a person who has to be invited again. (If reads
 * lag, a person who has just left counts as a member.)
 */
export function forgetsNobody(run: Observed): void {
  const { writing, steps, error, program, records, recordsNow, after, stale } = run;
  if (error || !writing || stale) return;
  const due = steps.filter((step) => {
    const [op, name] = step.split(" ") as [string, string];
    const { kind, inputs } = program[name] ?? {};
    if (!kind || !isPersonKind(kind)) return false;
    const isAsked = inputs!["resend"] !== undefined && inputs!["resend"] !== records.get(name)?.outputs["resend"];
    return op === "create" || op === "replace" || (op === "update" && isAsked);
  });
  const forgotten = due.filter((step) => {
    const { outputs } = recordsNow.get(step.split(" ")[1]!)!;
    return !["invited", "active", "accepted"].includes(outputs["status"] as string);
  });
  const disagreeing = due.flatMap((step) => disagreements(recordsNow.get(step.split(" ")[1]!)!, after));
  hold("Whoever is declared is a member or invited", [...forgotten, ...disagreeing]);
}
