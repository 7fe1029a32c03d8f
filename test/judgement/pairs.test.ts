/** Contract 5 and 6.7: quick modes 1 and 2 at once, as Windows behind a NAT starts them, and swapped on the way. */

import { expect, it } from "vitest";
import { reportOn } from "../support/analyzed.ts";
import { pcap } from "../support/capture-files.ts";
import { Session, Stage } from "../support/session.ts";

const [A, B, C] = ["198.51.100.11", "198.51.100.12", "198.51.100.13"];

it.each([
  ["with its ESP", true],
  ["without", false],
])(
  "of a swapped pair, captured %s, the ID 1 is not in use when its own IPsec SA has gone",
  async (_, esp) => {
    const stage = new Stage(51);
    const nat = (address: string, port4500: number) =>
      new Session(stage, { address, port500: 1101, port4500 });
    const pair = nat(A, 41_001).mainMode(0).quickMode(0.2, 2).quickMode(0.203, 1);
    pair.deleteEsp(1.2).esp(2, 100).keepalives(3, 100);
    nat(B, 41_002).mainMode(5).quickMode(5.2, 1).esp(6, 100).keepalives(7, 100).farewell(110);
    nat(C, 41_003).mainMode(20).unanswered(20.2, 1).farewell(40);
    const { findings } = await reportOn([pcap(stage.sorted().filter(({ what }) => esp || what !== "esp"))]);
    const told = findings.map(({ verdict, notes, contender: { address } }) => [address, verdict, notes]);
    expect(told).toEqual([
      [C, "rejected", []],
      [B, "tolerated", []],
    ]);
  },
);
