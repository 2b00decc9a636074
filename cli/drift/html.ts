import { html, raw } from "hono/html";
import { printable } from "../../provider/core/text.js";
import type { Matrix } from "../output/matrix.js";
import { matrixSection } from "../output/matrixHtml.js";
import { matrixScript, matrixStyle, reportStyle } from "../output/matrixStyle.js";
import { listSection, pageHtml, type Html } from "../output/page.js";
import { isDrift } from "./finding.js";
import {
  adoptFirst,
  adoptWithoutUp,
  byRepair,
  entriesOf,
  grouped,
  importFile,
  linesToAdd,
  noticeRow,
  noticesTitle,
  rowOf,
  shownNames,
  summary,
  titles,
  type Report,
  type Row,
} from "./report.js";

/** One page that needs nothing else: its only script filters and folds the matrices, and without it everything is shown. */
export function htmlOf(report: Report, matrices: readonly Matrix[]): string {
  const names = shownNames(report);
  const content = html`<h1>Drift</h1>
    <p class="verdict">${summary(report)}</p>
    ${report.notVisible.map((note) => html`<p class="note">${printable(note, 1000)}</p>`)}
    ${matrices.map((matrix, at) => matrixSection(matrix, at))}
    ${grouped(report).map(({ kind, findings }) =>
      listSection(
        titles[kind],
        byRepair(findings).flatMap((same) =>
          same.map(
            (finding, at) =>
              html`${rowText(rowOf(finding, names))}${at === same.length - 1 ? html`<br /><i>${finding.repair}</i>` : ""}`,
          ),
        ),
        isDrift(kind) ? "warn" : "",
      ),
    )}
    ${listSection(
      noticesTitle,
      report.notices.map((notice) => rowText(noticeRow(notice, names))),
    )}
    ${adoption(report)}`;
  return pageHtml({ title: "Drift", style: matrixStyle + reportStyle, script: matrixScript, content });
}

function rowText([name, where, part, message]: Row): Html {
  return html`<b><bdi>${printable(name, 254)}</bdi></b
    >, <bdi>${printable(where, 254)}</bdi>${part === "" ? "" : html`, <bdi>${printable(part, 254)}</bdi>`}:
    <bdi>${printable(message, 1000)}</bdi>`;
}

function adoption(report: Report): Html | string {
  const entries = entriesOf(report);
  const additions = linesToAdd(report);
  if (additions.length === 0) return "";
  return html`<section class="list">
    <h2>To adopt unmanaged objects</h2>
    <p>${adoptFirst}</p>
    ${additions.map(
      ({ title, lines }) =>
        html`<p>${title}:</p>
          ${block(lines)}`,
    )}
    ${
      entries.length === 0
        ? ""
        : html`<p>${adoptWithoutUp}</p>
            ${block(importFile(entries))}`
    }
  </section>`;
}

/** The page is written without indentation: line ends in it are character references. */
function block(text: string): Html {
  return html`<pre>${raw(String(html`${text.trimEnd()}`).replaceAll("\n", "&#10;"))}</pre>`;
}
