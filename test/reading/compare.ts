/** Where a report of the program and the plain reading of the contract differ. */

import type { Report } from "../../src/index.ts";
import type { Found, Result } from "./reading.ts";

export interface Difference {
  /** Contender's cookie and ID, or a warning's code and client. */
  what: string;
  reading: string;
  product: string;
}

export function differences(
  { found, refusedByOwnSession, refusedWithoutHolder }: Result,
  report: Report,
): Difference[] {
  const reading = new Map(
    asFindings(found, report).map((each) => [keyOf(each.cookie, each.messageId), ofReading(each)]),
  );
  const product = new Map<string, string>();
  for (const { holder, attempts } of report.findings) {
    for (const attempt of attempts) {
      const key = keyOf(attempt.contenderSa.initiatorCookie, Number(attempt.messageId));
      const named =
        holder.address ??
        `one of ${[...new Set((holder.candidates ?? []).map(({ address }) => address))].sort().join(" ")}`;
      product.set(
        key,
        `${attempt.verdict}, held by ${named}, ${attempt.outcome}, overlap ${attempt.overlap}`,
      );
    }
  }
  const warned = (code: string, clients: readonly string[]) => {
    const texts = report.warnings
      .filter((warning) => warning.code === code)
      .map(({ message }) => whoOf(message));
    for (const client of clients) reading.set(`${code} ${client}`, "warning");
    for (const client of allClients(report)) {
      if (texts.some((text) => names(text, client))) product.set(`${code} ${client}`, "warning");
    }
  };
  warned("refused-by-own-session", refusedByOwnSession);
  warned("refused-without-holder", refusedWithoutHolder);
  const keys = [...new Set([...reading.keys(), ...product.keys()])].sort();
  return keys
    .map((what) => ({
      what,
      reading: reading.get(what) ?? "nothing",
      product: product.get(what) ?? "nothing",
    }))
    .filter((each) => each.reading !== each.product);
}

/** A finding names the candidates of all of its attempts together. */
function asFindings(found: readonly Found[], { findings }: Report): Found[] {
  const own = new Map(found.map((each) => [keyOf(each.cookie, each.messageId), each]));
  const merged = new Map(own);
  for (const { holder, attempts } of findings) {
    if (holder.address !== null) continue;
    const keys = attempts.map((attempt) =>
      keyOf(attempt.contenderSa.initiatorCookie, Number(attempt.messageId)),
    );
    const all = keys.flatMap((key) => own.get(key)?.candidates ?? []);
    for (const key of keys) {
      const each = own.get(key);
      if (each?.holder === null) merged.set(key, { ...each, candidates: [...new Set(all)].sort() });
    }
  }
  return [...merged.values()];
}

function keyOf(cookie: string, messageId: number): string {
  return `${cookie}/${messageId}`;
}

function ofReading({ verdict, holder, candidates, outcome, overlap }: Found): string {
  return `${verdict}, held by ${holder ?? `one of ${candidates.join(" ")}`}, ${outcome}, overlap ${overlap}`;
}

function allClients({ clients }: Report): string[] {
  return [...new Set(clients.map(({ address }) => address))];
}

/** The part of a warning that names who was refused: behind it stands who had the ID before. */
function whoOf(message: string): string {
  return message.split(/\. (?=\S+ held it until|\S+ dialled at |An earlier session of )/)[0];
}

/** A sentence names a client: its address, and not as the beginning or the end of a longer one. */
function names(text: string, client: string): boolean {
  const at = text.indexOf(client);
  if (at < 0) return false;
  return !/[0-9]/.test(text[at + client.length] ?? "") && !/[0-9.]/.test(text[at - 1] ?? "");
}
