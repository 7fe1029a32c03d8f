import { expect, test } from "vitest";
import { openWitnesses } from "../../src/witnesses/reading.ts";

const KEY = "00112233445566778899aabbccddeeff";
const CIPHERS = {} as NonNullable<Parameters<typeof openWitnesses>[0]["ciphers"]>;

async function* inChunks(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** What is said of a file of two keys and a line that is none. */
async function saidOf(bytes: Uint8Array, size: number) {
  const keys = [{ name: "office.keys", chunks: inChunks(bytes, size) }];
  const { failures, notes } = await openWitnesses({ keys, events: [], ciphers: CIPHERS, today: () => 0 });
  return [failures.map(({ message }) => message), notes.map(({ message }) => message)];
}

const TEXT = `${KEY}\r\nno key\r\n${KEY.toUpperCase()}0011223344556677\r\n`;

test.each([
  ["Latin-1", Buffer.from(TEXT)],
  ["UTF-8 with a byte-order mark", Buffer.from(`\uFEFF${TEXT}`)],
  ["UTF-16, as Windows PowerShell writes it", Buffer.from(`\uFEFF${TEXT}`, "utf16le")],
])("keys are read in %s", async (_, bytes) => {
  const skipped = ["office.keys: skipped 1 line without a key: line 2."];
  for (const size of [1_000, 7]) expect(await saidOf(bytes, size)).toEqual([[], skipped]);
});
