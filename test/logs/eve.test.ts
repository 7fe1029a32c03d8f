import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { IterableSource } from "../../src/capture/byte-source.ts";
import { exitStatus } from "../../src/cli/exit-status.ts";
import { openSource } from "../../src/feed/formats.ts";
import type { Report } from "../../src/index.ts";
import { DECOMPRESSORS } from "../../src/node/unpack/decompressors.ts";
import { reportOn } from "../support/analyzed.ts";
import { pcap } from "../support/capture-files.ts";
import { datagram, isakmp } from "../support/frames.ts";
import { eveLine, type LogMessage, twoClients } from "../support/logs.ts";
import { openBytes } from "../support/sources.ts";

const real = fileURLToPath(new URL("../../../shared/captures/eve/", import.meta.url));

/** Time, ends, ports, cookies, exchange and ID of the messages that a source hands on. */
async function messagesOf(bytes: Uint8Array): Promise<string[]> {
  const source = await openSource(new IterableSource(chunks([bytes])), "log", {
    decompressors: DECOMPRESSORS,
  });
  const found: string[] = [];
  for (let batch = await source.next(); batch !== null; batch = await source.next()) {
    for (let i = 0; i < batch.count; i += 1) {
      const row = batch.provenance === "packet" ? null : batch.rows[i];
      if (row === null) throw new Error("a log holds messages");
      const bytes = Buffer.from(row.bytes);
      const length = row.ipVersion === 4 ? 4 : 16;
      const address = (at: number) =>
        length === 4 ? bytes.subarray(at, at + 4).join(".") : bytes.toString("hex", at, at + 16);
      const message = bytes.subarray(2 * length);
      found.push(
        [
          (batch.micros[i] / 1e6).toFixed(6),
          address(0),
          row.sourcePort,
          address(length),
          row.destinationPort,
          message.toString("hex", 0, 8),
          message.toString("hex", 8, 16),
          message[18],
          message.readUInt32BE(20),
        ].join(" "),
      );
    }
  }
  return found;
}

async function* chunks(parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* parts;
}

/** The same of a capture, read by tshark: messages on UDP 500. */
function tsharkMessages(path: string): string[] {
  const fields = "frame.time_epoch ip.src ipv6.src udp.srcport ip.dst ipv6.dst udp.dstport".split(" ");
  fields.push(...["ispi", "rspi", "exchangetype", "messageid"].map((name) => `isakmp.${name}`));
  const filter = "isakmp && udp.port == 500";
  const args = ["-r", path, "-Y", filter, "-T", "fields", ...fields.flatMap((field) => ["-e", field])];
  const text = execFileSync("tshark", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  return text
    .trimEnd()
    .split("\n")
    .map((line) => {
      const [time, from4, from6, fromPort, to4, to6, toPort, ispi, rspi, exchange, id] = line.split("\t");
      const [from, to] = from6 === "" ? [from4, to4] : [expanded(from6), expanded(to6)];
      return [Number(time).toFixed(6), from, fromPort, to, toPort, ispi, rspi, exchange, Number(id)].join(
        " ",
      );
    });
}

/** 32 hexadecimal digits of an IPv6 address. */
function expanded(address: string): string {
  const [head, tail = ""] = address.split("::");
  const digits = (part: string) => (part === "" ? [] : part.split(":").map((word) => word.padStart(4, "0")));
  const [begin, end] = [digits(head), digits(tail)];
  return [...begin, ...Array(8 - begin.length - end.length).fill("0000"), ...end].join("");
}

function codes(report: Report): string[] {
  return report.warnings.map(({ code }) => code);
}

function log(messages: readonly LogMessage[], v2 = false): Buffer {
  return Buffer.from(`${messages.map((message) => eveLine(message, v2)).join("\n")}\n`);
}

if (!existsSync(real)) console.warn(`events of a real Suricata are not compared: there is no ${real}`);

describe.runIf(existsSync(real))("events of a real Suricata", () => {
  it.each([
    ["a_port500", "7.0.10", 8],
    ["a_port500", "8.0.7", 8],
    ["b_natt4500", "7.0.10", 4],
    ["b_natt4500", "8.0.7", 4],
    ["c_misc", "7.0.10", 11],
    ["c_misc", "8.0.7", 10],
  ])("%s of %s: the messages that tshark finds on UDP 500", async (capture, version, count) => {
    const bytes = readFileSync(`${real}${capture}.suricata-${version}.eve.json`);
    const messages = await messagesOf(bytes);
    expect(messages).toHaveLength(count);
    // Suricata 8 does not log the message that is cut off, the last one.
    expect(messages).toEqual(tsharkMessages(`${real}${capture}.pcap`).slice(0, count));
    const report = await reportOn([bytes]);
    expect(report.capture.messages).toEqual({ ikev1: count, ikev2: 0, authip: 0, malformed: 0 });
    expect(codes(report)).toContain("eve-blind");
    expect(report.capture.sources[0].format).toBe("suricata-eve");
  });

  it("flows on UDP 4500 that it could not look into are counted", async () => {
    const report = await reportOn([readFileSync(`${real}b_natt4500.suricata-8.0.7.eve.json`)]);
    expect(report.warnings.find(({ code }) => code === "eve-blind")?.message).toContain(
      "2 flows on UDP 4500",
    );
  });
});

describe("what a log of events proves", () => {
  it.each([false, true])(
    "a collision is never called rejected, and no retransmission is counted (v2: %s)",
    async (v2) => {
      const report = await reportOn([log(twoClients(), v2)]);
      expect(report.findings.map(({ verdict }) => verdict)).toEqual(["possible"]);
      expect(report.findings[0].attempts.map(({ outcome }) => outcome)).toEqual(["unproven"]);
      expect(report.capture.retransmissions).toBe(0);
      expect(report.capture.quickModeMessages).toBe(9);
    },
  );

  it("beside a capture of the same messages it neither adds to them nor makes a refusal of them", async () => {
    const records = twoClients().map(
      ({ at, from, to, cookies, exchange, id, encrypted = exchange > 4, length = 36 }) => ({
        at: BigInt(Math.round(at * 1e6)) * 1000n,
        frame: datagram(
          `${from}:500`,
          `${to}:500`,
          isakmp({
            initiatorCookie: cookies[0],
            responderCookie: cookies[1],
            exchange,
            messageId: id,
            flags: encrypted ? 1 : 0,
            body: Buffer.alloc(length - 28, exchange + (from < to ? 1 : 0)),
          }),
        ),
      }),
    );
    const alone = await reportOn([pcap(records)]);
    expect(alone.findings.map(({ verdict }) => verdict)).toEqual(["rejected"]);
    for (const inputs of [
      [pcap(records), log(twoClients())],
      [log(twoClients()), pcap(records)],
    ]) {
      const both = await reportOn(inputs);
      expect(both.summary.quickModeExchanges).toBe(alone.summary.quickModeExchanges);
      expect(both.summary.ikeSas).toBe(alone.summary.ikeSas);
      expect(both.findings.map(({ verdict }) => verdict)).toEqual(["possible"]);
    }
  });

  it("it is never complete, and with --strict the status is 2", async () => {
    const report = await reportOn([log(twoClients())]);
    expect(codes(report)).toEqual(["eve-blind"]);
    expect(report.coverage.complete).toBe(false);
    expect(report.coverage.gaps.map(({ code }) => code)).toContain("eve-blind");
    expect(exitStatus({ report, failed: false }, "never", false)).toBe(0);
    expect(exitStatus({ report, failed: false }, "never", true)).toBe(2);
  });
});

describe("reading", () => {
  const messages = twoClients();

  it("takes a log that is compressed, spaced, in CRLF, or out of order within the window", async () => {
    const expected = await messagesOf(log(messages));
    expect(expected).toHaveLength(messages.length);
    const spaced = messages.map((message) => eveLine(message).replaceAll('":', '" : ')).join("\r\n");
    expect(await messagesOf(gzipSync(log(messages)))).toEqual(expected);
    expect(await messagesOf(Buffer.from(spaced))).toEqual(expected);
    const lines = messages.map((message) => eveLine(message));
    [lines[0], lines[3]] = [lines[3], lines[0]];
    expect(await messagesOf(Buffer.from(lines.join("\n")))).toEqual(expected);
  });

  it("passes over other events, and counts malformed lines with their numbers", async () => {
    const lines = messages.map((message) => eveLine(message));
    const dns = '{"timestamp":"2023-11-14T22:13:20.000000+0000","event_type":"dns","dns":{"rrname":"ike"}}';
    const alert = '{"timestamp":"2023-11-14T22:13:20.000000+0000","event_type":"alert","app_proto":"ike"}';
    const cut = lines[4].slice(0, 120);
    const foreign = lines[5].replace('"message_id":0', '"message_id":-1');
    const text = [dns, ...lines.slice(0, 2), cut, alert, foreign, "nonsense", ...lines.slice(2)].join("\n");
    const report = await reportOn([Buffer.from(text)]);
    expect(report.capture.messages.ikev1).toBe(messages.length);
    expect(report.warnings.find(({ code }) => code === "malformed-line")?.message).toMatch(
      /: 3 lines are not EVE events and were skipped: line 4, 6, 7\.$/,
    );
  });

  it("takes no time from a malformed line, nor one after 2255, which a number does not hold", async () => {
    const lines = messages.map((message) => eveLine(message));
    const later = (line: string, year: string) => line.replace(/"timestamp":"\d{4}/, `"timestamp":"${year}`);
    const cut = later(lines[0], "2030").slice(0, 120);
    for (const line of [cut, later(lines[0], "2256")]) {
      // Read line by line, so that each is the last one at hand.
      const source = await openBytes(Buffer.from([line, ...lines].join("\n")), 100);
      while ((await source.next()) !== null);
      expect(source.summary.packets).toBe(messages.length);
      expect(source.summary.notes?.map(({ code }) => code)).toEqual(["eve-blind", "malformed-line"]);
    }
  });

  it("passes over a line that is longer than an event can be, and goes on", async () => {
    const lines = messages.map((message) => eveLine(message));
    const long = `{"timestamp":"2023-11-14T22:13:20.000000+0000","event_type":"http","body":"${"x".repeat(3 << 20)}"}`;
    const report = await reportOn([Buffer.from([lines[0], long, ...lines.slice(1)].join("\n"))]);
    expect(report.capture.messages.ikev1).toBe(messages.length);
    expect(report.warnings.find(({ code }) => code === "malformed-line")?.message).toContain("1 lines");
  });

  it("names events that come later than the window allows", async () => {
    const late = [...messages, messages[0]];
    expect(codes(await reportOn([log(late)], { reorderSeconds: 5 }))).toContain("sensor-clock");
  });

  it("does not wait for ever where too many events are of one time", async () => {
    const line = Buffer.from(`${eveLine(messages[0])}\n`.repeat(1000));
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) yield line;
    }
    const source = await openSource(new IterableSource(endless()), "log", { reorder: 3_600_000_000 });
    expect((await source.next())?.count).toBeGreaterThan(0);
    await source.close();
  });

  it("survives whatever the lines hold", async () => {
    const good = eveLine(messages[0]);
    const mutated = fc
      .tuple(fc.nat(good.length), fc.nat(12), fc.string({ maxLength: 12 }))
      .map(([at, cut, put]) => good.slice(0, at) + put + good.slice(at + cut));
    const line = fc.oneof(
      mutated,
      fc.string(),
      fc.json().map((json) => `{"event_type":"ike","timestamp":"","ike":${json}}`),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 20 }), async (lines) => {
        const text = [good, ...lines, good].join("\n");
        const found = await messagesOf(Buffer.from(text));
        expect(found.length).toBeGreaterThanOrEqual(2);
      }),
      { numRuns: 300 },
    );
  });
});
