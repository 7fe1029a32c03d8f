/**
 * The first lines of every form: who is kept out, at which gateway, by whom; from when to when; how sure that is; and
 * what the input could not show. A refused client is never passed over: without a finding it is the headline.
 */

import type { Clock } from "../clock.ts";
import type { NotedClient, NotedFinding, Report } from "../model.ts";
import { counted } from "../phrases.ts";
import { briefOf } from "../terms/terms.ts";
import { type Facts, factsOf } from "./facts.ts";
import { clauseOf, gapsOf } from "./gap-phrases.ts";
import { nothingFound } from "./nothing-found.ts";
import { idsOf, inWords, isDropping, isLetIn, listed, namedCause, namesOf } from "./words.ts";

export interface SummaryLine {
  /** What the line answers; null for the headline. */
  label: "When" | "Connected first" | "How sure" | "Other cause" | "Not shown" | null;
  text: string;
}

/** Two to six lines. @param facts of this report, where somebody has them already */
export function summaryLines(report: Report, clock: Clock, facts: Facts = factsOf(report)): SummaryLine[] {
  return [
    { label: null, text: headlineOf(facts) },
    ...labelled("When", whenText(facts, clock)),
    ...labelled("Connected first", holdersText(facts)),
    ...labelled("How sure", surenessText(facts)),
    ...labelled("Other cause", clashText(report)),
    { label: "Not shown", text: clauseOf(gapsOf(report).map(({ code }) => code)) ?? "no gap is known" },
  ];
}

function labelled(label: SummaryLine["label"], text: string | null): SummaryLine[] {
  return text === null ? [] : [{ label, text }];
}

/** What decrypted messages show stands above what message IDs let suspect. */
function clashText({ warnings }: Report): string | null {
  return warnings.find(({ code }) => code === "selector-clash")?.message.replace(/\.$/, "") ?? null;
}

/** As one string, a line each. */
export function summaryText(report: Report, clock: Clock, facts?: Facts): string {
  return summaryLines(report, clock, facts)
    .map(({ label, text }) => (label === null ? text : `${label}: ${text}`))
    .join("\n");
}

/** One sentence without a full stop. */
export function headline(report: Report): string {
  return headlineOf(factsOf(report));
}

function headlineOf(facts: Facts): string {
  const { report, worst, findings, unexplained } = facts;
  if (worst === null) return unexplained.length > 0 ? unexplainedText(facts) : nothingFound(report);
  const of = findings[worst];
  if (of.every(isDropping)) return droppingText(facts, of);
  const count = contendersIn(of);
  const all = report.summary.clients;
  const verb = { rejected: "kept out", predicted: "would be kept out", possible: "may have been kept out" }[
    worst
  ];
  const refused = of.every(isLetIn) ? "refused on one message ID and let in on another" : verb;
  const head = `${count} of ${counted(Math.max(all, count), "client")} ${refused}`;
  const others = [
    ...(worst !== "predicted" && findings.predicted.length > 0
      ? [`${contendersIn(findings.predicted)} more would be`]
      : []),
    ...(worst !== "possible" && findings.possible.length > 0
      ? [`${contendersIn(findings.possible)} more may have been`]
      : []),
  ];
  const rest = others.length === 0 ? "" : ` (${others.join(", ")})`;
  return `${head}${rest}: ${of.length === 1 ? accusation(of[0]) : accusations(of, worst)}`;
}

/** Nobody is kept out where the gateway drops one client for another. */
function droppingText({ report }: Facts, findings: readonly NotedFinding[]): string {
  const dropped = new Set(
    findings.map(({ holder, responder }) => `${holder.address} ${holder.port} ${responder}`),
  );
  const [first] = findings;
  const { holder, contender } = namesOf(first);
  const head = `${dropped.size} of ${counted(Math.max(report.summary.clients, dropped.size), "client")} dropped`;
  const rest = findings.length === 1 ? "" : `; ${counted(findings.length - 1, "more case")} like it`;
  return `${head}: gateway ${first.responder} accepted ${contender} on ${idsOf(first)} and dropped ${holder}, which held it${rest}`;
}

/** Clients that were kept out, each at a gateway. */
function contendersIn(findings: readonly NotedFinding[]): number {
  return new Set(
    findings.map(({ contender, responder }) => `${contender.address} ${contender.port} ${responder}`),
  ).size;
}

/** Who does what to whom. */
function accusation(finding: NotedFinding): string {
  const { responder, verdict } = finding;
  const { holder, contender } = namesOf(finding);
  const ids = idsOf(finding);
  if (holder === null) {
    return `gateway ${responder} did not accept ${contender} on ${ids}, and no client that holds it is in the capture`;
  }
  if (verdict === "rejected") {
    return `gateway ${responder} refused ${contender} while ${holder} was connected with the same ${ids}`;
  }
  if (verdict === "predicted") {
    return `${contender} tried ${ids} at gateway ${responder} while ${holder} was connected with it; the answer is not in the capture`;
  }
  const may = `${ids}, which ${holder} may have held`;
  if (isUnheard(finding)) return `${contender} got no answer from gateway ${responder} on ${may}`;
  return isUnusable(finding)
    ? `gateway ${responder} answered ${contender} on ${may}, with what it could not use`
    : `gateway ${responder} did not accept ${contender} on ${may}`;
}

/** Nothing of the gateway is seen that could be called an answer. */
function isUnheard(finding: NotedFinding): boolean {
  return outcomesOf(finding).every((outcome) => outcome !== "refused" && outcome !== "answer-unusable");
}

function isUnusable(finding: NotedFinding): boolean {
  return outcomesOf(finding).every((outcome) => outcome === "answer-unusable");
}

/** Of the attempts that the verdict is of: others may have been accepted. */
function outcomesOf({ attempts, verdict }: NotedFinding): string[] {
  return attempts.filter((attempt) => attempt.verdict === verdict).map(({ outcome }) => outcome);
}

function accusations(findings: readonly NotedFinding[], worst: NotedFinding["verdict"]): string {
  const gateways = [...new Set(findings.map(({ responder }) => responder))];
  const where = `${gateways.length === 1 ? "gateway" : "gateways"} ${listed(gateways)}`;
  const what = {
    rejected: "refused while another client was connected with the same message ID",
    predicted: "on a message ID that another client was connected with; the answers are not in the capture",
    possible: `${findings.every(isUnheard) ? "without an answer" : "not accepted"} on a message ID that another client may have held`,
    tolerated: "",
  }[worst];
  const first = namesOf(findings[0]).contender;
  return `at ${where}, ${what}; first ${first}`;
}

function unexplainedText({ report, unexplained, hasWarning }: Facts): string {
  const gateways = [...new Set(unexplained.map(({ responder }) => responder))];
  const who = listed(unexplained.map(({ address }) => address));
  const head = `${unexplained.length} of ${counted(report.summary.clients, "client")} refused by gateway ${listed(gateways)}: ${who}`;
  const own = hasWarning("refused-by-own-session");
  return own
    ? `${head}; an earlier session of the client itself may still be held there`
    : `${head}; no other client is seen to hold the message ID`;
}

function whenText(
  { accusing, worst, findings, contenders, unexplained }: Facts,
  clock: Clock,
): string | null {
  const kept = worst === null ? unexplained : contenders(findings[worst]);
  const out = kept.filter(({ outcome }) => outcome.kind === "kept-out");
  if (out.length > 0) return keptOutText(out, clock);
  const times = accusing.flatMap(({ attempts }) => attempts.map(({ at }) => at)).sort();
  if (times.length === 0) return null;
  return `${clock.range(times[0], times[times.length - 1])}, ${counted(times.length, "try", "tries")}`;
}

function keptOutText(clients: readonly NotedClient[], clock: Clock): string {
  const from = clients.reduce(
    (first, { outcome }) => (outcome.firstAt! < first ? outcome.firstAt! : first),
    clients[0].outcome.firstAt!,
  );
  const to = clients.reduce((last, { outcome }) => (outcome.lastAt! > last ? outcome.lastAt! : last), "");
  const tries = clients.reduce((sum, { outcome }) => sum + outcome.keptOut, 0);
  const seconds = clients.reduce((sum, { outcome }) => sum + outcome.keptOutSeconds, 0);
  const later = clients.filter(({ outcome }) => outcome.connectedAt !== null);
  const each = clients.length > 1 ? ", all clients together" : "";
  const got =
    later.length === 0
      ? "; never seen connected after that"
      : clients.length === 1
        ? `; connected at ${clock.second(later[0].outcome.connectedAt!)}`
        : `; ${later.length} of them connected later`;
  return `${clock.range(from, to)}: ${counted(tries, "try", "tries")} in vain, ${inWords(seconds)} in all${each}${got}`;
}

/** Only where there is more than one finding: of one, the headline says it. */
function holdersText({ findings, worst }: Facts): string | null {
  if (worst === null || findings[worst].length < 2) return null;
  const byHolder = new Map<string, number>();
  for (const finding of findings[worst]) {
    const holder = namesOf(finding).holder ?? "a client that is not in the capture";
    byHolder.set(holder, (byHolder.get(holder) ?? 0) + 1);
  }
  const sorted = [...byHolder].sort(([, a], [, b]) => b - a);
  return listed(sorted.map(([name, count]) => `${name} (${counted(count, "client")} kept out)`));
}

function surenessText({ worst, findings }: Facts): string | null {
  if (worst === null) return null;
  const finding = findings[worst][0];
  const { verdict, severity, attempts, notes, caveats } = finding;
  const first = findings[worst].length > 1 ? "the first is " : "";
  const overlap = attempts.find((attempt) => attempt.verdict === verdict)?.overlap;
  const holder = {
    certain: "the client connected first certainly still was",
    probable: "the client connected first probably still was",
    unknown: "whether the client connected first still was is not known",
    none: null,
  }[overlap ?? "none"];
  const support = notes.includes("accepted-when-free")
    ? "the one kept out got in once the ID was free"
    : notes.includes("in-by-another-id")
      ? "it got in all the same, by another message ID"
      : null;
  const cause = namedCause(finding);
  const briefs = caveats.map((name) => {
    const isNamed = name === "other-cause" && cause !== null;
    return isNamed ? `the gateway's answer names another cause, ${cause}` : briefOf("caveat", name);
  });
  const [caveat] = briefs.filter((brief) => brief !== null);
  const more = caveats.length > 1 ? ` (and ${counted(caveats.length - 1, "more caveat")})` : "";
  const parts = [holder, support, caveat === undefined ? null : `${caveat}${more}`];
  const said = parts.filter((part) => part !== null).join("; ");
  return `${first}${verdict}, severity ${severity}${said === "" ? "" : `: ${said}`}`;
}
