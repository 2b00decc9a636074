/** Of the page: readable on a phone, in the dark, in print; colours only beside the signs + and −. */
export const style = `
:root { color-scheme: light dark; --text: #1f2328; --soft: #59636e; --line: #d1d9e0; --ground: #fff; --band: #f6f8fa;
  --gain: #dafbe1; --gained: #116329; --loss: #ffebe9; --lost: #a40e26; --change: #fff8c5; --changed: #7d4e00; }
@media (prefers-color-scheme: dark) { :root { --text: #e6edf3; --soft: #9198a1; --line: #3d444d; --ground: #0d1117; --band: #151b23;
  --gain: #12351f; --gained: #7ee787; --loss: #3d1418; --lost: #ffa198; --change: #332a0b; --changed: #e3b341; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 72rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.5rem; margin: .5rem 0; }
h2 { font-size: 1.1rem; margin: 1.5rem 0 .5rem; overflow-wrap: anywhere; }
.verdict { font-size: 1.15rem; margin: 0 0 1rem; }
.note, caption { color: var(--soft); font-size: .9rem; }
caption { text-align: left; padding: .25rem 0; }
section.bad, section.warn { border-left: .3rem solid var(--changed); background: var(--change); padding: .25rem 1rem; margin: 1rem 0; }
section.bad { border-color: var(--lost); background: var(--loss); }
section.bad h2, section.warn h2 { margin-top: .5rem; }
ul { padding-left: 1.2rem; margin: .5rem 0; }
li { overflow-wrap: anywhere; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; min-width: 100%; font-size: .95rem; }
th, td { border: 1px solid var(--line); padding: .35rem .6rem; text-align: left; vertical-align: top; overflow-wrap: break-word; }
thead th { background: var(--band); max-width: 12rem; }
tbody th { font-weight: inherit; position: sticky; left: 0; background: var(--ground); max-width: 18rem; }
b { font-weight: 600; }
td.gain { background: var(--gain); } td.loss { background: var(--loss); } td.change { background: var(--change); } td.same { color: var(--soft); }
ins { text-decoration: none; color: var(--gained); } del { color: var(--lost); } ins.later { font-style: italic; }
@media (max-width: 40rem) { table { font-size: .85rem; } th, td { padding: .25rem .4rem; } tbody th { max-width: 10rem; } }
`;
