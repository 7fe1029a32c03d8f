/** What each packet of an evidence capture is, in words: "contender's quick mode 0x00000001, retransmission 3". */

import { hexWord } from "../wire/bytes.ts";
import { digestOf, Message, type MessageDigest, sameDigest } from "../wire/datagram.ts";
import type { Datagram } from "../wire/decoded.ts";
import { EXCHANGE_INFORMATIONAL, EXCHANGE_QUICK, HeaderClass } from "../wire/isakmp.ts";
import { Kind } from "../wire/locate.ts";
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
  prints: MessageDigest[];
  messages: number;
  repeated: number;
}

const MAX_PRINTS = 16;

export class Captions {
  readonly #plan: EvidencePlan;
  readonly #message = new Message();
  readonly #sas = new Map<string, EvidenceSa>();
  readonly #told = new Map<string, Told>();

  constructor(plan: EvidencePlan) {
    this.#plan = plan;
    for (const sa of plan.sas) {
      this.#sas.set(sa.cookies.join(), sa);
      this.#sas.set(`${sa.cookies[0]},${sa.cookies[1]},0,0`, sa);
    }
  }

  /** The caption of ESP or a keepalive. */
  ofSign(datagram: Datagram): string {
    return `${this.#direction(datagram, datagram.kind === Kind.natKeepalive ? "NAT keepalive" : "ESP")} (thinned)`;
  }

  /** The caption of a message. */
  ofMessage(datagram: Datagram): string {
    if (datagram.headerClass !== HeaderClass.ikev1) return "other ISAKMP";
    const message = this.#message;
    message.take(datagram);
    const sa = this.#sas.get(message.cookies.join());
    const name = EXCHANGES[message.exchange] ?? `exchange ${message.exchange}`;
    const id = message.messageId === 0 ? "" : ` 0x${hexWord(message.messageId)}`;
    const direction = this.#direction(datagram, `${name}${id}`);
    return sa === undefined ? direction : direction + this.#ordinal(datagram, message, sa);
  }

  /** "message 2", "retransmission 3": counted for each side of an SA and each message ID. */
  #ordinal(datagram: Datagram, message: Message, sa: EvidenceSa): string {
    const side = sa.clientHosts.has(this.#hosts(datagram).from) ? "client" : "responder";
    const key = `${sa.cookies.join()}/${side}/${message.exchange}/${message.messageId}`;
    const told = this.#told.get(key) ?? { prints: [], messages: 0, repeated: 0 };
    this.#told.set(key, told);
    const print = digestOf(message);
    if (told.prints.some((each) => sameDigest(each, print))) {
      told.repeated += 1;
      return `, retransmission ${told.repeated}`;
    }
    if (told.prints.length < MAX_PRINTS) told.prints.push(print);
    told.messages += 1;
    return `, message ${told.messages}`;
  }

  /** "contender's ESP", "responder's ESP to the contender". */
  #direction(datagram: Datagram, what: string): string {
    const { responders, parts } = this.#plan;
    const { from, to } = this.#hosts(datagram);
    const fromResponder = responders.has(from);
    const its = parts.get(fromResponder ? to : from);
    if (!fromResponder) return `${its === undefined ? "another client" : [...its].join(" and ")}'s ${what}`;
    return `responder's ${what} to ${its === undefined ? "another client" : `the ${[...its].join(" and ")}`}`;
  }

  #hosts({ bytes, source, destination, ipVersion }: Datagram): { from: number; to: number } {
    const { hosts } = this.#plan;
    return { from: hosts.intern(bytes, source, ipVersion), to: hosts.intern(bytes, destination, ipVersion) };
  }
}
