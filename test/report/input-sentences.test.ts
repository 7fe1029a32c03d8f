/** Warnings about the input, each by its sentence, from facts made by hand. */

import { describe, expect, it } from "vitest";
import type { Hosts } from "../../src/ike/facts.ts";
import type { Responder } from "../../src/judgement/responders.ts";
import { type InputFacts, inputWarnings, limited } from "../../src/report/input-warnings.ts";
import type { Capture, Source } from "../../src/report/model.ts";
import { NO_INPUT_FACTS, report } from "../support/reports.ts";

const CAPTURE = report().capture;
const source = (over: Partial<Source>): Source => ({ ...CAPTURE.sources[0], ...over });
const hosts = {} as Hosts;

function said(
  capture: Partial<Capture>,
  facts: Partial<InputFacts> = {},
  responders: Responder[] = [],
): string[] {
  return inputWarnings({ ...CAPTURE, ...capture }, { ...NO_INPUT_FACTS, ...facts }, responders, hosts).map(
    ({ code, message }) => `${code}: ${message}`,
  );
}

/** A responder of whose ESP so much is missing. */
const losing = (expected: number, counted: number) => {
  const flows = {
    hasEsp: () => true,
    spis: (row: number) => (row === 1 ? [{ packets: 100, expected, counted }] : []),
  };
  return {
    clientSas: [],
    peers: { flows, byKey: new Map([[1, { sent: [1], received: [2] }]]) },
  } as unknown as Responder;
};
const offset = {
  source: 0,
  reference: 1,
  micros: 3_260_000,
  agreeing: 9,
  messages: 10,
  isEstablished: true,
};
const TWO = { sources: [source({ name: "a.pcap" }), source({ name: "b.pcap" })] };
const found = "a.pcap: its clock is 3.3 s behind that of b.pcap, by 9 of 10 messages that are in both";
const unread = { source: 0, name: "LINKTYPE_X (99)", command: null, packets: 12 };

describe("a warning about the input", () => {
  it.each<[string, string[], string[]]>([
    ["nothing to say", said({}), []],
    ["an input that cannot be read", said({}, { unreadable: ["It is gone."] }), ["unreadable: It is gone."]],
    [
      "how readings ended, by kind",
      said({
        sources: [
          source({ name: "a", end: "truncated", problem: null }),
          source({ name: "b", end: "corrupt", problem: "b is damaged." }),
          source({ name: "c", end: "interrupted", problem: "c was not read to its end." }),
        ],
      }),
      [
        "interrupted: c was not read to its end.",
        "truncated: a ends in the middle of a record.",
        "corrupt: b is damaged.",
      ],
    ],
    [
      "inputs that were not opened",
      said({}, { unopened: ["a", "b"] }),
      ["interrupted: The reading was ended before these were opened: a, b."],
    ],
    [
      "ten of them, and how many more",
      said({}, { unopened: "abcdefghijkl".split("") }),
      [
        "interrupted: The reading was ended before these were opened: a, b, c, d, e, f, g, h, i, j and 2 more.",
      ],
    ],
    [
      "a link type that is not read",
      said({}, { unread: [{ ...unread, what: "link type" }] }),
      [
        "unsupported-link-type: office.pcap: 12 of 640 packets have a link type that is not read here, LINKTYPE_X (99): IKE among them is missing.",
      ],
    ],
    [
      "an encapsulation, and what makes it readable",
      said({}, { unread: [{ ...unread, what: "encapsulation", command: "tool NAME out" }] }),
      [
        "unsupported-encapsulation: office.pcap: 12 of 640 packets are not looked into, LINKTYPE_X (99): IKE among them is missing. Try: tool office.pcap out",
      ],
    ],
    [
      "no ISAKMP",
      said({ messages: { ikev1: 0, ikev2: 0, authip: 0, malformed: 3 } }),
      ["no-ike: No ISAKMP in the capture: nothing can be said about any responder."],
    ],
    [
      "what was cut before the end of its header may be ISAKMP",
      said({
        messages: { ikev1: 0, ikev2: 0, authip: 0, malformed: 3 },
        malformed: { "header-cut": 3 },
      }),
      [
        "snaplen: 3 packets are cut before the end of their headers (short snaplen): messages among them are lost.",
      ],
    ],
    [
      "ISAKMP of another version is some",
      said({ messages: { ikev1: 0, ikev2: 1, authip: 0, malformed: 0 } }),
      [],
    ],
    ["AuthIP as well", said({ messages: { ikev1: 0, ikev2: 0, authip: 1, malformed: 0 } }), []],
    [
      "where nothing was looked into, it is not known",
      said({
        messages: { ikev1: 0, ikev2: 0, authip: 0, malformed: 0 },
        skipped: { "unsupported-link-type": 30, "unsupported-encapsulation": 10, "not-ip": 600 },
      }),
      [],
    ],
    [
      "but where something was",
      said({
        messages: { ikev1: 0, ikev2: 0, authip: 0, malformed: 0 },
        skipped: { "unsupported-link-type": 30, "not-ip": 609 },
      }),
      ["no-ike: No ISAKMP in the capture: nothing can be said about any responder."],
    ],
    [
      "nor where nothing was read",
      said({ sources: [], messages: { ikev1: 0, ikev2: 0, authip: 0, malformed: 0 } }),
      [],
    ],
    [
      "a responder that is in no packet",
      said({}, { unseenResponders: ["192.0.2.9"] }),
      [
        "responder-not-seen: No IKE, ESP or keepalive from or to 192.0.2.9, which --responder or --alias names, is in the capture. No responder is in the capture.",
      ],
    ],
    [
      "packets without a time",
      said({ sources: [source({ untimed: 2 }), source({ untimed: 1 })] }),
      ["untimed: 3 packets have no time of their own and carry the time of the packet before them."],
    ],
    [
      "times that tell nothing, by source",
      said(TWO, { timeless: [false, true] }),
      [
        "no-times: b.pcap: its packets have no times of their own (all have one time, or are a microsecond apart): who was connected when cannot be told.",
      ],
    ],
    [
      "a clock that was shifted",
      said(TWO, { clockOffsets: [{ ...offset, isApplied: true }] }),
      [`clock-offset: ${found}; its times were shifted by that.`],
    ],
    [
      "one that was not, since an input is a pipe",
      said(TWO, { clockOffsets: [offset] }),
      [
        `clock-offset: ${found}; its times were not shifted, since not all inputs can be read twice: overlaps between the two are not sure.`,
      ],
    ],
    [
      "one that is ahead, by too little to be sure",
      said(TWO, {
        clockOffsets: [{ ...offset, micros: -3_260_000, isEstablished: false, isApplied: false }],
      }),
      [
        `clock-offset: ${found.replace("behind", "ahead of")}; its times were not shifted, since these are too few IKE SAs and too short a time, and not all that it has: overlaps between the two are not sure.`,
      ],
    ],
    [
      "frames that are cut in their headers, and messages of which an ID is left",
      said({ malformed: { "header-cut": 2 }, skipped: { "truncated-frame": 3 }, headersCut: 4 }),
      [
        "snaplen: 5 packets are cut before the end of their headers (short snaplen): messages among them are lost.",
        "snaplen: 4 messages are cut before the end of their headers (short snaplen): message IDs are known, vendor IDs are not.",
      ],
    ],
    [
      "one of each",
      said({ malformed: { "header-cut": 1 }, headersCut: 1 }),
      [
        "snaplen: 1 packet is cut before the end of its headers (short snaplen): messages among them are lost.",
        "snaplen: 1 message is cut before the end of its headers (short snaplen): message IDs are known, vendor IDs are not.",
      ],
    ],
    [
      "full tables",
      said({ evicted: { ikeSas: 7, hosts: 0 } }),
      [
        "evicted: 7 entries of the table ikeSas were dropped because it was full: what they held is missing here.",
      ],
    ],
    ["a loss of one in a hundred is none", said({}, {}, [losing(1000, 990)]), []],
    [
      "a greater one, to a tenth",
      said({}, {}, [losing(1000, 989)]),
      [
        "capture-loss: 1.1 % of the clients' ESP is missing (11 of 1000 packets, by its sequence numbers): IKE will be missing as well, answers among it.",
      ],
    ],
    [
      "one of a tenth and more, in whole numbers",
      said({}, {}, [losing(1000, 896)]),
      [
        "capture-loss: 10 % of the clients' ESP is missing (104 of 1000 packets, by its sequence numbers): IKE will be missing as well, answers among it.",
      ],
    ],
  ])("%s", (_, sentences, wanted) => {
    expect(sentences).toEqual(wanted);
  });

  it("of a responder that is missing names ten of those that are there", () => {
    const seen = Array.from({ length: 12 }, (_, i) => `192.0.2.${i + 1}`);
    const [sentence] = said({}, { unseenResponders: ["192.0.2.99"], seenResponders: seen });
    expect(sentence).toMatch(/ Responders that are: 192\.0\.2\.1, .*, 192\.0\.2\.10 and 2 more\.$/);
    const [few] = said({}, { unseenResponders: ["192.0.2.99"], seenResponders: seen.slice(0, 10) });
    expect(few).toMatch(/, 192\.0\.2\.10\.$/);
  });

  it("of steps of the clock says once what else it may be, and counts the others", () => {
    const first = [
      { source: 0, frame: 7, backMicros: 3_600_000_000 },
      { source: 1, frame: 9, backMicros: 1_240_000 },
    ];
    const steps = said(TWO, { clockSteps: { count: 5, first } });
    expect(steps[0]).toMatch(
      /^clock-step: a\.pcap: the clock steps back by 3600\.0 s at packet 7; overlap across it is unknown\. Where the records are out of order.*reordercap/,
    );
    expect(steps.slice(1)).toEqual([
      "clock-step: b.pcap: the clock steps back by 1.2 s at packet 9; overlap across it is unknown.",
      "clock-step: ... and 3 more steps back.",
    ]);
    expect(said(TWO, { clockSteps: { count: 2, first } }).length).toBe(2);
  });

  it("stands twenty times at most, and the rest is counted", () => {
    const many = (count: number) =>
      limited(
        "unreadable",
        Array.from({ length: count }, (_, i) => `${i}`),
      );
    expect(many(20).length).toBe(20);
    expect(many(23).slice(20)).toEqual([{ code: "unreadable", message: "... and 3 more like these." }]);
  });
});
