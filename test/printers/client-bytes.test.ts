/** The row of a client as bytes: what `JSON.stringify` makes of it. */

import fc from "fast-check";
import { expect, it } from "vitest";
import { ByteText } from "../../src/printers/byte-text.ts";
import { ClientWriter } from "../../src/printers/client-bytes.ts";
import { escaped } from "../../src/printers/json.ts";
import type { Client } from "../../src/report/model.ts";

const text = fc.oneof(fc.string(), fc.string({ unit: "binary" }), fc.constantFrom("", '"', "\\", "~ !", "é"));
const texts = fc.array(text, { maxLength: 3 });
const number = fc.oneof(
  fc.nat(),
  fc.nat(70_000),
  fc.double({ noNaN: true }),
  fc.constantFrom(-0, -5, 2 ** 31),
);
const orNull = <T>(value: fc.Arbitrary<T>) => fc.option(value);

/** Keys in the order of the report's rows. */
const client = fc.record(
  {
    address: text,
    port: orNull(number),
    responder: text,
    insideAddress: text,
    platform: orNull(text),
    pattern: fc.record({
      kind: text,
      confidence: number,
      byteOrder: orNull(text),
      messageIds: texts,
      ids: number,
      ikeSas: number,
      firstId: orNull(text),
      step: orNull(number),
    }),
    anomaly: orNull(text),
    communityIds: texts,
    rolesInferred: fc.boolean(),
    firstSeenAt: text,
    lastSeenAt: text,
    outcome: fc.record({
      kind: text,
      keptOut: number,
      firstAt: orNull(text),
      lastAt: orNull(text),
      connectedAt: orNull(text),
      keptOutSeconds: number,
    }),
  },
  {
    requiredKeys: [
      "address",
      "port",
      "responder",
      "platform",
      "pattern",
      "anomaly",
      "communityIds",
      "rolesInferred",
      "firstSeenAt",
      "lastSeenAt",
      "outcome",
    ],
  },
);

it("of any client, one after another", () => {
  fc.assert(
    fc.property(fc.array(client, { maxLength: 4 }), (clients) => {
      const out = new ByteText();
      const writer = new ClientWriter(out);
      for (const each of clients) writer.row(each as Client);
      const rows = clients.map((each) => {
        // Two levels deep, without what is around it there.
        const inList = JSON.stringify([[each]], null, 2)
          .split("\n")
          .slice(2, -2)
          .join("\n");
        return escaped(inList.trimStart());
      });
      expect(new TextDecoder().decode(out.take())).toBe(rows.join(""));
    }),
  );
});

it("text of any length finds room, and what was taken is gone", () => {
  const out = new ByteText();
  for (const length of [1, 200_000, 3, 1_000_000]) {
    out.text("é".repeat(length));
    expect(out.quoted("x".repeat(length))).toBe(true);
    out.whole(length);
    out.ascii("y".repeat(length));
    expect(out.length).toBe(4 * length + 2 + String(length).length);
    expect(new TextDecoder().decode(out.take())).toBe(
      `${"é".repeat(length)}"${"x".repeat(length)}"${length}${"y".repeat(length)}`,
    );
    expect(out.length).toBe(0);
  }
});
