/**
 * The arrival of a message: what its packet says, who sent it to whom, its digest, and whether it is a copy of another
 * one; then it is taken to its IKE SA (take.ts). TypeScript does the same (`locate`, `HostTable.intern`, `digest`,
 * `CopyFilter.see`, `Tracker.message`) with all messages that are left here, from where they were left.
 */

import { be16, be32, doubleOf, field, NONE, wordOf } from "./columns";
import { copied, NO_ROOM, noteCopy, remembered } from "./copies";
import { digest } from "./digest";
import { enterHost, hasRoomForHosts, hostAt, hostCount } from "./hosts";
import { BYTES, CAPTURED, CLOCK, INTERFACES, LINK_TYPES, OFFSETS, PORTS, SEGMENT } from "./layout";
import { datagramEnd, messageIn, payload, statedLength } from "./message";
import {
  ADDRESSES,
  ARRIVAL,
  ARRIVED,
  ASKS,
  AT,
  CAPTURE_POINT,
  CAPTURED_OF_DATAGRAM,
  CUT,
  FROM,
  FURTHER_OF,
  IS_ECHO,
  LEFT,
  LENGTH_OF_DATAGRAM,
  MARKER,
  MESSAGE,
  NEXT,
  POINTS_OF_SOURCE,
  REST,
  ROW,
  SEED_A,
  SEED_B,
  SEGMENT_OF,
  SOURCE,
  TAKES,
  TO,
} from "./message-layout";
import { endpoint, setNumber } from "./message-record";
import { ipHeader } from "./packet";
import { take } from "./take";

const ETHERNET: u32 = 1;
const SENDER: usize = 12;
const RECEIVER: usize = 16;

/**
 * Takes a message of IKEv1 in a plain frame, and leaves at ARRIVAL what it found.
 *
 * @param tables address of the block of layout.ts
 * @param block address of the block of message-layout.ts
 * @param batch address of the block of the batch
 * @param index of a frame of the batch
 * @returns LEFT: what was noted of it does no harm if it is noted again; or ARRIVED, TAKEN, TAKEN_QUICK_MODE
 */
export function arrive(tables: usize, block: usize, batch: usize, index: i32): i32 {
  if (load<u16>(<usize>field(batch, LINK_TYPES) + ((<usize>index) << 1)) !== ETHERNET) return LEFT;
  const bytes = <usize>field(batch, BYTES);
  const frame = bytes + load<u32>(wordOf(batch, OFFSETS, index));
  const end = frame + load<u32>(wordOf(batch, CAPTURED, index));
  const ip = ipHeader(frame, end);
  if (ip === 0) return LEFT;
  const message = messageIn(ip, end, <usize>field(tables, PORTS));
  if (message === 0) return LEFT;
  const from = hostOf(tables, be32(ip + SENDER));
  const to = from < 0 ? NONE : hostOf(tables, be32(ip + RECEIVER));
  if (to < 0) return LEFT;
  const out = <usize>field(block, ARRIVAL);
  const captured = <u32>(min(end, datagramEnd(ip)) - message);
  const length = statedLength(message);
  digest(message, min(captured, length), field(block, SEED_A), field(block, SEED_B), out);
  setNumber(out, AT, load<f64>(doubleOf(batch, CLOCK, index)));
  setNumber(out, FROM, endpoint(from, be16(ip + 20)));
  setNumber(out, TO, endpoint(to, be16(ip + 22)));
  setNumber(out, CAPTURE_POINT, capturePoint(block, batch, index));
  store<i32>(out, 0, NEXT << 2);
  store<u32>(out, field(tables, SEGMENT), SEGMENT_OF << 2);
  store<i32>(out, 0, FURTHER_OF << 2);
  store<u32>(out, be16(ip + 4) | (captured < length ? <u32>CUT : 0), REST << 2);
  setNumber(out, ADDRESSES, <f64>(ip + SENDER - bytes));
  setNumber(out, MESSAGE, <f64>(message - bytes));
  setNumber(out, CAPTURED_OF_DATAGRAM, <f64>captured);
  setNumber(out, LENGTH_OF_DATAGRAM, <f64>(datagramEnd(ip) - message));
  setNumber(out, MARKER, <f64>(message !== payload(ip)));
  setNumber(out, ASKS, 0);
  if (!isNoted(block, out)) return LEFT;
  if (load<f64>(out, IS_ECHO << 3) === 1 || field(block, TAKES) === 0) return ARRIVED;
  return take(tables, block, batch, index, out, message, length);
}

/** Source and interface. */
function capturePoint(block: usize, batch: usize, index: i32): f64 {
  return <f64>field(block, SOURCE) * <f64>POINTS_OF_SOURCE + <f64>load<u32>(wordOf(batch, INTERFACES, index));
}

/** Whether there was room to note it as what it is, a copy or none. */
function isNoted(block: usize, out: usize): bool {
  const known = copied(block, out);
  setNumber(out, IS_ECHO, <f64>(known >= 0));
  if (known >= 0) {
    setNumber(out, ROW, <f64>known);
    return noteCopy(block, known, out);
  }
  const row = remembered(block, out);
  setNumber(out, ROW, <f64>row);
  return row !== NO_ROOM;
}

/** Number of an IPv4 address, which gets one where there is room; NONE where there is none. */
function hostOf(tables: usize, address: u32): i32 {
  const known = hostAt(tables, address);
  if (known !== NONE || !hasRoomForHosts(tables, hostCount(tables) + 1)) return known;
  return enterHost(tables, address);
}
