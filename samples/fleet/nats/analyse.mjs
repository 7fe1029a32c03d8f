/**
 * One analyser of several: reads its share of the records, and publishes what is found.
 *
 *   node analyse.mjs I N FOLDER [SERVER]
 *
 * The state is in FOLDER. Records are acknowledged once they are in it, findings are published once they are in it, and
 * with an id, so that the stream stores each once. It may be killed at any moment; whoever starts it again needs no care.
 */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { AckPolicy, DeliverPolicy, jetstream } from "@nats-io/jetstream";
import { nanos } from "@nats-io/transport-node";
import { FINDINGS, joinFleet, RECORDS, untilDone } from "./connect.mjs";

const [index, count, folder, server] = process.argv.slice(2);
if (folder === undefined) throw new Error("usage: node analyse.mjs I N FOLDER [SERVER]");
const consumer = `analyser-${index}-of-${count}`;
const { connection, manager } = await joinFleet(server);
const stream = jetstream(connection);

const [program, ...words] = (process.env.IKE_DUPCHECK ?? "ike-dupcheck").split(" ");
const state = `${folder}/${consumer}.state`;
const options = ["--state", state, "--partition", `${index}/${count}`, "--format", "ndjson", "--quiet", "-"];
const analyser = spawn(program, [...words, ...options], { stdio: ["pipe", "pipe", "inherit"] });
analyser.once("exit", (status) => process.exit(status ?? 1));
analyser.stdin.on("error", () => {});

/** Records that are not in the state yet, and the last one that was handed over. */
const waiting = [];
let last = 0;
let messages = null;

/** (Re)starts the delivery behind `last`. Whatever was on its way before comes again. */
async function deliver() {
  await untilDone(async () => {
    await manager.consumers.delete(RECORDS, consumer).catch(() => {});
    await manager.consumers.add(RECORDS, {
      durable_name: consumer,
      filter_subject: `ike.records.${index}`,
      ack_policy: AckPolicy.All,
      ack_wait: nanos(30_000),
      max_ack_pending: 100_000,
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: last + 1,
    });
    messages = await (await stream.consumers.get(RECORDS, consumer)).consume({ max_messages: 1_000 });
  });
}

async function readRecords() {
  for (;;) {
    await deliver();
    let delivered = 0;
    for await (const message of messages) {
      delivered += 1;
      // One is missing, as when the server died with it on its way: order matters, so begin again behind the last.
      if (message.info.deliverySequence !== delivered) break;
      if (message.seq <= last) continue;
      last = message.seq;
      waiting.push(message);
      const line = `{"seq":${message.seq},${message.string().slice(1)}\n`;
      if (!analyser.stdin.write(line)) await once(analyser.stdin, "drain");
    }
  }
}

/** Also after the server was away: what it had on its way then is lost. */
async function watchConnection() {
  for await (const { type } of connection.status()) if (type === "reconnect") messages?.stop();
}

function acknowledge(seq) {
  let safe = null;
  while (waiting.length > 0 && waiting[0].seq <= seq) safe = waiting.shift();
  safe?.ack();
}

let reading = false;
for await (const line of createInterface({ input: analyser.stdout })) {
  const told = JSON.parse(line);
  if (told.type === "finding" || told.type === "finding-update") {
    const subject = `ike.findings.${index}`;
    await untilDone(() =>
      stream.publish(subject, line, { msgID: told.id, expect: { streamName: FINDINGS } }),
    );
  } else if (told.type === "warning") console.error(told.message);
  else if (told.type === "checkpoint") {
    acknowledge(told.seq ?? 0);
    if (reading) continue;
    // The first one says where the state ends.
    reading = true;
    last = told.seq ?? 0;
    void watchConnection();
    void readRecords();
  }
}
