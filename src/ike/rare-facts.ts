/** What most IKE SAs have nothing of: one object holds all of it, where there is any. */

import type { Exchange, Stamp } from "./exchange.ts";
import type { Informationals } from "./informationals.ts";
import type { OpenedNote } from "./opened-note.ts";
import type { Echoes, Path, Side } from "./paths.ts";
import type { SessionTestimony } from "./testimony.ts";

/** A fragment set whose outer header names a quick mode; counts when the set is never complete. */
export interface OuterHeader {
  side: Side;
  messageId: number;
  exchange: Exchange;
  /** Pieces of the copy at hand, a bit for each number; copies after the first, and the last of them. */
  pieces: number;
  copies: number;
  last: { at: number; stamp: Stamp };
}

type EndOfLife = Readonly<{ at: number; segment: number }>;
/** Of each side. */
type Times = readonly [readonly number[], readonly number[]];

export const NEITHER_TOLD: Times = [[], []];
export const NOT_DELETED: readonly number[] = [Number.NaN, Number.NaN];

export interface RareFacts {
  outers: Map<string, OuterHeader> | null;
  /** The quick modes by message ID, once there are many. */
  byId: Map<number, Exchange> | null;
  /** The latest distinct Informationals. */
  told: Informationals | null;
  earlierLife: readonly EndOfLife[];
  /** When each side deleted the SA, by a message that could be read. */
  deletedAt: readonly number[];
  /** Deletes and notifies of it that could be read: the latest. */
  opened: readonly OpenedNote[];
  /** What others than the capture say of it. */
  testimony: SessionTestimony | null;
  /** Of paths in the row, see `Echoes`. */
  echoes: Echoes["echoes"];
  /** Paths beyond those in the row. */
  morePaths: readonly Path[];
  /** Per side: words of NAT-D hashes, where there are more than the row has room for. */
  moreNatHashes: Times;
}

export const NOTHING_RARE: RareFacts = {
  outers: null,
  byId: null,
  told: null,
  earlierLife: [],
  deletedAt: NOT_DELETED,
  opened: [],
  testimony: null,
  echoes: {},
  morePaths: [],
  moreNatHashes: NEITHER_TOLD,
};
