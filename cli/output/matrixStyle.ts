/**
 * Of a matrix: readable on a phone, in the dark, in print; colours only beside signs and words. The head and the names
 * stay where they are while the table is scrolled in its own frame.
 */
export const matrixStyle = `
:root { color-scheme: light dark; --text: #1f2328; --soft: #59636e; --line: #d1d9e0; --ground: #fff; --band: #f6f8fa; --mark: #7d4e00;
  --later: #fff8e6; --gain: #dafbe1; --gained: #116329; --loss: #ffebe9; --lost: #a40e26; --owner: #1f2328; --onowner: #fff; --admin: #dde6ff; --onadmin: #1b2f7a; --focus: #0550ae; }
@media (prefers-color-scheme: dark) { :root { --text: #e6edf3; --soft: #9198a1; --line: #3d444d; --ground: #0d1117; --band: #151b23; --mark: #e3b341;
  --later: #2a2310; --gain: #12351f; --gained: #7ee787; --loss: #3d1418; --lost: #ffa198; --owner: #e6edf3; --onowner: #0d1117; --admin: #1f2f63; --onadmin: #c9d7ff; --focus: #79b8ff; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--text); font: 15px/1.4 system-ui, sans-serif; }
main { padding: 1rem; }
h1 { font-size: 1.4rem; margin: 0 0 .25rem; }
h2 { font-size: 1.15rem; margin: 1.25rem 0 .5rem; overflow-wrap: anywhere; }
.about, .note, .legend, small { color: var(--soft); }
.about { margin: 0 0 .5rem; }
.note { border-left: .25rem solid var(--mark); padding-left: .6rem; margin: .5rem 0; overflow-wrap: anywhere; }
.counts, .legend { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; list-style: none; margin: .25rem 0 .6rem; padding: 0; }
.counts b { font-size: 1.15rem; }
.filter { margin: .5rem 0; display: flex; flex-wrap: wrap; gap: .4rem .6rem; align-items: center; }
.filter[hidden], .fold[hidden] { display: none; }
input[type=search] { font: inherit; color: inherit; background: var(--ground); border: 1px solid var(--soft); border-radius: .35rem; padding: .3rem .5rem; min-width: 0; flex: 0 1 20rem; }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 1px; }
.legend { font-size: .85rem; gap: .25rem 1rem; }
.legend i, td i { font-style: normal; }
.wide { position: relative; overflow: auto; max-height: 85vh; border: 1px solid var(--line); border-radius: .4rem; }
table { border-collapse: separate; border-spacing: 0; font-size: .9rem; }
th, td { border-bottom: 1px solid var(--line); border-right: 1px solid var(--line); padding: .2rem .5rem; text-align: left; vertical-align: top; }
td { text-align: center; }
td:nth-child(2), td.detail { text-align: left; }
td:nth-child(2) { min-width: 5rem; }
thead th { position: sticky; top: 0; z-index: 2; background: var(--band); vertical-align: bottom; }
thead th:first-child { left: 0; z-index: 3; }
tbody th { position: sticky; left: 0; z-index: 1; background: var(--ground); font-weight: 600; max-width: 19rem; overflow-wrap: anywhere; }
tbody th > bdi { display: inline-block; width: max-content; max-width: 18rem; }
tbody th small { display: block; font-weight: 400; }
th.team { padding: .3rem .1rem; text-align: center; min-width: 2.1rem; }
th.team span { writing-mode: vertical-rl; transform: rotate(180deg); max-height: 13rem; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; display: inline-block; }
th.team b { display: block; font-weight: 400; }
th.team b:not([class]) { color: var(--soft); }
th.team small { display: block; color: var(--mark); font-weight: 400; }
td.detail { max-width: 18rem; }
td.detail > bdi { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; overflow: hidden; overflow-wrap: anywhere; width: max-content; max-width: 17rem; }
.badge { border: 1px solid var(--line); border-radius: .6rem; padding: 0 .45em; font-size: .9em; }
.badge.owner { background: var(--owner); color: var(--onowner); border-color: var(--owner); }
.badge.admin { background: var(--admin); color: var(--onadmin); border-color: var(--onadmin); font-weight: 600; }
.mark { color: var(--mark); font-weight: 400; font-size: .85em; border: 1px dashed; border-radius: .3rem; padding: 0 .25rem; white-space: nowrap; }
tr.later th[scope=row], tr.later td, td.later, .legend .later { background: var(--later); }
tr.ended th[scope=row], tr.ended td, td.ended { color: var(--soft); }
tr.ended th[scope=row] bdi:first-child { text-decoration: line-through; }
tr td.gained, .legend .gained { background: var(--gain); color: var(--gained); } tr td.lost, .legend .lost { background: var(--loss); color: var(--lost); } tr td.changed, .legend .changed { background: var(--later); color: var(--mark); }
b.gained { color: var(--gained); } b.lost { color: var(--lost); } b.changed { color: var(--mark); }
td.unknown { outline: 1px dashed var(--mark); outline-offset: -2px; }
td:not(.detail) > i, td b, th b { white-space: nowrap; }
td.detail:last-child { max-width: none; }
.detail ul { margin: 0; padding-left: 1rem; width: max-content; max-width: 30rem; overflow-wrap: anywhere; text-align: left; }
td .badge, td s { white-space: nowrap; }
td.changed:nth-child(2) { min-width: 11.5rem; }
details:not([open]) { white-space: nowrap; }
.detail details ul { margin: .25rem 0; min-width: 20rem; }
summary { cursor: pointer; }
.hide { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
tbody tr:hover td, tbody tr:hover th { box-shadow: inset 0 -1px var(--soft); }
@media (max-width: 40rem) { main { padding: .6rem; } table { font-size: .8rem; } th, td { padding: .15rem .3rem; } tbody th { max-width: 9rem; } tbody th > bdi { max-width: 8.2rem; } td.detail { max-width: 12rem; } td.detail > bdi { max-width: 11rem; } }
@media print { .filter, .hide { display: none; } td.detail > bdi { display: inline; width: auto; } .detail ul { width: auto; max-width: none; } .wide { overflow: visible; max-height: none; border: 0; } thead th, tbody th { position: static; } table { font-size: 7pt; } tr { break-inside: avoid; } thead { display: table-header-group; } }
`;

/** Of a report whose matrices stand among lists, in addition to the style of a matrix. */
export const reportStyle = `
:root { --warn: #fff8c5; }
@media (prefers-color-scheme: dark) { :root { --warn: #332a0b; } }
h1, .verdict, .note, section.list { max-width: 72rem; }
.verdict { font-size: 1.15rem; margin: 0 0 1rem; overflow-wrap: anywhere; }
section.bad, section.warn { border-left: .3rem solid var(--mark); background: var(--warn); padding: .25rem 1rem; margin: 1rem 0; }
section.bad { border-color: var(--lost); background: var(--loss); }
section.bad h2, section.warn h2 { margin-top: .5rem; }
section.list > ul { padding-left: 1.2rem; margin: .5rem 0; }
section.list li { overflow-wrap: anywhere; margin: .15rem 0; }
b { font-weight: 600; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; background: var(--band); border: 1px solid var(--line); border-radius: .4rem; padding: .5rem; font-size: .85rem; }
`;

/**
 * Hides the rows that do not contain all words of the filter, and says how many are left. Folds people and teams without
 * a difference where there are others; a filter looks for people among all of them.
 */
export const matrixScript = `
for (const input of document.querySelectorAll("input[data-filter]")) {
  const table = document.getElementById(input.dataset.filter);
  const rows = [...table.tBodies[0].rows];
  const texts = rows.map((row) => row.textContent.toLowerCase());
  const status = input.parentElement.querySelector("[role=status]");
  const fold = input.parentElement.querySelector("[data-fold]");
  const differs = (cell) => cell.matches(".gained, .lost, .changed, .unknown, .marked");
  const differing = rows.map((row) => [...row.cells].some(differs));
  const columns = [...table.tHead.rows[0].cells].map((head, at) =>
    !head.matches(".team") || differs(head) || rows.some((row) => differs(row.cells[at])));
  const some = differing.includes(true);
  fold.parentElement.hidden = !some || (!differing.includes(false) && !columns.includes(false));
  const show = () => {
    const words = input.value.toLowerCase().split(/\\s+/).filter(Boolean);
    const folds = some && fold.checked;
    let left = 0;
    rows.forEach((row, at) => {
      row.hidden = words.length > 0 ? !words.every((word) => texts[at].includes(word)) : folds && !differing[at];
      if (!row.hidden) left++;
    });
    status.textContent = left === rows.length && words.length === 0 ? "" : left + " of " + rows.length + (rows.length === 1 ? " person" : " people");
  };
  const foldColumns = () => {
    const folds = some && fold.checked;
    for (const row of table.rows) columns.forEach((kept, at) => { if (!kept) row.cells[at].hidden = folds; });
    show();
  };
  input.addEventListener("input", show);
  fold.addEventListener("change", foldColumns);
  input.parentElement.hidden = false;
  if (some && fold.checked) foldColumns();
  else show();
}
`;
