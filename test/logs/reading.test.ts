import { describe, expect, it } from "vitest";
import { IterableSource } from "../../src/capture/byte-source.ts";
import type { CaptureSource } from "../../src/capture/source.ts";
import { openSource } from "../../src/feed/formats.ts";

const AT = Date.UTC(2026, 2, 2, 8) * 1_000;

/** An event at some second; ID 7 unless another is given. */
const event = (
  second: number,
  { id = 7, ...more }: { id?: number; pcap_cnt?: number; host?: string; src_ip?: string } = {},
) =>
  JSON.stringify({
    timestamp: new Date(AT / 1_000 + second * 1_000).toISOString(),
    event_type: "ike",
    src_ip: "198.51.100.1",
    src_port: 500,
    dest_ip: "192.0.2.1",
    dest_port: 500,
    ...more,
    ike: {
      version_major: 1,
      init_spi: "0123456789abcdef",
      resp_spi: "fedcba9876543210",
      message_id: id,
      exchange_type: 32,
    },
  });
const other = (second: number) =>
  JSON.stringify({ timestamp: new Date(AT / 1_000 + second * 1_000).toISOString(), event_type: "dns" });

/** @param wait what comes behind the text, for a log that grows @param reorder microseconds */
function opened(text: string, wait?: Promise<void>, reorder = 5_000_000): Promise<CaptureSource> {
  const source = new IterableSource(
    (async function* () {
      yield new TextEncoder().encode(text);
      await wait;
    })(),
  );
  return openSource(source, "eve.json", { reorder });
}

/** What comes out: second, message ID, capture point. */
async function rowsOf(source: CaptureSource, most = Number.POSITIVE_INFINITY): Promise<string[]> {
  const rows: string[] = [];
  while (rows.length < most) {
    const batch = await source.next();
    if (batch === null) break;
    rows.push(...rowsIn(batch));
  }
  return rows;
}

function rowsIn(batch: NonNullable<Awaited<ReturnType<CaptureSource["next"]>>>): string[] {
  if (batch.provenance === "packet") throw new Error("messages were asked for");
  return Array.from({ length: batch.count }, (_, i) => {
    const { bytes } = batch.rows[i]!;
    return `${(batch.micros[i] - AT) / 1e6} ${bytes[8 + 23]} ${batch.interfaces[i]}`;
  });
}

const lines = (list: readonly string[], end = "\n") => list.map((line) => line + end).join("");

describe("events of a log", () => {
  it.each<[string, string[], string[]]>([
    [
      "come in the order of their times, within the window",
      [event(2, { id: 2 }), event(1, { id: 1 }), event(9, { id: 3 })],
      ["1 1 0", "2 2 0", "9 3 0"],
    ],
    [
      "those of one time in the order of their packets",
      [event(1, { id: 2, pcap_cnt: 9 }), event(1, { id: 1, pcap_cnt: 8 })],
      ["1 1 0", "1 2 0"],
    ],
    ["or of their lines", [event(1, { id: 2 }), event(1, { id: 1 })], ["1 2 0", "1 1 0"]],
    [
      "each sensor is a place of its own",
      [event(1), event(2, { host: "b" }), event(3), event(4, { host: "b" })],
      ["1 7 0", "2 7 1", "3 7 0", "4 7 1"],
    ],
    [
      "what is between no addresses is none",
      [event(1), event(2, { src_ip: "client.example" }), event(3)],
      ["1 7 0", "3 7 0"],
    ],
  ])("%s", async (_, list, wanted) => {
    expect(await rowsOf(await opened(lines(list)))).toEqual(wanted);
    expect(await rowsOf(await opened(lines(list, "\r\n")))).toEqual(wanted);
    expect(await rowsOf(await opened(lines(list).trimEnd()))).toEqual(wanted);
  });

  it("come once nothing older is awaited: behind a line of whatever kind that is later by the window", async () => {
    let end: () => void = () => {};
    const wait = new Promise<void>((resolve) => {
      end = resolve;
    });
    const source = await opened(lines([event(1), event(2, { id: 2 }), other(6.5)]), wait);
    // The second one still waits: the log has not come to its eighth second.
    expect(await rowsOf(source, 1)).toEqual(["1 7 0"]);
    // Who ends the reading here asks for what waits.
    expect([...source.heldBack!()].flatMap(rowsIn)).toEqual(["2 2 0"]);
    expect(source.summary.packets).toBe(2);
    end();
    await source.close();
  });

  it("come where a log that grows is quiet for as long as lines may be late", async () => {
    const source = await opened(lines([event(1)]), new Promise(() => {}), 20_000);
    expect(await rowsOf(source, 1)).toEqual(["1 7 0"]);
  });

  it("that came later than the window allows are taken, and counted", async () => {
    const source = await opened(lines([event(10), event(5), event(4.9), event(1)]));
    expect(await rowsOf(source)).toEqual(["1 7 0", "4.9 7 0", "5 7 0", "10 7 0"]);
    expect(source.summary.notes?.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^eve\.json: Suricata logs no IKE on UDP 4500/),
      expect.stringMatching(/^eve\.json: 2 events came later than the window of 5 s allows/),
    ]);
  });

  it.each([
    [3, "line 2, 3, 4."],
    [5, "line 2, 3, 4, 5, 6."],
    [6, "line 2, 3, 4, 5, 6, ...."],
  ])("that are none are counted, %i of them, and the first five named", async (count, named) => {
    const source = await opened(lines([event(1), ...Array<string>(count).fill('{"broken'), event(2)]));
    expect(await rowsOf(source)).toHaveLength(2);
    const { message } = source.summary.notes![1];
    expect(message).toBe(`eve.json: ${count} lines are not EVE events and were skipped: ${named}`);
  });

  it("has as many bytes as were read, and ends clean", async () => {
    const text = lines([event(1), other(2), "", event(3)]);
    const source = await opened(text);
    await rowsOf(source);
    expect(source.summary).toMatchObject({
      format: "suricata-eve",
      bytes: text.length,
      packets: 2,
      end: "clean",
    });
  });
});

describe("a log is known by its first lines", () => {
  const FIELDS =
    "ts id.orig_h id.orig_p id.resp_h id.resp_p is_orig initiator_spi responder_spi maj_ver exchange_type message_id";
  const fields = `#fields\t${FIELDS.replaceAll(" ", "\t")}`;
  const comments = (count: number) => Array.from({ length: count }, (_, i) => `#path\t${i}`);

  it.each<[string, string, string]>([
    ["an event of Suricata, of whatever kind", other(1), "suricata-eve"],
    [
      "one that is damaged, by its names",
      '{"timestamp":"2026-03-02T08:00:00Z","event_type": "ike',
      "suricata-eve",
    ],
    ["a header of Zeek", lines(["#separator \\x09", fields]), "zeek-ipsec"],
    ["one whose lines end as on Windows", lines(["#separator \\x09", fields], "\r\n"), "zeek-ipsec"],
    ["one of 32 lines", lines([...comments(31), fields]), "zeek-ipsec"],
    ["a header without an end of line", lines(["#separator \\x09", fields]).trimEnd(), "zeek-ipsec"],
    [
      "an object of Zeek",
      JSON.stringify({ ts: 1, uid: "C1", "id.orig_h": "192.0.2.1", initiator_spi: "1" }),
      "zeek-ipsec",
    ],
  ])("%s", async (_, text, format) => {
    expect((await opened(text)).summary.format).toBe(format);
  });

  it("as soon as one of them says so, though more may come", async () => {
    const text = lines(["#separator \\x09", "#fields\tts\tuid"]);
    await expect(opened(text, new Promise(() => {}))).rejects.toMatchObject({ code: "not-a-capture" });
  });

  it.each<[string, string]>([
    ["a header of another log of Zeek", lines(["#separator \\x09", "#fields\tts\tuid"])],
    ["a header that is longer than any", lines([...comments(32), fields])],
    ["a header that never comes to its fields", lines(["#separator \\x09", "#path\tipsec"])],
    ["a header with data in place of its fields", lines(["#separator \\x09", "1772438400.0\t192.0.2.1"])],
  ])("and is none by %s", async (_, text) => {
    await expect(opened(text)).rejects.toMatchObject({
      code: "not-a-capture",
      message: "eve.json is not a capture, and not an ipsec.log of Zeek",
    });
  });
});
