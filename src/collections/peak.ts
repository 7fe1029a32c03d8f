/** Somebody comes (`up`) or goes; who came twice has to go twice. */
export interface Edge<K> {
  who: K;
  up: boolean;
}

/** The most that were there at once. @param edges in the order of time */
export function mostAtOnce<K>(edges: Iterable<Edge<K>>): number {
  const standing = new Map<K, number>();
  let peak = 0;
  for (const { who, up } of edges) {
    const count = (standing.get(who) ?? 0) + (up ? 1 : -1);
    if (count > 0) standing.set(who, count);
    else standing.delete(who);
    peak = Math.max(peak, standing.size);
  }
  return peak;
}

/** Most come in order, and need not be sorted. */
function sortTimes(times: Float64Array): void {
  for (let i = 1; i < times.length; i += 1) {
    if (times[i] < times[i - 1]) {
      times.sort();
      return;
    }
  }
}

/**
 * The most that were there at once, where each came once and went later: at one time the leaving go first.
 * @param from when each came; both lists are sorted, and need not be of one order
 */
export function mostIntervalsAtOnce(from: Float64Array, until: Float64Array): number {
  sortTimes(from);
  sortTimes(until);
  let peak = 0;
  let gone = 0;
  for (let come = 0; come < from.length; come += 1) {
    while (until[gone] <= from[come]) gone += 1;
    peak = Math.max(peak, come + 1 - gone);
  }
  return peak;
}
