import type { IkeSa } from "./sa.ts";

/** Reads what the first message of phase 1 told of an IKE SA. @returns tells it of another one that it began as well */
export function beginningOf(opening: IkeSa): (sa: IkeSa) => void {
  const { firstAt, mode } = opening;
  const vendorList = opening.vendorListOf(0);
  const [from, to] = [opening.endOf(0, 0), opening.endOf(0, 1)];
  const natTraversal = opening.natTraversalOf(0);
  return (sa) => {
    sa.phase1Seen = true;
    sa.firstAt = firstAt;
    sa.mode = mode;
    sa.setVendorList(0, vendorList);
    sa.pathOf(from, to, 0, natTraversal);
  };
}
