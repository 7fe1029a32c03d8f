/** Annexes of quick modes (linear/annexed-row.ts): what most of them have nothing of. */

import { field } from "./columns";
import { ANNEX_POOL, END, FREE_COUNT, LENGTH } from "./message-layout";
import {
  ANNEX_ADDRESS,
  ANNEX_BYTES,
  ANNEX_NUMBERS,
  ELSEWHERE,
  LATEST_ADDRESS,
  OLDER_ADDRESS,
} from "./sa-layout";
import { newRow } from "./sas";

/** So many quick modes may have one that have none yet. */
export function mayAnnex(block: usize, count: u32): bool {
  const pool = block + ANNEX_POOL;
  const end = <usize>field(pool, END);
  const ahead = count - min(count, load<u32>(end, FREE_COUNT));
  return ahead === 0 || load<u32>(end) + ahead * (ANNEX_BYTES >> 3) <= field(pool, LENGTH);
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

/** Where that of a quick mode lies; 0 without one. */
export function annexOf(exchange: usize): usize {
  return <usize>load<u32>(exchange, ANNEX_ADDRESS);
}

/** The same where it is made if there is none, for which there is room. */
export function annexed(block: usize, exchange: usize): usize {
  let annex = annexOf(exchange);
  if (annex === 0) {
    annex = newRow(block + ANNEX_POOL, ANNEX_BYTES, ANNEX_NUMBERS);
    store<u32>(exchange, <u32>annex, ANNEX_ADDRESS);
  }
  return annex;
}
