import { describe, expect, it } from "vitest";
import { UnreadPackets } from "../../src/feed/unread.ts";
import { Encapsulation } from "../../src/wire/encapsulations.ts";
import { Kind } from "../../src/wire/locate.ts";

const LINK = Kind.unsupportedLinkType;
const ENCAPSULATION = Kind.unsupportedEncapsulation;

/** `times` packets of each kind. */
function listOf(
  packets: readonly (readonly [source: number, kind: number, number: number, times: number])[],
) {
  const unread = new UnreadPackets();
  for (const [source, kind, number, times] of packets)
    for (let i = 0; i < times; i += 1) unread.add(source, kind, number);
  return unread.list();
}

describe("packets that are not looked into", () => {
  it("are listed by source, the most frequent first, what is unknown by its number", () => {
    const listed = listOf([
      [1, LINK, 249, 1],
      [0, LINK, 249, 2],
      [0, ENCAPSULATION, Encapsulation.ipComp, 3],
      [0, LINK, 65_535, 1],
      [1, ENCAPSULATION, Encapsulation.encryptedMacsec, 2],
    ]);
    expect(listed.map(({ source, what, name, packets }) => [source, what, name, packets])).toEqual([
      [0, "encapsulation", "IPComp (IP protocol 108)", 3],
      [0, "link type", "usbpcap (link type 249)", 2],
      [0, "link type", "linktype-65535 (link type 65535)", 1],
      [1, "encapsulation", "encrypted MACsec (EtherType 0x88e5)", 2],
      [1, "link type", "usbpcap (link type 249)", 1],
    ]);
  });

  it.each([
    ["link types of users are Ethernet as a rule", LINK, 147, /^editcap -T ether NAME/],
    ["up to the sixteenth", LINK, 162, /^editcap -T ether NAME/],
    ["none before them", LINK, 146, null],
    ["none behind them", LINK, 163, null],
    [
      "Wi-Fi is decrypted with its passphrase",
      ENCAPSULATION,
      Encapsulation.encryptedWlan,
      /^airdecap-ng .* NAME$/,
    ],
    ["other encryption is not", ENCAPSULATION, Encapsulation.encryptedMacsec, null],
    ["a code of an encapsulation is not a link type", ENCAPSULATION, Encapsulation.wlanOverEthernet, null],
  ])("have a command that makes them readable, where one is known: %s", (_, kind, number, command) => {
    const [{ command: found }] = listOf([[0, kind, number, 1]]);
    if (command === null) expect(found).toBeNull();
    else expect(found).toMatch(command);
  });

  it("are of a thousand kinds at most; of those that are known all are counted", () => {
    const unread = new UnreadPackets();
    for (let round = 0; round < 2; round += 1)
      for (let number = 0; number < 1_001; number += 1) unread.add(0, LINK, 1_000 + number);
    const listed = unread.list();
    expect(listed).toHaveLength(1_000);
    expect(listed.every(({ packets }) => packets === 2)).toBe(true);
    expect(listed.some(({ name }) => name.includes("2000"))).toBe(false);
  });
});
