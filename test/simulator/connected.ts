/** A connected client: its IPsec SAs with their SPIs and sequence numbers, signs of life, and how it ends. */

import type { Session } from "./asa.ts";
import { Channel, TRAVEL } from "./channel.ts";

interface IpsecSa {
  id: number;
  /** The client has the gateway's answer: until then it does not know the SPI. */
  agreed: boolean;
  up: { spi: number; sequence: number };
  down: { spi: number; sequence: number };
}

export const INFORMATIONAL = 5;
export const DELETE_ESP = 76;
export const DELETE_SA = 92;
const DPD_SIZE = 84;

export abstract class Connected extends Channel implements Session {
  abstract readonly acceptable: boolean;
  /** The gateway threw it out. */
  onThrownOut: () => void = () => undefined;
  ipsec: IpsecSa[] = [];

  protected newIpsec(id: number): IpsecSa {
    const spi = () => (this.net.word() | 0x1000) >>> 0;
    return { id, agreed: false, up: { spi: spi(), sequence: 0 }, down: { spi: spi(), sequence: 0 } };
  }

  throwOut(): void {
    if (this.ended) return;
    for (const size of [DELETE_ESP, DELETE_SA])
      this.send("down", { isakmp: this.encrypted(INFORMATIONAL, this.net.word(), size) });
    this.gateway.drop(this, this.net.now);
    this.ended = true;
    this.onThrownOut();
  }

  /** Delete of the IPsec SA before the newest one. */
  protected deleteIpsec(): void {
    if (this.ended || this.ipsec.length < 2) return;
    const [old] = this.ipsec.splice(0, 1);
    const heard = this.send("up", { isakmp: this.encrypted(INFORMATIONAL, this.net.word(), DELETE_ESP) });
    if (heard) this.gateway.release(this, old.id, this.net.now);
  }

  /** Delete ESP, Delete ISAKMP. When both are lost the gateway keeps what it has. */
  farewell(apart = 0.004): void {
    if (this.ended) return;
    const { lag } = this.gateway.model;
    const say = (size: number) => {
      if (this.send("up", { isakmp: this.encrypted(INFORMATIONAL, this.net.word(), size) }))
        this.gateway.drop(this, this.net.now);
    };
    say(DELETE_ESP);
    this.net.after(apart, () => say(DELETE_SA));
    if (lag > 0 && this.gateway.knows(this)) {
      for (const size of [DELETE_ESP, DELETE_SA]) {
        this.net.after(lag, () =>
          this.send("down", { isakmp: this.encrypted(INFORMATIONAL, this.net.word(), size) }),
        );
      }
    }
    this.ended = true;
  }

  /** It is gone without a word. */
  vanish(): void {
    this.ended = true;
  }

  esp(): void {
    const sa = this.ipsec.findLast(({ agreed }) => agreed);
    if (this.ended || sa === undefined) return;
    const size = 64 + ((sa.up.sequence * 37) % 5) * 32;
    sa.up.sequence += 1;
    if (this.send("up", { esp: { ...sa.up, size } })) this.net.after(TRAVEL, () => this.espDown());
  }

  /** The gateway's own ESP, as long as it knows the session. */
  espDown(): void {
    const sa = this.ipsec.findLast(({ agreed }) => agreed);
    if (sa === undefined || !this.gateway.knows(this)) return;
    sa.down.sequence += 1;
    this.send("down", { esp: { ...sa.down, size: 80 } });
  }

  keepalive(): void {
    if (this.floated && !this.ended) this.send("up", { keepalive: true });
  }

  /** R-U-THERE of one side and its answer (RFC 3706). */
  dpd(): void {
    if (this.ended) return;
    const ask = () => this.encrypted(INFORMATIONAL, this.net.word(), DPD_SIZE);
    if (this.send("up", { isakmp: ask() }) && this.gateway.knows(this))
      this.net.after(TRAVEL, () => this.send("down", { isakmp: ask() }));
  }
}
