import { describe, expect, it } from "vitest";
import { reportOn } from "../support/analyzed.ts";
import { pcap } from "../support/capture-files.ts";
import { Session, Stage } from "../support/session.ts";

const SNAPLEN_OF_HEADER = 74;

/** Two clients behind NATs, the second of which is refused while the first one holds ID 1. */
function refusedClient(): Stage {
  const stage = new Stage(8);
  const peer = (n: number) => ({ address: `198.51.100.${n}`, port500: 1100 + n, port4500: 41_000 + n });
  new Session(stage, peer(11)).mainMode(0).quickMode(0.2, 1).esp(1, 60);
  new Session(stage, peer(12)).mainMode(9).unanswered(10, 1).farewell(22);
  return stage;
}

/** With 74 bytes of a frame, the header is all there is of a message on the NAT-T port over Ethernet and IPv4. */
it("the answer whose header equals its request's is no retransmission where only headers were captured", async () => {
  const { findings } = await reportOn([pcap(refusedClient().sorted(), { snaplen: SNAPLEN_OF_HEADER })]);
  expect(findings.map(({ verdict, attempts }) => [verdict, attempts[0].outcome])).toEqual([
    ["rejected", "unanswered"],
  ]);
});

describe("a header of which the snap length left the message ID, and not the length field", () => {
  it.each([1, 2, 3, 4])(
    "%i bytes are missing: the length of the datagram tells messages apart",
    async (missing) => {
      const { findings, capture, warnings, coverage } = await reportOn([
        pcap(refusedClient().sorted(), { snaplen: SNAPLEN_OF_HEADER - missing }),
      ]);
      expect(findings.map(({ verdict, attempts }) => [verdict, attempts[0].outcome])).toEqual([
        ["rejected", "unanswered"],
      ]);
      expect(capture.quickModeMessages).toBe(0);
      expect(coverage.gaps.map(({ code }) => code)).not.toContain("no-quick-mode");
      expect(capture.messages.malformed).toBe(0);
      expect(warnings.map(({ code }) => code)).toContain("snaplen");
    },
  );

  it("five bytes are missing: there is no message ID, so nothing is found, and it is said why", async () => {
    const { findings, capture, warnings } = await reportOn([
      pcap(refusedClient().sorted(), { snaplen: SNAPLEN_OF_HEADER - 5 }),
    ]);
    expect(findings).toEqual([]);
    expect(capture.malformed["header-cut"]).toBeGreaterThan(0);
    expect(warnings.map(({ code }) => code)).toContain("snaplen");
  });
});
