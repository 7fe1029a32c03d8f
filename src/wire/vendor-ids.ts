/**
 * Vendor IDs of IKEv1 (RFC 2408 3.16) and what they tell of their sender. Values from MS-IKEE 1.7, the lists
 * of ike-scan and libreswan, and logs; a vendor ID is a claim of its sender, evidence and never proof.
 *
 * Comes in: payload bodies as lower-case hex. IDs that are not in the table are passed over.
 */

import { hex } from "./bytes.ts";
import { STRONGSWAN_VERSIONS } from "./strongswan-versions.ts";

export interface VendorKnowledge {
  /** Operating system or product of the sender, as far as its vendor IDs name it. */
  platform: string | null;
  /** Number behind the "MS NT5 ISAKMPOAKLEY" hash: 2 is Windows 2000, 5 Vista, 9 Windows 8 and later. */
  microsoftVersion: number | null;
  /** Make of a gateway. */
  make: string | null;
  /** The make is Cisco: an ASA, or one of its relatives. */
  isCisco: boolean;
  /** The make is known from its source code to tell exchanges by IKE SA, not by message ID alone. */
  keysBySa: boolean;
  /** The sender had no live IKE SA to this peer when it began (MS-IKEE 3.5.4.1). */
  initialContact: boolean;
  /** Names of the known IDs, in the order sent. */
  names: string[];
}

/** What an ID tells of its sender: the make; that it is Windows, of what age; or only what it can do. */
type Role = "make" | "make-keys-by-sa" | "windows" | "windows-version" | "initial-contact" | "capability";

/** How much stands behind the hex: "exact" is nothing, "prefix" anything, a number that many bytes. */
type Match = "exact" | "prefix" | number;

type Entry = readonly [match: Match, hex: string, role: Role, name: string, platform?: string];

function ascii(text: string): string {
  return hex(Uint8Array.from(text, (letter) => letter.charCodeAt(0)));
}

/** The telling ones first within a role: several makes send the IDs of others beside their own. */
const TABLE: readonly Entry[] = [
  [4, "1e2b516905991c7d7c96fcbfb587e461", "windows-version", "MS NT5 ISAKMPOAKLEY"],
  ["exact", "8aa394cf8a5577dc3110c113b027a4f2", "windows", "Xbox One 2013", "Windows 10 or later"],
  ["exact", "660822b3a73a244149578d62e0eb46a0", "windows", "Xbox IKEv2", "Windows 10 or later"],
  ["exact", "686a8cbdfe634b405146fb2baf33e9e8", "windows", "Microsoft Security Realm", "Windows 10 or later"],
  [4, "7bb93867d76c8d80df0f40fae8fc3b19", "windows", "AUTHIP_INIT_KE_DH_GROUP", "Windows 8 or later"],
  [4, "01528bbbc00696121849ab9a1c5b2a51", "windows", "KEY_MODS", "Windows 7 or later"],
  ["exact", "214ca4faffa7f32d6748e5303395ae83", "windows", "MS-MamieExists", "Windows Vista or later"],
  ["exact", "e3a5966a76379fe707228231e5ce8652", "windows", "IKE CGA version 1", "Windows Vista or later"],
  [
    "exact",
    "fb1de3cdf341b7ea16b7e5be0855f120",
    "windows",
    "MS-Negotiation Discovery Capable",
    "Windows Vista or later",
  ],
  ["exact", "26244d38eddb61b3172a36e3d0cfb819", "initial-contact", "Vid-Initial-Contact"],
  ["exact", "621b04bb09882ac1e15935fefa24aeee", "capability", "GSSAPI"],
  ["exact", "72872b95fcda2eb708efe322119b4971", "capability", "NLBS_PRESENT"],
  // Cisco adds four bytes.
  ["prefix", "4048b7d56ebce88525e7de7f00d6c2d3", "capability", "FRAGMENTATION"],

  ["exact", "882fe56d6fd20dbc2251613b2ebe5beb", "make-keys-by-sa", "strongSwan"],
  ...STRONGSWAN_VERSIONS.map(([, hex]): Entry => ["exact", hex, "make-keys-by-sa", "strongSwan"]),
  ["prefix", ascii("OE-Libreswan-"), "make-keys-by-sa", "libreswan"],
  ["exact", "7003cbc1097dbe9c2600ba6983bc8b35", "make-keys-by-sa", "racoon"],
  ["exact", "f14b94b7bff1fef02773b8c49feded26", "make", "Shrew Soft"],
  ["exact", "101fb0b35c5a4f4c08b919f1cb9777b0", "make", "NCP"],
  ["prefix", "f4ed19e0c114eb516faaac0ee37daf2807b4381f", "make", "Check Point"],
  ["prefix", "699369228741c6d4ca094c93e242c9de19e7b7c6", "make", "NetScreen"],
  ["prefix", "fd808804df73b15150709d878044cde0ac1efcde", "make", "Juniper SRX"],
  ["exact", "1d6e178f6c2c0be284985465450fe9d4", "make", "FortiGate"],
  [4, "8299031757a36082c6a621de", "make", "FortiGate"],
  ["prefix", "5b362bc820f6", "make", "SonicWall"],
  ["prefix", "5b362bc820f7", "make", "SonicWall"],
  ["prefix", "404bf439522ca3f6", "make", "SonicWall"],
  ["exact", "da8e937880010000", "make", "SonicWall"],
  ["prefix", "625027749d5ab97f5616c1602765cf480a3b7d0b", "make", "ZyXEL"],
  ["exact", "eb4b0d96276b4e220ad16221a7b2a5e6", "make", "SSH Sentinel"],
  // PIX 7, VPN 3000 and ASA send the same family; two bytes of version follow.
  [2, "1f07f70eaa6514d3b0fa96542a50", "make", "Cisco ASA-like"],
  ["exact", "f6f7efc7f5aeb8cb158cb9d094ba69e7", "make", "Cisco VPN client"],
  ["prefix", ascii("CISCO-DELETE-REASON"), "make", "Cisco"],
  ["prefix", ascii("CISCOVPN-REV-02"), "make", "Cisco"],
  ["prefix", ascii("FLEXVPN-SUPPORTED"), "make", "Cisco"],
  // strongSwan, racoon and others send it as well.
  [2, "12f5f28c457168a9702d9fe274cc", "capability", "Cisco Unity"],

  // "OE" and ten letters of a hash; FreeS/WAN has the same.
  [10, ascii("OE"), "make-keys-by-sa", "Openswan or FreeS/WAN"],

  ["exact", "09002689dfd6b712", "capability", "XAUTH"],
  [2, "afcad71368a1f1c96b8696fc7757", "capability", "DPD"],
  ["exact", "4a131c81070358455c5728f20e95452f", "capability", "RFC 3947"],
  ["exact", "4485152d18b6bbcd0be8a8469579ddcc", "capability", "draft-ietf-ipsec-nat-t-ike-00"],
  ["exact", "16f6ca16e4a4066d83821a0f0aeaa862", "capability", "draft-ietf-ipsec-nat-t-ike-01"],
  ["exact", "cd60464335df21f87cfdb2fc68b6a448", "capability", "draft-ietf-ipsec-nat-t-ike-02"],
  // The same name, hashed with a line feed behind it.
  ["exact", "90cb80913ebb696e086381b5ec427b1f", "capability", "draft-ietf-ipsec-nat-t-ike-02\\n"],
  ["exact", "7d9419a65310ca6f2c179d9215529d56", "capability", "draft-ietf-ipsec-nat-t-ike-03"],
  ["exact", "9909b64eed937c6573de52ace952fa6b", "capability", "draft-ietf-ipsec-nat-t-ike-04"],
  ["exact", "80d0bb3def54565ee84645d4c85ce3ee", "capability", "draft-ietf-ipsec-nat-t-ike-05"],
  ["exact", "4d1e0e136deafa34c4f3ea9f02ec7285", "capability", "draft-ietf-ipsec-nat-t-ike-06"],
  ["exact", "439b59f8ba676c4c7737ae22eab8f582", "capability", "draft-ietf-ipsec-nat-t-ike-07"],
  ["exact", "8f8d83826d246b6fc7a8a6a428c11de8", "capability", "draft-ietf-ipsec-nat-t-ike-08"],
  ["exact", "4df37928e9fc4fd1b3262170d515c662", "capability", "draft-ietf-ipsec-nat-t-ike"],
  ["exact", "27bab5dc01ea0760ea4e3190ac27c0d0", "capability", "draft-stenberg-ipsec-nat-traversal-01"],
  ["exact", "6105c422e76847e43f9684801292aecd", "capability", "draft-stenberg-ipsec-nat-traversal-02"],
];

const KEY_DIGITS = 4;

/** Rows by the first digits of their hex. */
const INDEX = new Map<string, Entry[]>();
for (const entry of TABLE) {
  const key = entry[1].slice(0, KEY_DIGITS);
  INDEX.set(key, [...(INDEX.get(key) ?? []), entry]);
}

function entryOf(id: string): Entry | undefined {
  return INDEX.get(id.slice(0, KEY_DIGITS))?.find(([match, hex]) => {
    if (!id.startsWith(hex)) return false;
    const behind = (id.length - hex.length) / 2;
    return match === "prefix" || behind === (match === "exact" ? 0 : match);
  });
}

/** Platform by the number of the Microsoft vendor ID; 6 and 8 cover a client and its server twin. */
function windowsName(version: number): string {
  switch (version) {
    case 2:
      return "Windows 2000";
    case 3:
      return "Windows XP";
    case 4:
      return "Windows XP SP2 or Server 2003";
    case 5:
      return "Windows Vista";
    case 6:
      return "Windows Vista SP1 or Server 2008";
    case 7:
      return "Windows 7";
    case 8:
      return "Windows 7 or Server 2008 R2";
    default:
      return version >= 9 ? "Windows 8 or later" : "Windows";
  }
}

/** Reads a sender's vendor IDs (lower-case hex). Unknown ones are passed over. */
export function readVendorIds(ids: readonly string[]): VendorKnowledge {
  let microsoftVersion: number | null = null;
  let make: Entry | null = null;
  let windows: Entry | null = null;
  let initialContact = false;
  const names: string[] = [];
  for (const id of ids) {
    const entry = entryOf(id);
    if (entry === undefined) continue;
    const [, hex, role, name] = entry;
    names.push(name);
    if (role === "windows-version") microsoftVersion ??= Number.parseInt(id.slice(hex.length), 16);
    else if (role === "windows") windows = stronger(windows, entry);
    else if (role === "make" || role === "make-keys-by-sa") make = stronger(make, entry);
    else if (role === "initial-contact") initialContact = true;
  }
  const system = microsoftVersion !== null ? windowsName(microsoftVersion) : (windows?.[4] ?? null);
  return {
    platform: system ?? make?.[3] ?? null,
    microsoftVersion,
    make: make?.[3] ?? system,
    isCisco: make?.[3].startsWith("Cisco") === true,
    keysBySa: make?.[2] === "make-keys-by-sa",
    initialContact,
    names,
  };
}

/** The one that stands first in the table. */
function stronger(known: Entry | null, entry: Entry): Entry {
  return known !== null && TABLE.indexOf(known) < TABLE.indexOf(entry) ? known : entry;
}
