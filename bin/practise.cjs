// Lets the program do what most runs ask of it, so that V8 has compiled that when its code cache is written: reports of a
// sample, and of captures that are made of samples, as large as those that are walked in WebAssembly.
const { mkdtempSync, readFileSync, rmSync, writeFileSync } = require("node:fs");
const { devNull, tmpdir } = require("node:os");
const { join } = require("node:path");
const { setFlagsFromString } = require("node:v8");

const ALL = Number.POSITIVE_INFINITY;
/**
 * A sample, how many of its packets are taken, and how often: each time they are those of other clients. Tables of large
 * captures may wait a little: what is compiled for them makes the package larger.
 */
const CAPTURES = [
  { sample: "two-windows-clients.pcap", packets: ALL, times: 1, formats: ["json", "table"] },
  { sample: "two-windows-clients.pcap", packets: ALL, times: 150, formats: ["json"] },
  // One client, up to the end of its quick mode: few of these, and as many as tables grow for.
  { sample: "random-ids.pcap", packets: 9, times: 20, formats: ["json"] },
  { sample: "random-ids.pcap", packets: 9, times: 2_000, formats: ["json"] },
];

const FILE_HEADER = 24;
const RECORD_HEADER = 16;
/** Of IPv4 without options, in Ethernet. */
const PROTOCOL = 23;
const ADDRESSES = [26, 30];
const UDP = 17;
const ISAKMP = 42;
/** The samples' clients are in 198.51.100.0/24. */
const CLIENTS = 198;
/** Of ISAKMP: the end of the initiator cookie, the exchange, and the message ID, which is random in quick mode. */
const COOKIE = 7;
const EXCHANGE = 18;
const QUICK_MODE = 32;
const MESSAGE_ID = 20;
/** Seconds between two clients. */
const APART = 60;

/** The beginning of a capture again and again. */
function repeated(capture, { packets, times }) {
  let end = FILE_HEADER;
  for (let i = 0; i < packets && end < capture.length; i += 1)
    end += RECORD_HEADER + capture.readUInt32LE(end + 8);
  const parts = [capture.subarray(0, FILE_HEADER)];
  for (let i = 0; i < times; i += 1) parts.push(ofOthers(Buffer.from(capture.subarray(FILE_HEADER, end)), i));
  return Buffer.concat(parts);
}

/** Makes the packets of these records those of other clients, another for each `number`. */
function ofOthers(records, number) {
  for (let at = 0; at < records.length; ) {
    records.writeUInt32LE(records.readUInt32LE(at) + number * APART, at);
    const length = records.readUInt32LE(at + 8);
    change(records.subarray(at + RECORD_HEADER, at + RECORD_HEADER + length), number);
    at += RECORD_HEADER + length;
  }
  return records;
}

function change(frame, number) {
  for (const at of ADDRESSES) {
    if (frame[at] === CLIENTS) frame.writeUInt16BE((frame.readUInt16BE(at + 1) + number) & 0xffff, at + 1);
  }
  if (frame[PROTOCOL] !== UDP || frame.length < ISAKMP + MESSAGE_ID + 4) return;
  frame.writeUInt16BE(number, ISAKMP + COOKIE - 1);
  if (frame[ISAKMP + EXCHANGE] === QUICK_MODE && frame[ISAKMP + MESSAGE_ID] !== 0)
    frame.writeUInt16BE(number, ISAKMP + MESSAGE_ID + 2);
}

/**
 * V8 marks in the cache of which functions it made machine code here, and makes it of these in every run, which takes a short
 * one some milliseconds; and it gives up what it compiled and did not run for a while. A cache fits a V8 with the same flags
 * alone, so they are as before when it is written.
 * @param main of the program
 */
async function practise(main) {
  setFlagsFromString("--no-sparkplug");
  setFlagsFromString("--no-flush-bytecode");
  const folder = mkdtempSync(join(tmpdir(), "ike-dupcheck-practice-"));
  try {
    for (const [i, { sample, formats, ...taken }] of CAPTURES.entries()) {
      const file = join(folder, `${i}.pcap`);
      writeFileSync(file, repeated(readFileSync(join(__dirname, "../samples", sample)), taken));
      for (const format of formats) {
        const status = await main(["--format", format, "-o", devNull, file]);
        if (status > 1) throw new Error(`the program ended with status ${status}`);
      }
    }
  } finally {
    setFlagsFromString("--sparkplug");
    setFlagsFromString("--flush-bytecode");
    rmSync(folder, { recursive: true });
  }
}

module.exports = { practise };
