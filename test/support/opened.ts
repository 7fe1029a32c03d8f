/** Encrypted messages of a capture as the project opens them with keys, and as tshark does, in one form. */

import { execFileSync } from "node:child_process";
import { KeyList } from "../../src/keys/key-list.ts";
import { Opener } from "../../src/keys/opener.ts";
import { nodeCiphers } from "../../src/node/ciphers.ts";
import { openCapture } from "../../src/node/files.ts";
import { Message } from "../../src/wire/datagram.ts";
import { type Inside, readInside } from "../../src/wire/inside.ts";
import { classifyHeader, HeaderClass } from "../../src/wire/isakmp.ts";
import { Kind, Located, locate, portSet } from "../../src/wire/locate.ts";
import { GENERIC_HEADER } from "../../src/wire/payload-chain.ts";
import { frameBatches } from "./sources.ts";

export interface OpenedMessage {
  frame: number;
  exchange: number;
  clear: Uint8Array;
  inside: Inside;
}

export interface Reading {
  messages: OpenedMessage[];
  opener: Opener;
  /** Frames of encrypted messages, each once: those that came again are left out. */
  sealed: number[];
}

export function keysOf(text: string): KeyList {
  const list = new KeyList();
  for (const line of text.split("\n")) list.take(line);
  return list;
}

/** @param from frames before are not read: a capture that begins late */
export async function openedMessages(path: string, list: KeyList, from = 1): Promise<Reading> {
  const opener = new Opener(list.keys, nodeCiphers);
  const reading: Reading = { messages: [], opener, sealed: [] };
  const initiators = new Map<string, string>();
  const seen = new Set<string>();
  const message = new Message();
  const located = new Located();
  const source = await openCapture(path);
  for await (const batch of frameBatches(source)) {
    const { bytes, offsets, captured, linkTypes } = batch;
    for (let i = 0; i < batch.count; i += 1) {
      const frame = batch.firstFrame + i;
      if (frame < from) continue;
      if (locate(bytes, offsets[i], captured[i], linkTypes[i], portSet([]), located) !== Kind.candidate)
        continue;
      const at = located.payload;
      if (classifyHeader(bytes, at, located.captured, located.length) !== HeaderClass.ikev1) continue;
      message.read(bytes, at, located.captured, located.length);
      const text = Buffer.from(bytes.subarray(at, at + message.captured)).toString("hex");
      if (seen.has(text)) continue;
      seen.add(text);
      const address = Buffer.from(
        bytes.subarray(located.source, located.source + (located.ipVersion === 4 ? 4 : 16)),
      ).toString("hex");
      const cookie = text.slice(0, 16);
      if (!initiators.has(cookie)) initiators.set(cookie, address);
      if (message.encrypted) reading.sealed.push(frame);
      const clear = opener.open(message, initiators.get(cookie) === address ? 0 : 1);
      if (clear === null) continue;
      const inside = readInside(clear, 0, clear.length);
      reading.messages.push({ frame, exchange: message.exchange, clear, inside });
    }
  }
  await source.close();
  return reading;
}

/** What a message holds: the bytes of each payload, and the fields that the project reads. */
export interface Content {
  payloads: string[];
  deletes: string[];
  notifies: string[];
  identities: string[];
  spis: string[];
}

export function contents(reading: Reading): Map<number, Content> {
  return new Map(
    reading.messages.map(({ frame, inside, clear }) => [
      frame,
      {
        payloads: inside.payloads.map(({ type, from, to }) => {
          const bytes = Buffer.from(clear.subarray(from - GENERIC_HEADER, to));
          return `${type} ${bytes.toString("hex")}`;
        }),
        deletes: inside.deletes.flatMap(({ spis }) => spis),
        notifies: inside.notifies.map(({ type }) => String(type)),
        identities: inside.ids.map(({ kind, protocol, port }) => `${kind}/${protocol}/${port}`),
        spis: [...inside.spis, ...inside.notifies].map(({ spi }) => spi).filter((spi) => spi !== ""),
      },
    ]),
  );
}

const FIELD = /<field name="([^"]+)" showname="([^"]*)"[^>]*? show="([^"]*)" value="([^"]*)"/g;

/** The same from tshark with rows of `cookie,key`, by frame; frames that it does not decrypt are left out. */
export function tsharkContents(path: string, rows: readonly string[]): Map<number, Content> {
  const tables = rows.flatMap((row) => ["-o", `uat:ikev1_decryption_table:${row}`]);
  const options = ["-n", "-r", path, ...tables, "-Y", "isakmp.enc.data && !icmp", "-T", "pdml"];
  const text = execFileSync("tshark", options, {
    encoding: "utf8",
    maxBuffer: 256 * 1024 * 1024,
    stdio: ["ignore", "pipe", "ignore"],
  });
  const found = new Map<number, Content>();
  for (const packet of text.split("<packet>").slice(1)) {
    const frame = Number(/name="num"[^>]*show="(\d+)"/.exec(packet)![1]);
    const inner = packet.slice(packet.indexOf('name="isakmp.enc.data"'));
    const content = contentOf([...inner.matchAll(FIELD)]);
    if (content.payloads.length > 0) found.set(frame, content);
  }
  return found;
}

function contentOf(fields: readonly RegExpMatchArray[]): Content {
  const content: Content = { payloads: [], deletes: [], notifies: [], identities: [], spis: [] };
  // NAT-OA payloads have the fields of an ID.
  let inId = false;
  for (const [, name, showname, show, value] of fields) {
    if (name === "isakmp.typepayload" && !/Proposal|Transform|Config Attribute/.test(showname)) {
      content.payloads.push(`${show} ${value}`);
      inId = show === "5";
    } else if (name === "isakmp.delete.spi") content.deletes.push(value);
    else if (name === "isakmp.notify.msgtype") content.notifies.push(show);
    else if (name === "isakmp.spi") content.spis.push(value);
    else if (name === "isakmp.id.type" && inId) content.identities.push(show);
    else if (name === "isakmp.id.protoid" && inId)
      content.identities.push(`${content.identities.pop()}/${show}`);
    else if (name === "isakmp.id.port" && inId)
      content.identities.push(`${content.identities.pop()}/${show}`);
  }
  return content;
}
