/** Annexes of quick modes (linear/annexed-row.ts): what most of them have nothing of. */

import { ANNEX_POOL } from "./message-layout";
import {
  ANNEX_ADDRESS,
  ANNEX_BYTES,
  ANNEX_NUMBERS,
  ELSEWHERE,
  LATEST_ADDRESS,
  OLDER_ADDRESS,
} from "./sa-layout";
import { hasRows, newRow } from "./sas";

/** So many quick modes may have one that have none yet. */
export function mayAnnex(block: usize, count: u32): bool {
  return hasRows(block + ANNEX_POOL, ANNEX_BYTES, count);
}

/** All quick modes of an IKE SA, which are found here, may have one each. */
export function mayAnnexAll(block: usize, sa: usize): bool {
  let missing: u32 = 0;
  let exchange = <usize>load<u32>(sa, LATEST_ADDRESS);
  while (exchange !== 0) {
    const annex = load<u32>(exchange, ANNEX_ADDRESS);
    if (annex === <u32>ELSEWHERE) return false;
    if (annex === 0) missing += 1;
    exchange = <usize>load<u32>(exchange, OLDER_ADDRESS);
  }
  return mayAnnex(block, missing);
}

/** Where that of a quick mode lies, which is made if there is none: there is room for it. */
export function annexed(block: usize, exchange: usize): usize {
  let annex = <usize>load<u32>(exchange, ANNEX_ADDRESS);
  if (annex === 0) {
    annex = newRow(block + ANNEX_POOL, ANNEX_BYTES, ANNEX_NUMBERS);
    store<u32>(exchange, <u32>annex, ANNEX_ADDRESS);
  }
  return annex;
}
