/**
 * The captures that the benchmark reads: made here, the same bytes each time, kept outside the repository.
 *
 *   esp    1,400-byte frames of ESP in UDP and of TCP, both directions of 200 clients, one ISAKMP message in 1,000
 *   small  120-byte frames of other UDP, TCP and ESP, one ISAKMP message in 100
 *   ike    ISAKMP only, nine messages a client, a new client each time
 */

import { execFileSync } from "node:child_process";
import { closeSync, copyFileSync, existsSync, mkdirSync, openSync, renameSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { interfaceDescription, pcap, sectionHeader } from "../support/capture-files.ts";
import { ip, isakmp, nonEspMarker, udp } from "../support/frames.ts";
import { random32 } from "../support/random.ts";

export type CaptureKind = "esp" | "small" | "ike";

const ETHERNET_HEADER = 14;
const GATEWAY = "192.0.2.1";
const CLIENTS = 200;
/** 2026-03-02 08:00:00 UTC, in seconds. */
const START = 1_772_438_400;
/** Part of the name of each file: to be raised when the bytes change. */
const GENERATION = 1;

/** Sizes of the nine messages: main mode, then quick mode; those of a small proposal and modp 1024. */
const SESSION = [
  { exchange: 2, size: 168 },
  { exchange: 2, size: 104 },
  { exchange: 2, size: 228 },
  { exchange: 2, size: 228 },
  { exchange: 2, size: 76 },
  { exchange: 2, size: 76 },
  { exchange: 32, size: 156 },
  { exchange: 32, size: 132 },
  { exchange: 32, size: 60 },
];
/** Record header, Ethernet, IPv4, UDP, and the marker of the messages on port 4500. */
const RECORD_OVERHEAD = 16 + 14 + 20 + 8;
/** What one client takes of a capture of kind `ike`. */
export const SESSION_BYTES = SESSION.reduce(
  (sum, { size }, i) => sum + size + RECORD_OVERHEAD + (i >= 4 ? 4 : 0),
  0,
);

/** @returns path of the capture, which is made when it is not there; `megabytes` are millions of bytes */
export function benchCapture(
  folder: string,
  kind: CaptureKind,
  megabytes: number,
  format: "pcap" | "pcapng" = "pcap",
  seed = 1,
): string {
  const name = `${kind}-${megabytes}${seed === 1 ? "" : `-${seed}`}-v${GENERATION}.${format}`;
  return made(join(folder, name), (path) => {
    const writer = new CaptureWriter(path, megabytes * 1_000_000, format);
    if (kind === "ike") writeIke(writer);
    else writeMixed(writer, kind, seed);
    writer.close();
  });
}

/** Two clients' sessions and a keepalive or two: what a start-up is measured with. */
export function twentyPackets(folder: string): string {
  return made(join(folder, `twenty-v${GENERATION}.pcap`), (path) => {
    const next = random32(14);
    const writer = new CaptureWriter(path, Number.POSITIVE_INFINITY, "pcap");
    const sessions = [0, 1].flatMap((i) => sessionFrames(i, GATEWAY, 1, next));
    for (const frame of [...sessions, stillThere(next), stillThere(next)]) writer.frame(frame, 5000);
    writer.close();
  });
}

/** The same capture, compressed. */
export function gzipped(capture: string): string {
  return made(`${capture}.gz`, (path) => {
    execFileSync("sh", ["-c", 'gzip -6 -c "$1" > "$2"', "sh", capture, path]);
  });
}

/** Files that this process has written. */
const written = new Set<string>();

/**
 * Makes a file under another name first, so that one that is there is whole. One of an earlier run is copied: what was
 * just written is copied out of the page cache two to three times as fast as what was read from a disk at some time.
 */
function made(path: string, make: (unfinished: string) => void): string {
  if (written.has(path)) return path;
  mkdirSync(dirname(path), { recursive: true });
  const unfinished = `${path}.${process.pid}`;
  if (existsSync(path)) copyFileSync(path, unfinished);
  else make(unfinished);
  renameSync(unfinished, path);
  written.add(path);
  return path;
}

/** Copies frames into a large buffer, which is written when it is full; time goes on by the same step each frame. */
class CaptureWriter {
  readonly #file: number;
  readonly #limit: number;
  readonly #pcapng: boolean;
  readonly #buffer = Buffer.alloc(4 * 1024 * 1024);
  #used = 0;
  #written = 0;
  #micros = 0;

  constructor(path: string, limit: number, format: "pcap" | "pcapng") {
    this.#file = openSync(path, "w");
    this.#limit = limit;
    this.#pcapng = format === "pcapng";
    if (this.#pcapng) {
      this.#append(sectionHeader());
      this.#append(interfaceDescription());
    } else this.#append(pcap([]));
  }

  get full(): boolean {
    return this.#written + this.#used >= this.#limit;
  }

  /** @param stepMicros time since the frame before */
  frame(frame: Buffer, stepMicros: number): void {
    this.#micros += stepMicros;
    if (this.#pcapng) this.#enhancedPacket(frame);
    else this.#record(frame);
  }

  #record(frame: Buffer): void {
    const header = Buffer.alloc(16);
    header.writeUInt32LE(START + Math.floor(this.#micros / 1e6), 0);
    header.writeUInt32LE(this.#micros % 1e6, 4);
    header.writeUInt32LE(frame.length, 8);
    header.writeUInt32LE(frame.length, 12);
    this.#append(header);
    this.#append(frame);
  }

  #enhancedPacket(frame: Buffer): void {
    const units = BigInt(START) * 1_000_000n + BigInt(this.#micros);
    const padded = Math.ceil(frame.length / 4) * 4;
    const header = Buffer.alloc(28);
    header.writeUInt32LE(6, 0);
    header.writeUInt32LE(32 + padded, 4);
    header.writeUInt32LE(Number(units >> 32n), 12);
    header.writeUInt32LE(Number(units & 0xffffffffn), 16);
    header.writeUInt32LE(frame.length, 20);
    header.writeUInt32LE(frame.length, 24);
    const trailer = Buffer.alloc(padded - frame.length + 4);
    trailer.writeUInt32LE(32 + padded, padded - frame.length);
    this.#append(header);
    this.#append(frame);
    this.#append(trailer);
  }

  #append(bytes: Buffer): void {
    if (this.#used + bytes.length > this.#buffer.length) this.#flush();
    bytes.copy(this.#buffer, this.#used);
    this.#used += bytes.length;
  }

  #flush(): void {
    writeSync(this.#file, this.#buffer, 0, this.#used);
    this.#written += this.#used;
    this.#used = 0;
  }

  close(): void {
    this.#flush();
    closeSync(this.#file);
  }
}

/** Ethernet around an IP packet. */
function frameOf(packet: Buffer): Buffer {
  const header = Buffer.from(`020000000001020000000002${packet[0] >> 4 === 4 ? "0800" : "86dd"}`, "hex");
  return Buffer.concat([header, packet]);
}

const PROTOCOL_TCP = 6;
const PROTOCOL_UDP = 17;
const PROTOCOL_ESP = 50;

/** Traffic of connected clients: mostly data, now and then a message of one of their IKE sessions. */
function writeMixed(writer: CaptureWriter, kind: "esp" | "small", seed: number): void {
  const next = random32((kind === "esp" ? 11 : 12) * seed);
  const size = kind === "esp" ? 1400 : 120;
  const every = kind === "esp" ? 1000 : 100;
  const data = dataFrames(size, kind, next);
  const sessions = Array.from({ length: CLIENTS }, (_, i) => sessionFrames(i, GATEWAY, 1, next));
  let messages = 0;
  for (let i = 0; !writer.full; i += 1) {
    if (i % every !== 0) {
      const frame = data[next() % data.length];
      // Sequence numbers and contents differ from packet to packet.
      frame.writeUInt32BE(next(), frame.length - 8);
      writer.frame(frame, 20);
      continue;
    }
    const client = Math.floor(messages / SESSION.length);
    writer.frame(client < CLIENTS ? sessions[client][messages % SESSION.length] : stillThere(next), 20);
    messages += 1;
  }
}

/** An Informational of a client that is connected already (dead peer detection, RFC 3706). */
function stillThere(next: () => number): Buffer {
  const client = next() % CLIENTS;
  const message = isakmp({
    initiatorCookie: cookieOf(client, 1),
    responderCookie: cookieOf(client, 2),
    exchange: 5,
    messageId: next(),
    body: randomBytes(56, next),
  });
  return frameOf(ip(clientAddress(client), GATEWAY, PROTOCOL_UDP, udp(4500, 4500, nonEspMarker(message))));
}

/** The cookie of a client's (1) or of its responder's (2) side: no two are alike, and they look random. */
function cookieOf(client: number, side: 1 | 2): string {
  const next = random32(client * 2 + side);
  return randomBytes(8, next).toString("hex");
}

function clientAddress(i: number): string {
  return `10.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}`;
}

/** Frames of data for all clients in both directions, to be sent again and again. */
function dataFrames(size: number, kind: "esp" | "small", next: () => number): Buffer[] {
  const frames: Buffer[] = [];
  for (let i = 0; i < CLIENTS; i += 1) {
    const client = clientAddress(i);
    for (const inbound of [true, false]) {
      const [from, to] = inbound ? [client, GATEWAY] : [GATEWAY, client];
      const room = size - ETHERNET_HEADER - 20;
      const udpEsp = () => udp(4500, 4500, randomBytes(room - 8, next));
      const tcp = () => randomBytes(room, next);
      const packets =
        kind === "esp"
          ? [ip(from, to, PROTOCOL_UDP, udpEsp()), ip(from, to, PROTOCOL_TCP, tcp())]
          : [
              ip(from, to, PROTOCOL_UDP, udp(53, 40_000 + i, randomBytes(room - 8, next))),
              ip(from, to, PROTOCOL_TCP, tcp()),
              ip(from, to, PROTOCOL_ESP, randomBytes(room, next)),
            ];
      // Two of three packets of the large frames are ESP.
      if (kind === "esp") packets.push(ip(from, to, PROTOCOL_UDP, udpEsp()));
      frames.push(...packets.map(frameOf));
    }
  }
  return frames;
}

/** Never four zero bytes in front, which would be a non-ESP marker. */
function randomBytes(length: number, next: () => number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let i = 0; i < length; i += 1) bytes[i] = next() & 0xff;
  bytes[0] |= 0x10;
  return bytes;
}

/** Main mode and one quick mode; on port 4500 from the fifth message on. */
function sessionFrames(number: number, gateway: string, messageId: number, next: () => number): Buffer[] {
  const client = clientAddress(number);
  const initiatorCookie = cookieOf(number, 1);
  const responderCookie = cookieOf(number, 2);
  return SESSION.map(({ exchange, size }, i) => {
    const encrypted = i >= 4;
    const port = encrypted ? 4500 : 500;
    const message = isakmp({
      initiatorCookie,
      responderCookie: i === 0 ? "0".repeat(16) : responderCookie,
      nextPayload: encrypted ? 8 : 0,
      exchange,
      flags: encrypted ? 1 : 0,
      messageId: exchange === 32 ? messageId : 0,
      body: randomBytes(size - 28, next),
    });
    const payload = udp(port, port, encrypted ? nonEspMarker(message) : message);
    // The client sends every other message, the first included; of the quick mode the first and the third.
    const inbound = i % 2 === 0;
    return frameOf(ip(inbound ? client : gateway, inbound ? gateway : client, PROTOCOL_UDP, payload));
  });
}

/** One client after another, half of them counting from 1 and half with a random ID, at eight responders. */
function writeIke(writer: CaptureWriter): void {
  const next = random32(13);
  for (let i = 0; !writer.full; i += 1) {
    const gateway = `192.0.2.${1 + (i % 8)}`;
    const messageId = i % 2 === 0 ? 1 : next() >>> 0 || 1;
    for (const frame of sessionFrames(i, gateway, messageId, next)) writer.frame(frame, 5000);
  }
}
