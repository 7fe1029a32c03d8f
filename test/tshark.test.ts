import { readdirSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { allCaptures } from "./support/captures.ts";
import { hasTshark, isSame, ownMessages, tsharkMessages } from "./support/messages.ts";

/**
 * Frames that tshark dissects as ISAKMP and this program does not take for one. Each reason is what the
 * program counts the frame under; all follow from RFC 2408 and RFC 3948.
 */
const DIFFERENCES: Record<string, Record<number, string>> = {
  // Exchange types that IKEv1 does not define.
  "the-tcpdump-group__tcpdump__tests__ikev1_id_ipv6_addr_subnet-oobr.pcap": { 1: "bad-exchange" },
  "the-tcpdump-group__tcpdump__tests__isakmp-various-oobr.pcap": { 1: "bad-exchange" },
  "the-tcpdump-group__tcpdump__tests__isakmpv1-attr-oobr.pcap": { 1: "bad-exchange" },
  // Eight zero bytes on port 500: ESP in UDP of the old drafts, which have the initiator cookie there.
  "the-tcpdump-group__tcpdump__tests__ikev2-id-normal.pcap": { 1: "old-draft-esp" },
  "the-tcpdump-group__tcpdump__tests__ikev2-id-short.pcap": { 1: "old-draft-esp" },
  "the-tcpdump-group__tcpdump__tests__isakmp-no-none-np.pcapng": { 1: "old-draft-esp" },
  // Major version 11, or a length field beyond the datagram.
  "the-tcpdump-group__tcpdump__tests__isakmp-delete-segfault.pcap": { 1: "bad-version" },
  "the-tcpdump-group__tcpdump__tests__isakmp-ikev1_n_print-oobr.pcap": { 1: "bad-length", 3: "bad-length" },
  "c_misc.pcap": { 11: "bad-length" },
};

const samples = fileURLToPath(new URL("../samples/", import.meta.url));
const files = [
  ...readdirSync(samples)
    .filter((name) => /\.pcap(ng)?$/.test(name))
    .map((name) => `${samples}${name}`),
  ...["lab", "ike", "formats", "eve"].flatMap(allCaptures),
];

if (!hasTshark) console.log("skipped: tshark is not installed, so nothing to compare with");

describe.skipIf(!hasTshark)("message by message as tshark reads it", () => {
  // tshark takes a while to start: several wait together.
  it.concurrent.each(files)("%s", async (path) => {
    const own = await ownMessages(path).catch(() => null);
    const theirs = await tsharkMessages(path);
    const known = DIFFERENCES[basename(path)] ?? {};
    if (own === null) {
      // Not one of the formats read here, or no capture at all.
      expect(theirs).toEqual([]);
      return;
    }
    const frameOf = (line: string) => Number(line.split(" ")[0]);
    const missing = theirs.filter((line) => !own.messages.some((each) => isSame(each, line)));
    expect(Object.fromEntries(missing.map((line) => [frameOf(line), own.frames.get(frameOf(line))]))).toEqual(
      known,
    );
    expect(own.messages.filter((line) => !theirs.some((each) => isSame(line, each)))).toEqual([]);
  });
});
