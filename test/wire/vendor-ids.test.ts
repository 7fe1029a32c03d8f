import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { STRONGSWAN_VERSIONS } from "../../src/wire/strongswan-versions.ts";
import { readVendorIds } from "../../src/wire/vendor-ids.ts";

const md5 = (text: string) => createHash("md5").update(text, "latin1").digest("hex");
const ascii = (text: string) => Buffer.from(text, "latin1").toString("hex");

/** Most vendor IDs are MD5 of a text, so that the table can be checked without trusting who copied it. */
const MICROSOFT = md5("MS NT5 ISAKMPOAKLEY");
const windows = (version: number) => `${MICROSOFT}${version.toString(16).padStart(8, "0")}`;
const NEGOTIATION_DISCOVERY = md5("MS-Negotiation Discovery Capable");
const INITIAL_CONTACT = md5("Vid-Initial-Contact");
const ASA = "1f07f70eaa6514d3b0fa96542a500100";
const UNITY = "12f5f28c457168a9702d9fe274cc0100";
const STRONGSWAN = md5("strongSwan");
const DPD = "afcad71368a1f1c96b8696fc77570100";

describe("the number behind the Microsoft vendor ID", () => {
  it.each([
    [2, "Windows 2000"],
    [3, "Windows XP"],
    [4, "Windows XP SP2 or Server 2003"],
    [5, "Windows Vista"],
    [6, "Windows Vista SP1 or Server 2008"],
    [7, "Windows 7"],
    [8, "Windows 7 or Server 2008 R2"],
    [9, "Windows 8 or later"],
    [0x10, "Windows 8 or later"],
    [1, "Windows"],
  ])("%i is %s", (microsoftVersion, platform) => {
    expect(readVendorIds([windows(microsoftVersion)])).toMatchObject({
      microsoftVersion,
      platform,
      make: platform,
      keysBySa: false,
    });
  });

  it("is read as an unsigned number", () => {
    expect(readVendorIds([`${MICROSOFT}ffffffff`]).microsoftVersion).toBe(0xffffffff);
  });

  it.each([
    ["missing", MICROSOFT],
    ["cut", `${MICROSOFT}0000`],
    ["followed by more", `${windows(5)}00`],
  ])("says nothing when it is %s", (_, id) => {
    expect(readVendorIds([id])).toMatchObject({ microsoftVersion: null, platform: null });
  });
});

describe("Windows without a version", () => {
  it.each<[string, string, string]>([
    ["MS-MamieExists", md5("MS-MamieExists"), "Windows Vista or later"],
    ["IKE CGA version 1", md5("IKE CGA version 1"), "Windows Vista or later"],
    ["MS-Negotiation Discovery Capable", NEGOTIATION_DISCOVERY, "Windows Vista or later"],
    ["KEY_MODS with a number", "01528bbbc00696121849ab9a1c5b2a5100000001", "Windows 7 or later"],
    ["the AuthIP group with a number", "7bb93867d76c8d80df0f40fae8fc3b1900000002", "Windows 8 or later"],
    ["Xbox One 2013", "8aa394cf8a5577dc3110c113b027a4f2", "Windows 10 or later"],
    ["Xbox IKEv2", "660822b3a73a244149578d62e0eb46a0", "Windows 10 or later"],
    ["the security realm", "686a8cbdfe634b405146fb2baf33e9e8", "Windows 10 or later"],
  ])("%s", (_, id, platform) => {
    expect(readVendorIds([id])).toMatchObject({ platform, make: platform, microsoftVersion: null });
  });

  it("of several the latest counts, in whatever order", () => {
    const ids = [NEGOTIATION_DISCOVERY, "01528bbbc00696121849ab9a1c5b2a5100000001"];
    expect(readVendorIds(ids).platform).toBe("Windows 7 or later");
    expect(readVendorIds(ids.reverse()).platform).toBe("Windows 7 or later");
  });
});

describe("makes", () => {
  it.each(STRONGSWAN_VERSIONS)("strongSwan %s sent the MD5 of its name", (version, id) => {
    expect(id).toBe(md5(`strongSwan ${version}`));
  });

  it.each<[string, string, string, boolean]>([
    ["strongSwan", STRONGSWAN, "strongSwan", true],
    ["strongSwan 4.0.0, which sent its version", md5("strongSwan 4.0.0"), "strongSwan", true],
    ["strongSwan 4.2.17", md5("strongSwan 4.2.17"), "strongSwan", true],
    ["strongSwan 5.1.1", md5("strongSwan 5.1.1"), "strongSwan", true],
    ["libreswan, with its version behind", ascii("OE-Libreswan-4.10"), "libreswan", true],
    ["racoon", md5("KAME/racoon"), "racoon", true],
    ["Openswan: OE and ten letters", ascii("OEabcdefghij"), "Openswan or FreeS/WAN", true],
    ["Shrew Soft", "f14b94b7bff1fef02773b8c49feded26", "Shrew Soft", false],
    ["a Cisco ASA", ASA, "Cisco ASA-like", false],
    ["a Cisco VPN 3000", "1f07f70eaa6514d3b0fa96542a500407", "Cisco ASA-like", false],
    ["Cisco by a text", ascii("CISCO-DELETE-REASON"), "Cisco", false],
    [
      "Check Point with data behind",
      "f4ed19e0c114eb516faaac0ee37daf2807b4381f0000000100",
      "Check Point",
      false,
    ],
    ["FortiGate", "1d6e178f6c2c0be284985465450fe9d4", "FortiGate", false],
    ["SonicWall", "5b362bc820f60007", "SonicWall", false],
    ["SonicWall by its other ID", "404bf439522ca3f6", "SonicWall", false],
    ["NCP", "101fb0b35c5a4f4c08b919f1cb9777b0", "NCP", false],
    ["NetScreen", "699369228741c6d4ca094c93e242c9de19e7b7c60000000500000500", "NetScreen", false],
    ["Juniper SRX", "fd808804df73b15150709d878044cde0ac1efcde", "Juniper SRX", false],
    ["ZyXEL", "625027749d5ab97f5616c1602765cf480a3b7d0b", "ZyXEL", false],
    ["SSH Sentinel", "eb4b0d96276b4e220ad16221a7b2a5e6", "SSH Sentinel", false],
    ["the Cisco VPN client", "f6f7efc7f5aeb8cb158cb9d094ba69e7", "Cisco VPN client", false],
    ["Cisco by its VPN revision", ascii("CISCOVPN-REV-02"), "Cisco", false],
    ["Cisco by FlexVPN", ascii("FLEXVPN-SUPPORTED"), "Cisco", false],
  ])("%s", (_, id, make, keysBySa) => {
    expect(readVendorIds([id])).toMatchObject({ platform: make, make, keysBySa, microsoftVersion: null });
  });

  it.each<[string, string[]]>([
    ["no vendor IDs", []],
    ["an empty one", [""]],
    ["an unknown one", ["00112233445566778899aabbccddeeff"]],
    ["one that stops short of a known one", [STRONGSWAN.slice(0, 30)]],
    ["a known one with more behind, where nothing may be", [`${STRONGSWAN}00`]],
    ["OE and nine letters", [ascii("OEabcdefghi")]],
    ["a version of Unity without its two bytes", [UNITY.slice(0, 28)]],
    ["what Windows shares with others", [md5("GSSAPI"), "72872b95fcda2eb708efe322119b4971"]],
    ["Unity of any version, which others send as well", ["12f5f28c457168a9702d9fe274cc0204"]],
    ["what many makes can do", [md5("RFC 3947"), DPD, md5("FRAGMENTATION"), "09002689dfd6b712"]],
  ])("%s: no make", (_, ids) => {
    expect(readVendorIds(ids)).toMatchObject({
      platform: null,
      make: null,
      keysBySa: false,
      microsoftVersion: null,
    });
  });

  it("strongSwan with Cisco's Unity is strongSwan, in whatever order", () => {
    expect(readVendorIds([UNITY, STRONGSWAN])).toMatchObject({ make: "strongSwan", keysBySa: true });
    expect(readVendorIds([STRONGSWAN, UNITY])).toMatchObject({ make: "strongSwan", keysBySa: true });
  });

  it("an ASA names itself beside Unity, XAUTH and DPD", () => {
    expect(readVendorIds([UNITY, "09002689dfd6b712", DPD, ASA])).toMatchObject({
      make: "Cisco ASA-like",
      keysBySa: false,
    });
  });
});

describe("the first message of a Windows 10 client", () => {
  const ids = [
    "01528bbbc00696121849ab9a1c5b2a5100000001",
    windows(9),
    md5("RFC 3947"),
    md5("draft-ietf-ipsec-nat-t-ike-02\n"),
    md5("FRAGMENTATION"),
    NEGOTIATION_DISCOVERY,
    INITIAL_CONTACT,
    md5("IKE CGA version 1"),
  ];

  it("is all known, in the order sent", () => {
    expect(readVendorIds(ids)).toEqual({
      platform: "Windows 8 or later",
      microsoftVersion: 9,
      make: "Windows 8 or later",
      keysBySa: false,
      isCisco: false,
      initialContact: true,
      names: [
        "KEY_MODS",
        "MS NT5 ISAKMPOAKLEY",
        "RFC 3947",
        "draft-ietf-ipsec-nat-t-ike-02\\n",
        "FRAGMENTATION",
        "MS-Negotiation Discovery Capable",
        "Vid-Initial-Contact",
        "IKE CGA version 1",
      ],
    });
  });

  it("says of another IKE SA to the same peer, when it lacks Vid-Initial-Contact", () => {
    expect(readVendorIds(ids.filter((id) => id !== INITIAL_CONTACT)).initialContact).toBe(false);
  });
});

describe("NAT traversal, by the hash of each draft's name", () => {
  const names = ["", "-00", "-01", "-02", "-02\n", "-03", "-04", "-05", "-06", "-07", "-08"].map(
    (suffix) => `draft-ietf-ipsec-nat-t-ike${suffix}`,
  );
  it.each([...names, "draft-stenberg-ipsec-nat-traversal-01", "draft-stenberg-ipsec-nat-traversal-02"])(
    "%j",
    (name) => {
      expect(readVendorIds([md5(name)]).names).toEqual([name.replace("\n", "\\n")]);
    },
  );

  it("Cisco's fragmentation has four bytes more", () => {
    expect(readVendorIds([`${md5("FRAGMENTATION")}c0000000`]).names).toEqual(["FRAGMENTATION"]);
  });
});
