/** What the core surveys of IKE SAs is what their objects tell. */

import { afterAll, expect, it, vi } from "vitest";
import { eachOf, Facts, type IkeSa, IS_PLAIN, type SaSurvey, surveyOf } from "../../src/ike/facts.ts";
import { conversations } from "../core/conversations.ts";
import { Bench } from "../simulator/bench.ts";
import { pcap } from "../support/capture-files.ts";
import { crowd } from "../support/crowds.ts";

const bench = new Bench();

afterAll(() => {
  vi.restoreAllMocks();
  bench.close();
});

function isPlainIn(survey: SaSurvey, i: number): boolean {
  return (survey.bits[i] & IS_PLAIN) !== 0;
}

/** All that a survey says of an IKE SA. */
function said(survey: SaSurvey, i: number) {
  const isPlain = isPlainIn(survey, i);
  return {
    ends: [survey.hostOf(i, 0), survey.portOf(i, 0), survey.hostOf(i, 1), survey.portOf(i, 1)],
    began: [survey.firstAt[i], survey.firstSegment[i]],
    known: [survey.phase1Seen(i), survey.answered(i), survey.isMoved(i), isPlain],
    vendorLists: [survey.vendorListOf(i, 0), survey.vendorListOf(i, 1)],
    quickMode: isPlain && [
      survey.messageIds[i],
      survey.begunAt[i],
      survey.lastAt[i],
      survey.hasRareQuickMode(i),
    ],
  };
}

/** Compares what the program asks for with what is read of objects alone; counts kinds of IKE SAs. */
function compared(counts: Record<string, number>): void {
  const { surveyIn } = Facts.prototype;
  vi.spyOn(Facts.prototype, "surveyIn").mockImplementation(function (this: Facts, segment) {
    const survey = surveyIn.call(this, segment);
    const plain = surveyOf(eachOf(this.ikeSas), segment);
    expect(survey.length).toBe(this.ikeSas.length);
    this.ikeSas.forEach((sa: IkeSa, i) => {
      expect(said(survey, i), `IKE SA ${i}`).toEqual(said(plain, i));
      if (sa.address !== 0) counts.core += 1;
      if (isPlainIn(survey, i)) counts.plain += 1;
      if (survey.isMoved(i)) counts.moved += 1;
      if (isPlainIn(survey, i) && survey.hasRareQuickMode(i)) counts.rare += 1;
      if (!isPlainIn(survey, i) && !sa.isUsual) counts.unusual += 1;
    });
    return survey;
  });
}

it("agrees with them", async () => {
  const counts = { core: 0, plain: 0, moved: 0, rare: 0, unusual: 0 };
  compared(counts);
  for (let seed = 0; seed < 18; seed += 1) {
    const records = crowd(seed, 300, 60);
    // Of some quick modes the first message comes again.
    const again = records
      .filter(({ what }, i) => what === "quick-mode" && i % 7 === 0)
      .map((record) => ({ ...record, at: record.at + 900_000_000n }));
    const all = [...records, ...again].sort((a, b) => Number(a.at - b.at));
    // Without ESP nobody asks for objects of most.
    const alone = all.filter(({ what }) => seed % 3 === 0 || (what !== "esp" && what !== "keepalive"));
    const step = seed % 2 === 0 ? 60_000_000_000n : 0n;
    const stepped = alone.map((record, i) => (i < 900 ? record : { ...record, at: record.at - step }));
    await bench.report([pcap(stepped)]);
    await bench.report([pcap(conversations(seed, { clients: 60, odd: 8, pause: 400_000 }))]);
  }
  for (const count of Object.values(counts)) expect(count, JSON.stringify(counts)).toBeGreaterThan(20);
});
