/** The packets of an attempt as rows for a person: when, where, who to whom, under which cookies, and what it is. */

import type { Clock } from "../report/clock.ts";
import type { Attempt, AttemptEvent, Finding } from "../report/model.ts";
import { counted, endpoint } from "../report/phrases.ts";

export interface ExchangeRow {
  at: string;
  frame: number | null;
  source: string | null;
  from: string;
  to: string;
  cookies: string;
  messageId: string;
  what: string;
}

function whatOf(what: AttemptEvent["what"], finding: Finding, attempt: Attempt): string {
  if (what === "informational") return informational(finding, attempt);
  return what === "first-message"
    ? "contender's quick mode, first message"
    : `contender's quick mode, last retransmission of ${attempt.retransmissions}`;
}

/** One that could be read was in the clear or decrypted. */
function informational({ notes }: Finding, { notify }: Attempt): string {
  if (notify !== undefined) return `Informational: ${notify}`;
  // Of which attempt this is true the note does not say.
  if (notes.includes("invalid-message-id")) return "Informational: see invalid-message-id in the notes";
  return "Informational: its text cannot be read";
}

/** In order of time; rows of the holder stand for its claim on the ID and its last sign of life. */
export function exchangeRows(finding: Finding, attempt: Attempt): ExchangeRow[] {
  const { holder, contender, responder } = finding;
  const { claim, messageId, events, contenderSa, holderSa } = attempt;
  const contenderName = endpoint(contender.address, contender.port);
  const rows: ExchangeRow[] = events.map(({ at, frame, source, sender, what }) => ({
    at,
    frame,
    source,
    from: sender === "contender" ? contenderName : responder,
    to: sender === "contender" ? responder : contenderName,
    cookies: cookies(contenderSa),
    messageId: what === "informational" ? "another" : messageId,
    what: whatOf(what, finding, attempt),
  }));
  if (claim !== null && holder.address !== null && holderSa !== null) {
    const from = endpoint(holder.address, holder.port);
    const of = { from, to: responder, cookies: cookies(holderSa) };
    const { at, frame, source, implied, lastLifeAt } = claim;
    const what = implied
      ? "holder's quick mode with a later ID, which shows that it had used this one before"
      : "holder's quick mode, first message";
    rows.push({ ...of, at, frame, source, messageId: implied ? "later" : messageId, what });
    if (lastLifeAt !== null) {
      const life = { at: lastLifeAt, frame: null, source: null, messageId: "" };
      rows.push({
        ...of,
        ...life,
        what: "holder's last sign of life in the captures (IKE, ESP or keepalive)",
      });
    }
  }
  return rows.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

function cookies({ initiatorCookie, responderCookie }: Attempt["contenderSa"]): string {
  return `${initiatorCookie}:${responderCookie}`;
}

/** One paragraph: what happened, in order. */
export function account(finding: Finding, attempt: Attempt, clock: Clock): string {
  const { responder, contender } = finding;
  const { claim, messageId, retransmissions, outcome, firstId } = attempt;
  const contenderName = endpoint(contender.address, contender.port);
  const sentences: string[] = [];
  if (claim !== null && finding.holder.address !== null) {
    const holderName = endpoint(finding.holder.address, finding.holder.port);
    sentences.push(
      claim.implied
        ? `${holderName} had used message ID ${messageId} at ${responder} before the capture began, as a later ID of its counter shows.`
        : `${holderName} began a quick mode with message ID ${messageId} at ${responder} at ${clock.exact(claim.at)}.`,
    );
  }
  const first = firstId ? ", the first of its connection," : "";
  const times = retransmissions === 0 ? "" : ` and sent it again ${counted(retransmissions, "time")}`;
  sentences.push(
    `At ${clock.exact(attempt.at)} ${contenderName} began one with the same ID${times === "" ? first.replace(/,$/, "") : first}${times}.`,
    OUTCOMES[outcome],
  );
  const { overlap } = attempt;
  if (claim?.lastLifeAt != null && overlap === "certain") {
    sentences.push("The holder was still connected: it showed life after that.");
  } else if (overlap === "probable") sentences.push("The holder was probably still connected.");
  else if (overlap === "unknown") sentences.push("Whether the holder was still connected is not known.");
  return sentences.join(" ");
}

const OUTCOMES: Record<Attempt["outcome"], string> = {
  completed: "The quick mode was completed.",
  "answer-unusable": "Something with its ID came back, and the client could not use it: it went on asking.",
  answered: "The responder answered it.",
  unobserved: "Whether it was answered cannot be seen: nothing that the responder sent is in the captures.",
  unproven: "No answer is in the captures, but they do not prove that there was none.",
  pending: "The captures end before an answer was due.",
  refused: "The responder answered with an Informational instead of the quick mode's second message.",
  unanswered: "The responder never answered it.",
};
