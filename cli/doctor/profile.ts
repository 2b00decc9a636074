import { printable, quoted } from "../../provider/core/text.js";
import { plural } from "../output/terminal.js";
import type { Profile } from "../probe/profile.js";
import { coping } from "../probe/report.js";
import type { Statement } from "../probe/statement.js";
import { failed, ok, warning, type Check } from "./check.js";

const mostDays = 90;
const msPerDay = 24 * 3600 * 1000;
const again = "Run pulumi-avala probe --write --out avala-profile.json again.";

/**
 * What a profile says about the statements that the provider relies on: how far each that differs matters.
 * @param now milliseconds since 1970
 */
export function profileChecks(profile: Profile, statements: readonly Statement[], now: number): Check[] {
  const verdictOf = ({ name }: Statement) => foundOf(profile, name)?.verdict ?? "notTried";
  const withVerdict = (verdict: string) => statements.filter((statement) => verdictOf(statement) === verdict);
  return [
    ok(
      "profile",
      `Profile of ${profile.date}: ${withVerdict("holds").length} of ${plural(statements.length, "statement")} hold`,
    ),
    ...ageCheck(profile.date, now),
    ...unknownCheck(profile, statements),
    ...withVerdict("differs").map((statement) => differenceCheck(statement, foundOf(profile, statement.name)!.details)),
    ...listCheck("notVisible", "Not visible to the key of the probe", withVerdict("notVisible")),
    ...listCheck("notTried", "Not tried", withVerdict("notTried")),
  ];
}

function foundOf({ statements }: Profile, name: string): Profile["statements"][string] | undefined {
  return Object.hasOwn(statements, name) ? statements[name] : undefined;
}

function ageCheck(date: string, now: number): Check[] {
  const days = Math.floor((now - Date.parse(date)) / msPerDay);
  // Somewhere it is tomorrow already.
  if (days < -1) return [warning("profileAge", `The profile is dated ${date}, which is in the future.`, again)];
  if (days <= mostDays) return [];
  return [warning("profileAge", `The profile is ${days} days old: the deployment may have changed since.`, again)];
}

function unknownCheck({ statements: found }: Profile, statements: readonly Statement[]): Check[] {
  const known = new Set(statements.map(({ name }) => name));
  const names = Object.keys(found).filter((name) => !known.has(name));
  if (names.length === 0) return [];
  const shown = names.slice(0, 5).map((name) => quoted(name, 60));
  const more = names.length > shown.length ? ` and ${names.length - shown.length} more` : "";
  const what = names.length === 1 ? "is not a statement" : "are not statements";
  return [warning("unknownStatement", `${shown.join(", ")}${more} ${what} of this version.`, again)];
}

/** By how the provider copes: works, ends with an error, or does not work correctly. */
function differenceCheck({ name, ifDifferent, copes, test }: Statement, details: string): Check {
  const what = `${name} differs: ${asSentence(printable(details, 300))} ${asSentence(ifDifferent)}`;
  const all = `${what} ${coping[copes]} (test: ${test}).`;
  switch (copes) {
    case "yes":
      return ok("statement", all.slice(0, -1));
    case "refuses":
      return warning("statement", all, "Expect these errors; each says what to do.");
    default:
      return failed("statement", all, "Do not use the provider with this deployment before Avala has changed it.");
  }
}

const asSentence = (text: string) => (/[.!?]$/.test(text) ? text : `${text}.`);

function listCheck(name: string, title: string, statements: readonly Statement[]): Check[] {
  if (statements.length === 0) return [];
  return [ok(name, `${title} (${statements.length}): ${statements.map((one) => one.name).join(", ")}`)];
}
