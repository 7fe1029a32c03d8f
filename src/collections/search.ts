/**
 * Index of the first item of an ordered list for which `isThere` holds; the length where it holds for none. Once it
 * holds it has to hold for all that follow.
 *
 *     firstIndex(times, (at) => at > after)
 */
export function firstIndex<T>(items: readonly T[], isThere: (item: T) => boolean): number {
  let from = 0;
  let to = items.length;
  while (from < to) {
    const half = (from + to) >> 1;
    if (isThere(items[half])) to = half;
    else from = half + 1;
  }
  return from;
}
