import { secretText } from "../pulumi/values.js";
import { inOrder, whereOf, type Review, type WarningRow, type Where } from "../review/report.js";
import type { CopiedScopes } from "./copiedScopes.js";

/** What a rehearsal takes over from the review of the real stack's preview. */
export type Declared = Pick<Review, "warnings" | "removals">;

/** With the names of organizations and teams that the copy knows. */
export function declaredIn({ warnings, removals }: Declared, copiedScopes: CopiedScopes): Declared {
  const named = <Row extends Where>(row: Row): Row => {
    const { organization, team } = row;
    const id = team ? `${organization.uid}/${team.uid}` : `${organization.uid}`;
    const [copied] = copiedScopes.of(id);
    return copied ? { ...row, ...whereOf(copied.scope) } : row;
  };
  return { warnings: warnings.map(named), removals: removals.map(named) };
}

/** @param isWhole the run has shown everything: it succeeded, and the keys could see all that it is about */
export function withDeclaredWarnings(
  warnings: readonly WarningRow[],
  declared: Declared,
  isWhole: boolean,
): WarningRow[] {
  const isKept = ({ rule, unclear = [] }: WarningRow) => {
    if (rule === "extended-access") return true;
    if (rule === "unknown-people") return !isWhole;
    const isEndHidden = unclear.some(({ name, shown }) => name === "validUntil" && shown === secretText);
    return rule === "unknown-access" && (!isWhole || isEndHidden);
  };
  const known = new Set(warnings.map(keyOfWarning));
  const kept = declared.warnings.filter((row) => isKept(row) && !known.has(keyOfWarning(row)));
  return [...warnings, ...kept].toSorted(inOrder);
}

/** Where the run has not shown everything, people whom the preview does not show may still lose access. */
export function withUnknownRemovals(removals: Review["removals"], declared: Declared): Review["removals"] {
  const unknown = declared.removals.filter((row) => row.unknown);
  const unseen = new Set(unknown.map(keyOfScope));
  const known = new Set(removals.map(keyOfScope));
  return [
    ...removals.map((row) => ({ ...row, unknown: row.unknown || unseen.has(keyOfScope(row)) })),
    ...unknown.filter((row) => !known.has(keyOfScope(row))),
  ];
}

function keyOfWarning({ rule, person, what, ...at }: WarningRow): string {
  return JSON.stringify([rule, what, keyOfScope(at), person?.hidden ?? person?.email ?? person?.userUid]);
}

function keyOfScope({ organization, team }: Where): string {
  return JSON.stringify([organization, team].map((one) => one && (one.uid ?? one.resource ?? one.name)));
}
