/** The begin of the page, which a manager reads (title, summary, what to do), and its end, which programs read. */

import { nextSteps } from "../report/advice/next-steps.ts";
import { summaryLines } from "../report/advice/summary.ts";
import type { Clock } from "../report/clock.ts";
import type { Report } from "../report/model.ts";
import { counted } from "../report/phrases.ts";
import { embedded, html, paragraph } from "./html-text.ts";
import { escaped } from "./json.ts";

/** The report as data, as much of it as there is room for. */
export function* ending(report: Report, fits: (text: string) => boolean): Generator<string> {
  const involved = new Set(
    report.findings.flatMap(({ holder, contender }) => [holder.address, contender.address]),
  );
  const short = { ...report, clients: report.clients.filter(({ address }) => involved.has(address)) };
  const data = [report, short].map((each) => embedded(escaped(JSON.stringify(each))));
  const found = data.findIndex(fits);
  const inside = [
    "The report as JSON is in this file, in the element <code>report</code>.",
    "The report as JSON, without the clients that are in no finding, is in this file, in the element <code>report</code>.",
    "The report as JSON is too long for this file: --json writes it.",
  ][found < 0 ? 2 : found];
  yield `<footer><p>Made by ${html(report.tool.name)} ${html(report.tool.version)}. ${inside}</p></footer>\n</main>\n`;
  if (found >= 0) yield `<script type="application/json" id="report">\n${data[found]}\n</script>\n`;
  yield "</body>\n</html>\n";
}

/** Title, what was captured when, and the summary. */
export function opening(report: Report, clock: Clock): string {
  const [first, ...rest] = summaryLines(report, clock);
  const times = report.capture.sources.flatMap(({ firstPacketAt, lastPacketAt }) =>
    firstPacketAt === null || lastPacketAt === null ? [] : [firstPacketAt, lastPacketAt],
  );
  times.sort();
  const when = times.length === 0 ? "" : ` Captured ${clock.range(times[0], times[times.length - 1])}.`;
  return [
    `<header><p class="soft">VPN clients kept out by a shared message ID (Microsoft KB 942429): report.${html(when)}</p>\n`,
    `<h1>${html(first.text)}</h1>\n`,
    '<dl class="summary">\n',
    ...rest.map(({ label, text }) => `<dt>${html(label ?? "")}</dt><dd>${html(text)}</dd>\n`),
    "</dl></header>\n",
  ].join("");
}

/** Steps beyond these are in the JSON report. */
const MAX_STEPS = 20;

export function stepSection(report: Report, clock: Clock): string {
  const steps = nextSteps(report, clock);
  const items = steps.slice(0, MAX_STEPS).map(({ text, commands }) => {
    const places = commands.map(({ command, where, tried }) => {
      const how = tried ? "" : " (after Cisco’s command reference, not tried)";
      return `<li>${html(where)}${how}: <code>${html(command)}</code></li>\n`;
    });
    return `<li>${html(text)}${places.length === 0 ? "" : `\n<ul>\n${places.join("")}</ul>`}</li>\n`;
  });
  const kb =
    '<p><a href="https://support.microsoft.com/en-us/kb/942429" rel="noreferrer">Microsoft KB 942429</a></p>\n';
  const more = steps.length - MAX_STEPS;
  const rest = more > 0 ? paragraph(`${counted(more, "more step")}: see the JSON report.`) : "";
  return `<section><h2>What to do</h2>\n<ol>\n${items.join("")}</ol>\n${rest}${report.findings.length > 0 ? kb : ""}</section>\n`;
}
