/** Reads a capture with the pcap-parser package alone and counts its packets. */

import { createReadStream } from "node:fs";
import { type Input, parse } from "pcap-parser";

let packets = 0;
const parser = parse(createReadStream(process.argv[2]) as Input);
parser.on("packet", () => {
  packets += 1;
});
process.on("exit", () => process.stdout.write(`${packets}\n`));
