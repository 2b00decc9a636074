import type { State } from "../../emulator/src/index.js";
import { normalizeEmail } from "../../provider/core/address.js";
import { Mask } from "../pulumi/mask.js";
import { managedIn, type Managed } from "../pulumi/managed.js";
import type { Preview } from "../pulumi/preview.js";
import { secretText } from "../pulumi/values.js";
import type { AccessModel } from "../review/access.js";
import { byText, changesOf, type Change } from "../review/changes.js";
import { costOfCalls } from "../review/cost.js";
import { reportOf, reviewOf, type Rehearsal, type SentEmail } from "../review/report.js";
import type { Standards } from "../review/warnings.js";
import { Accesses } from "./accesses.js";
import { actsOf } from "./acts.js";
import { declaredIn, withDeclaredWarnings, withUnknownRemovals } from "./declared.js";
import { Directory, openNames } from "./directory.js";
import { acceptancesLeft, stepsLeft } from "./left.js";
import { CopiedScopes, type Moment, type Time } from "./copiedScopes.js";

export type { Rehearsal } from "../review/report.js";

/** What a run has done on a copy, as the copy, its mailbox and the exported states show it. */
export interface Observed {
  /** By base URL: each organization as it was when it was read. */
  before: ReadonlyMap<string, State>;
  after: ReadonlyMap<string, State>;
  /** All emails of the run, each with the uid of its organization. */
  emails: readonly { to: string; kind: "invitation" | "resend"; organization: string }[];
  /** All requests of the run. */
  requests: readonly { method: string }[];
  /** Exported with --show-secrets, before the run and after it. */
  stateBefore: unknown;
  stateAfter: unknown;
  /** Of the real stack: for warnings about what is declared. */
  preview: Preview;
  /** The second preview, on the copy; undefined if the run failed. */
  left: Preview | undefined;
  /** Why the second preview failed. */
  leftFailure?: string | undefined;
  /** Errors of a run that failed. */
  failure: readonly string[];
  /** Warnings of the run. */
  warnings?: readonly string[];
  /** What the keys could not see. */
  notes: readonly string[];
  /** What the copy's behaviour was measured by. */
  profile?: Rehearsal["profile"];
  standards: Standards;
}

/**
 * Reads what a run has done on a copy as what it means to people, in the model of a review.
 *
 * Warnings of these rules come from the outcome: admin-grants, external-domains, last-lead, team-deletions,
 * organization-deletions, removals; unknown-access where an address is secret. From the declarations, as the preview of the
 * real stack shows them: extended-access, and unknown-access of a secret `validUntil`. All other values that the preview
 * does not show have had their effect on the copy, and have no warning; if the run failed or the keys could not see
 * everything, unknown-access and unknown-people of the preview stay.
 */
export function rehearsalOf(observed: Observed): Rehearsal {
  const { requests, preview, failure, notes, profile, standards, warnings = [] } = observed;
  const moments: Record<Time, Moment> = {
    before: { states: observed.before, managed: managedIn(observed.stateBefore) },
    after: { states: observed.after, managed: managedIn(observed.stateAfter) },
  };
  const managed = [...moments.before.managed, ...moments.after.managed];
  const copiedScopes = new CopiedScopes(moments);
  const { model, emails } = modelOf(moments, copiedScopes, managed, observed);
  const changes = changesOf(model).map(withoutSecrets(managed));
  const writes = requests.filter(({ method }) => method !== "GET").length;
  const cost = costOfCalls(requests.length - writes, writes);
  const report = reportOf(model, changes, cost, preview, standards);
  const declared = declaredIn(reviewOf(preview, standards), copiedScopes);
  const isWhole = failure.length === 0 && notes.length === 0;
  const warned = withDeclaredWarnings(report.warnings, declared, isWhole);
  const rehearsal: Rehearsal = {
    ...report,
    summary: { ...report.summary, emails: emails.length, warnings: warned.length },
    removals: isWhole ? report.removals : withUnknownRemovals(report.removals, declared),
    warnings: warned,
    diagnostics: [...new Set([...report.diagnostics, ...warnings])].toSorted(byText),
    rehearsed: true,
    emails,
    requests: { reads: cost.reads, writes, minutes: cost.minutes },
    left: [
      ...stepsLeft(observed.left, standards),
      ...acceptancesLeft(model.accesses),
      ...(observed.leftFailure === undefined ? [] : [`The next run: ${observed.leftFailure}`]),
    ],
    failure: [...failure],
    notes: [...notes],
    ...(profile && { profile }),
  };
  return new Mask(managed, openNames(managed), ours).all(rehearsal);
}

/** Fields of a report whose texts are ours. */
const ours: ReadonlySet<string> = new Set([
  "effect",
  "standing",
  "role",
  "act",
  "rule",
  "kind",
  "cause",
  "what",
  "limit",
  "date",
]);

function modelOf(
  moments: Record<Time, Moment>,
  copiedScopes: CopiedScopes,
  managed: readonly Managed[],
  { before, after, emails, notes }: Observed,
): { model: AccessModel; emails: SentEmail[] } {
  const people = new Directory([...before, ...after], managed);
  const accesses = new Accesses(moments, copiedScopes, people, notes.length > 0);
  const sent = emails.map(({ to, kind, organization }): SentEmail => {
    const { hidden } = accesses.addEmail(to, organization);
    return { to: hidden ?? normalizeEmail(to), kind };
  });
  const model = {
    accesses: accesses.all,
    acts: actsOf(copiedScopes, moments),
    // The run has shown which deployment each provider means.
    changedProviders: [],
  };
  people.tellApart();
  return { model, emails: sent.toSorted((one, other) => byText(one.to, other.to) || byText(one.kind, other.kind)) };
}

/** The change, with no value that a resource of the access keeps secret. */
function withoutSecrets(managed: readonly Managed[]): (change: Change) => Change {
  const secrets = new Set(managed.flatMap(({ urn, secret }) => [...secret].map((name) => `${urn} ${name}`)));
  const hide = (value: string | undefined) => (value === undefined ? undefined : secretText);
  return (change) => ({
    ...change,
    fields: change.fields.map((field) =>
      change.resources.some((urn) => secrets.has(`${urn} ${field.name}`))
        ? { name: field.name, before: hide(field.before), after: hide(field.after) }
        : field,
    ),
  });
}
