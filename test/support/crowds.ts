/**
 * Crowds of clients of which most have one quick mode each and nothing more; some share addresses or message IDs, come back,
 * are refused, send ESP, or leave. Messages may be missing, and the clock may step back.
 */

import { type PlayedRecord, Session, Stage, VENDOR, windowsVendorIds } from "./session.ts";

const GATEWAYS = ["192.0.2.1", "192.0.2.2"];
/** Message IDs that several draw. */
const DRAWN = [0x12345678, 0x23456789, 0x3456789a, 0x456789ab, 0x01000000];

/** @param unusual one client of so many has something unusual, of each kind */
export function crowd(seed: number, clients: number, unusual: number): PlayedRecord[] {
  const stage = new Stage(seed);
  const next = (count: number) => stage.next() % count;
  const rarely = () => next(unusual) === 0;
  // Seconds from one to the next, on the average, and for how long they are seen at most.
  const [step, stay] = [[0.1, 1, 8][next(3)], [1, 5, 60][next(3)]];
  const vendors = [[], windowsVendorIds(9), [VENDOR.natT]][next(3)];
  for (let i = 0; i < clients; i += 1) {
    const at = 100 + next(Math.ceil(clients * step * 100)) / 100;
    const later = () => at + 1 + (next(100 * stay) + 1) / 100;
    const other = rarely() ? next(clients) : i;
    const session = new Session(stage, {
      address: `10.0.${other >> 8}.${other & 0xff}`,
      responder: GATEWAYS[rarely() ? 1 : 0],
      vendorIds: rarely() ? [] : vendors,
      ...(next(2) === 0 ? { port4500: 1_024 + (rarely() ? next(clients) : i) } : {}),
    });
    if (!rarely()) session.mainMode(at);
    // A third counts, a third draws an ID of its own, and a third one that others draw as well.
    const id = rarely() ? 1 + next(3) : [1, Math.max(1, stage.next()), DRAWN[next(DRAWN.length)]][next(3)];
    const fate = rarely() ? next(3) : 3;
    if (fate === 0) session.unanswered(at + 1, id);
    else if (fate === 1) session.refused(at + 1, id);
    else if (fate === 3) session.quickMode(at + 1, id, rarely() ? "responder" : "client");
    // Its last message comes again.
    const last = stage.records[stage.records.length - 1];
    if (next(3) === 0 && last !== undefined) stage.put(later(), Buffer.from(last.frame), "ikev1");
    if (rarely()) session.quickMode(later(), id + 1);
    // Without a quick mode in the capture it may be that of one that was lost.
    if (rarely() || (fate === 2 && next(2) === 0)) session.esp(at + 3, at + 3 + next(40), 1);
    if (rarely()) session.keepalives(at + 3, at + 3 + next(90));
    if (rarely()) session.deleteEsp(later(), next(2) === 0 ? "client" : "responder");
    if (rarely()) session.farewell(later(), next(2) === 0 ? "client" : "responder");
  }
  const records = stage.sorted().filter(() => next(8 * unusual) > 0);
  if (!rarely()) return records;
  const from = next(records.length);
  return records.map((record, i) => (i < from ? record : { ...record, at: record.at - 60_000_000_000n }));
}
