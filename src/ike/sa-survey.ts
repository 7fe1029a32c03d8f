/**
 * What every rule that goes over all IKE SAs asks of each, read once: their rows lie far apart in memory, and these numbers
 * side by side. Of rows in linear memory the core reads them (src/core/survey.ts), of all others the same is read here.
 */

import { hostOf, portOf } from "../collections/endpoints.ts";
import {
  BEGAN_ATS,
  BEGAN_SEGMENTS,
  BITS,
  BOTH_PORTS,
  FIRST_HOSTS,
  FIRST_VENDOR_LISTS,
  HAS_MORE_PATHS,
  HAS_PHASE_1,
  HAS_RARE_QUICK_MODE,
  IS_ANSWERED,
  IS_MOVED,
  IS_PLAIN,
  LAST_ATS,
  MESSAGE_IDS,
  PORT_BITS,
  QUICK_MODES_AT,
  SA_ROWS,
  SECOND_HOSTS,
  SECOND_VENDOR_LISTS,
  SURVEY_BYTES,
} from "../core/survey-layout.ts";
import { Border } from "../linear/border.ts";
import { type Core, coreOver } from "../linear/core.ts";
import { type Column, type ColumnType, type Memory, ordinaryMemory } from "../linear/memory.ts";
import { isAtOneHost, type Side } from "./paths.ts";
import type { IkeSa } from "./sa.ts";
import type { IkeSas } from "./sa-list.ts";

export { HAS_PHASE_1, IS_ANSWERED, IS_MOVED, IS_PLAIN };

const FIRST_ROOM = 256;

/** The first one of both ports in one number. */
const FIRST_PORT = 2 ** PORT_BITS - 1;

/** IKE SAs with the addresses of their rows in linear memory, 0 where they lie elsewhere. */
interface Surveyed extends Pick<IkeSas, "length" | "at"> {
  readonly addresses: Uint32Array;
}

/** By the index of an IKE SA among all; times are clock microseconds. */
export class SaSurvey {
  /** How many IKE SAs there are. */
  length = 0;
  /** When each began, and in which segment of the clock. */
  firstAt = new Float64Array(0);
  firstSegment = new Uint32Array(0);
  /** Of plain ones: message ID of the quick mode, when that began, and the last sign of life. */
  messageIds = new Uint32Array(0);
  begunAt = new Float64Array(0);
  lastAt = new Float64Array(0);
  /** What is known of each (core/survey-layout.ts). Loops over all of them read columns: a call for each takes as long as the rest. */
  bits = new Uint8Array(0);
  /** Hosts of each side on the first path, and its ports there, that of the second side in the upper half. */
  hosts: [Uint32Array, Uint32Array] = [new Uint32Array(0), new Uint32Array(0)];
  ports = new Uint32Array(0);
  readonly #memory: Memory;
  readonly #block: Uint32Array;
  #vendorLists: [Uint32Array, Uint32Array] = [new Uint32Array(0), new Uint32Array(0)];

  constructor(memory = ordinaryMemory) {
    this.#memory = memory;
    this.#block = memory.column(Uint32Array, SURVEY_BYTES / 4);
  }

  /** Surveys all IKE SAs anew. @param segment the latest one of the clock, which plain ones are of */
  take(sas: Surveyed, segment: number): void {
    const { length, addresses } = sas;
    if (length > this.bits.length) this.#makeRoom(Math.max(length, FIRST_ROOM, 2 * this.bits.length));
    this.length = length;
    const survey = this.#reader(addresses);
    survey?.(this.#block.byteOffset, length, segment);
    const { bits } = this;
    for (let i = 0; i < length; i += 1) {
      if (survey === null || addresses[i] === 0) this.#read(i, sas.at(i), segment);
      else if ((bits[i] & HAS_MORE_PATHS) !== 0 && isMoved(sas.at(i))) bits[i] |= IS_MOVED;
    }
  }

  /** On the first path. */
  hostOf(index: number, side: Side): number {
    return this.hosts[side][index];
  }

  portOf(index: number, side: Side): number {
    return side === 0 ? this.ports[index] & FIRST_PORT : this.ports[index] >>> PORT_BITS;
  }

  phase1Seen(index: number): boolean {
    return this.#has(index, HAS_PHASE_1);
  }

  answered(index: number): boolean {
    return this.#has(index, IS_ANSWERED);
  }

  /** A side has several addresses, on whatever paths. */
  isMoved(index: number): boolean {
    return this.#has(index, IS_MOVED);
  }

  /** Something unusual is known of the quick mode of a plain one. */
  hasRareQuickMode(index: number): boolean {
    return this.#has(index, HAS_RARE_QUICK_MODE);
  }

  /** Number of the list of vendor IDs of a side. */
  vendorListOf(index: number, side: Side): number {
    return this.#vendorLists[side][index];
  }

  #has(index: number, bit: number): boolean {
    return (this.bits[index] & bit) !== 0;
  }

  /** The core, where it reaches all columns. */
  #reader(addresses: Uint32Array): Core["survey"] | null {
    const { linear } = this.#memory;
    if (linear === null) return null;
    const border = new Border(linear, this.#block);
    border.column(SA_ROWS, addresses);
    border.column(BITS, this.bits);
    border.column(FIRST_HOSTS, this.hosts[0]);
    border.column(SECOND_HOSTS, this.hosts[1]);
    border.column(BOTH_PORTS, this.ports);
    border.column(BEGAN_ATS, this.firstAt);
    border.column(BEGAN_SEGMENTS, this.firstSegment);
    border.column(FIRST_VENDOR_LISTS, this.#vendorLists[0]);
    border.column(SECOND_VENDOR_LISTS, this.#vendorLists[1]);
    border.column(MESSAGE_IDS, this.messageIds);
    border.column(QUICK_MODES_AT, this.begunAt);
    border.column(LAST_ATS, this.lastAt);
    return border.isWhole ? (coreOver(linear)?.survey ?? null) : null;
  }

  #read(index: number, sa: IkeSa, segment: number): void {
    for (const side of [0, 1] as const) {
      this.hosts[side][index] = hostOf(sa.endOf(0, side));
      this.#vendorLists[side][index] = sa.vendorListOf(side);
    }
    this.ports[index] = portOf(sa.endOf(0, 0)) | (portOf(sa.endOf(0, 1)) << PORT_BITS);
    this.firstAt[index] = sa.firstAt;
    this.firstSegment[index] = sa.firstSegment;
    let bits = sa.phase1Seen ? HAS_PHASE_1 : 0;
    if (sa.answered) bits |= IS_ANSWERED;
    if (isMoved(sa)) bits |= IS_MOVED;
    if (isPlain(sa, segment)) {
      const [exchange] = sa.exchanges;
      bits |= exchange.isUsual ? IS_PLAIN : IS_PLAIN | HAS_RARE_QUICK_MODE;
      this.messageIds[index] = exchange.messageId;
      this.begunAt[index] = exchange.firstAt;
      this.lastAt[index] = sa.lastLifeAt;
    }
    this.bits[index] = bits;
  }

  #makeRoom(length: number): void {
    const replaced = <T extends Column>(column: T, type: ColumnType<T>): T => {
      this.#memory.free(column);
      return this.#memory.column(type, length);
    };
    this.bits = replaced(this.bits, Uint8Array);
    this.hosts = [replaced(this.hosts[0], Uint32Array), replaced(this.hosts[1], Uint32Array)];
    this.ports = replaced(this.ports, Uint32Array);
    this.#vendorLists = [
      replaced(this.#vendorLists[0], Uint32Array),
      replaced(this.#vendorLists[1], Uint32Array),
    ];
    this.firstAt = replaced(this.firstAt, Float64Array);
    this.firstSegment = replaced(this.firstSegment, Uint32Array);
    this.messageIds = replaced(this.messageIds, Uint32Array);
    this.begunAt = replaced(this.begunAt, Float64Array);
    this.lastAt = replaced(this.lastAt, Float64Array);
  }
}

/** A survey of some IKE SAs, as their objects tell it. */
export function surveyOf(sas: IkeSas, segment = 0): SaSurvey {
  const survey = new SaSurvey();
  survey.take({ length: sas.length, addresses: new Uint32Array(0), at: (i) => sas.at(i) }, segment);
  return survey;
}

function isMoved(sa: IkeSa): boolean {
  return sa.pathCount > 1 && !(isAtOneHost(sa, 0) && isAtOneHost(sa, 1));
}

function isPlain(sa: IkeSa, segment: number): boolean {
  if (sa.exchangeCount !== 1 || !sa.isUsual || sa.cut || sa.logged) return false;
  const [exchange] = sa.exchanges;
  if (!exchange.followedReply || exchange.starter !== 0 || Number.isNaN(sa.phase1FinishedAtOf(1)))
    return false;
  const isOneClock = [exchange.segment, sa.firstSegment, sa.lifeSegment].every((each) => each === segment);
  return isOneClock && exchange.firstAt < sa.lastLifeAt;
}
