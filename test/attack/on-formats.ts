/** Attacks on the readers: lengths that lie, blocks without end, data that unpacks to far more than it is. */

import { writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { interfaceDescription, pcap, pcapng, pcapngBlock, sectionHeader } from "../support/capture-files.ts";
import type { Attack } from "./attack.ts";
import { CLIENT, GATEWAY, SA_BODY, written } from "./sessions.ts";
import { Frame } from "./writer.ts";

const GIBIBYTE = 1 << 30;

function claims4Gib(header: Buffer): Buffer {
  header.writeUInt32LE(0xfffffff0, 8);
  return header;
}

export const ON_FORMATS: readonly Attack[] = [
  {
    name: "pcap-4-gib-record",
    what: "a record that claims 4 GiB, behind honest ones",
    count: 100_000,
    write: (path, count) =>
      written(path, (writer) => {
        const frame = new Frame(SA_BODY).message(2, 0, 1).between(CLIENT, GATEWAY);
        for (let i = 0; i < count; i += 1) writer.frame(frame.bytes, 50);
        writer.raw(claims4Gib(Buffer.alloc(16)));
        writer.raw(Buffer.alloc(65_536, 0xff));
      }),
  },
  {
    name: "pcapng-4-gib-block",
    what: "a packet block and a skipped block that claim 4 GiB",
    count: 1,
    write: (path) => {
      const block = Buffer.alloc(64);
      block.writeUInt32LE(0x0bad, 0);
      block.writeUInt32LE(0xfffffff0, 4);
      writeFileSync(
        path,
        Buffer.concat([sectionHeader(), interfaceDescription(), block, Buffer.alloc(1 << 20)]),
      );
    },
  },
  {
    name: "pcapng-interfaces",
    what: "interface descriptions, sixty thousand in each section",
    count: 1_000_000,
    write: (path, count) => {
      const section = Buffer.concat([
        sectionHeader(),
        ...Array(Math.min(count, 60_000)).fill(interfaceDescription()),
      ]);
      const sections = Math.ceil(count / 60_000);
      writeFileSync(path, Buffer.concat(Array(sections).fill(section)));
    },
  },
  {
    name: "pcapng-link-types",
    what: "interface descriptions of every link type there can be",
    count: 1_000_000,
    write: (path, count) => {
      const parts: Buffer[] = [];
      for (let i = 0; i < count; i += 1) {
        if (i % 60_000 === 0) parts.push(sectionHeader());
        parts.push(interfaceDescription({ linkType: i & 0xffff }));
      }
      writeFileSync(path, Buffer.concat(parts));
    },
  },
  {
    name: "pcapng-options",
    what: "options of an interface description, and of packets",
    count: 1_000_000,
    write: (path, count) => {
      // Custom options of four bytes, as many as a block of 16 MiB holds.
      const options = Buffer.alloc(Math.min(count, 2_000_000) * 8);
      for (let at = 0; at < options.length; at += 8) options.writeUInt32LE(0x00040bad, at);
      const body = Buffer.concat([Buffer.from("0100000000000400", "hex"), options]);
      // Behind the section and the interface of its own, which are not wanted here.
      const packet = pcapng([{ at: 0n, frame: new Frame(SA_BODY).bytes }]).subarray(pcapng([]).length);
      writeFileSync(path, Buffer.concat([sectionHeader(), pcapngBlock(1, body), packet, packet]));
    },
  },
  {
    name: "gzip-bomb",
    what: "a capture of zeros that unpacks to a thousand times its size",
    count: GIBIBYTE,
    write: (path, count) => {
      // Members of gzip may follow each other: one of them, as often as needed.
      const zeros = Buffer.alloc(16 * 1024 * 1024);
      const record = Buffer.alloc(16);
      record.writeUInt32LE(65_536 - 16, 8);
      for (let at = 0; at < zeros.length; at += 65_536) record.copy(zeros, at);
      const member = gzipSync(zeros);
      const members = Math.max(1, Math.round(count / zeros.length));
      writeFileSync(path, Buffer.concat([gzipSync(pcap([])), ...Array(members).fill(member)]));
    },
  },
  {
    name: "nesting",
    what: "frames of VLAN tags, MPLS labels, GRE in GRE and IPv6 extension headers without end",
    count: 40_000,
    write: (path, count) =>
      written(path, (writer) => {
        const nested = [vlans(), labels(), tunnels(), extensions()];
        for (let i = 0; i < count; i += 1) writer.frame(nested[i % nested.length], 50);
      }),
  },
];

const MACS = "020000000001020000000002";
const DEEP = 1400;

function vlans(): Buffer {
  return Buffer.concat([Buffer.from(MACS, "hex"), Buffer.alloc(DEEP, Buffer.from("81000001", "hex"))]);
}

function labels(): Buffer {
  return Buffer.concat([
    Buffer.from(`${MACS}8847`, "hex"),
    Buffer.alloc(DEEP, Buffer.from("00010040", "hex")),
  ]);
}

/** IPv4 and GRE, which carries IPv4 and GRE, and so on. */
function tunnels(): Buffer {
  const layer = Buffer.from(`450005dc00000000402f0000${"c0000201".repeat(2)}00000800`, "hex");
  return Buffer.concat([Buffer.from(`${MACS}0800`, "hex"), Buffer.alloc(DEEP, layer)]);
}

function extensions(): Buffer {
  const ip = Buffer.from(`60000000${DEEP.toString(16).padStart(4, "0")}3c40`, "hex");
  const options = Buffer.alloc(DEEP, Buffer.from("3c00010400000000", "hex"));
  return Buffer.concat([Buffer.from(`${MACS}86dd`, "hex"), ip, Buffer.alloc(32, 0x20), options]);
}
