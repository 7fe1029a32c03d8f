import fc from "fast-check";
import { expect, test } from "vitest";
import { decode85, encode85 } from "../../src/page/base85.ts";

test("bytes come back as they were, whatever their length", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect([...decode85(encode85(bytes), bytes.length)]).toEqual([...bytes]);
    }),
  );
});

test("no character of it can end a string, a script, or a template", () => {
  const all = Uint8Array.from({ length: 65_536 }, (_, i) => (i * 7 + (i >> 8)) & 255);
  expect(encode85(all)).not.toMatch(/["'`\\<>&$\s]|[^\x20-\x7e]/);
});
