import { printable } from "../../provider/core/text.js";
import { nameOfPerson } from "../membership/lookup.js";
import { isShown, matricesOf, own, signs, type Cell, type Matrix, type MatrixRow } from "./matrix.js";
import type { Review, ScopeName } from "./report.js";
import {
  actWords,
  cellWords,
  counted,
  diagnosticsTitle,
  failureSection,
  nameOfScope,
  notesOf,
  notices,
  quietWords,
  rehearsalSections,
  verdict,
  warningLines,
} from "./words.js";

/** What GitHub takes as one comment is 65,536 characters; counted here in bytes, with room for the end. */
const mostBytes = 64_000;
/** With more teams, a column for each is harder to read than a list. */
const mostColumns = 8;
const emoji = { "+": "➕", "-": "➖", "~": "✏️", "=": "🟰" } as const;

export interface Markdown {
  text: string;
  /** Lines that did not fit; said at the top of the text. */
  cut: number;
}

/**
 * A comment for a pull request. Every name stands in a code element, with everything that could mean something to
 * Markdown or HTML written as a character reference: GitHub looks for mentions, issues, links and emoji in none of it.
 */
export function markdownOf(review: Review, most = mostBytes): Markdown {
  const parts = partsOf(review);
  const whole = fitted(parts, most);
  if (whole.cut === 0) return whole;
  const notice = (cut: number) =>
    `> **Not complete:** ${counted(cut, "line is", "lines are")} left out, as a comment takes no more. Read the review as HTML or JSON.`;
  const { cut } = fitted([parts[0]!, { lines: [notice(9_999_999)] }, ...parts.slice(1)], most);
  return fitted([parts[0]!, { lines: [notice(cut)] }, ...parts.slice(1)], most);
}

/** Lines between a head and an end, such as a table or a folded list. */
interface Part {
  head?: string;
  lines: readonly string[];
  end?: string;
}

function partsOf(review: Review): Part[] {
  const quiet = review.changes.filter((change) => !isShown(change));
  return [
    { lines: [`### Access review\n\n**${escaped(verdict(review))}**`] },
    ...notices(review).map((text) => ({ lines: [`> ${escaped(text)}`] })),
    list(
      "**Exceeded:**",
      review.exceeded.map(({ message }) => `- 🛑 ${code(message, 1000)}`),
    ),
    list(
      "**Failure:**",
      failureSection(review, sentence).lines.map((text) => `- 🛑 ${text}`),
    ),
    ...matricesOf(review).map(table),
    list(
      "**Warnings:**",
      warningLines(review, code).map((text) => `- ⚠️ ${text}`),
    ),
    list(
      "**Organizations and teams:**",
      review.acts.map((row) => `- ${actWords(row, code).replace(/^[-+~=] /, "")}`),
    ),
    details(
      "Access unchanged",
      quiet.map((row) => `- ${emoji[signs[row.effect]]} ${quietWords(row, code)}`),
    ),
    ...rehearsalSections(review, code, sentence).map(({ title, lines }) =>
      details(
        title,
        lines.map((text) => `- ${text}`),
      ),
    ),
    details(
      "Other providers",
      review.others.map(({ op, urn }) => `- ${code(op)} ${code(urn)}`),
    ),
    details(
      diagnosticsTitle(review),
      review.diagnostics.map((text) => `- ${code(text, 300)}`),
    ),
  ].filter(({ lines }) => lines.length > 0);
}

function list(title: string, lines: readonly string[]): Part {
  return { head: `${title}\n`, lines };
}

function details(title: string, lines: readonly string[]): Part {
  return { head: `<details><summary>${title} (${lines.length})</summary>\n`, lines, end: "\n</details>" };
}

/** One row for each person. */
function table({ organization, teams, rows }: Matrix): Part {
  const columns = teams.size <= mostColumns ? [...teams] : undefined;
  const names = columns === undefined ? ["Teams"] : columns.map(([, team]) => code(nameOfScope(team)));
  const titles = ["", "Person", code(nameOfScope(organization)), ...names, "Notes"];
  const cells = ({ cells: found }: MatrixRow) =>
    columns === undefined ? [teamList(found, teams)] : columns.map(([key]) => cellText(found.get(key)));
  const lines = rows.map((row) =>
    tableRow([
      emoji[row.sign],
      code(nameOfPerson(row.person)),
      cellText(row.cells.get(own)),
      ...cells(row),
      notesOf(row, code),
    ]),
  );
  return { head: `${tableRow(titles)}\n${tableRow(titles.map(() => "---"))}`, lines };
}

function tableRow(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

function teamList(cells: MatrixRow["cells"], teams: ReadonlyMap<string, ScopeName>): string {
  const inTeams = [...teams].filter(([key]) => cells.has(key));
  return inTeams.map(([key, team]) => `${code(nameOfScope(team))}: ${cellText(cells.get(key))}`).join("<br>");
}

/** "~~member~~ → admin", "+ lead", "member". */
function cellText(cell: Cell | undefined): string {
  if (cell === undefined) return "";
  const { lost, gained, kept } = cellWords(cell, code);
  if (kept !== undefined) return kept;
  if (lost === undefined) return `➕ ${gained}`;
  return gained === undefined ? `➖ ~~${lost}~~` : `~~${lost}~~ → ${gained}`;
}

/** A name that others have chosen. */
export function code(text: string, length = 254): string {
  return `<code>${escaped(printable(text, length)) || "&#32;"}</code>`;
}

/** A sentence that may contain such names. */
function sentence(text: string): string {
  return code(text, 1000);
}

/** Letters, digits, spaces and what means nothing anywhere stay; the rest is written as character references. */
function escaped(text: string): string {
  return text
    .replace(/[^\p{L}\p{M}\p{N} ,.;→–…]/gu, (character) => `&#${character.codePointAt(0)};`)
    .replaceAll("www.", "www&#46;");
}

/** As many lines as fit: those that warn before those of people, and what is folded last. */
function fitted(parts: readonly Part[], most: number): Markdown {
  const kept = new Map<Part, string[]>();
  let [bytes, cut] = [0, 0];
  for (const part of parts.toSorted((one, other) => rankOf(one) - rankOf(other))) {
    const shown: string[] = [];
    for (const line of part.lines) {
      const added = size(line) + (shown.length === 0 ? size(part.head) + size(part.end) + 2 : 0);
      if (cut > 0 || bytes + added > most) {
        cut++;
        continue;
      }
      bytes += added;
      shown.push(line);
    }
    if (shown.length > 0) kept.set(part, shown);
  }
  const texts = parts.flatMap((part) => {
    const shown = kept.get(part);
    return shown ? [[part.head, ...shown, part.end].filter((text) => text !== undefined).join("\n")] : [];
  });
  return { text: texts.join("\n\n"), cut };
}

function rankOf({ head, end }: Part): number {
  if (end !== undefined) return 2;
  return head?.startsWith("|") ? 1 : 0;
}

function size(text: string | undefined): number {
  return text === undefined ? 0 : Buffer.byteLength(text) + 1;
}
