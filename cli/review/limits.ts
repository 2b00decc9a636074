import { quoted } from "../../provider/core/text.js";
import { UsageError } from "../errors.js";
import type { Review } from "./report.js";
import { rules, type Rule } from "./warnings.js";
import { counted, lostWords, warningWords, named } from "./words.js";

export interface Limits {
  maxRemovals: number | undefined;
  maxEmails: number | undefined;
  deny: readonly Rule[];
}

/** A number of people or emails. */
export function countOf(text: string | undefined, option: string): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new UsageError(`${option} must be a whole number, not ${quoted(text)}.`, "Run pulumi-avala review --help.");
}

export function rulesOf(names: readonly string[]): Rule[] {
  return names.map((name) => {
    if (Object.hasOwn(rules, name)) return name as Rule;
    throw new UsageError(`Unknown rule ${quoted(name)}.`, `--deny accepts ${Object.keys(rules).join(", ")}.`);
  });
}

/** Every limit that the changes exceed, with the people or objects concerned. */
export function exceededBy(review: Review, { maxRemovals, maxEmails, deny }: Limits): Review["exceeded"] {
  const { summary, failure = [] } = review;
  const { emails } = summary;
  const removed = review.removals.filter(
    ({ people, unknown }) => maxRemovals !== undefined && (unknown || people > maxRemovals),
  );
  return [
    ...failure.map((message) => ({ limit: "failure", message: `The rehearsal failed: ${message}` })),
    ...removed.map((row) => ({
      limit: "max-removals",
      message: `${lostWords(row, row.people, named, row.unknown)}: more than --max-removals ${maxRemovals}.`,
    })),
    ...(maxEmails !== undefined && emails > maxEmails
      ? [
          {
            limit: "max-emails",
            message: `Up to ${counted(emails, "email", "emails")}: more than --max-emails ${maxEmails}.`,
          },
        ]
      : []),
    ...[...new Set(deny)].flatMap((rule) => denied(review, rule)),
  ];
}

function denied({ warnings, summary }: Review, rule: Rule): Review["exceeded"] {
  const limit = `deny ${rule}`;
  if (rule === "emails") {
    return summary.emails > 0
      ? [{ limit, message: `Up to ${counted(summary.emails, "email", "emails")} [deny emails]` }]
      : [];
  }
  return warnings
    .filter((row) => row.rule === rule)
    .map((row) => ({ limit, message: `${warningWords(row, named)} [${limit}]` }));
}
