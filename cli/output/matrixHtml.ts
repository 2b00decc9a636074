import { html, raw } from "hono/html";
import { printable } from "../../provider/core/text.js";
import {
  isPending,
  noRole,
  symbolOf,
  type ChangeKind,
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
  const { title, counts, people, details, differences } = matrix;
  const table = `matrix-${at + 1}`;
  const teams = teamColumns(matrix);
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
      <label class="fold" hidden
        ><input type="checkbox" data-fold="${table}" ${differences === undefined ? "" : raw("checked")} /> Only
        differences</label
      >
      <span role="status"></span>
    </p>
    ${legend(matrix)}
    <div class="wide" tabindex="0" role="region" aria-label="People and teams of ${title}">
      <table id="${table}">
        <thead>
          <tr>
            <th scope="col">Person</th>
            <th scope="col">Role</th>
            ${teams.map(teamHead)}${details.map((name) => html`<th scope="col" class="detail">${name}</th>`)}
            <th scope="col" class="detail">${differences === undefined ? "Each access" : "Differences"}</th>
          </tr>
        </thead>
        <tbody>
          ${people.map((person) => personRow(person, matrix))}
        </tbody>
      </table>
    </div>
  </section>`;
}

/** Signs of every matrix, and those that only some have. */
function legend(matrix: Matrix): Html {
  const cells = matrix.people.flatMap(({ own, cells }) => [...(own ? [own] : []), ...cells.values()]);
  const since = matrix.differences ?? "since the earlier state";
  const changes = cells.some(({ change }) => change !== undefined);
  const unknown = cells.some((cell) => cell.unknown);
  return html`<p class="legend">
    <span><i>●</i> lead</span><span><i>○</i> member</span
    ><span class="later"><i>○…</i> not yet: invited or waiting</span
    ><span class="ended"><i>✕</i> not any more: expired or gone</span
    ><span><i>!</i> unmanaged or expired access</span
    >${unknown ? html`<span class="unknown"><i>?</i> not shown, or not known yet: counts as the worst case</span>` : ""}${
      changes
        ? html`<span class="gained"><i>+</i> gained</span><span class="lost"><i>−</i> lost</span
            ><span class="changed"><i>○→●</i> or <i>~</i> changed</span><span>${since}</span>`
        : ""
    }
  </p>`;
}

interface TeamColumn extends MatrixTeam {
  /** How many people gain, lose and change something in it. */
  changes: Readonly<Record<ChangeKind, number>>;
}

function teamColumns({ teams, people }: Matrix): TeamColumn[] {
  return teams.map((team) => {
    const changes = { gained: 0, lost: 0, changed: 0 };
    for (const { cells } of people) {
      const { change } = cells.get(team.key) ?? {};
      if (change) changes[change.kind]++;
    }
    return { ...team, changes };
  });
}

function teamHead({ name, members, leads, marks, changes }: TeamColumn): Html {
  return html`<th scope="col" class="team${marks.length > 0 ? " marked" : ""}">
    <span><bdi>${name}</bdi>${marks.map((mark) => html` <small>${mark}</small>`)}</span
    >${members === undefined || leads === undefined ? changeCounts(changes) : peopleCount(members, leads)}
  </th>`;
}

function peopleCount(members: number, leads: number): Html {
  const counts = `${members} ${members === 1 ? "person" : "people"}, ${leads} ${leads === 1 ? "lead" : "leads"}`;
  return html`<b title="${counts}">${members}<i class="hide"> in the team</i></b>`;
}

function changeCounts(changes: TeamColumn["changes"]): Html {
  const kinds = (Object.entries(changes) as [ChangeKind, number][]).filter(([, count]) => count > 0);
  return html`${kinds.map(
    ([kind, count]) => html`<b class="${kind}">${shownSigns[kind]}${count}<i class="hide"> ${kind}</i></b>`,
  )}`;
}

function personRow(person: MatrixPerson, { teams, differences }: Matrix): Html {
  const { name, fullName, own, cells, marks, details, notes } = person;
  const kind = own === undefined ? "" : isPending(own) ? "later" : own.state === "active" ? "" : "ended";
  const list = html`<ul>
    ${notes.map((note) => html`<li><bdi>${note}</bdi></li>`)}
  </ul>`;
  const folded = html`<details>
    <summary>${notes.length}<i class="hide"> accesses of ${name}</i></summary>
    ${list}
  </details>`;
  return html`<tr${kind === "" ? "" : raw(` class="${kind}"`)}><th scope="row"><bdi>${name}</bdi>${fullName === undefined ? "" : html` <small><bdi>${fullName}</bdi></small>`}${marks.map((mark) => html` <span class="mark">${mark}</span>`)}</th>${own === undefined ? html`<td></td>` : ownCell(own)}${raw(teams.map(({ key }) => teamCell(cells.get(key))).join(""))}${details.map((text) => html`<td class="detail"><bdi>${text}</bdi></td>`)}<td class="detail">${
    notes.length === 0 ? "" : differences === undefined ? folded : list
  }</td></tr>
`;
}

function ownCell(cell: MatrixCell): Html {
  const { change, unknown } = cell;
  const kinds = [...(change ? [change.kind] : []), ...(unknown ? ["unknown"] : [])].join(" ");
  return html`<td${kinds === "" ? "" : raw(` class="${kinds}"`)}>${roleBadge(cell)}</td>`;
}

function roleBadge(cell: MatrixCell): Html {
  const { state, marks, change, unknown } = cell;
  const { before, was } = change ?? {};
  const earlier = was === undefined || isSame(was, cell) ? undefined : was;
  const isLost = earlier !== undefined && isGone(cell);
  const words = [...(state === "active" || isLost ? [] : [state]), ...marks, ...(unknown ? ["worst case"] : [])];
  return html`${changeMark(cell)}${earlier === undefined ? "" : html`<s>${badge(earlier)}</s>${isLost ? "" : " → "}`}${isLost ? "" : badge(cell)}${words.map((word) => html` <span class="mark">${word}</span>`)}${before === undefined ? "" : html` <small>before: <bdi>${printable(before, 100)}</bdi></small>`}`;
}

function badge({ role, state }: Pick<MatrixCell, "role" | "state">): Html {
  const known = ["owner", "admin", "member"].includes(role) ? ` ${role}` : "";
  return html`<span class="badge${known}">${printable(role, 20)}${isPending({ state }) ? "…" : ""}</span>`;
}

const shownSigns: Readonly<Record<ChangeKind, string>> = { gained: "+", lost: "−", changed: "~" };

function changeMark({ change }: MatrixCell): Html | string {
  if (change === undefined) return "";
  return html`<b class="${change.kind}">${shownSigns[change.kind]}<i class="hide"> ${change.kind}</i></b> `;
}

/** Most cells of a large matrix are empty: their end tags are left out, as HTML allows. */
function teamCell(cell: MatrixCell | undefined): string {
  if (cell === undefined) return "<td>";
  const { state, marks, change, unknown } = cell;
  const kinds = [
    ...(isPending(cell) ? ["later"] : state === "active" ? [] : ["ended"]),
    ...(change ? [change.kind] : []),
    ...(unknown ? ["unknown"] : []),
  ];
  const was = change?.was;
  const label = [
    ...(was !== undefined && isGone(cell) ? [] : [standText(cell)]),
    ...marks,
    ...(unknown ? ["worst case"] : []),
    ...(change ? [change.kind] : []),
    ...(was === undefined || isSame(was, cell) ? [] : [`before: ${standText(was)}`]),
    ...(change?.before === undefined ? [] : [`before: ${printable(change.before, 100)}`]),
  ].join(", ");
  const kind = kinds.length === 0 ? "" : ` class="${kinds.join(" ")}"`;
  const symbols = `${changeSymbols(cell)}${marks.length > 0 ? "!" : ""}`;
  const shown = unknown && !symbols.endsWith("?") ? `${symbols}?` : symbols;
  return String(html`<td${raw(kind)}><i role="img" aria-label="${label}" title="${label}">${shown}</i></td>`);
}

/** "+●", "−○", "○→●": what is gained, lost, or changed. */
function changeSymbols(cell: MatrixCell): string {
  const { change } = cell;
  if (change === undefined) return standSymbol(cell);
  const { kind, was } = change;
  if (was === undefined || isSame(was, cell)) return `${shownSigns[kind]}${standSymbol(cell)}`;
  return isGone(cell) ? `${shownSigns[kind]}${standSymbol(was)}` : `${standSymbol(was)}→${standSymbol(cell)}`;
}

type Standing = Pick<MatrixCell, "role" | "state">;

function standSymbol(stands: Standing): string {
  if (stands.state === "expired" || stands.state === "gone") return "✕";
  return `${symbolOf(stands)}${isPending(stands) ? "…" : ""}`;
}

function standText({ role, state }: Standing): string {
  return `${printable(role, 20)}${state === "active" ? "" : `, ${state}`}`;
}

const isSame = (one: Standing, other: Standing): boolean => one.role === other.role && one.state === other.state;
const isGone = ({ role, state }: Standing): boolean => role === noRole && state === "gone";
