import { describe, expect, it } from "vitest";
import type { ClientSa } from "../../src/judgement/client-sa.ts";
import { makeOf } from "../../src/judgement/make.ts";
import type { Responder } from "../../src/judgement/responders.ts";
import type { Session } from "../../src/judgement/session.ts";
import { clientSaMade, NOBODY_PLAIN, saMade, sessionMade, UNSEEN } from "../support/facts-made.ts";

describe("make of a responder (6.8)", () => {
  const session = (name: string | null, isCisco: boolean, fields: Partial<Session> = {}) =>
    clientSaMade({ session: sessionMade({ responderVendor: { make: name, isCisco } as never, ...fields }) });
  const of = (clientSas: readonly ClientSa[], remembered?: Parameters<typeof makeOf>[1]) =>
    makeOf({ clientSas, plain: NOBODY_PLAIN } as unknown as Responder, remembered);

  it.each<[string, string, string]>([
    ["Cisco's", of([session("ASA", true)]), "cisco"],
    ["another", of([session("strongSwan", false)]), "other"],
    ["another beside Cisco's", of([session("ASA", true), session("strongSwan", false)]), "other"],
    ["nothing names it, phase 1 seen whole", of([session(null, false)]), "unknown"],
    ["Cisco's after one that names nobody", of([session(null, false), session("ASA", true)]), "cisco"],
    ["Cisco's before one that names nobody", of([session("ASA", true), session(null, false)]), "cisco"],
    [
      "phase 1 before the capture",
      of([session(null, false, { sa: saMade({ phase1Seen: false }) })]),
      "unseen",
    ],
    ["phase 1 not seen to its end", of([session(null, false, { finishedAt: UNSEEN })]), "unseen"],
    ["phase 1 cut by a snap length", of([session(null, false, { sa: saMade({ cut: true }) })]), "unseen"],
    ["phase 1 known by a log", of([session(null, false, { sa: saMade({ logged: true }) })]), "unseen"],
    ["no session", of([]), "unseen"],
    ["remembered: another", of([session("ASA", true)], "other"), "other"],
    ["remembered: Cisco's", of([session(null, false)], "cisco"), "cisco"],
    ["remembered: unknown", of([], "unknown"), "unknown"],
    ["remembered: unknown, named since", of([session("ASA", true)], "unknown"), "cisco"],
  ])("%s", (_, make, expected) => {
    expect(make).toBe(expected);
  });
});
