/** What each packet of an evidence capture is, in words: "contender's quick mode 0x00000001, retransmission 3". */

import type { RecordBatch } from "../capture/batch.ts";
import { Message, type Print, printOf, samePrint } from "../wire/datagram.ts";
import { classifyHeader, EXCHANGE_INFORMATIONAL, EXCHANGE_QUICK, HeaderClass } from "../wire/isakmp.ts";
import { Kind, Located, locate, type PortSet } from "../wire/locate.ts";
import type { EvidencePlan, EvidenceSa } from "./plan.ts";

const EXCHANGES: Readonly<Record<number, string>> = {
  1: "base exchange",
  2: "main mode",
  4: "aggressive mode",
  [EXCHANGE_INFORMATIONAL]: "informational",
  6: "transaction exchange",
  [EXCHANGE_QUICK]: "quick mode",
};

/** The messages of one side under one message ID. */
interface Told {
  prints: Print[];
  repeated: number;
}

const MAX_PRINTS = 16;

export class Captions {
  readonly #plan: EvidencePlan;
  readonly #ports: PortSet;
  readonly #located = new Located();
  readonly #message = new Message();
  readonly #sas = new Map<string, EvidenceSa>();
  readonly #told = new Map<string, Told>();

  constructor(plan: EvidencePlan, ports: PortSet) {
    this.#plan = plan;
    this.#ports = ports;
    for (const sa of plan.sas) {
      this.#sas.set(sa.cookies.join(), sa);
      this.#sas.set(`${sa.cookies[0]},${sa.cookies[1]},0,0`, sa);
    }
  }

  /** The caption of record `i`. */
  of(batch: RecordBatch, i: number): string {
    const { bytes, offsets, captured, linkTypes } = batch;
    const located = this.#located;
    const kind = locate(bytes, offsets[i], captured[i], linkTypes[i], this.#ports, located);
    if (kind === Kind.candidate) return this.#messageCaption(bytes);
    if (kind > Kind.oldDraftEsp) return "first or last packet of the capture";
    return `${this.#direction(bytes, kind === Kind.natKeepalive ? "NAT keepalive" : "ESP")} (thinned)`;
  }

  #messageCaption(bytes: Uint8Array): string {
    const { payload, captured, length } = this.#located;
    if (classifyHeader(bytes, payload, captured, length) !== HeaderClass.ikev1) return "other ISAKMP";
    const message = this.#message;
    message.read(bytes, payload, captured, length);
    const sa = this.#sas.get(message.cookies.join());
    const name = EXCHANGES[message.exchange] ?? `exchange ${message.exchange}`;
    const id = message.messageId === 0 ? "" : ` 0x${message.messageId.toString(16).padStart(8, "0")}`;
    return this.#direction(bytes, `${name}${id}`) + (sa === undefined ? "" : this.#ordinal(message, sa));
  }

  /** "message 2", "retransmission 3": counted for each side of an SA and each message ID. */
  #ordinal(message: Message, sa: EvidenceSa): string {
    const side = sa.clientHosts.has(this.#hosts(message.bytes).from) ? "client" : "responder";
    const key = `${sa.cookies.slice(0, 2).join()}/${side}/${message.exchange}/${message.messageId}`;
    const told = this.#told.get(key) ?? { prints: [], repeated: 0 };
    this.#told.set(key, told);
    const print = printOf(message);
    if (told.prints.some((each) => samePrint(each, print))) {
      told.repeated += 1;
      return `, retransmission ${told.repeated}`;
    }
    if (told.prints.length < MAX_PRINTS) told.prints.push(print);
    return `, message ${told.prints.length}`;
  }

  /** "contender's ESP", "responder's ESP to the contender". */
  #direction(bytes: Uint8Array, what: string): string {
    const { responders, parts } = this.#plan;
    const { from, to } = this.#hosts(bytes);
    const fromResponder = responders.has(from);
    const its = parts.get(fromResponder ? to : from);
    if (!fromResponder) return `${its === undefined ? "another client" : [...its].join(" and ")}'s ${what}`;
    return `responder's ${what} to ${its === undefined ? "another client" : `the ${[...its].join(" and ")}`}`;
  }

  #hosts(bytes: Uint8Array): { from: number; to: number } {
    const { hosts } = this.#plan;
    const { source, destination, ipVersion } = this.#located;
    return { from: hosts.intern(bytes, source, ipVersion), to: hosts.intern(bytes, destination, ipVersion) };
  }
}
