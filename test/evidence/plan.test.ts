/** Which IKE SAs and hosts an evidence capture is about, by the findings. */

import { expect, it } from "vitest";
import { endpoint } from "../../src/collections/endpoints.ts";
import { type EvidencePlan, evidencePlan } from "../../src/evidence/plan.ts";
import type { Facts } from "../../src/ike/facts.ts";
import type { Judgement } from "../../src/judgement/judge.ts";

const [GATEWAY, ALIAS, HOLDER, CONTENDER, CANDIDATE, OTHER, OUTSIDE, ELSEWHERE] = [1, 2, 3, 4, 5, 6, 7, 8];

/** The parts of a finding that are asked for, by host. */
interface Found {
  holder: number | null;
  contender: number;
  candidates?: number[];
}

function planOf(found: readonly Found[], sas: readonly { paths: [number, number][]; cookie: number }[]) {
  const judgement = {
    findings: found.map(({ holder, contender, candidates = [] }) => ({
      responder: { hosts: [GATEWAY, ALIAS] },
      holder: holder === null ? null : { host: holder },
      contender: { host: contender },
      candidates: candidates.map((host) => ({ host })),
    })),
  } as unknown as Judgement;
  const facts = {
    hosts: {},
    ikeSas: sas.map(({ paths, cookie }) => ({
      cookies: [0, cookie, 0, 1],
      paths: paths.map((ends) => ({ ends: ends.map((host) => endpoint(host, 500)) })),
    })),
  } as unknown as Facts;
  return evidencePlan(judgement, facts);
}

const partsOf = ({ parts }: EvidencePlan) =>
  Object.fromEntries([...parts].map(([host, its]) => [host, [...its].sort()]));
const sasOf = ({ sas }: EvidencePlan) => sas.map(({ cookies, clientHosts }) => [cookies[1], ...clientHosts]);

it("there is no plan where nothing was found", () => {
  expect(planOf([], [{ paths: [[HOLDER, GATEWAY]], cookie: 1 }])).toBeNull();
});

it("a plan has all IKE SAs at the responders, also of clients in no finding, and none elsewhere", () => {
  const plan = planOf(
    [{ holder: HOLDER, contender: CONTENDER, candidates: [CANDIDATE] }],
    [
      { paths: [[HOLDER, GATEWAY]], cookie: 1 },
      { paths: [[ALIAS, CONTENDER]], cookie: 2 },
      { paths: [[OTHER, GATEWAY]], cookie: 3 },
      { paths: [[OTHER, ELSEWHERE]], cookie: 4 },
      { paths: [[GATEWAY, ALIAS]], cookie: 5 },
    ],
  )!();
  expect(sasOf(plan)).toEqual([
    [1, HOLDER],
    [2, CONTENDER],
    [3, OTHER],
  ]);
  expect([...plan.responders]).toEqual([GATEWAY, ALIAS]);
  expect(partsOf(plan)).toEqual({
    [HOLDER]: ["holder"],
    [CONTENDER]: ["contender"],
    [CANDIDATE]: ["candidate"],
  });
});

it("a client is what it is on both sides of its NAT, and in all findings", () => {
  const plan = planOf(
    [
      { holder: HOLDER, contender: CONTENDER },
      { holder: CONTENDER, contender: OTHER },
      { holder: null, contender: HOLDER },
    ],
    [
      {
        paths: [
          [CONTENDER, GATEWAY],
          [OUTSIDE, GATEWAY],
        ],
        cookie: 1,
      },
    ],
  )!();
  expect(sasOf(plan)).toEqual([[1, CONTENDER, OUTSIDE]]);
  expect(partsOf(plan)).toEqual({
    [HOLDER]: ["contender", "holder"],
    [CONTENDER]: ["contender", "holder"],
    [OTHER]: ["contender"],
    [OUTSIDE]: ["contender", "holder"],
  });
});
