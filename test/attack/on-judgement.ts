/** Attacks on what is done once everything is read: who is one client, who holds what, and the report. */

import type { Attack } from "./attack.ts";
import { CLIENT, connected, espFrame, frames, GATEWAY, QUICK, written } from "./sessions.ts";
import { Frame } from "./writer.ts";

export const ON_JUDGEMENT: readonly Attack[] = [
  {
    name: "clients-behind-nat",
    what: "clients on every port of a few addresses (search for one that reconnected)",
    count: 100_000,
    write: (path, count) =>
      written(path, (writer) => {
        const all = frames();
        for (let i = 0; i < count; i += 1) connected(writer, all, CLIENT + (i >> 15), 1024 + (i & 0x7fff), i);
      }),
  },
  {
    name: "one-client",
    what: "one client that connects as often (its IKE SAs in one list)",
    count: 150_000,
    write: (path, count) =>
      written(path, (writer) => {
        const all = frames();
        for (let i = 0; i < count; i += 1) connected(writer, all, CLIENT, 500, i, 1, i % 3 !== 0);
      }),
  },
  {
    name: "collisions",
    what: "clients that are all refused on the ID of the first one",
    count: 100_000,
    write: (path, count) =>
      written(path, (writer) => {
        const all = frames();
        connected(writer, all, CLIENT, 500, 0);
        const esp = espFrame();
        esp.writeUInt32BE(CLIENT, 26);
        esp.writeUInt32BE(GATEWAY, 30);
        for (let i = 1; i < count; i += 1) connected(writer, all, CLIENT + i, 500, i, 1, false);
        writer.frame(esp, 10);
      }),
  },
  {
    name: "unseen-holders",
    what: "refused clients, each of which any of as many silent peers may stand against",
    count: 60_000,
    write: (path, count) =>
      written(path, (writer) => {
        const all = frames();
        const esp = espFrame();
        const half = count >> 1;
        for (let i = 0; i < half; i += 1) {
          esp.writeUInt32BE(CLIENT + 0x100000 + i, 26);
          esp.writeUInt32BE(GATEWAY, 30);
          writer.frame(esp, 10);
        }
        // All within the minutes in which the peers count as alive: each repeats its quick mode a second later.
        for (let i = 0; i < half; i += 1) {
          connected(writer, all, CLIENT + i, 500, i, 1, "not-yet");
        }
        writer.micros += 1_000_000;
        for (let i = 0; i < half; i += 1) {
          const again = all.quick
            .between(CLIENT + i, GATEWAY)
            .cookies(1, i, 2, i)
            .message(QUICK, 1)
            .word(0, 1);
          writer.frame(again.bytes, 10);
        }
        // What is refused at the end of the capture is pending.
        writer.frame(esp, 10_000_000);
      }),
  },
  {
    name: "alike-responders",
    what: "responders that all send the same vendor IDs",
    count: 200_000,
    write: (path, count) =>
      written(path, (writer) => {
        const body = Buffer.concat([
          Buffer.from("0d000014", "hex"),
          Buffer.alloc(16, 7),
          Buffer.from("00000014", "hex"),
          Buffer.alloc(16, 9),
        ]);
        const frame = new Frame(body);
        for (let i = 0; i < count; i += 1) {
          const responder = 0xc6120000 + i;
          frame.between(CLIENT, responder).cookies(1, i, 0, 0).message(2, 0, 13);
          writer.frame(frame.bytes, 10);
          writer.frame(frame.between(responder, CLIENT).cookies(1, i, 2, i).bytes, 10);
        }
      }),
  },
  {
    name: "implied-claims",
    what: "clients first seen with ID 256, as if they had used all smaller ones",
    count: 100_000,
    write: (path, count) =>
      written(path, (writer) => {
        const { quick } = frames();
        const exchange = (client: number, cookie: number, id: number) => {
          quick.cookies(1, cookie, 2, cookie).message(QUICK, id);
          writer.frame(quick.between(client, GATEWAY).word(0, 1).bytes, 10);
          writer.frame(quick.between(GATEWAY, client).word(0, 2).bytes, 10);
        };
        for (let i = 0; i < count; i += 1) exchange(CLIENT + i, i, 256);
        for (let id = 1; id < 256; id += 1) exchange(CLIENT - id, count + id, id);
      }),
  },
  {
    name: "implied-ranges",
    what: "clients first seen with ever greater IDs, each as if it had used all smaller ones",
    count: 60_000,
    write: (path, count) =>
      written(path, (writer) => {
        const { quick } = frames();
        for (let id = 1; id <= count; id += 1) {
          quick.cookies(1, id, 2, id).message(QUICK, id);
          writer.frame(quick.between(CLIENT + id, GATEWAY).word(0, 1).bytes, 10);
          writer.frame(quick.between(GATEWAY, CLIENT + id).word(0, 2).bytes, 10);
        }
      }),
  },
];
