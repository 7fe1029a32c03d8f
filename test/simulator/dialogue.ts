/**
 * One IKE SA of a simulated client, message by message over a network that loses some: every request is sent
 * again until its answer arrives, every answer again when its request comes again.
 */

import type { Decision, Gateway, Refusing, Session } from "./asa.ts";
import { type Habit, type Network, TRAVEL } from "./channel.ts";
import { Connected, DELETE_ESP, DELETE_SA, INFORMATIONAL } from "./connected.ts";
import { chosen, clearNotify, exchangeMessage, firstMessage, renewal, secondMessage } from "./phase-one.ts";
import type { Direction, Place } from "./wire.ts";

export interface Nature extends Habit {
  vendorIds: readonly string[];
  counts: boolean;
  /** Its proposal is one that the gateway takes. */
  acceptable: boolean;
  /** Quick modes 1 and 2 at once, as Windows behind a NAT. */
  pairs: boolean;
  /** It gives up at an Informational. */
  heeds: boolean;
  dpd: boolean;
}

/** Seconds between the quick modes 1 and 2 of one dial. */
const PAIR = 0.001;
const NO_PROPOSAL_CHOSEN = 14;
const INVALID_ID_INFORMATION = 18;

export class Dialogue extends Connected implements Session {
  readonly nature: Nature;
  #counter = 0;
  #lastAnswer: Buffer | null = null;

  constructor(net: Network, nature: Nature, gateway: Gateway, place: Place) {
    super(net, nature, gateway, place);
    this.nature = nature;
  }

  get acceptable(): boolean {
    return this.nature.acceptable;
  }

  /** Main mode; `done` is told whether it came through. */
  begin(done: (finished: boolean) => void): void {
    const { place, cookies, gateway } = this;
    const { make } = gateway.model;
    const random = (size: number) => this.net.bytes(size);
    const responder = { address: gateway.address, port: 500 };
    const own = { address: place.natted ? place.inside : place.address, port: 500 };
    const seen = { address: place.address, port: place.port500 };
    const answers = [
      secondMessage(cookies, make),
      exchangeMessage(cookies, "responder", make, { remote: seen, own: responder }, random),
      this.encrypted(2, 0, 76),
    ];
    const steps = [
      firstMessage(cookies, this.nature.vendorIds),
      exchangeMessage(cookies, "client", make, { remote: responder, own }, random),
      this.encrypted(2, 0, 76),
    ];
    const step = (i: number): void => {
      if (i === steps.length) {
        done(true);
        return;
      }
      if (i === 2) this.floated = place.natted;
      const reply = () => {
        if (i === 2) gateway.begin(this, this.net.now);
        return answers[i];
      };
      this.ask(steps[i], reply, (ok) => (ok ? step(i + 1) : done(false)));
    };
    step(0);
  }

  /** The gateway itself renews phase 1 (its cookies come first); what the older SA had goes on. */
  renew(): Dialogue {
    const next = new Dialogue(this.net, this.nature, this.gateway, this.place);
    next.floated = this.floated;
    next.ipsec = this.ipsec;
    const { make } = this.gateway.model;
    const random = (size: number) => this.net.bytes(size);
    const responder = { address: this.gateway.address, port: 500 };
    const seen = { address: this.place.address, port: this.place.port500 };
    const own = { address: this.place.natted ? this.place.inside : this.place.address, port: 500 };
    const messages: [Direction, Buffer][] = [
      ["down", renewal(next.cookies, make)],
      ["up", chosen(next.cookies, this.nature.vendorIds)],
      ["down", exchangeMessage(next.cookies, "client", make, { remote: seen, own: responder }, random)],
      ["up", exchangeMessage(next.cookies, "responder", "nameless", { remote: responder, own }, random)],
      ["down", next.encrypted(2, 0, 76)],
      ["up", next.encrypted(2, 0, 76)],
    ];
    for (const [i, [direction, isakmp]] of messages.entries())
      this.net.after(i * TRAVEL, () => next.send(direction, { isakmp }));
    this.net.after(0.2, () => {
      this.send("down", { isakmp: this.encrypted(INFORMATIONAL, this.net.word(), DELETE_SA) });
      this.gateway.renew(this, next);
    });
    this.ended = true;
    return next;
  }

  /** The first quick mode of a dial, or two of them; `done` is told whether one was accepted. */
  dial(done: (accepted: boolean) => void): void {
    if (!this.nature.pairs || !this.floated) {
      this.quickMode(done, this.nature.heeds);
      return;
    }
    let open = 2;
    let accepted = 0;
    const each = (ok: boolean) => {
      open -= 1;
      accepted += ok ? 1 : 0;
      if (open > 0) return;
      if (accepted === 2) this.net.after(1, () => this.deleteIpsec());
      done(accepted > 0);
    };
    this.quickMode(each);
    this.net.after(PAIR, () => this.quickMode(each));
  }

  /** A quick mode; `heeds`: an Informational ends it. */
  quickMode(done: (accepted: boolean) => void, heeds = false): void {
    this.#counter += 1;
    const id = this.nature.counts ? this.#counter : this.net.word() || 1;
    let decision: Decision | null = null;
    const answer = this.encrypted(32, id, 172);
    const third = this.encrypted(32, id, 60);
    const useless = this.encrypted(32, id, 172);
    const reply = (): Buffer | null => {
      if (decision === null) {
        decision = this.gateway.decide(this, id, this.net.now);
        this.net.decided(this, id, decision);
        if (decision.accepted) {
          this.ipsec.push(this.newIpsec(id));
          for (const other of decision.throwsOut) this.net.after(0.1, () => other.throwOut?.());
        }
      }
      if (!decision.accepted) return this.#refuse(decision, useless);
      this.#lastAnswer = answer;
      return answer;
    };
    this.ask(
      this.encrypted(32, id, 332),
      reply,
      (accepted) => {
        if (accepted) {
          for (const sa of this.ipsec) if (sa.id === id) sa.agreed = true;
          this.send("up", { isakmp: third });
        }
        done(accepted);
      },
      {
        fits: (got) => (got === answer ? true : heeds && got[18] === INFORMATIONAL ? false : null),
        slow: this.gateway.model.slow,
      },
    );
  }

  /** A quick mode that the gateway starts (a site-to-site rekey). */
  gatewayQuickMode(): void {
    if (this.ended || !this.gateway.knows(this)) return;
    const id = this.net.word() || 1;
    const parts: [Direction, number][] = [
      ["down", 332],
      ["up", 172],
      ["down", 60],
    ];
    for (const [i, [direction, size]] of parts.entries()) {
      this.net.after(i * TRAVEL, () => this.send(direction, { isakmp: this.encrypted(32, id, size) }));
    }
    this.ipsec.push({ ...this.newIpsec(id), agreed: true });
  }

  #refuse({ reason, by }: Decision & { accepted: false }, useless: Buffer): Buffer | null {
    const { refusing, mismatching } = this.gateway.model;
    const held = reason === "held" || reason === "own-ghost";
    const style: Refusing = reason === "unknown-sa" ? "silence" : held ? refusing : mismatching;
    const word = () => this.net.word();
    switch (style) {
      case "silence":
        return null;
      case "informational":
        return this.encrypted(INFORMATIONAL, word(), DELETE_ESP);
      case "deletes-phase-1":
        this.net.after(0.01, () =>
          this.send("down", { isakmp: this.encrypted(INFORMATIONAL, word(), DELETE_SA) }),
        );
        this.gateway.drop(this, this.net.now);
        return this.encrypted(INFORMATIONAL, word(), DELETE_ESP);
      case "resends-to-holder":
        by[0]?.resend?.(by[0]);
        return null;
      case "resends-to-contender":
        by[0]?.resend?.(this);
        return null;
      case "useless-answer":
        return useless;
      default:
        return clearNotify(
          this.cookies,
          word(),
          held ? 9 : word() % 2 === 0 ? NO_PROPOSAL_CHOSEN : INVALID_ID_INFORMATION,
        );
    }
  }

  resend(to: Session): void {
    if (this.#lastAnswer !== null && to instanceof Dialogue) to.send("down", { isakmp: this.#lastAnswer });
  }

  /** A new quick mode in time, and the older IPsec SA deleted. */
  rekey(): void {
    if (this.ended) return;
    this.quickMode((accepted) => {
      if (accepted) this.net.after(1, () => this.deleteIpsec());
    });
  }
}
