import { printable } from "../../provider/core/text.js";
import { graphOf } from "./mermaid.js";
import type { ChangeRow, Review } from "./report.js";
import {
  actWords,
  effectWords,
  incompleteWords,
  remarks,
  signs,
  standWords,
  verdict,
  warningWords,
  weighty,
  where,
} from "./words.js";
import { nameOfPerson } from "../membership/lookup.js";

/** What GitHub takes as one comment is 65,536 characters; counted here in bytes, with room for the end. */
const mostBytes = 64_000;
/** Of those, what one part may take: no part crowds out the next. */
const mostOfPart = 20_000;

/**
 * A comment for a pull request. Every name stands in a code element, with everything that could mean something to
 * Markdown or HTML written as a character reference: GitHub looks for mentions, issues, links and emoji in none of it.
 */
export function markdownOf(review: Review): string {
  const parts = [
    `### Access review\n\n${escaped(verdict(review))}`,
    list(
      "**Exceeded:**",
      review.exceeded.map(({ message }) => `- 🛑 ${code(message, 1000)}`),
    ),
    list(
      "**Warnings:**",
      review.warnings.map((row) => `- ⚠️ ${warningWords(row, code)}`),
    ),
    review.complete ? "" : `_${escaped(incompleteWords)}_`,
    table(review.changes.filter(({ effect }) => weighty.has(effect))),
    graphOf(review),
    details(
      "Organizations and teams",
      fitted(review.acts.map((row) => `- ${actWords(row, code).replace(/^[-+~=] /, "")}`)),
    ),
    details("Access unchanged", table(review.changes.filter(({ effect }) => !weighty.has(effect)))),
    details("Other providers", fitted(review.others.map(({ op, urn }) => `- ${code(op)} ${code(urn)}`))),
    details("Warnings from the preview", fitted(review.diagnostics.map((text) => `- ${code(text, 300)}`))),
  ];
  return joined(parts.filter((part) => part !== ""));
}

/** A name that others have chosen. */
export function code(text: string, length = 254): string {
  return `<code>${escaped(printable(text, length)) || "&#32;"}</code>`;
}

/** Letters, digits, spaces and what means nothing anywhere stay; the rest is written as character references. */
function escaped(text: string): string {
  return text
    .replace(/[^\p{L}\p{M}\p{N} ,.;→–…]/gu, (character) => `&#${character.codePointAt(0)};`)
    .replaceAll("www.", "www&#46;");
}

function list(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? "" : `${title}\n\n${fitted(lines)}`;
}

function table(rows: readonly ChangeRow[]): string {
  if (rows.length === 0) return "";
  const head = "|   | Person | Where | Before | After | |\n| --- | --- | --- | --- | --- | --- |";
  return `${head}\n${fitted(rows.map(rowOf), (count) => `| | and ${count} more | | | | |`)}`;
}

function rowOf(row: ChangeRow): string {
  const [before, after] = [row.before, row.after].map((stand) => standWords(stand, code));
  const what = `${signs[row.effect] === "-" ? "➖" : signs[row.effect] === "+" ? "➕" : signs[row.effect] === "~" ? "✏️" : "🟰"} ${effectWords[row.effect]}`;
  return `| ${[what, code(nameOfPerson(row.person)), where(row, code), before, after, remarks(row, code).join("; ")].join(" | ")} |`;
}

function details(title: string, content: string): string {
  return content === "" ? "" : `<details><summary>${title}</summary>\n\n${content}\n\n</details>`;
}

/** As many lines as a part may take, and how many more there are. */
function fitted(lines: readonly string[], more = (count: number) => `- and ${count} more`): string {
  const taken: string[] = [];
  let bytes = 0;
  for (const line of lines) {
    bytes += Buffer.byteLength(line) + 1;
    if (bytes > mostOfPart) break;
    taken.push(line);
  }
  return (taken.length === lines.length ? taken : [...taken, more(lines.length - taken.length)]).join("\n");
}

/** A part that does not fit any more is left out, with a note. */
function joined(parts: readonly string[]): string {
  const taken: string[] = [];
  let bytes = 0;
  for (const part of parts) {
    bytes += Buffer.byteLength(part) + 2;
    if (bytes > mostBytes) {
      taken.push("_Truncated to GitHub's limit for a comment. The review as HTML or JSON is complete._");
      break;
    }
    taken.push(part);
  }
  return taken.join("\n\n");
}
