/**
 * The ESP and keepalives of one responder, by the endpoint of its peer: what the endpoints themselves show, before it
 * is known whose they are (contract 4 to 6). ESP over IP has no ports: its endpoints have port 0.
 */

import { endpoint, hostOf, portOf } from "../collections/endpoints.ts";
import type { Flows, Spi } from "../ike/facts.ts";
import { firstOf, isBefore, later, latestOf, type Moment, seen } from "./moment.ts";

/** Shared by all peers without any: most have one row on a side, and a list that grows from nothing has room for 17. */
const NO_ROWS: number[] = [];

/** What passed between the responder and one endpoint, as rows of the flow table. */
export interface Peer {
  key: number;
  host: number;
  /** 0 for ESP over IP. */
  port: number;
  /** Rows of what the peer sent, and of what was sent to it. */
  sent: number[];
  received: number[];
}

export class Peers {
  readonly flows: Flows;
  readonly byKey = new Map<number, Peer>();
  /** First packet of each SPI towards the responder, made when it is first asked for. */
  #spisBegan: Map<number, Moment> | null = null;

  constructor(flows: Flows) {
    this.flows = flows;
  }

  /** Takes a row of the flow table; `outgoing`: the responder sends it. */
  add(row: number, outgoing: boolean): void {
    const { flows } = this;
    const { source, destination } = flows.ports(row);
    const host = outgoing ? flows.receiver(row) : flows.sender(row);
    const key = endpoint(host, outgoing ? destination : source);
    let peer = this.byKey.get(key);
    if (peer === undefined) {
      peer = { key, host: hostOf(key), port: portOf(key), sent: NO_ROWS, received: NO_ROWS };
      this.byKey.set(key, peer);
    }
    const side = outgoing ? "received" : "sent";
    if (peer[side].length === 0) peer[side] = [row];
    else peer[side].push(row);
  }

  rows(keys: readonly number[], fromPeer: boolean): readonly number[] {
    // Most clients have one endpoint with any.
    let rows: readonly number[] = NO_ROWS;
    for (const key of keys) {
      const peer = this.byKey.get(key);
      if (peer === undefined) continue;
      const own = fromPeer ? peer.sent : peer.received;
      rows = rows.length === 0 ? own : [...rows, ...own];
    }
    return rows;
  }

  /** ESP or keepalives were seen at one of these endpoints. */
  haveAny(keys: readonly number[]): boolean {
    for (const key of keys) if (this.byKey.has(key)) return true;
    return false;
  }

  spis(keys: readonly number[], fromPeer: boolean): readonly Spi[] {
    const rows = this.rows(keys, fromPeer);
    return rows.length === 1 ? this.flows.spis(rows[0]) : rows.flatMap((row) => this.flows.spis(row));
  }

  /** An SPI towards the responder had been seen before a moment, from whatever endpoint. */
  hadSpi(spi: number, moment: Moment): boolean {
    this.#spisBegan ??= this.#firstOfSpis();
    const began = this.#spisBegan.get(spi);
    return began !== undefined && isBefore(began, moment);
  }

  #firstOfSpis(): Map<number, Moment> {
    const began = new Map<number, Moment>();
    for (const { sent } of this.byKey.values()) {
      for (const row of sent) noteFirst(began, this.flows.spis(row));
    }
    return began;
  }

  /** The last packet of each of some rows in each segment of the clock. @param from of no earlier segments than this */
  moments(rows: readonly number[], from = 0): readonly Moment[] {
    // Most endpoints have one flow each way.
    if (rows.length === 1) return this.flows.moments(rows[0], from);
    return rows.flatMap((row) => this.flows.moments(row, from));
  }

  /** The last packet of some rows; before all where there is none. */
  lastOf(rows: readonly number[]): Moment {
    return latestOf(this.moments(rows, this.#lastSegment(rows)));
  }

  #lastSegment(rows: readonly number[]): number {
    const { flows } = this;
    return rows.reduce(
      (last, row) => (seen(flows.lastAt(row)) ? Math.max(last, flows.lastSegment(row)) : last),
      0,
    );
  }

  /** The last packet of some rows in a segment; NaN where there is none. */
  lastIn(rows: readonly number[], segment: number): number {
    return rows.reduce((last, row) => later(last, this.flows.lastIn(row, segment)), Number.NaN);
  }

  hasEsp(rows: readonly number[]): boolean {
    return rows.some((row) => this.flows.hasEsp(row));
  }
}

/** Notes when each of these SPIs was first seen, where that is earlier than what is known. */
export function noteFirst(began: Map<number, Moment>, spis: readonly Spi[]): void {
  for (const each of spis) {
    const moment = firstOf(each);
    const known = began.get(each.spi);
    if (known === undefined || isBefore(moment, known)) began.set(each.spi, moment);
  }
}
