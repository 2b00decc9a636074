/** The look of the page: light or dark as the reader's system is, in one column where it is narrow. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #f6f7f9; --card: #fff; --ink: #1c2330; --faint: #5c6675; --line: #e1e5ea;
  --accent: #3d5afe; --accent-ink: #fff; --warn: #8a4b00; --warn-paper: #fff3e0;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #12161d; --card: #1b212b; --ink: #e4e8ee; --faint: #9aa5b5; --line: #2d3542;
    --accent: #8c9eff; --accent-ink: #10141b; --warn: #ffcc80; --warn-paper: #33270f;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; max-width: 72rem; padding: 1.5rem 1.25rem 3rem;
  background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif;
}
h1, h2, h3, h4, p, ul { margin: 0; padding: 0; }
h1 { font-size: 1.4rem; }
h2 { font-size: 1.15rem; overflow-wrap: anywhere; }
h3 { margin-top: 1.25rem; font-size: .8rem; letter-spacing: .04em; text-transform: uppercase; color: var(--faint); }
h4 { margin-top: .6rem; font-size: 1rem; font-weight: 600; overflow-wrap: anywhere; }
h4 svg { width: .7rem; height: .7rem; margin-right: .25rem; }
h4 + ul, h4 + p { padding-left: 1.2rem; }
code { font: .85em ui-monospace, monospace; font-weight: 400; color: var(--faint); overflow-wrap: anywhere; }
small { font-size: .85rem; color: var(--faint); }
header p, .none, .clock { color: var(--faint); }
main { display: grid; grid-template-columns: minmax(0, 5fr) minmax(0, 3fr); gap: 1.25rem; margin-top: 1.25rem; align-items: start; }
.notice, .clock { grid-column: 1 / -1; }
.notice, #gone { padding: .5rem .75rem; border-radius: .4rem; background: var(--warn-paper); color: var(--warn); }
.organizations, .aside { display: grid; gap: 1.25rem; }
section { padding: 1rem 1.25rem 1.25rem; background: var(--card); border: 1px solid var(--line); border-radius: .6rem; }
ul { list-style: none; }
li { display: flex; flex-wrap: wrap; gap: .25rem .75rem; align-items: center; padding: .4rem 0; }
li + li { border-top: 1px solid var(--line); }
.who { flex: 1 1 14rem; min-width: 0; overflow-wrap: anywhere; }
.who small { display: block; }
.tag { padding: 0 .5rem; border: 1px solid var(--line); border-radius: 1rem; font-size: .8rem; font-weight: 400; color: var(--faint); }
.acts { display: flex; gap: .4rem; }
form { margin: 0; }
button {
  padding: .25rem .7rem; border: 1px solid var(--line); border-radius: .4rem;
  background: transparent; color: var(--ink); font: inherit; font-size: .9rem; cursor: pointer;
}
button:hover { border-color: var(--accent); }
button:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
button:disabled { opacity: .5; cursor: default; }
button.accept { border-color: var(--accent); background: var(--accent); color: var(--accent-ink); }
@media (max-width: 48rem) {
  main { grid-template-columns: minmax(0, 1fr); }
  body { padding: 1rem .75rem 2rem; }
}
`;
