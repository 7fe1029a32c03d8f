/** What opening an input takes and gives. */

import type { ArchiveIndex } from "../archives/members.ts";
import type { RandomAccess } from "../capture/byte-source.ts";
import type { ByteWindow } from "../capture/byte-window.ts";
import type { Spool } from "../capture/random-access.ts";
import type { CaptureSource } from "../capture/source.ts";
import type { LineTaker } from "../syslog/source.ts";
import type { Decompressors } from "./decompression.ts";
import type { Reading } from "./feed.ts";

export interface OpenOptions extends Reading {
  /** How far lines of records and logs may be out of order, microseconds. */
  reorder?: number;
  /** What the runtime can unpack. */
  decompressors?: Decompressors;
  /** What keeps a stream that has to be read at any place; memory alone unless the runtime has a disk. */
  spool?: Spool;
  /** Who keeps what a gateway's log says, for a log of this name; absent: a log is not an input. */
  gatewayLog?: (name: string) => LineTaker;
  /** It is a gateway's log, whatever it looks like. */
  isGatewayLog?: boolean;
}

/** An archive, whose members are inputs of their own. */
export interface Archive extends ArchiveIndex {
  bytes: RandomAccess;
}

/** What an input turned out to be. */
export type Opened =
  | { capture: CaptureSource; archive?: undefined }
  | { archive: Archive; capture?: undefined };

/** An input whose beginning is at hand. */
export interface OpeningInput {
  window: ByteWindow;
  name: string;
  /** What follows the format's name where it was compressed: "+gzip". */
  suffix: string;
  options: OpenOptions;
}
