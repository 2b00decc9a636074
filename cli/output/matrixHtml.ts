import { html, raw } from "hono/html";
import { printable } from "../../provider/core/text.js";
import {
  isPending,
  signOf,
  symbolOf,
  type Matrix,
  type MatrixCell,
  type MatrixPerson,
  type MatrixTeam,
} from "./matrix.js";
import { matrixScript, matrixStyle } from "./matrixStyle.js";
import { pageHtml, type Html } from "./page.js";

export interface MatrixPage {
  title: string;
  /** One sentence below the title. */
  about: string;
  notes: readonly string[];
  matrices: readonly Matrix[];
}

/** One page of matrices: its only script is the filter of the rows, and without it everything is shown. */
export function matrixHtml({ title, about, notes, matrices }: MatrixPage): string {
  return pageHtml({
    title: [title, ...matrices.map((matrix) => matrix.title)].join(": "),
    style: matrixStyle,
    script: matrixScript,
    content: html`<h1>${title}</h1>
      <p class="about">${about}</p>
      ${notes.map((note) => html`<p class="note">${printable(note, 1000)}</p>`)} ${matrices.map(matrixSection)}`,
  });
}

/** A matrix with its counts, filter and legend. */
export function matrixSection(matrix: Matrix, at = 0): Html {
  const { title, counts, teams, people, details } = matrix;
  const table = `matrix-${at + 1}`;
  return html`<section class="access">
    <h2><bdi>${title}</bdi></h2>
    <ul class="counts">
      ${counts.map(([label, count]) => html`<li><b>${count}</b> ${label}</li>`)}
    </ul>
    <p class="filter" hidden>
      <label for="${table}-filter">Filter people</label>
      <input
        id="${table}-filter"
        type="search"
        autocomplete="off"
        spellcheck="false"
        placeholder="name, role, team, unmanaged …"
        data-filter="${table}"
      />
      <span role="status"></span>
    </p>
    <p class="legend">
      <span><i>●</i> lead</span><span><i>○</i> member</span
      ><span class="later"><i>○…</i> not yet: invited or waiting</span
      ><span class="ended"><i>✕</i> not any more: expired or gone</span
      ><span><i>!</i> unmanaged or expired access</span
      >${hasChanges(matrix) ? html`<span><i>+ − ~</i> gained, lost, changed since the earlier state</span>` : ""}
    </p>
    <div class="wide" tabindex="0" role="region" aria-label="People and teams of ${title}">
      <table id="${table}">
        <thead>
          <tr>
            <th scope="col">Person</th>
            <th scope="col">Role</th>
            ${teams.map(teamHead)}${details.map((name) => html`<th scope="col" class="detail">${name}</th>`)}
            <th scope="col" class="detail">Each access</th>
          </tr>
        </thead>
        <tbody>
          ${people.map((person) => personRow(person, teams))}
        </tbody>
      </table>
    </div>
  </section>`;
}

function hasChanges({ people }: Matrix): boolean {
  return people.some(({ own, cells }) => own?.change ?? [...cells.values()].some(({ change }) => change));
}

function teamHead({ name, members, leads, marks }: MatrixTeam): Html {
  const counts = `${members} ${members === 1 ? "person" : "people"}, ${leads} ${leads === 1 ? "lead" : "leads"}`;
  return html`<th scope="col" class="team${marks.length > 0 ? " marked" : ""}">
    <span><bdi>${name}</bdi>${marks.map((mark) => html` <small>${mark}</small>`)}</span
    ><b title="${counts}">${members}<i class="hide"> in the team</i></b>
  </th>`;
}

function personRow(person: MatrixPerson, teams: readonly MatrixTeam[]): Html {
  const { name, fullName, own, cells, marks, details, notes } = person;
  const kind = own === undefined ? "" : isPending(own) ? "later" : own.state === "active" ? "" : "ended";
  return html`<tr${kind === "" ? "" : raw(` class="${kind}"`)}><th scope="row"><bdi>${name}</bdi>${fullName === undefined ? "" : html` <small><bdi>${fullName}</bdi></small>`}${marks.map((mark) => html` <span class="mark">${mark}</span>`)}</th><td>${own === undefined ? "" : roleBadge(own)}</td>${raw(teams.map(({ key }) => teamCell(cells.get(key))).join(""))}${details.map((text) => html`<td class="detail"><bdi>${text}</bdi></td>`)}<td class="detail">${
    notes.length === 0
      ? ""
      : html`<details>
          <summary>${notes.length}<i class="hide"> accesses of ${name}</i></summary>
          <ul>
            ${notes.map((note) => html`<li><bdi>${note}</bdi></li>`)}
          </ul>
        </details>`
  }</td></tr>
`;
}

function roleBadge(cell: MatrixCell): Html {
  const { role, state, marks, change } = cell;
  const known = ["owner", "admin", "member"].includes(role) ? ` ${role}` : "";
  return html`${changeMark(cell)}<span class="badge${known}">${printable(role, 20)}</span
    >${state === "active" ? "" : html` <span class="mark">${state}</span>`}${marks.map((mark) => html` <span class="mark">${mark}</span>`)}${change?.before === undefined ? "" : html` <small>before: <bdi>${printable(change.before, 100)}</bdi></small>`}`;
}

function changeMark(cell: MatrixCell): Html | string {
  if (cell.change === undefined) return "";
  return html`<b class="${cell.change.kind}"
    >${signOf(cell).replace("-", "−")}<i class="hide"> ${cell.change.kind}</i></b
  > `;
}

/** Most cells of a large matrix are empty: their end tags are left out, as HTML allows. */
function teamCell(cell: MatrixCell | undefined): string {
  if (cell === undefined) return "<td>";
  const { role, state, marks, change } = cell;
  const kinds = [
    ...(isPending(cell) ? ["later"] : state === "active" ? [] : ["ended"]),
    ...(change ? [change.kind] : []),
  ];
  const label = [
    printable(role, 20),
    ...(state === "active" ? [] : [state]),
    ...marks,
    ...(change ? [change.kind] : []),
    ...(change?.before === undefined ? [] : [`before: ${printable(change.before, 100)}`]),
  ].join(", ");
  const symbol = state === "expired" || state === "gone" ? "✕" : `${symbolOf(cell)}${isPending(cell) ? "…" : ""}`;
  const shown = `${signOf(cell).replace("-", "−")}${symbol}${marks.length > 0 ? "!" : ""}`;
  const kind = kinds.length === 0 ? "" : ` class="${kinds.join(" ")}"`;
  return String(html`<td${raw(kind)}><i role="img" aria-label="${label}" title="${label}">${shown}</i></td>`);
}
