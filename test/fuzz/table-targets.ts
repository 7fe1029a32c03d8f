/** Fuzz targets of what is kept: state files, and the numbers of ESP. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SPIS_PER_FLOW } from "../../src/core/bounds.ts";
import { SpiTable } from "../../src/ike/spis.ts";
import { StateError } from "../../src/node/state/error.ts";
import { StateFile } from "../../src/node/state/file.ts";
import { must, same } from "./oracle.ts";

/** What the seeds of `fuzzState` hold. */
export const SAVED = { asked: "{}", held: ["a line"], numbers: new Float64Array([1, 2, 3]) };

const folder = mkdtempSync(join(process.platform === "linux" ? "/dev/shm" : tmpdir(), "ike-dupcheck-fuzz-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
const path = join(folder, "state");

/** A state is what was saved, or is refused in one sentence that names the file. */
export function fuzzState(input: Uint8Array): void {
  writeFileSync(path, input);
  try {
    same(new StateFile(path).read(), SAVED, "a state that is taken is the one that was written");
  } catch (error) {
    if (!(error instanceof StateError)) throw error;
    must(error.message.includes(path) && !error.message.includes("\n"), "a sentence that names the file");
  }
}

const ROWS = 16;
const OPERATION = 8;
const HOUR = 3_600_000_000;

/**
 * A run of packets, eight bytes each: flow, SPI, step of the clock, sequence number. What is counted was expected, no
 * flow holds more than it may, and a table that was saved in between goes on as one that was not.
 */
export function fuzzEspNumbers(input: Uint8Array): void {
  const [table, kept] = [new SpiTable(), new SpiTable()];
  let resumed = kept;
  let at = 0;
  const half = OPERATION * Math.floor(input.length / OPERATION / 2);
  for (let i = 0; i + OPERATION <= input.length; i += OPERATION) {
    if (i === half) {
      resumed = new SpiTable();
      resumed.restore(structuredClone(kept.save()));
    }
    at += (input[i + 2] / 255) ** 8 * HOUR;
    const row = input[i] % ROWS;
    if (input[i] >= 0xf8) {
      for (const each of [table, resumed]) each.clear(row);
      continue;
    }
    const sequence = (input[i + 3] & 1) === 1 ? (input[i + 6] << 8) | input[i + 7] : i / OPERATION;
    const whole = (input[i + 3] & 2) === 0;
    const heard = (input[i + 3] & 4) === 0 ? at - input[i + 4] * 1_000_000 : Number.NaN;
    for (const each of [table, resumed]) each.see(row, input[i + 1] % 24, sequence, at, 0, heard, whole);
  }
  for (let row = 0; row < ROWS; row += 1) {
    const slots = [...table.slots(row)];
    must(slots.length <= SPIS_PER_FLOW, "a flow keeps so many SPIs");
    must(
      new Set(slots.map((slot) => table.spi.of(slot))).size === slots.length,
      "an SPI stands once in a flow",
    );
    for (const slot of slots) {
      must(table.counted.of(slot) <= table.expected.of(slot), "no more is counted than was expected");
      must(table.firstAt[slot] <= table.lastAt.of(slot), "the first packet is not behind the last");
    }
    same(
      [...resumed.slots(row)].map((slot) => describe(resumed, slot)),
      slots.map((slot) => describe(table, slot)),
      "a table that was saved goes on as one that was not",
    );
  }
}

function describe(table: SpiTable, slot: number): unknown[] {
  return [
    table.spi.of(slot),
    table.packets.of(slot),
    table.expected.of(slot),
    table.counted.of(slot),
    table.firstAt[slot],
    table.lastAt.of(slot),
    table.unheardSince.of(slot),
    table.unheardThirdAt.of(slot),
  ];
}
