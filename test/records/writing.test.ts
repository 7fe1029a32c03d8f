/** What is written of packets: fields as they lie in the frames (RFC 2408 3.1, RFC 3947 3.2, RFC 4303 2). */

import { describe, expect, it } from "vitest";
import { Decoder } from "../../src/feed/decoder.ts";
import { recordSchema } from "../../src/records/schema.ts";
import { RecordWriter } from "../../src/records/writer.ts";
import { portSet } from "../../src/wire/locate.ts";
import type { FrameRecord } from "../support/capture-files.ts";
import { PlayedInputs } from "../support/played-live.ts";
import { Session, Stage, windowsVendorIds } from "../support/session.ts";

type Line = Record<string, unknown>;

/** The lines of frames; those of a step of the clock are of segment 1. */
function written(
  records: readonly FrameRecord[],
  last: { micros: number; nanos: number } | null = { micros: 9, nanos: 7 },
) {
  const inputs = new PlayedInputs();
  const lines: Line[] = [];
  const writer = new RecordWriter(
    "tap",
    () => inputs.summaries[0],
    (line) => {
      expect(line.endsWith("\n")).toBe(true);
      const value = JSON.parse(line);
      expect(recordSchema.safeParse(value).error).toBeUndefined();
      lines.push(value);
    },
  );
  const decoder = new Decoder(portSet([]), [writer]);
  for (const record of records) decoder.decode(inputs.slice(record));
  writer.finish([{ summary: inputs.summaries[0], last }]);
  expect(writer.counts.lines).toBe(lines.length);
  return { lines, ike: lines.filter(({ type }) => type === "ike"), writer };
}

const CLIENT = "198.51.100.11";
const GATEWAY = "192.0.2.1";

function played(play: (session: Session, stage: Stage) => void, natted = false) {
  const stage = new Stage(1);
  const ports = natted ? { port500: 1_111, port4500: 41_011 } : {};
  play(new Session(stage, { address: CLIENT, ...ports }), stage);
  return stage.sorted();
}

/** ISAKMP of a frame of Ethernet, IPv4 and UDP on port 500. */
const PAYLOAD = 14 + 20 + 8;

describe("a message is written", () => {
  const frames = played((session) => session.mainMode(0).quickMode(1, 7));
  const { ike, lines, writer } = written(frames);

  it("with its header, its ends and its time", () => {
    expect(writer.counts.messages).toBe(frames.length);
    expect(ike).toHaveLength(9);
    for (const [i, { frame, at }] of frames.entries()) {
      const message = Buffer.from(frame.subarray(PAYLOAD));
      expect(ike[i]).toMatchObject({
        t: String(at),
        sensor: "tap",
        source: 0,
        fromPort: 500,
        toPort: 500,
        initiatorCookie: message.subarray(0, 8).toString("hex"),
        responderCookie: message.subarray(8, 16).toString("hex"),
        version: message[17],
        exchange: message[18],
        flags: message[19],
        messageId: `0x${message.subarray(20, 24).toString("hex")}`,
        length: message.readUInt32BE(24),
      });
      const [from, to] =
        Buffer.from(frame).readUInt32BE(26) === 0xc0000201 ? [GATEWAY, CLIENT] : [CLIENT, GATEWAY];
      expect([ike[i].from, ike[i].to]).toEqual([from, to]);
    }
    // What a message has once is said once.
    for (const none of ["captured", "natTraversal", "interface", "segment", "order", "fragment"])
      expect(
        ike.filter((each) => none in each),
        none,
      ).toEqual([]);
  });

  it("to whom it is addressed alone where that one is known to answer, else to both", () => {
    expect(ike.map(({ keys }) => keys)).toEqual([[GATEWAY], ...Array(8).fill([GATEWAY, CLIENT])]);
    // Whatever else the cookie of an answer holds, it is none of zeros.
    for (const responderCookie of ["1000000000000000", "0000000000000001"]) {
      const [answer] = written(
        played((session) => Object.assign(session, { responderCookie }).deleteEsp(0)),
      ).ike;
      expect(answer.keys).toEqual([GATEWAY, CLIENT]);
    }
  });

  it("with what phase 1 shows in the clear, and nothing of what is encrypted", () => {
    expect(ike[0]).toMatchObject({ vendorIds: windowsVendorIds(9), lifeSeconds: 28_800 });
    expect(ike.map(({ natDiscovery = false }) => natDiscovery)).toEqual([
      ...[false, false, true, true],
      ...Array(5).fill(false),
    ]);
    expect(ike.map(({ natHashes }) => (natHashes as string[] | undefined)?.length ?? 0)).toEqual([
      0, 0, 2, 2, 0, 0, 0, 0, 0,
    ]);
    for (const each of ike.slice(4)) expect(Object.keys(each)).not.toContain("vendorIds");
    // The client's second message has none: nothing is said of them.
    for (const none of ["vendorIds", "notifies", "lifeSeconds"]) expect(ike[2]).not.toHaveProperty(none);
  });

  it("with a digest that tells messages apart, of the first 44 bytes and of all", () => {
    expect(new Set(ike.map(({ digest }) => digest)).size).toBe(9);
    expect(ike[0].digest).toMatch(/^[0-9a-f]{14}-[0-9a-f]{14}$/);
    const again = written([frames[6], frames[6]]).ike;
    expect(again[0].digest).toBe(again[1].digest);
  });

  it("between a header and a trailer of its source", () => {
    expect(lines[0]).toMatchObject({
      type: "header",
      t: String(frames[0].at),
      name: "played",
      timeDigits: 6,
    });
    expect(lines.at(-1)).toMatchObject({ type: "trailer", t: "9007", packets: 9, end: "clean" });
    expect(written(frames, null).lines.at(-1)?.type).toBe("ike");
  });

  it("with what was captured of it, where that is less", () => {
    const [cut] = written([{ ...frames[6], frame: frames[6].frame.subarray(0, PAYLOAD + 60) }]).ike;
    expect(cut).toMatchObject({ length: 332, captured: 60 });
    // Of the first 44 bytes both have the same.
    expect(String(cut.digest).slice(0, 14)).toBe(String(ike[6].digest).slice(0, 14));
    const [header] = written([{ ...frames[6], frame: frames[6].frame.subarray(0, PAYLOAD + 26) }]).ike;
    expect(header).toMatchObject({ length: 332, captured: 26 });
    expect(header.digest).toMatch(/^[0-9a-f]{14}$/);
  });

  it("with its IP identification, where it has one", () => {
    const frame = Buffer.from(frames[6].frame);
    frame.writeUInt16BE(4_660, 18);
    expect(written([{ ...frames[6], frame }]).ike[0].identification).toBe(4_660);
  });

  it("behind a marker on port 4500", () => {
    const natted = written(played((session) => session.mainMode(0).quickMode(1, 7), true)).ike;
    expect(natted.map(({ natTraversal = false }) => natTraversal)).toEqual([
      ...[false, false, false, false],
      ...Array(5).fill(true),
    ]);
    expect(natted.at(-1)).toMatchObject({ fromPort: 41_011, toPort: 4_500, length: 60 });
  });

  it("in the order of its sensor, where its time is another, and behind a step of the clock in a segment", () => {
    const [first, second] = [frames[6], frames[7]];
    const swapped = written([second, first]).ike;
    expect(swapped[1]).toMatchObject({ t: String(first.at), order: Number(second.at / 1_000n) + 0.5 });
    const stepped = written([second, { ...first, at: first.at - 60_000_000_000n }]).ike;
    expect(stepped.map(({ segment = 0 }) => segment)).toEqual([0, 1]);
    expect(stepped[1]).not.toHaveProperty("order");
  });
});

describe("a sign of life is written", () => {
  it.each([false, true])("with what is known of ESP, in UDP: %s", (natted) => {
    const frames = played((session) => session.float().espOnce(0, "client"), natted);
    const [, life] = written(frames).lines;
    const esp = Buffer.from(frames[0].frame.subarray(natted ? PAYLOAD : PAYLOAD - 8));
    expect(life).toMatchObject({
      type: natted ? "esp-in-udp" : "esp",
      from: CLIENT,
      to: GATEWAY,
      keys: [GATEWAY, CLIENT],
      fromPort: natted ? 41_011 : 0,
      toPort: natted ? 4_500 : 0,
      spi: `0x${esp.subarray(0, 4).toString("hex")}`,
      sequence: esp.readUInt32BE(4),
    });
  });

  it("of a keepalive without an SPI", () => {
    const [, life] = written(played((session) => session.float().keepalives(0, 0), true)).lines;
    expect(life).toMatchObject({ type: "keepalive", fromPort: 41_011, toPort: 4_500 });
    expect(life).not.toHaveProperty("spi");
    expect(life).not.toHaveProperty("sequence");
  });

  it.each([false, true])(
    "again behind a message of its endpoints, in both directions, in UDP: %s",
    (natted) => {
      const frames = played((session, stage) => {
        const both = (at: number) => {
          session.espOnce(at, "client");
          session.espOnce(at + 0.01, "responder");
        };
        session.float();
        for (const at of [0, 1, 2]) both(at);
        session.deleteEsp(3);
        both(4);
        expect(stage.records).toHaveLength(9);
      }, natted);
      const esp = natted ? "esp-in-udp" : "esp";
      const told = written(frames).lines.map(
        ({ type, t }) => `${type} ${(BigInt(String(t)) - frames[0].at) / 1_000_000n}`,
      );
      // Milliseconds: the first and the last of a window, and the first behind the message.
      expect(told.slice(1, -1)).toEqual([
        ...[0, 10, 2_000, 2_010].map((at) => `${esp} ${at}`),
        "ike 3000",
        ...[4_000, 4_010].map((at) => `${esp} ${at}`),
      ]);
    },
  );
});
