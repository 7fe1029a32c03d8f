import { expect, it } from "vitest";
import { IterableSource } from "../../src/capture/byte-source.ts";
import { openSource } from "../../src/feed/formats.ts";
import { chunks } from "../support/sources.ts";

const LOG = [
  "Nov  8 07:10:04 mail1 postfix/smtpd[4711]: connect from localhost",
  "Nov  8 07:10:05 asa1 %ASA-5-713120: Group = g, IP = 198.51.100.11, PHASE 2 COMPLETED (msgid=00000001)",
].join("\n");

it.each([1, 5, 70, 1000])("a log that a pipe brings in pieces of %i bytes is one", async (size) => {
  const taken: string[] = [];
  const gatewayLog = () => ({ take: (line: string) => taken.push(line), pass: () => {} });
  const bytes = new IterableSource(chunks(new TextEncoder().encode(LOG), size));
  const source = await openSource(bytes, "-", { gatewayLog });
  expect(source.summary.format).toBe("asa-syslog");
  await source.next();
  expect(taken).toEqual([LOG.split("\n")[1]]);
});

it.each([2, 70])(
  "so is one in UTF-16, as Windows PowerShell writes it, in pieces of %i bytes",
  async (size) => {
    const taken: string[] = [];
    const gatewayLog = () => ({ take: (line: string) => taken.push(line), pass: () => {} });
    const bytes = new IterableSource(chunks(Buffer.from(`\u{feff}${LOG}`, "utf16le"), size));
    await (await openSource(bytes, "-", { gatewayLog })).next();
    expect(taken).toEqual([LOG.split("\n")[1]]);
  },
);

const NAMED = { gatewayLog: () => ({ take: () => {}, pass: () => {} }), isGatewayLog: true };

it.each([
  ["a log of another program", "Nov  8 07:10:04 mail1 postfix/smtpd[4711]: connect from localhost\n"],
  ["one that begins with a byte-order mark", `\u{feff}${LOG}`],
])("what the user names as one may be any text: %s", async (_, text) => {
  const source = await openSource(new IterableSource(chunks(new TextEncoder().encode(text), 70)), "x", NAMED);
  expect(source.summary.format).toBe("asa-syslog");
});

it("and nothing but text: not a capture", async () => {
  const bytes = Uint8Array.of(0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, ...new Uint8Array(16));
  await expect(openSource(new IterableSource(chunks(bytes, 70)), "x", NAMED)).rejects.toThrow(
    "x is not text, as a gateway's log is",
  );
});
