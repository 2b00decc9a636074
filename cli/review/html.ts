import { html } from "hono/html";
import { printable } from "../../provider/core/text.js";
import { matrixSection } from "../output/matrixHtml.js";
import { matrixScript, matrixStyle, reportStyle } from "../output/matrixStyle.js";
import { listSection, pageHtml, type Html } from "../output/page.js";
import { isShown, matricesOf, signs } from "./matrix.js";
import type { Review } from "./report.js";
import { viewOf } from "./view.js";
import {
  actWords,
  diagnosticsTitle,
  failureSection,
  notices,
  quietWords,
  rehearsalSections,
  verdict,
  warningLines,
} from "./words.js";

/** One page that needs nothing else: its only script filters and folds the matrices, and without it everything is shown. */
export function htmlOf(review: Review): string {
  const quiet = review.changes.filter((change) => !isShown(change));
  const content = html`<h1>Access review</h1>
    <p class="verdict">${verdict(review)}</p>
    ${notices(review).map((text) => html`<p class="note">${text}</p>`)}
    ${listSection(
      "Exceeded",
      review.exceeded.map(({ message }) => text(message)),
      "bad",
    )}
    ${listSection("Failure", failureSection(review, whole).lines.map(text), "bad")}
    ${matricesOf(review).map((matrix, at) => matrixSection(viewOf(matrix, review), at))}
    ${listSection("Warnings", warningLines(review, marked).map(sentence), "warn")}
    ${listSection(
      "Organizations and teams",
      review.acts.map((row) => sentence(actWords(row, marked))),
    )}
    ${listSection(
      "Access unchanged",
      quiet.map((row) => sentence(`${signs[row.effect]} ${quietWords(row, marked)}`)),
    )}
    ${rehearsalSections(review, marked, whole).map(({ title, lines }) => listSection(title, lines.map(sentence)))}
    ${listSection(
      "Other providers",
      review.others.map(({ op, urn }) => sentence(`${marked(op)} ${marked(urn)}`)),
    )}
    ${listSection(
      diagnosticsTitle(review),
      review.diagnostics.map((one) => text(printable(one, 400))),
    )}`;
  return pageHtml({ title: "Access review", style: matrixStyle + reportStyle, script: matrixScript, content });
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
