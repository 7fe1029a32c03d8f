/**
 * A sensor: message records on standard input go to the shares of their responders.
 *
 *   ike-dupcheck extract -i eth0 --sensor paris | node publish.mjs SHARES [SERVER]
 *
 * A sensor that was killed while it read a file is started again from the beginning: lines have the same ids then,
 * and those that are stored already are dropped. A file has to be published within the stream's window (an hour).
 */

import { createInterface } from "node:readline";
import { jetstream } from "@nats-io/jetstream";
import { joinFleet, untilDone } from "./connect.mjs";

/** Lines on their way at a time. */
const BATCH = 256;

const [shares, server] = [Number(process.argv[2]), process.argv[3]];
if (!(shares >= 1)) throw new Error("usage: node publish.mjs SHARES [SERVER]");
const { connection } = await joinFleet(server);
const stream = jetstream(connection);

/** FNV-1a, 32 bits, of the address's text, modulo the number of shares, plus 1: the rule of --partition. */
function shareOf(address) {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(address, "ascii")) hash = Math.imul(hash ^ byte, 0x01000193);
  return ((hash >>> 0) % shares) + 1;
}

let before = [];

/**
 * All messages of a batch are stored, in their order, once this settles. After a failure the batch and the one before
 * are sent again: a server that was killed may have lost the last that it had acknowledged; what it has it drops.
 */
async function store(batch) {
  let again = false;
  await untilDone(async () => {
    const messages = again ? [...before, ...batch] : batch;
    again = true;
    await Promise.all(
      messages.map(({ share, line, id }) => stream.publish(`ike.records.${share}`, line, { msgID: id })),
    );
  });
  before = batch;
}

let begin = "";
let number = 0;
const queue = [];
let ended = false;
let wake = () => {};
const lines = createInterface({ input: process.stdin });
lines.on("line", (line) => {
  number += 1;
  const { type, sensor, t, keys } = JSON.parse(line);
  // What a run of a sensor begins with tells it from its other runs.
  if (begin === "") begin = `${sensor}/${type}/${t}`;
  const to = keys === undefined ? Array.from({ length: shares }, (_, i) => i + 1) : keys.map(shareOf);
  for (const share of new Set(to)) queue.push({ share, line, id: `${begin}/${number}/${share}` });
  if (queue.length > 100 * BATCH) lines.pause();
  wake();
});
lines.on("close", () => {
  ended = true;
  wake();
});
while (!ended || queue.length > 0) {
  if (queue.length === 0)
    await new Promise((resolve) => {
      wake = resolve;
    });
  await store(queue.splice(0, BATCH));
  if (queue.length < BATCH && !ended) lines.resume();
}
await connection.drain();
