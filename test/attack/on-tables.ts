/** Attacks on the tables that messages and packets go through while a capture is read. */

import type { Attack } from "./attack.ts";
import {
  CLIENT,
  connected,
  espFrame,
  frames,
  GATEWAY,
  opening,
  QUICK,
  SA_BODY,
  written,
} from "./sessions.ts";
import { Frame } from "./writer.ts";

export const ON_TABLES: readonly Attack[] = [
  {
    name: "spoofed-phase-1",
    what: "first messages of phase 1 from as many addresses, never continued",
    count: 1_000_000,
    write: (path, count) =>
      written(path, (writer, next) => {
        const frame = new Frame(SA_BODY).message(2, 0, 1);
        for (let i = 0; i < count; i += 1) {
          writer.frame(frame.between(next(), GATEWAY).cookies(next(), next() | 1, 0, 0).bytes, 50);
        }
      }),
  },
  {
    name: "answered-phase-1",
    what: "the same, each answered by the gateway",
    count: 1_000_000,
    write: (path, count) =>
      written(path, (writer, next) => {
        const frame = new Frame(SA_BODY);
        for (let i = 0; i < count; i += 1) opening(writer, frame, next(), i);
      }),
  },
  {
    name: "message-ids",
    what: "quick modes with as many message IDs in one IKE SA",
    count: 1_000_000,
    write: (path, count) =>
      written(path, (writer) => {
        const { phase1, quick } = frames();
        opening(writer, phase1, CLIENT, 1);
        quick.between(CLIENT, GATEWAY).cookies(1, 1, 2, 1);
        for (let i = 1; i <= count; i += 1) writer.frame(quick.message(QUICK, i).bytes, 50);
      }),
  },
  {
    name: "message-ids-spread",
    what: "quick modes with as many message IDs, a thousand in each IKE SA",
    count: 1_000_000,
    write: (path, count) =>
      written(path, (writer) => {
        const { phase1, quick } = frames();
        for (let i = 0; i < count; i += 1) {
          const sa = Math.floor(i / 1000);
          if (i % 1000 === 0) opening(writer, phase1, CLIENT + sa, sa);
          quick.between(CLIENT + sa, GATEWAY).cookies(1, sa, 2, sa);
          writer.frame(quick.message(QUICK, (i % 1000) + 1).bytes, 50);
        }
      }),
  },
  {
    name: "fragments",
    what: "IKE fragments of messages that never become whole",
    count: 1_000_000,
    write: (path, count) =>
      written(path, (writer) => {
        const { phase1 } = frames();
        opening(writer, phase1, CLIENT, 1);
        const body = Buffer.alloc(128, 0x11);
        body.writeUInt16BE(128, 2);
        const fragment = new Frame(body).between(CLIENT, GATEWAY).cookies(1, 1, 2, 1).message(2, 0, 132, 0);
        for (let i = 0; i < count; i += 1) {
          writer.frame(fragment.word(4, ((i & 0xffff) << 16) | 0x0200).word(8, i).bytes, 50);
        }
      }),
  },
  {
    name: "fragment-headers",
    what: "fragments whose own headers name quick modes, a few in each of many IKE SAs",
    count: 1_000_000,
    write: (path, count) =>
      written(path, (writer) => {
        const { phase1 } = frames();
        const body = Buffer.alloc(32, 0x11);
        body.writeUInt16BE(32, 2);
        const fragment = new Frame(body);
        for (let i = 0; i < count; i += 1) {
          const sa = i >> 4;
          if (i % 16 === 0) opening(writer, phase1, CLIENT + sa, sa);
          fragment
            .between(CLIENT + sa, GATEWAY)
            .cookies(1, sa, 2, sa)
            .message(QUICK, (i & 15) + 1, 132);
          writer.frame(fragment.word(4, ((i & 0xffff) << 16) | 0x0200).bytes, 50);
        }
      }),
  },
  {
    name: "paths",
    what: "messages of the same IKE SAs from ever new addresses, as behind a NAT that rebinds",
    count: 1_000_000,
    write: (path, count) =>
      written(path, (writer) => {
        const { phase1, quick } = frames();
        for (let i = 0; i < count; i += 1) {
          const sa = i >> 4;
          if (i % 16 === 0) opening(writer, phase1, CLIENT + i, sa);
          quick
            .between(CLIENT + i, GATEWAY)
            .cookies(1, sa, 2, sa)
            .message(5, i);
          writer.frame(quick.bytes, 50);
        }
      }),
  },
  {
    name: "same-beginning",
    what: "messages of one second that share their first 44 bytes (search for copies)",
    count: 500_000,
    write: (path, count) =>
      written(path, (writer) => {
        const { phase1, quick } = frames();
        opening(writer, phase1, CLIENT, 1);
        quick.between(CLIENT, GATEWAY).cookies(1, 1, 2, 1).message(QUICK, 1);
        for (let i = 0; i < count; i += 1) writer.frame(quick.word(40, i).bytes, 1);
      }),
  },
  {
    name: "same-datagram",
    what: "one datagram from as many addresses in one second (search for capture points)",
    count: 500_000,
    write: (path, count) =>
      written(path, (writer) => {
        const { phase1, quick } = frames();
        opening(writer, phase1, CLIENT, 1);
        quick.cookies(1, 1, 2, 1).message(QUICK, 1);
        for (let i = 0; i < count; i += 1) writer.frame(quick.between(CLIENT + i, GATEWAY).bytes, 1);
      }),
  },
  {
    name: "one-instant",
    what: "different messages that all carry the same time",
    count: 1_000_000,
    write: (path, count) =>
      written(path, (writer, next) => {
        const frame = new Frame(SA_BODY).message(2, 0, 1);
        for (let i = 0; i < count; i += 1) {
          writer.frame(frame.between(CLIENT + (i % 5000), GATEWAY).cookies(next(), i | 1, 0, 0).bytes, 0);
        }
      }),
  },
  {
    name: "clock-steps",
    what: "a clock that steps back and forth with every packet, many flows of ESP",
    count: 500_000,
    write: (path, count) =>
      written(path, (writer) => {
        const all = frames();
        const esp = espFrame();
        const flows = Math.min(count >> 2, 50_000);
        for (let i = 0; i < flows; i += 1) connected(writer, all, CLIENT + i, 500, i);
        for (let i = 0; i < count; i += 1) {
          esp.writeUInt32BE(CLIENT + (i % flows), 26);
          esp.writeUInt32BE(GATEWAY, 30);
          writer.frame(esp, i % 2 === 0 ? 20_000_000 : -19_000_000);
        }
      }),
  },
  {
    name: "esp-flows",
    what: "ESP between as many pairs of addresses",
    count: 2_000_000,
    write: (path, count) =>
      written(path, (writer, next) => {
        const esp = espFrame();
        for (let i = 0; i < count; i += 1) {
          esp.writeUInt32BE(next(), 26);
          esp.writeUInt32BE(next(), 30);
          writer.frame(esp, 20);
        }
      }),
  },
  {
    name: "chosen-cookies",
    what: "cookies chosen so that a multiplying hash puts them into few buckets, whatever its seed",
    count: 500_000,
    write: (path, count) =>
      written(path, (writer) => {
        const frame = new Frame(SA_BODY).message(2, 0, 1).between(CLIENT, GATEWAY);
        // The top bits of one word, and where a shift carries them in the next.
        const bits = Math.ceil(Math.log2(count) / 2);
        for (let i = 0; i < count; i += 1) {
          const top = (i & ((1 << bits) - 1)) << (32 - bits);
          const carried = (i >>> bits) << (32 - bits);
          frame.cookies(0x5eed ^ top, 0x1234567 ^ carried ^ (carried >>> 15), 0, 0);
          writer.frame(frame.bytes, 50);
        }
      }),
  },
  {
    name: "vendor-ids",
    what: "phase 1 with as many vendor IDs as fit, all different",
    count: 200_000,
    write: (path, count) =>
      written(path, (writer, next) => {
        const each = 68;
        const body = Buffer.alloc(each * 20);
        for (let at = 0; at < body.length; at += each) {
          body[at] = at + each < body.length ? 13 : 0;
          body.writeUInt16BE(each, at + 2);
        }
        const frame = new Frame(body).message(2, 0, 13);
        for (let i = 0; i < count; i += 1) {
          for (let at = 4; at < body.length; at += each) frame.word(at, next());
          writer.frame(frame.between(CLIENT + i, GATEWAY).cookies(1, i, 0, 0).bytes, 50);
        }
      }),
  },
];
