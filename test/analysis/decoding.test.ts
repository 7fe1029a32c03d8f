/** Who sees every sign of life, though an analysis alone need not. */

import { expect, it } from "vitest";
import type { LiveOptions } from "../../src/analysis/live-options.ts";
import type { Sink } from "../../src/feed/decoder.ts";
import { playLive } from "../support/played-live.ts";
import { Client, Stage } from "../support/session.ts";

const stage = new Stage(1);
new Client(stage, { address: "198.51.100.11" }).connect(0).quickMode(0.2).esp(1, 60);
const records = stage.sorted();
const ofEsp = records.filter(({ what }) => what === "esp").length;

/** Counts the packets of ESP that come to it, and hands all on. */
function counting(to?: Sink): { seen: number; sink: Sink } {
  const counter = {
    seen: 0,
    sink: {
      begin: (slice) => to?.begin?.(slice),
      isakmp: (datagram) => to?.isakmp(datagram),
      signOfLife: (datagram) => {
        counter.seen += 1;
        to?.signOfLife(datagram);
      },
      end: (slice) => to?.end?.(slice),
    } as Sink,
  };
  return counter;
}

it.each<[string, Pick<Sink, "wantsLife">]>([
  ["who says nothing of it", {}],
  ["who wants it", { wantsLife: true }],
])("%s, who takes datagrams beside the analysis", (_, wants) => {
  const counter = counting();
  playLive(records, 0, { sinks: [{ ...counter.sink, ...wants }] });
  expect(counter.seen).toBe(ofEsp);
});

it("who replaces addresses, before the analysis", () => {
  let counter = counting();
  const anonymizer = {
    named: (text: string) => text,
    before: (sink: Sink) => {
      counter = counting(sink);
      return counter.sink;
    },
  } as unknown as LiveOptions["anonymizer"];
  const { report } = playLive(records, 0, { anonymizer });
  expect(counter.seen).toBe(ofEsp);
  expect(report.summary.clients).toBe(1);
});
