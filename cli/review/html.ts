import { html } from "hono/html";
import { printable } from "../../provider/core/text.js";
import { nameOfPerson } from "../membership/lookup.js";
import { pageHtml, type Html } from "../output/page.js";
import type { Effect } from "./changes.js";
import { isShown, matricesOf, own, signs, type Cell, type Matrix, type MatrixRow, type Sign } from "./matrix.js";
import type { Review } from "./report.js";
import { style } from "./style.js";
import {
  actWords,
  cellWords,
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

const classes: Readonly<Record<Sign, string>> = { "+": "gain", "-": "loss", "~": "change", "=": "same" };

/** One page that needs nothing else: no script, no network, nothing but its own style. */
export function htmlOf(review: Review): string {
  const quiet = review.changes.filter((change) => !isShown(change));
  const content = html`<h1>Access review</h1>
    <p class="verdict">${verdict(review)}</p>
    ${notices(review).map((text) => html`<p class="note">${text}</p>`)}
    ${list(
      "Exceeded",
      review.exceeded.map(({ message }) => text(message)),
      "bad",
    )}
    ${list("Failure", failureSection(review, whole).lines.map(text), "bad")} ${matricesOf(review).map(matrix)}
    ${list("Warnings", warningLines(review, marked).map(sentence), "warn")}
    ${list(
      "Organizations and teams",
      review.acts.map((row) => sentence(actWords(row, marked))),
    )}
    ${list(
      "Access unchanged",
      quiet.map((row) => sentence(`${signs[row.effect]} ${quietWords(row, marked)}`)),
    )}
    ${rehearsalSections(review, marked, whole).map(({ title, lines }) => list(title, lines.map(sentence)))}
    ${list(
      "Other providers",
      review.others.map(({ op, urn }) => sentence(`${marked(op)} ${marked(urn)}`)),
    )}
    ${list(
      diagnosticsTitle(review),
      review.diagnostics.map((one) => text(printable(one, 400))),
    )}`;
  return pageHtml({ title: "Access review", style, content });
}

/** Around a name that others have chosen, within a sentence of ours; `printable` leaves neither of them in a name. */
const [open, close] = ["\u0001", "\u0002"];

function marked(name: string): string {
  return `${open}${printable(name, 254)}${close}`;
}

const whole = (words: string) => printable(words, 1000);

/** A sentence with its names in bold. */
function sentence(words: string): Html {
  const parts = words.split(open).map((part, at) => {
    const [name, rest = ""] = at === 0 ? ["", part] : (part.split(close) as [string, string]);
    return at === 0 ? html`${rest}` : html`<b>${name}</b>${rest}`;
  });
  return html`${parts}`;
}

function text(words: string): Html {
  return html`${words}`;
}

function list(title: string, items: readonly Html[], kind = ""): Html | string {
  if (items.length === 0) return "";
  return html`<section class="${kind}">
    <h2>${title} (${items.length})</h2>
    <ul>
      ${items.map((item) => html`<li>${item}</li>`)}
    </ul>
  </section>`;
}

/** One row for each person of an organization: what they have in it and in each team concerned, before and after. */
function matrix({ organization, teams, rows }: Matrix): Html {
  const columns = [...teams];
  const name = nameOfScope(organization);
  const heads = [name, ...columns.map(([, team]) => nameOfScope(team))];
  return html`<section>
    <h2>People of <b>${printable(name, 254)}</b> (${rows.length})</h2>
    <div class="wide" tabindex="0" role="region" aria-label="People whose access changes">
      <table class="matrix">
        <caption>
          Lost access is struck through and marked −, gained access is marked +, in italics if it begins when the person
          accepts; the rest is unchanged.
        </caption>
        <thead>
          <tr>
            <th scope="col">Person</th>
            ${heads.map((head) => html`<th scope="col"><b>${printable(head, 254)}</b></th>`)}
            <th scope="col">Notes</th>
          </tr>
        </thead>
        <tbody>
          ${rows.map((row) => matrixRow(row, [own, ...columns.map(([key]) => key)]))}
        </tbody>
      </table>
    </div>
  </section>`;
}

function matrixRow(row: MatrixRow, keys: readonly string[]): Html {
  return html`<tr>
    <th scope="row">${row.sign} <b>${printable(nameOfPerson(row.person), 254)}</b></th>
    ${keys.map((key) => cell(row.cells.get(key)))}
    <td>${sentence(notesOf(row, marked))}</td>
  </tr>`;
}

/** What else is gained begins with an acceptance. */
const atOnce: ReadonlySet<Effect> = new Set(["gains", "role"]);

function cell(found: Cell | undefined): Html {
  if (found === undefined) return html`<td></td>`;
  const { lost, gained, kept } = cellWords(found, (name) => printable(name, 40));
  if (kept !== undefined || found.change === undefined) return html`<td class="same">${kept}</td>`;
  const kind = classes[signs[found.change.effect]];
  const when = atOnce.has(found.change.effect) ? "now" : "later";
  return html`<td class="${kind}">
    ${lost === undefined ? "" : html`<del>− ${lost}</del>`}
    ${gained === undefined ? "" : html`<ins class="${when}">+ ${gained}</ins>`}
  </td>`;
}
