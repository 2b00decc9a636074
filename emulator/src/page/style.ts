/** The look of the page: light or dark as the reader's system is, in one column where it is narrow, and on paper. */
export const STYLE = `
:root {
  color-scheme: light dark; scroll-padding-top: 3.5rem;
  --paper: #f6f7f9; --card: #fff; --ink: #1c2330; --faint: #59636e; --line: #dfe3e8; --edge: #77808c; --band: #f1f3f6;
  --accent: #2f4bd8; --accent-ink: #fff; --warn: #7d4e00; --warn-paper: #fff6e0; --done: #0f5a2c; --done-paper: #e2f6e8;
  --owner: #1c2330; --owner-ink: #fff; --admin: #dde6ff; --admin-ink: #1b2f7a; --dot: #2f4bd8;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #12161d; --card: #1a202a; --ink: #e4e8ee; --faint: #a0abba; --line: #2d3542; --edge: #7d8898; --band: #212936;
    --accent: #9db0ff; --accent-ink: #10141b; --warn: #f0c060; --warn-paper: #2f2610; --done: #86dba2; --done-paper: #12301d;
    --owner: #e4e8ee; --owner-ink: #12161d; --admin: #25356b; --admin-ink: #d3ddff; --dot: #9db0ff;
  }
}
*, ::before { box-sizing: border-box; }
[hidden] { display: none !important; }
body { margin: 0 auto; max-width: 120rem; padding: 1rem 1.25rem 3rem; background: var(--paper); color: var(--ink); font: .95rem/1.45 system-ui, sans-serif; }
h1, h2, h3, h4, p, ul, ol, pre { margin: 0; padding: 0; }
h1 { font-size: 1.35rem; }
h2 { font-size: 1.1rem; overflow-wrap: anywhere; }
h3 { font-size: .95rem; }
h4 { font-size: .9rem; }
ul { list-style: none; }
code, pre { font: .85em/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
code, small, .none, .details, .legend { color: var(--faint); }
small, .details { font-size: .85rem; }
a { color: var(--accent); }
header { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; align-items: baseline; }
header p { color: var(--faint); }
nav { display: flex; flex-wrap: wrap; gap: .25rem 1rem; margin-left: auto; }
#gone, #said { position: sticky; top: 0; z-index: 5; margin: .5rem 0; padding: .5rem .75rem; border: 1px solid; border-radius: .4rem; overflow-wrap: anywhere; }
#said { background: var(--done-paper); color: var(--done); }
#said[class=""] { position: static; margin: 0; padding: 0; border: 0; }
#gone, #said.refused { background: var(--warn-paper); color: var(--warn); }
main { display: flex; flex-wrap: wrap; gap: .75rem 1.25rem; margin-top: .5rem; align-items: center; }
.clock, .counts { display: flex; flex-wrap: wrap; gap: .4rem .6rem; align-items: baseline; }
.clock { order: 1; margin-left: auto; }
.counts { gap: .25rem 1.1rem; color: var(--faint); }
.counts b { color: var(--ink); font-size: 1.25rem; }
.organizations, .aside { order: 2; flex: 0 0 100%; display: grid; gap: 1rem; min-width: 0; }
.aside { grid-template-columns: repeat(auto-fit, minmax(min(20rem, 100%), 1fr)); align-items: start; }
.organizations > *, .aside > * { min-width: 0; }
.filter { display: flex; flex-wrap: wrap; gap: .4rem .6rem; align-items: center; }
.filter input { flex: 0 1 22rem; }
section { padding: .75rem 1rem 1rem; background: var(--card); border: 1px solid var(--line); border-radius: .6rem; }
section.organization { padding: 0; }
.organization > details > :not(summary) { margin: .5rem 1rem; }
summary { cursor: pointer; padding: .7rem 1rem; border-radius: .6rem; }
summary h2, summary h3 { display: inline; }
summary small { display: block; margin: .1rem 0 0 1.05rem; }
.inner summary small { display: inline; margin: 0 0 0 .4rem; }
.inner { border-top: 1px solid var(--line); }
.organization > details > .inner { margin: 0; }
.inner > :not(summary) { margin: 0 1rem 1rem; }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1rem; font-size: .85rem; }
.legend .invited { padding: 0 .4rem; }
i { font-style: normal; }
time { white-space: nowrap; }
.wide, .calls, .mailbox { position: relative; overflow: auto; border: 1px solid var(--line); border-radius: .4rem; }
.wide { max-height: 78vh; width: fit-content; max-width: 100%; }
.calls, .mailbox { max-height: 22rem; }
table { border-collapse: separate; border-spacing: 0; font-size: .9rem; }
th, td { padding: .2rem .5rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: middle; }
tbody tr:last-child > * { border-bottom: 0; }
thead th { position: sticky; top: 0; z-index: 2; background: var(--band); font-size: .8rem; vertical-align: bottom; }
.matrix th:first-child { position: sticky; left: 0; z-index: 1; border-right: 1px solid var(--line); }
.matrix thead th:first-child { z-index: 3; }
tbody th { background: var(--card); font-weight: 500; overflow-wrap: anywhere; }
.matrix tbody th { min-width: 18rem; max-width: 20rem; }
.matrix tbody th > bdi { display: block; }
.matrix td { border-left: 1px solid var(--line); }
.matrix td:nth-child(2) { border-left: 0; }
th.team { padding: .4rem .15rem; text-align: center; min-width: 2.3rem; border-left: 1px solid var(--line); }
th.team span { writing-mode: vertical-rl; transform: rotate(180deg); display: inline-block; max-height: 11rem; overflow: hidden; white-space: nowrap; text-overflow: ellipsis; }
th.team svg { width: .65rem; height: .65rem; margin: .25rem 0; stroke: var(--edge); stroke-width: .5; overflow: visible; }
thead th.acts { border-left: 1px solid var(--line); }
th.team small { display: block; font-weight: 400; line-height: 1.2; }
.few th.team { min-width: 6.2rem; max-width: 8rem; padding: .4rem; }
.few th.team span { writing-mode: initial; transform: none; white-space: normal; overflow-wrap: break-word; max-width: 100%; }
.few th.team svg { display: block; margin: 0 auto .2rem; }
th.team .mark { display: block; width: fit-content; margin: .15rem auto 0; font-size: .75rem; white-space: normal; line-height: 1.1; }
.l, .m { text-align: center; }
.l::before, .m::before { content: ""; display: inline-block; width: .85rem; height: .85rem; border: .15rem solid var(--dot); border-radius: 50%; vertical-align: middle; }
.l::before { border-width: .425rem; background: var(--dot); }
.hide, .matrix td b { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.badge { display: inline-block; padding: 0 .5rem; border: 1px solid var(--edge); border-radius: 1rem; font-size: .8rem; }
.badge.owner { background: var(--owner); border-color: var(--owner); color: var(--owner-ink); font-weight: 600; }
.badge.admin { background: var(--admin); border-color: var(--admin-ink); color: var(--admin-ink); font-weight: 600; }
.mark { padding: 0 .3rem; border: 1px dashed; border-radius: .3rem; color: var(--warn); font-size: .8rem; font-weight: 400; white-space: nowrap; }
.invited, .invited > th, .invited > td { background: var(--warn-paper); color: var(--warn); }
.invited small { color: inherit; }
td.answers span { position: sticky; left: 19rem; flex-wrap: wrap; display: inline-flex; gap: .4rem; }
.acts { position: sticky; right: 0; white-space: nowrap; background: var(--card); }
thead th.acts { z-index: 3; background: var(--band); }
tbody tr:not(.invited):hover > * { background: var(--band); }
form { margin: 0; }
label { font-size: .85rem; }
button, input, select { padding: .25rem .65rem; border: 1px solid var(--edge); border-radius: .4rem; background: var(--card); color: var(--ink); font: inherit; font-size: .9rem; min-height: 1.9rem; max-width: 100%; }
button { cursor: pointer; }
td button { padding: .05rem .5rem; min-height: 1.6rem; font-size: .8rem; }
.acts button + button { margin-left: .3rem; }
button:hover { border-color: var(--accent); color: var(--accent); }
button.accept { border-color: var(--accent); background: var(--accent); color: var(--accent-ink); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.wide:focus-visible { outline-offset: 0; }
.forms { display: grid; grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)); gap: 1rem 2rem; }
.forms form, .aside form, .first form { display: grid; grid-template-columns: minmax(0, 1fr); gap: .25rem; align-content: start; justify-items: start; }
.forms input, .forms select { width: 100%; }
.forms button, .aside form button { margin-top: .35rem; }
.buttons { display: flex; flex-wrap: wrap; gap: 0 .4rem; }
pre { padding: .6rem .75rem; border-radius: .4rem; background: var(--band); color: var(--ink); white-space: pre-wrap; }
.aside h2 { margin-bottom: .5rem; }
.aside p { margin-top: .4rem; }
.organization li, .aside li { padding: .35rem 0; overflow-wrap: anywhere; }
.mailbox li { padding: .45rem .6rem; }
.organization li + li, .aside li + li { border-top: 1px solid var(--line); }
.mailbox li > * { display: block; }
.mailbox b, .calls b { font-weight: 600; }
.calls table { width: 100%; font: .8rem/1.35 ui-monospace, monospace; }
.calls td:nth-child(2) { overflow-wrap: anywhere; }
.failed { color: var(--warn); font-weight: 600; }
.first ol { margin: .6rem 0 1rem; padding-left: 1.3rem; display: grid; gap: .6rem; }
.first pre, .first p { margin-top: .4rem; }
@media (min-width: 110rem) {
  main { display: grid; grid-template-columns: minmax(0, 1fr) 25rem; align-items: start; }
  .counts { grid-column: 1; grid-row: 1; }
  .clock { grid-column: 1 / -1; grid-row: 1; }
}
@media (max-width: 40rem) {
  body { padding: .75rem .6rem 2rem; }
  nav, .clock { margin-left: 0; }
  .organization > details > :not(summary) { margin: .5rem .6rem; }
  .matrix tbody th { min-width: 9rem; max-width: 9rem; }
  th, td { padding: .2rem .35rem; }
  td.answers span { left: 9.5rem; max-width: 7rem; }
  .acts { position: static; }
  .few th.team { min-width: 5.4rem; }
  td button { min-height: 1.9rem; }
}
@page { size: landscape; margin: 1cm; }
@media print {
  body { max-width: none; background: none; }
  button, nav, .filter, .forms, #said, .acts, td.answers span, [data-part="start-over"] { display: none !important; }
  main { display: block; }
  section { border: 0; padding: 0; margin-top: .5rem; }
  .wide, .calls, .mailbox { overflow: visible; max-height: none; border: 0; }
  .matrix th:first-child, thead th { position: static; }
  table, table small, .badge, .mark { font-size: 7pt; }
  table thead th { font-size: 7pt; }
  .matrix tbody th { min-width: 9rem; max-width: 12rem; }
  th, td, th.team, .few th.team { min-width: 0; padding: .1rem .15rem; }
  th.team .mark { padding: 0; font-size: 5pt; }
  .l::before, .m::before { width: .65rem; height: .65rem; border-width: .1rem; }
  .l::before { border-width: .325rem; }
  tr { break-inside: avoid; }
}
`;
