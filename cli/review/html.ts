import { printable } from "../../provider/core/text.js";
import type { ChangeRow, PersonName, ScopeName, Review, Stand, Where } from "./report.js";
import { style } from "./style.js";
import {
  actWords,
  counted,
  effectWords,
  incompleteWords,
  nameOfScope,
  remarks,
  signs,
  standWords,
  verdict,
  warningWords,
  weighty,
  where,
} from "./words.js";
import { nameOfPerson } from "../membership/lookup.js";

const mostPeople = 500;
const mostTeams = 60;
const mostRows = 2000;

/** One page that needs nothing else: no script, no network, nothing but its own style. */
export function htmlOf(review: Review): string {
  const { changes } = review;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>Access review</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>Access review</h1>
<p class="verdict">${escaped(verdict(review))}</p>
${review.complete ? "" : `<p class="note">${escaped(incompleteWords)}</p>`}
${list(
  "Exceeded",
  review.exceeded.map(({ message }) => escaped(message)),
  "bad",
)}
${list(
  "Warnings",
  review.warnings.map((row) => warningWords(row, name)),
  "warn",
)}
${pictures(review)}
${changeTable(
  "Access changes",
  changes.filter(({ effect }) => weighty.has(effect)),
)}
${list(
  "Organizations and teams",
  review.acts.map((row) => actWords(row, name)),
)}
${changeTable(
  "Access unchanged",
  changes.filter(({ effect }) => !weighty.has(effect)),
)}
${list(
  "Other providers",
  review.others.map(({ op, urn }) => `${name(op)} ${name(urn)}`),
)}
${list(
  "Warnings from the preview",
  review.diagnostics.map((text) => escaped(printable(text, 400))),
)}
</main>
</body>
</html>
`.replace(/\n{2,}/g, "\n");
}

/** A name that others have chosen. */
function name(text: string): string {
  return `<b>${escaped(printable(text, 254))}</b>`;
}

function escaped(text: string): string {
  const references: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  return text.replace(/[&<>"']/g, (character) => references[character]!);
}

function list(title: string, items: readonly string[], kind = ""): string {
  if (items.length === 0) return "";
  const shown = items.slice(0, mostRows).map((item) => `<li>${item}</li>`);
  return `<section class="${kind}"><h2>${title} (${items.length})</h2><ul>${shown.join("\n")}${more(items.length - mostRows, "li")}</ul></section>`;
}

function more(count: number, element: string): string {
  return count > 0 ? `<${element}>and ${count} more</${element}>` : "";
}

function changeTable(title: string, rows: readonly ChangeRow[]): string {
  if (rows.length === 0) return "";
  const head = ["Person", "Where", "Change", "Before", "After", "Remarks"]
    .map((text) => `<th scope="col">${text}</th>`)
    .join("");
  const line = (row: ChangeRow) => {
    const [before, after] = [row.before, row.after].map((stand) => standWords(stand, name));
    const what = `<td class="${kindOf(row)}">${signs[row.effect]} ${effectWords[row.effect]}</td>`;
    const rest = [before!, after!, remarks(row, name).join("; ")].map((cell) => `<td>${cell}</td>`).join("");
    return `<tr><th scope="row">${name(nameOfPerson(row.person))}</th><td>${where(row, name)}</td>${what}${rest}</tr>`;
  };
  const body = rows.slice(0, mostRows).map(line).join("\n");
  const rest = rows.length > mostRows ? `<tr><td colspan="6">and ${rows.length - mostRows} more</td></tr>` : "";
  return `<section><h2>${title} (${rows.length})</h2><div class="wide" tabindex="0" role="region" aria-label="${title}"><table><thead><tr>${head}</tr></thead><tbody>${body}${rest}</tbody></table></div></section>`;
}

function kindOf({ effect }: ChangeRow): string {
  return { "+": "gain", "-": "loss", "~": "change", "=": "same" }[signs[effect]] ?? "";
}

/** Of one organization: the people concerned, what they have in it and in each team that is concerned, before and after. */
interface Picture {
  organization: ScopeName;
  teams: Map<string, ScopeName>;
  people: Map<string, { person: PersonName; cells: Map<string, string> }>;
}

const own = "organization";

function pictures(review: Review): string {
  const found = new Map<string, Picture>();
  for (const row of review.changes.filter(({ effect }) => weighty.has(effect))) enter(found, row, cellOf(row));
  // What stays is shown beside, of those people and teams alone.
  for (const row of [...review.changes.filter(({ effect }) => !weighty.has(effect)), ...review.unchanged]) {
    const picture = found.get(scopeKey(row.organization));
    const known = row.team === undefined || picture?.teams.has(scopeKey(row.team)) === true;
    if (picture?.people.has(personKey(row.person)) && known)
      enter(found, row, stayCell("stand" in row ? row.stand : row.after));
  }
  return [...found.values()].map(pictureOf).join("\n");
}

function enter(
  found: Map<string, Picture>,
  { organization, team, person }: Where & { person: PersonName },
  cell: string,
): void {
  const key = scopeKey(organization);
  const picture: Picture = found.get(key) ?? { organization, teams: new Map(), people: new Map() };
  found.set(key, picture);
  if (team) picture.teams.set(scopeKey(team), team);
  const row = picture.people.get(personKey(person)) ?? { person, cells: new Map<string, string>() };
  picture.people.set(personKey(person), row);
  row.cells.set(team ? scopeKey(team) : own, cell);
}

function cellOf(row: ChangeRow): string {
  const before = row.before && row.before.standing !== "lapsed" ? standWords(row.before, plain) : "";
  const after = row.after ? standWords(row.after, plain) : "";
  const lost = before === "" || before === after ? "" : `<del>−&nbsp;${before}</del> `;
  const kept =
    after === "" || before === after
      ? ""
      : `<ins class="${row.effect === "gains" ? "now" : "later"}">+&nbsp;${after}</ins>`;
  return `<td class="${kindOf(row)}">${lost}${kept || after}</td>`;
}

function stayCell(stand: Stand | undefined): string {
  return `<td class="same">${stand ? standWords(stand, plain) : ""}</td>`;
}

function plain(text: string): string {
  return escaped(printable(text, 40));
}

function pictureOf({ organization, teams, people }: Picture): string {
  const columns = [...teams].slice(0, mostTeams);
  const head = [
    `<th scope="col">Person</th>`,
    `<th scope="col">${name(nameOfScope(organization))}</th>`,
    ...columns.map(([, team]) => `<th scope="col">${name(nameOfScope(team))}</th>`),
  ].join("");
  const rows = [...people.values()].slice(0, mostPeople).map(({ person, cells }) => {
    const tds = [own, ...columns.map(([key]) => key)].map((key) => cells.get(key) ?? "<td></td>").join("");
    return `<tr><th scope="row">${name(nameOfPerson(person))}</th>${tds}</tr>`;
  });
  const left = [
    people.size > mostPeople ? counted(people.size - mostPeople, "more person", "more people") : "",
    teams.size > mostTeams ? counted(teams.size - mostTeams, "more team", "more teams") : "",
  ].filter(Boolean);
  const title = `Before and after: ${name(nameOfScope(organization))}`;
  const caption = "Lost access is struck through and marked −, gained access is marked +; the rest is unchanged.";
  return `<section><h2>${title}</h2><div class="wide" tabindex="0" role="region" aria-label="Before and after"><table class="picture"><caption>${caption}</caption><thead><tr>${head}</tr></thead><tbody>${rows.join("\n")}</tbody></table></div>${left.length > 0 ? `<p class="note">And ${left.join(" and ")}.</p>` : ""}</section>`;
}

function scopeKey({ uid, resource, name }: ScopeName): string {
  return uid ?? resource ?? name;
}

function personKey({ userUid, email, hidden }: PersonName): string {
  return JSON.stringify([userUid ?? email, hidden]);
}
