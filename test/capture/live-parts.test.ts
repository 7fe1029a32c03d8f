import { describe, expect, it, test } from "vitest";
import { BatchBuffer } from "../../src/capture/batch-buffer.ts";
import { HoldBack } from "../../src/feed/hold-back.ts";
import { LiveRefusal, refusalFor } from "../../src/node/live/advice.ts";
import { ArrivalClock } from "../../src/node/live/arrival-clock.ts";
import { droppedOf } from "../../src/node/live/backend.ts";
import { BACKENDS } from "../../src/node/live/backends.ts";
import { linkTypeOf } from "../../src/node/live/capture-module.ts";
import { PacketQueue } from "../../src/node/live/packet-queue.ts";
import { refusalOf } from "../../src/node/live/run.ts";
import { openBytes, readAll } from "../support/sources.ts";

describe("records of several interfaces", () => {
  const add = (hold: HoldBack, source: number, times: number[], arrivedAt: number) => {
    const batch = new BatchBuffer();
    batch.count = times.length;
    batch.micros.set(times);
    hold.add(source, batch, arrivedAt);
  };
  const released = (hold: HoldBack, now: number, all = false) => {
    const found: string[] = [];
    for (const { source, clock, start, end } of hold.release(now, all)) {
      for (const at of clock.subarray(start, end)) found.push(`${source}:${at}`);
    }
    return found;
  };

  it("come out in the order of their times, whichever arrives first", () => {
    const hold = new HoldBack(2, 250);
    add(hold, 0, [10, 30], 0);
    add(hold, 1, [20, 40], 100);
    expect(released(hold, 200)).toEqual([]);
    // What is older than a record that has waited goes with it; the rest waits on.
    expect(released(hold, 260)).toEqual(["0:10", "1:20", "0:30"]);
    expect(released(hold, 360)).toEqual(["1:40"]);
  });

  it("that come too late for their place never turn the time back", () => {
    const hold = new HoldBack(2, 250);
    add(hold, 0, [1000], 0);
    expect(released(hold, 300)).toEqual(["0:1000"]);
    add(hold, 1, [900, 2000], 400);
    expect(released(hold, 700)).toEqual(["1:1000.5", "1:2000"]);
  });

  it("of one interface whose clock was set back come after what another one still holds of before", () => {
    const hold = new HoldBack(2, 250);
    add(hold, 0, [9_000_000], 0);
    add(hold, 1, [9_100_000], 0);
    add(hold, 0, [1_000_000, 1_100_000], 10);
    add(hold, 1, [1_050_000], 20);
    expect(released(hold, 400)).toEqual(["0:9000000", "1:9100000", "0:1000000", "0:1100000", "1:1050000"]);
    expect(hold.size).toBe(0);
  });

  it("of a clock that was set back come after those of before, in their own time", () => {
    const hold = new HoldBack(1, 0);
    add(hold, 0, [5_000_000], 0);
    add(hold, 0, [100, 200], 0);
    expect(released(hold, 0)).toEqual(["0:5000000", "0:100", "0:200"]);
    expect(hold.clockSteps.count).toBe(1);
  });

  it("all come out at the end, and it is told when the next is due", () => {
    const hold = new HoldBack(2, 250);
    expect(hold.dueIn(0)).toBeNull();
    add(hold, 0, [10], 100);
    expect(hold.dueIn(150)).toBe(200);
    expect(released(hold, 150, true)).toEqual(["0:10"]);
    expect(hold.size).toBe(0);
  });
});

describe("times of arrival", () => {
  it("go on by a clock that cannot step, and follow the system's clock when it is set", () => {
    let date = 1_000_000;
    let steady = 0;
    const clock = new ArrivalClock(
      () => date,
      () => steady,
    );
    steady = 1.5;
    date += 1;
    expect(clock.micros()).toBe(1_000_001_500);
    // Slewed by 50 ms: not followed.
    steady = 2;
    date += 50;
    expect(clock.micros()).toBe(1_000_002_000);
    date -= 3_600_000;
    expect(clock.micros()).toBe((1_000_051 - 3_600_000) * 1000);
  });
});

describe("the queue of the capturing process", () => {
  /** An output that takes nothing until it is asked to. */
  class Output {
    readonly written: Buffer[] = [];
    writableLength = 0;
    write(bytes: Buffer): boolean {
      this.written.push(Buffer.from(bytes));
      return true;
    }
    end(done: () => void): void {
      done();
    }
  }

  it("writes a capture that holds each packet as it was when it came", async () => {
    const output = new Output();
    const queue = new PacketQueue(output, 1, () => {});
    const buffer = Buffer.alloc(2000);
    const wanted = Array.from({ length: 600 }, (_, i) => {
      const length = 40 + (i % 7) * 200;
      buffer.fill(i & 0xff);
      queue.add(buffer, length);
      return buffer.subarray(0, length).toString("hex");
    });
    await new Promise<void>((done) => queue.end(done));
    const records = await readAll(await openBytes(Buffer.concat(output.written)));
    expect(records.map(({ bytes }) => bytes)).toEqual(wanted);
    expect(records.every(({ at }, i) => i === 0 || at >= records[i - 1].at)).toBe(true);
  });

  it("keeps the time and the length on the wire of a packet that has them", async () => {
    const output = new Output();
    const queue = new PacketQueue(output, 1, () => {});
    queue.add(Buffer.alloc(60), 60, 1500, 1_700_000_000_123_456);
    await new Promise<void>((done) => queue.end(done));
    const stream = Buffer.concat(output.written);
    const [seconds, micros, captured, original] = [0, 4, 8, 12].map((at) => stream.readUInt32LE(24 + at));
    expect([seconds, micros, captured, original]).toEqual([1_700_000_000, 123_456, 60, 1500]);
  });

  it("drops and counts what does not fit while nobody reads", async () => {
    const output = new Output();
    let dropped = 0;
    const queue = new PacketQueue(output, 1, (packets) => (dropped = packets), 10 * (16 + 100));
    for (let i = 0; i < 25; i += 1) queue.add(Buffer.alloc(100), 100);
    await new Promise<void>((done) => queue.end(done));
    expect(dropped).toBe(15);
    expect(await readAll(await openBytes(Buffer.concat(output.written)))).toHaveLength(10);
  });
});

// As pcap 3.1.0 (`LINKTYPE_`), cap 0.2.1 (without) and both (any other) name them in their sources.
test.each([
  ["LINKTYPE_ETHERNET", 1],
  ["ETHERNET", 1],
  ["LINKTYPE_LINUX_SLL", 113],
  ["LINKTYPE_RAW", 101],
  ["RAW", 101],
  ["NULL", 0],
  ["LINKTYPE_IEEE802_11_RADIO", 127],
  ["Unknown linktype 276", 276],
])("the link layer %s is number %i", (name, number) => expect(linkTypeOf(name)).toBe(number));

describe("what capturing programs say", () => {
  // As printed by tcpdump 4.99.3, dumpcap 4.0 and libpcap 1.10.3.
  test.each([
    ["socket: Operation not permitted", "permission"],
    ["lo: You don't have permission to perform this capture on that device", "permission"],
    ['You do not have permission to capture on device "lo".', "permission"],
    ["Couldn't change to 'tcpdump' uid=104 gid=110: Operation not permitted", "other"],
    ["nosuch: No such device exists", "no-interface"],
    ['There is no device named "nosuch".', "no-interface"],
    ["That device is not up", "down"],
    ['Device "lo" is not up.', "down"],
    ["can't parse filter expression: syntax error", "filter"],
    ["Invalid capture filter \"foo bar\" for interface 'lo'.", "filter"],
    ['Promiscuous mode not supported on the "any" device', "other"],
  ])("%s", (said, refusal) => expect(refusalOf(said)).toBe(refusal));

  test.each([
    ["12 packets captured\n15 packets received by filter\n3 packets dropped by kernel\n", 3],
    ["1 packet dropped by kernel\n2 packets dropped by kernel\n", 2],
    [
      "Packets received/dropped on interface 'lo': 12/7 (pcap:7/dumpcap:0/flushed:0/ps_ifdrop:0) (63.2%)\n",
      7,
    ],
    ["tcpdump: listening on lo\n", null],
  ])("%j", (said, dropped) => expect(droppedOf(said)).toBe(dropped));
});

describe("what a user who cannot capture is told", () => {
  const end = (refusal: "absent" | "permission" | "other", said = "") => ({ ready: false, refusal, said });

  test("without cap: one sentence with the packages to install and the pipe", () => {
    const refusal = refusalFor("eth0", [{ backend: "cap", end: end("absent", "Cannot find module 'cap'") }]);
    expect(refusal).toBeInstanceOf(LiveRefusal);
    expect(refusal.message).toMatch(
      /libpcap-dev, g\+\+, make and python3.*--allow-scripts=pcap,cap.*tcpdump -i eth0/,
    );
    expect(refusal.remedies).toEqual([]);
  });

  test("with cap of another Node: rebuild it", () => {
    const said = "ERR_DLOPEN_FAILED: was compiled against NODE_MODULE_VERSION 115";
    expect(refusalFor("eth0", [{ backend: "cap", end: end("absent", said) }]).message).toMatch(
      /npm rebuild cap/,
    );
  });

  test("without any program: what to install", () => {
    const tried = BACKENDS.map((backend) => ({
      backend,
      end: end("absent"),
    }));
    expect(refusalFor("eth0", tried).message).toMatch(
      /neither tcpdump nor dumpcap is installed; install tcpdump/,
    );
  });

  test("the right to capture goes before the absence of another program", () => {
    const refusal = refusalFor("eth0", [
      { backend: "cap", end: end("absent") },
      { backend: "tcpdump", end: end("permission") },
    ]);
    expect(refusal.message).toMatch(/with tcpdump: the capability CAP_NET_RAW is missing/);
    expect(refusal.remedies).toHaveLength(3);
  });
});
