/** The page's style. Everything can be read without it: a strict policy of the server that shows the file may drop it. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1b1f24; --paper: #fff; --soft: #57606a; --line: #d0d7de; --life: #b6c2cf;
  --rejected: #b3261e; --predicted: #8a5a00; --possible: #0b6170; --tolerated: #57606a; --good: #1a6b35; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --paper: #0f1419; --soft: #9aa7b4; --line: #363e47; --life: #46525e;
  --rejected: #ff8b80; --predicted: #e8b35a; --possible: #66cfe0; --tolerated: #9aa7b4; --good: #6fd08c; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem; max-width: 70rem; color: var(--ink); background: var(--paper);
  font: 16px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; line-height: 1.3; } h2 { font-size: 1.2rem; margin-top: 2.2rem; border-bottom: 1px solid var(--line); }
h3 { font-size: 1rem; }
table { border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; overflow-wrap: normal; }
caption { text-align: left; color: var(--soft); padding: .3rem 0; }
th, td { text-align: left; vertical-align: top; padding: .3rem .7rem .3rem 0; border-bottom: 1px solid var(--line); font-weight: normal; }
thead th { color: var(--soft); }
.scroll { overflow-x: auto; margin: .8rem 0; } .scroll:focus-visible { outline: 2px solid var(--possible); }
svg { display: block; min-width: 44rem; width: 100%; height: auto; }
code, pre { font-family: ui-monospace, monospace; font-size: .9em; } pre { overflow-x: auto; padding: .6rem; border: 1px solid var(--line); }
.gaps { border: 2px solid var(--predicted); padding: 0 1rem; border-radius: .4rem; }
.verdict { font-weight: bold; } .rejected { color: var(--rejected); } .predicted { color: var(--predicted); }
.possible { color: var(--possible); } .tolerated { color: var(--tolerated); }
svg .life { fill: var(--life); } svg .axis, svg .rule { stroke: var(--line); } svg text { fill: var(--ink); }
svg .good { fill: var(--good); stroke: var(--good); } svg .bad { stroke: var(--rejected); fill: none; } svg .open { stroke: var(--soft); fill: none; }
svg .join.rejected { stroke: var(--rejected); } svg .join.predicted { stroke: var(--predicted); }
svg .join.possible { stroke: var(--possible); } svg .join.tolerated { stroke: var(--tolerated); }
svg text.rejected { fill: var(--rejected); } svg text.predicted { fill: var(--predicted); } svg text.possible { fill: var(--possible); }
@media print { body { max-width: none; } .scroll { overflow: visible; } }
`;
