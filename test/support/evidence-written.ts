/** An evidence capture of frames that a test holds in memory, taken apart again. */

import { IterableSource } from "../../src/capture/byte-source.ts";
import { type EvidenceRequest, writeEvidenceCapture } from "../../src/evidence/capture.ts";
import type { EvidencePlan, Part } from "../../src/evidence/plan.ts";
import { openSource } from "../../src/feed/formats.ts";
import { Sequencer } from "../../src/feed/sequencer.ts";
import { HostTable } from "../../src/ike/hosts.ts";
import { DECOMPRESSORS } from "../../src/node/unpack/decompressors.ts";
import { parseAddress } from "../../src/wire/address.ts";
import { chunks, inputsOf } from "./sources.ts";

export interface Planned {
  responders: readonly string[];
  parts?: Readonly<Record<string, readonly Part[]>>;
  /** Initiator's and responder's cookie, 16 hexadecimal digits each, and the client's addresses. */
  sas?: readonly { cookies: readonly [string, string]; clients: readonly string[] }[];
}

export function planMade({ responders, parts = {}, sas = [] }: Planned): EvidencePlan {
  const hosts = new HostTable();
  const hostOf = (address: string) => {
    const bytes = parseAddress(address)!;
    return hosts.intern(bytes, 0, bytes.length === 4 ? 4 : 6);
  };
  const words = (cookie: string) => [0, 8].map((at) => Number.parseInt(cookie.slice(at, at + 8), 16));
  return {
    hosts: hosts as unknown as EvidencePlan["hosts"],
    responders: new Set(responders.map(hostOf)),
    parts: new Map(Object.entries(parts).map(([address, its]) => [hostOf(address), new Set(its)])),
    sas: sas.map(({ cookies, clients }) => ({
      cookies: cookies.flatMap(words),
      clientHosts: new Set(clients.map(hostOf)),
    })),
  };
}

/** Writes the evidence of captures, whose names are 0, 1, ... unless given; gives the pieces in which it comes. */
export async function evidenceOf(
  captures: readonly Uint8Array[],
  plan: EvidencePlan,
  {
    names = captures.map((_, i) => String(i)),
    ...more
  }: Partial<EvidenceRequest> & { names?: string[] } = {},
): Promise<Uint8Array[]> {
  const open = (name: string) =>
    openSource(new IterableSource(chunks(captures[names.indexOf(name)], Number.POSITIVE_INFINITY)), name, {
      chunk: 65_536,
      decompressors: DECOMPRESSORS,
    });
  const pieces: Uint8Array[] = [];
  const request: EvidenceRequest = {
    plan,
    reopen: () => new Sequencer(inputsOf(names, open)),
    packets: Number.POSITIVE_INFINITY,
    messages: 0,
    ports: [],
    format: "pcapng",
    application: "test 1",
    ...more,
  };
  await writeEvidenceCapture(request, async (bytes) => {
    pieces.push(bytes.slice());
  });
  return pieces;
}

const ENHANCED_PACKET = 6;
const COMMENT = 1;

/** Comments of a little-endian pcapng's packets (draft-ietf-opsawg-pcapng 4.3), in their order. */
export function commentsOf(pcapng: Uint8Array): string[] {
  const view = new DataView(pcapng.buffer, pcapng.byteOffset, pcapng.length);
  const comments: string[] = [];
  for (let at = 0; at < pcapng.length; at += view.getUint32(at + 4, true)) {
    if (view.getUint32(at, true) !== ENHANCED_PACKET) continue;
    const option = at + 28 + Math.ceil(view.getUint32(at + 20, true) / 4) * 4;
    if (view.getUint16(option, true) !== COMMENT) throw new Error(`no comment in the block at ${at}`);
    const length = view.getUint16(option + 2, true);
    comments.push(new TextDecoder().decode(pcapng.subarray(option + 4, option + 4 + length)));
  }
  return comments;
}
