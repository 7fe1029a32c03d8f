/** The page's style. Everything can be read without it: a strict policy of the server that shows the file may drop it. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1b1f24; --paper: #fff; --soft: #57606a; --line: #d0d7de; --life: #b6c2cf; --panel: #f6f8fa;
  --rejected: #b3261e; --predicted: #8a5a00; --possible: #0b6170; --tolerated: #57606a; --good: #1a6b35; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --paper: #0f1419; --soft: #9aa7b4; --line: #363e47; --life: #46525e;
  --panel: #161c23; --rejected: #ff8b80; --predicted: #e8b35a; --possible: #66cfe0; --tolerated: #9aa7b4; --good: #6fd08c; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem; max-width: 70rem; color: var(--ink); background: var(--paper);
  font: 16px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; line-height: 1.3; margin: .3rem 0 1rem; } h2 { font-size: 1.2rem; margin-top: 2.2rem; border-bottom: 1px solid var(--line); }
h3 { font-size: 1rem; } .soft, footer { color: var(--soft); margin: 0; }
a { color: var(--possible); }
dl.summary { display: grid; grid-template-columns: max-content 1fr; gap: .3rem 1rem; background: var(--panel); padding: .8rem 1rem; border-radius: .4rem; margin: 0; }
dl.summary dt { color: var(--soft); } dl.summary dd { margin: 0; }
ol > li { margin-bottom: .6rem; } ol ul { margin: .3rem 0; padding-left: 1.2rem; color: var(--soft); } ol code { color: var(--ink); }
table { border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; margin: .8rem 0; overflow-wrap: normal; } table code { overflow-wrap: anywhere; }
caption { text-align: left; color: var(--soft); padding: .3rem 0; }
th, td { text-align: left; vertical-align: top; padding: .3rem .7rem .3rem 0; border-bottom: 1px solid var(--line); font-weight: normal; }
thead th { color: var(--soft); }
svg { display: block; height: auto; max-width: 100%; } svg.wide { width: 100%; } svg.ladder { width: 32rem; margin: .8rem 0; } svg.narrow { display: none; }
code, pre { font-family: ui-monospace, monospace; font-size: .9em; } pre { white-space: pre-wrap; padding: .6rem; border: 1px solid var(--line); }
.gaps { border: 2px solid var(--predicted); padding: 0 1rem; border-radius: .4rem; margin-top: 1.5rem; }
.verdict { font-weight: bold; } .rejected { color: var(--rejected); } .predicted { color: var(--predicted); }
.possible { color: var(--possible); } .tolerated { color: var(--tolerated); }
svg .life { fill: var(--life); } svg .axis, svg .rule { stroke: var(--line); } svg text { fill: var(--ink); } svg text.time { fill: var(--soft); }
svg line.packet { stroke: var(--soft); } svg path.packet { fill: var(--soft); }
svg .good { fill: var(--good); stroke: var(--good); } svg .bad { stroke: var(--rejected); fill: none; } svg .open { stroke: var(--soft); fill: none; }
svg .join.rejected { stroke: var(--rejected); } svg .join.predicted { stroke: var(--predicted); }
svg .join.possible { stroke: var(--possible); } svg .join.tolerated { stroke: var(--tolerated); }
svg text.rejected { fill: var(--rejected); } svg text.predicted { fill: var(--predicted); } svg text.possible { fill: var(--possible); }
@media screen and (max-width: 45rem) { svg.wide { display: none; } svg.narrow { display: block; width: 100%; } svg.ladder { width: 100%; }
  h1 { font-size: 1.3rem; } dl.summary { grid-template-columns: 1fr; gap: 0; } dl.summary dd { margin-bottom: .5rem; }
  table, caption, tbody, tr, th, td { display: block; } thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  tr { border-bottom: 1px solid var(--line); padding: .4rem 0; } th, td { border: 0; padding: .1rem 0; overflow-wrap: anywhere; } tbody th { font-weight: bold; }
  td::before { content: attr(data-head) ": "; color: var(--soft); } }
@media print { :root { --ink: #000; --paper: #fff; --soft: #444; --line: #bbb; --life: #bbb; --panel: #fff;
  --rejected: #b3261e; --predicted: #8a5a00; --possible: #0b6170; --tolerated: #444; --good: #1a6b35; }
  body { max-width: none; font-size: 11pt; padding: 0; } h2, h3 { break-after: avoid; } svg, tr, pre, dl.summary, li { break-inside: avoid; }
  thead { display: table-header-group; } p { orphans: 3; widows: 3; } }
`;
