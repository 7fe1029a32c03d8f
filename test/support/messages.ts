/** ISAKMP messages of a capture, by the project's own reader and by tshark, in one form. */

import { execFile, spawnSync } from "node:child_process";
import { openCapture } from "../../src/node/files.ts";
import {
  classifyHeader,
  exchangeType,
  flags,
  HeaderClass,
  headerClassNames,
  lengthField,
  messageId,
} from "../../src/wire/isakmp.ts";
import { Kind, kindNames, Located, locate, portSet } from "../../src/wire/locate.ts";
import { frameBatches } from "./sources.ts";

/** "frame initiatorCookie responderCookie version exchange flags messageId length" */
export type MessageLine = string;

export interface OwnReading {
  messages: MessageLine[];
  /** What became of every frame: a class of message, or the reason why it is none. */
  frames: Map<number, string>;
}

export async function ownMessages(path: string): Promise<OwnReading> {
  const reading: OwnReading = { messages: [], frames: new Map() };
  const source = await openCapture(path);
  const ports = portSet([]);
  const located = new Located();
  for await (const batch of frameBatches(source)) {
    const { bytes, offsets, captured, linkTypes } = batch;
    for (let i = 0; i < batch.count; i += 1) {
      const frame = batch.firstFrame + i;
      const kind = locate(bytes, offsets[i], captured[i], linkTypes[i], ports, located);
      if (kind !== Kind.candidate) {
        reading.frames.set(frame, kindNames[kind]);
        continue;
      }
      const at = located.payload;
      const header = classifyHeader(bytes, at, located.captured, located.length);
      reading.frames.set(frame, headerClassNames[header]);
      if (header > HeaderClass.authip) continue;
      const hex = (from: number, to: number) =>
        Buffer.from(bytes.subarray(at + from, at + to)).toString("hex");
      reading.messages.push(
        [
          frame,
          hex(0, 8),
          hex(8, 16),
          hex(17, 18),
          exchangeType(bytes, at),
          flags(bytes, at),
          messageId(bytes, at),
          lengthField(bytes, at),
        ].join(" "),
      );
    }
  }
  await source.close();
  return reading;
}

const UNTOLD = "untold";

/** The same message; where tshark tells no length, but for that. */
export function isSame(own: MessageLine, theirs: MessageLine): boolean {
  return own === theirs || theirs === `${own.slice(0, own.lastIndexOf(" "))} ${UNTOLD}`;
}

export const hasTshark = spawnSync("tshark", ["--version"]).status === 0;

/** What tshark takes for ISAKMP, but for what ICMP errors quote; with options that tell it what no packet states. */
export async function tsharkMessages(path: string, options: readonly string[] = []): Promise<MessageLine[]> {
  const fields = [
    "frame.number",
    "isakmp.ispi",
    "isakmp.rspi",
    "isakmp.version",
    "isakmp.exchangetype",
    "isakmp.flags",
    "isakmp.messageid",
    "isakmp.length",
  ];
  const output = await tshark(
    [
      "-n",
      ...options,
      "-r",
      path,
      // The first fragment holds the header; tshark would name the frame of the last one.
      "-o",
      "ip.defragment:FALSE",
      "-o",
      "ipv6.defragment:FALSE",
      "-Y",
      "isakmp && !icmp && !icmpv6",
      "-T",
      "fields",
      "-E",
      "occurrence=f",
      "-E",
      "separator=/t",
    ].concat(fields.flatMap((field) => ["-e", field])),
  );
  return output
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [frame, initiator, responder, version, exchange, flagBits, id, length] = line.split("\t");
      const number = (text: string) => (text === "" ? "" : Number(text));
      const hexByte = version === "" ? "" : Number(version).toString(16).padStart(2, "0");
      return [
        frame,
        initiator,
        responder,
        hexByte,
        number(exchange),
        number(flagBits),
        number(id),
        // Of a message that the capture cut tshark does not give the length.
        length === "" ? UNTOLD : number(length),
      ].join(" ");
    });
}

/** What it prints; of a file that is cut or no capture, it prints what it can and fails. */
function tshark(options: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile("tshark", options, { maxBuffer: 64 * 1024 * 1024 }, (_, output) => resolve(output));
  });
}
