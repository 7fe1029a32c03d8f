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
