/** What a scanner makes of datagrams that are no IKEv1: who else is there, and what is missing. */

import { describe, expect, it } from "vitest";
import { datagram, isakmp, nonEspMarker } from "../support/frames.ts";
import { playLive } from "../support/played-live.ts";
import { Client, Session, Stage } from "../support/session.ts";

const GATEWAY = "192.0.2.1";
const OTHER = "198.51.100.77:4500";

/** A gateway with a client, beside whatever else there is. */
function staged(more: (stage: Stage) => void): ReturnType<typeof playLive>["report"] {
  const stage = new Stage(1);
  new Client(stage, { address: "198.51.100.11" }).connect(0).quickMode(0.2).esp(1, 60);
  more(stage);
  return playLive(stage.sorted(), 0).report;
}

/** The codes of what the capture could not show. */
const gaps = ({ coverage }: ReturnType<typeof staged>) =>
  coverage.gaps.map(({ code, count }) => `${code} ${count}`);

describe("a peer of which there is ESP alone", () => {
  const esp = (stage: Stage) => {
    for (const at of [20, 25]) {
      const frame = datagram(
        OTHER,
        `${GATEWAY}:4500`,
        Buffer.from("01020304000000010102030405060708", "hex"),
      );
      stage.put(at, frame, "esp");
    }
  };
  const first = (version: number, exchange: number) =>
    datagram(
      OTHER,
      `${GATEWAY}:4500`,
      nonEspMarker(
        isakmp({
          initiatorCookie: "1".repeat(16),
          responderCookie: "2".repeat(16),
          version,
          exchange,
          flags: 0,
          body: Buffer.alloc(40),
        }),
      ),
    );

  it("has IKE that the capture does not show", () => {
    expect(gaps(staged(esp))).toEqual(["phase1-unseen 1"]);
  });

  it("has none that matters where it speaks IKEv2", () => {
    const report = staged((stage) => {
      esp(stage);
      stage.put(10, first(0x20, 34), "ikev2");
    });
    expect(gaps(report)).toEqual([]);
    expect([report.summary.ikeSas, report.capture.messages.ikev2]).toEqual([1, 1]);
  });

  it("may have IKEv1 all the same where it speaks AuthIP", () => {
    const report = staged((stage) => {
      esp(stage);
      stage.put(10, first(0x10, 243), "authip");
    });
    expect(gaps(report)).toEqual(["phase1-unseen 1"]);
    expect([report.summary.ikeSas, report.capture.messages.authip]).toEqual([1, 1]);
  });
});

it("keepalives are no ESP: how long a client stayed is not seen", () => {
  const stage = new Stage(1);
  const peer = { address: "198.51.100.11", port500: 1_500, port4500: 4_501 };
  new Session(stage, peer).mainMode(0).quickMode(0.2, 1).keepalives(20, 100);
  expect(gaps(playLive(stage.sorted(), 0).report)).toContain("esp-unseen 1");
});

it("ESP whose numbers have gaps tells how much the capture lacks", () => {
  const stage = new Stage(1);
  new Client(stage, { address: "198.51.100.11" }).connect(0).quickMode(0.2).esp(1, 300, 1);
  const codes = (records: ReturnType<Stage["sorted"]>) =>
    playLive(records, 0).report.warnings.map(({ code }) => code);
  const whole = stage.sorted();
  expect(codes(whole)).toEqual([]);
  expect(codes(whole.filter(({ what }, i) => what !== "esp" || i % 7 !== 0))).toEqual(["capture-loss"]);
});
