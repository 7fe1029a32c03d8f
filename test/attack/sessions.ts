/** Parts of hostile captures: IKE sessions and ESP, as templates that are filled in for each packet. */

import { random32 } from "../support/random.ts";
import { Frame, PcapWriter } from "./writer.ts";

export const GATEWAY = 0xc0000201;
export const CLIENT = 0x0a000000;
export const QUICK = 32;

/** A payload of type SA that proposes nothing that matters, 40 bytes. */
export const SA_BODY = Buffer.from(
  "00000028000000010000000100000020010100010000001801010000800b0001000c000400007080",
  "hex",
);

export function written(path: string, write: (writer: PcapWriter, next: () => number) => void): void {
  const writer = new PcapWriter(path);
  write(writer, random32(7));
  writer.close();
}

/** Phase 1 in two messages, so that the SA is answered: from the client, and back. */
export function opening(
  writer: PcapWriter,
  frame: Frame,
  client: number,
  cookie: number,
  responder = GATEWAY,
): void {
  frame.between(client, responder).cookies(1, cookie, 0, 0).message(2, 0, 1);
  writer.frame(frame.bytes, 10);
  frame.between(responder, client).cookies(1, cookie, 2, cookie);
  writer.frame(frame.bytes, 10);
}

/** A client that is connected: phase 1, then quick mode `id`, answered by the gateway or repeated after a second. */
export function connected(
  writer: PcapWriter,
  frames: { phase1: Frame; quick: Frame },
  client: number,
  port: number,
  cookie: number,
  id = 1,
  answered: boolean | "not-yet" = true,
): void {
  const { phase1, quick } = frames;
  phase1.cookies(1, cookie, 0, 0).message(2, 0, 1);
  const there = (frame: Frame) => frame.between(client, GATEWAY).ports(port, 500);
  const back = (frame: Frame) => frame.between(GATEWAY, client).ports(500, port);
  writer.frame(there(phase1).bytes, 10);
  writer.frame(back(phase1.cookies(1, cookie, 2, cookie)).bytes, 10);
  // Encrypted: the third message of each side.
  writer.frame(there(phase1.message(2, 0, 5, 1).word(8, 3)).bytes, 10);
  writer.frame(back(phase1.word(8, 4)).bytes, 10);
  phase1.word(8, 1);
  quick.cookies(1, cookie, 2, cookie).message(QUICK, id);
  writer.frame(there(quick.word(0, 1)).bytes, 10);
  if (answered === "not-yet") return;
  if (answered) writer.frame(back(quick.word(0, 2)).bytes, 10);
  else writer.frame(there(quick).bytes, 1_000_100);
}

export function frames(): { phase1: Frame; quick: Frame } {
  return { phase1: new Frame(SA_BODY), quick: new Frame(Buffer.alloc(60, 0x5a)) };
}

/** ESP over IP between two IPv4 addresses. */
export function espFrame(): Buffer {
  const frame = Buffer.alloc(60);
  frame.write("0200000000010200000000020800", 0, "hex");
  frame[14] = 0x45;
  frame.writeUInt16BE(46, 16);
  frame[23] = 50;
  return frame;
}
