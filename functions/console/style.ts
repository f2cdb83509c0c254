/** The only style of the console's pages: light and dark by what the browser prefers. */
export const STYLE = `:root { color-scheme: light dark; --ink: #1c2024; --soft: #5b6470; --line: #d5dae0; --paper: #fff; --tint: #f4f6f8;
  --bad: #b3261e; --warn: #8a5a00; --good: #1d6b3a; --link: #0b57d0; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ed; --soft: #a0a9b4; --line: #3a424c; --paper: #15181c; --tint: #1e2329;
  --bad: #ff8a80; --warn: #ffca6b; --good: #7fd99a; --link: #8ab4f8; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 1.5rem 1rem 4rem; background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; }
h2 { font-size: 1.125rem; margin: 2.5rem 0 .5rem; overflow-wrap: anywhere; }
p { margin: .25rem 0; }
a { color: var(--link); }
a:focus-visible, summary:focus-visible, input:focus-visible, button:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.soft { color: var(--soft); }
.skip { position: absolute; left: -100rem; }
.skip:focus { left: 1rem; top: .5rem; background: var(--paper); padding: .5rem; }
.wide { overflow-x: auto; margin: 1rem 0; }
table { border-collapse: collapse; width: 100%; }
caption { text-align: left; color: var(--soft); padding: .25rem 0; }
th, td { text-align: left; vertical-align: top; padding: .375rem .75rem .375rem 0; border-bottom: 1px solid var(--line); }
thead th { color: var(--soft); font-weight: 600; white-space: nowrap; }
tbody th { font-weight: 600; min-width: 10rem; overflow-wrap: anywhere; }
td.number { font-variant-numeric: tabular-nums; }
.blocked, .blocker { color: var(--bad); font-weight: 600; }
.attention { color: var(--warn); font-weight: 600; }
.ready, .note { color: var(--good); font-weight: 600; }
section > article { background: var(--tint); border: 1px solid var(--line); border-radius: .5rem; padding: .75rem 1rem; margin: .75rem 0; }
article h3 { font-size: 1rem; margin: 0; }
article ul, article ol { margin: .5rem 0; padding-left: 1.5rem; }
li { overflow-wrap: anywhere; }
code { font: .875em ui-monospace, monospace; }
form { display: flex; flex-wrap: wrap; gap: .75rem; align-items: end; margin: 1rem 0; }
label { display: grid; gap: .25rem; color: var(--soft); font-size: .875rem; }
input { font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--line); border-radius: .25rem; padding: .25rem .5rem; }
button { font: inherit; color: inherit; background: var(--tint); border: 1px solid var(--line); border-radius: .25rem; padding: .25rem 1rem; cursor: pointer; }
@media (prefers-reduced-motion: no-preference) { html { scroll-behavior: smooth; } }
`;
