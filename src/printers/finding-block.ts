/** One finding as a short block of aligned fields, to be understood without the manual. */

import { inWords } from "../report/advice/words.ts";
import type { Clock } from "../report/clock.ts";
import type { Attempt, Claim, Client, Finding, Responder, Verdict } from "../report/model.ts";
import {
  contenderRole,
  counted,
  endpoint,
  insideText,
  listed,
  orElse,
  secondsBetween,
} from "../report/phrases.ts";
import type { TermKind } from "../report/terms/term.ts";
import { briefOf, meaningOf } from "../report/terms/terms.ts";
import { type Paint, printable, type Style, wrap } from "./text.ts";
import { witnessLines } from "./witness-lines.ts";

const MARGIN = 3;
const LABEL = 13;
const MAX_ATTEMPTS = 20;
const BRIEF_ATTEMPTS = 2;

const STYLES: Record<Verdict, Style> = {
  rejected: "red",
  predicted: "yellow",
  possible: "cyan",
  tolerated: "dim",
};

/** What a block needs besides the finding itself. */
export interface BlockContext {
  paint: Paint;
  width: number;
  clock: Clock;
  /** Two attempts at most: the rest is for --all. */
  brief: boolean;
  /** The report's row of a client, by its name there. */
  client(address: string, port: number | null, responder: string): Client | undefined;
  responder(address: string): Responder | undefined;
  /** A packet in words, by its number and its source. */
  packet(frame: number, source: string): string;
}

interface Field {
  label: string;
  text: string;
  /** Never broken: it is there to be copied. */
  whole?: boolean;
}

/** The lines of a finding; `number` counts the findings from 1. */
export function findingBlock(finding: Finding, number: number, context: BlockContext): string[] {
  const { paint, width } = context;
  const verdict = paint(STYLES[finding.verdict], finding.verdict.toUpperCase());
  const fields: Field[] = [
    ...clientFields(finding, context),
    ...attemptFields(finding, context),
    ...judgementFields(finding, context.clock),
    { label: "Wireshark", text: finding.displayFilter, whole: true },
    { label: "fingerprint", text: finding.fingerprint },
  ];
  return [
    `${paint("bold", `${number}.`)} ${verdict}, severity ${finding.severity}`,
    ...wrap(printable(finding.summary), width - MARGIN).map((line) => " ".repeat(MARGIN) + line),
    "",
    ...fields.flatMap((field) => fieldLines(field, paint, width)),
  ];
}

function fieldLines({ label, text, whole }: Field, paint: Paint, width: number): string[] {
  const room = whole === true ? Number.POSITIVE_INFINITY : width - MARGIN - LABEL;
  return wrap(printable(text), room).map((line, row) => {
    const head = row === 0 ? paint("dim", label) + " ".repeat(LABEL - label.length) : " ".repeat(LABEL);
    return `${" ".repeat(MARGIN)}${head}${line}`;
  });
}

function clientFields(finding: Finding, context: BlockContext): Field[] {
  const { holder, contender, responder: gateway } = finding;
  const responder = context.responder(gateway);
  const aliases =
    responder === undefined || responder.aliases.length === 0 ? "" : `, also ${listed(responder.aliases)}`;
  const candidates = (holder.candidates ?? []).map(({ address, port }) => endpoint(address, port));
  const clientText = (address: string, port: number | null, platform: string | null, kind: string | null) => {
    const client = context.client(address, port, gateway);
    const confidence = client?.pattern.confidence;
    const ids =
      kind === null ? null : `${kind} IDs${confidence === undefined ? "" : ` (${percent(confidence)})`}`;
    return [`${endpoint(address, port)}${insideText(client)}`, platform ?? "platform unknown", ids]
      .filter((part) => part !== null)
      .join(", ");
  };
  const { address, port, platform, pattern } = holder;
  const unseen = `not visible; may be ${listed(candidates) || "anybody"}`;
  return [
    { label: "responder", text: `the gateway: ${gateway}${aliases}, ${responder?.vendor ?? "make unknown"}` },
    {
      label: "holder",
      text: `connected first: ${address === null ? unseen : `${clientText(address, port, platform, pattern)}${orElse(candidates)}`}`,
    },
    {
      label: "contender",
      text: `${contenderRole(finding)}: ${clientText(contender.address, contender.port, contender.platform, contender.pattern)}`,
    },
  ];
}

function attemptFields(finding: Finding, { packet, clock, brief }: BlockContext): Field[] {
  const fields: Field[] = [];
  const limit = brief ? BRIEF_ATTEMPTS : MAX_ATTEMPTS;
  let held = "";
  for (const attempt of finding.attempts.slice(0, limit)) {
    const { claim, messageId, firstId, at, frame, source } = attempt;
    const text = claim === null ? held : heldText(messageId, claim, packet(claim.frame, claim.source), clock);
    // A client that tries again and again meets the same claim.
    if (text !== held) fields.push({ label: "held", text });
    held = text;
    const first = firstId ? ", its first ID" : "";
    fields.push(
      { label: "attempt", text: `${messageId}${first}, at ${clock.exact(at)} (${packet(frame, source)})` },
      { label: "outcome", text: outcomeText(attempt) },
      { label: "overlap", text: overlapText(attempt) },
    );
  }
  const more = finding.attempts.length - limit;
  if (more > 0) {
    const where = brief ? "--all shows them" : "use --json";
    fields.push({ label: "", text: `... ${counted(more, "more attempt")}, ${where}` });
  }
  return fields;
}

function heldText(
  messageId: string,
  { at, implied, lastLifeAt }: Claim,
  where: string,
  clock: Clock,
): string {
  const since = implied
    ? `${messageId} since before the capture, as a later ID shows (${where}, ${clock.exact(at)})`
    : `${messageId} since ${clock.exact(at)} (${where})`;
  return `${since}; ${lastLifeAt === null ? "not seen since" : `last sign ${clock.second(lastLifeAt)}`}`;
}

const NOT_LOGGED = "no line of the log says that it was accepted";
const LOGGED: Readonly<Partial<Record<Attempt["outcome"], string>>> = {
  completed: "the log says that it was accepted",
  refused: "a line of the log speaks of a duplicate or an error, and none says that it was accepted",
};

/** What became of an attempt, with its numbers. */
export function outcomeText({
  at,
  outcome,
  retransmissions,
  lastRetransmissionAt,
  refusedAt,
  contenderSa,
}: Attempt): string {
  // A log knows no cookies, and of an attempt nothing but what its lines say.
  if (/^0*$/.test(contenderSa.initiatorCookie)) return `${outcome}: ${LOGGED[outcome] ?? NOT_LOGGED}`;
  const parts = [explained("outcome", outcome)];
  if (retransmissions > 0) {
    const last = lastRetransmissionAt === null ? null : inWords(secondsBetween(at, lastRetransmissionAt));
    parts.push(
      counted(retransmissions, "retransmission") + (last === null ? "" : `, the last after ${last}`),
    );
  }
  if (refusedAt !== null) parts.push(`Informational after ${inWords(secondsBetween(at, refusedAt))}`);
  return parts.join("; ");
}

/** How sure it is that the holder was connected, and why. */
export function overlapText({ overlap, claim, at }: Attempt): string {
  const text = explained("overlap", overlap);
  if (claim === null || claim.lastLifeAt === null) return text;
  const after = secondsBetween(at, claim.lastLifeAt);
  return `${text} (its last sign: ${inWords(Math.abs(after))} ${after < 0 ? "before" : "after"} that)`;
}

function judgementFields(finding: Finding, clock: Clock): Field[] {
  const { cause, notes, caveats } = finding;
  const fields: Field[] = [{ label: "cause", text: explained("cause", cause) }];
  const meaning = meaningOf(finding);
  if (meaning !== null) fields.push({ label: "meaning", text: meaning });
  const list = (label: string, texts: string[]) => {
    texts.forEach((text, row) => {
      fields.push({ label: row === 0 ? label : "", text });
    });
  };
  list(
    "notes",
    notes.map((note) => explained("note", note)),
  );
  list(
    "caveats",
    caveats.map((caveat) => explained("caveat", caveat)),
  );
  list(
    "witnesses",
    witnessLines(finding, (at) => clock.exact(at)),
  );
  return fields;
}

/** A code with its short explanation; whatever is not a known code stands for itself. */
export function explained(kind: TermKind, name: string): string {
  const brief = briefOf(kind, name);
  return brief === null ? name : `${name}: ${brief}`;
}

/** A probability for the eye; none reads as 100 %. */
export function percent(share: number): string {
  return share > 0.999 ? "> 99.9 %" : `${(Math.floor(share * 1000) / 10).toFixed(1)} %`;
}
