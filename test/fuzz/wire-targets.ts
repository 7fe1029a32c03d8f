/** Fuzz targets of the wire layer: frame locator, ISAKMP header and payloads, IKE fragments. */

import { FragmentAssembler } from "../../src/ike/reassembly.ts";
import { encapsulationName } from "../../src/wire/encapsulations.ts";
import { isFragment } from "../../src/wire/fragments.ts";
import { classifyHeader, HeaderClass, headerClassNames } from "../../src/wire/isakmp.ts";
import { firstLayerOf } from "../../src/wire/link-types.ts";
import { Kind, kindNames, Located, locate, locateByWalk, portSet } from "../../src/wire/locate.ts";
import { readClearPayloads } from "../../src/wire/payloads.ts";
import { must, same } from "./oracle.ts";

/** Ethernet more often than others; 300 is a link type that nobody reads. */
const LINK_TYPES = [1, 1, 1, 1, 1, 1, 300].concat(
  Array.from({ length: 300 }, (_, linkType) => linkType).filter((linkType) => firstLayerOf(linkType) !== 0),
);
const ports = portSet([5500]);
const scratch = new Uint8Array(8192);
const quick = new Located();
const walked = new Located();
const elsewhere = new Located();

/** A frame as an input of `fuzzLocate`: the link type, then the bytes. */
export function locateInput(linkType: number, frame: Uint8Array): Uint8Array {
  const input = new Uint8Array(1 + frame.length);
  input[0] = Math.max(0, LINK_TYPES.indexOf(linkType));
  input.set(frame, 1);
  return input;
}

/** Every frame has a kind; the short cut agrees with the walk; no byte outside the frame is read or pointed to. */
export function fuzzLocate(input: Uint8Array): void {
  const linkType = LINK_TYPES[(input[0] ?? 0) % LINK_TYPES.length];
  const end = input.length;
  const length = Math.max(0, end - 1);
  const kind = locate(input, 1, length, linkType, ports, quick);
  must(kindNames[kind] !== undefined, "a frame has a kind");
  must(
    locateByWalk(input, 1, length, linkType, ports, walked) === kind,
    "the short cut agrees with the walk",
  );
  // Among other bytes: what follows the frame must not matter.
  const before = 37;
  scratch.fill(kind === Kind.truncatedFrame ? 0x11 : 0xff, before + length, before + length + 64);
  scratch.set(input.subarray(1), before);
  const moved = locate(scratch, before, length, linkType, ports, elsewhere);
  must(moved === kind, "bytes behind the frame do not matter");
  if (kind === Kind.unsupportedEncapsulation) {
    must(encapsulationName(quick.encapsulation).length > 0, "what is not looked into has a name");
    must(elsewhere.encapsulation === quick.encapsulation, "the name is the same among other bytes");
  }
  if (kind > Kind.oldDraftEsp) return;
  const addresses = quick.ipVersion === 4 ? 4 : 16;
  for (const at of [quick.source, quick.destination]) {
    must(at >= 1 && at + addresses <= end, "addresses lie in the frame");
  }
  must(
    quick.source === walked.source &&
      quick.destination === walked.destination &&
      quick.sourcePort === walked.sourcePort &&
      quick.destinationPort === walked.destinationPort &&
      elsewhere.source === quick.source - 1 + before,
    "the short cut finds the addresses and ports of the walk",
  );
  if (kind !== Kind.candidate) return;
  must(
    quick.payload >= 1 && quick.captured >= 0 && quick.payload + quick.captured <= end,
    "the payload lies in the frame",
  );
  must(quick.captured <= quick.length, "no more is captured than there is");
  must(elsewhere.length === quick.length && elsewhere.marker === quick.marker, "the payload is the same");
  fuzzMessageAt(input, quick.payload, quick.captured, quick.length);
}

/** The header is judged and the clear payloads are read within bounds, the same among other bytes. */
export function fuzzMessage(input: Uint8Array): void {
  fuzzMessageAt(input, 0, input.length, input.length);
  // Cut by a short snaplen.
  if (input.length > 28) fuzzMessageAt(input, 0, 28 + (input[27] % (input.length - 27)), input.length);
}

function fuzzMessageAt(bytes: Uint8Array, at: number, captured: number, length: number): void {
  const header = classifyHeader(bytes, at, captured, length);
  must(headerClassNames[header] !== undefined, "a header has a class");
  if (header !== HeaderClass.ikev1) return;
  const clear = readClearPayloads(bytes, at, captured);
  must(clear.vendorIds.length <= 32, "vendor IDs are bounded");
  must(
    clear.vendorIds.every((id) => id.length <= 128 && id.length % 2 === 0),
    "vendor IDs are bounded in length",
  );
  const { lifeSeconds } = clear;
  must(lifeSeconds === null || (lifeSeconds > 0 && Number.isSafeInteger(lifeSeconds)), "a life is a number");
  scratch.fill(0x0d, captured, captured + 64);
  scratch.set(bytes.subarray(at, at + captured), 0);
  same(readClearPayloads(scratch, 0, captured), clear, "bytes behind the message do not matter");
  isFragment(bytes, at, captured);
}

/** A sequence of fragments: each begins with two bytes, of which the second says how long it is. */
export function fuzzFragments(input: Uint8Array): void {
  const assembler = new FragmentAssembler(4, 512);
  let given = 0;
  for (let at = 0; at + 2 <= input.length; ) {
    const key = String(input[at] & 3);
    const length = Math.min(28 + input[at + 1], input.length - at - 2);
    const from = at + 2;
    at = from + length;
    if (length < 28) continue;
    const stated = classifyHeader(input, from, length, 0xffff);
    if (stated !== HeaderClass.ikev1 || !isFragment(input, from, length)) continue;
    given += length;
    const whole = assembler.add(key, input, from, length);
    must(whole === null || whole.length <= given, "no more comes out than went in");
  }
}
