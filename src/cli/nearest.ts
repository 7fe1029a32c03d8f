/** What a mistyped word was most likely meant to be. */

/** Of so many letters one may be wrong; a word of six may have two wrong ones. */
const LETTERS_PER_TYPO = 3;

/** The known words that differ least from `word`, nearest first; empty where none is near. */
export function nearest(word: string, known: readonly string[]): string[] {
  const wanted = word.toLowerCase();
  const most = Math.max(1, Math.floor(wanted.length / LETTERS_PER_TYPO));
  return known
    .map((name) => ({ name, typos: typos(wanted, name.toLowerCase()) }))
    .filter(({ name, typos: count }) => count <= most && count < name.length)
    .sort((a, b) => a.typos - b.typos)
    .map(({ name }) => name);
}

/** Letters to be changed, added, left out or swapped with their neighbour (optimal string alignment). */
function typos(from: string, to: string): number {
  let before: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row += 1) {
    const line = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const same = from[row - 1] === to[column - 1];
      let least = Math.min(last[column] + 1, line[column - 1] + 1, last[column - 1] + (same ? 0 : 1));
      const swapped =
        row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      if (swapped) least = Math.min(least, before[column - 2] + 1);
      line.push(least);
    }
    before = last;
    last = line;
  }
  return last[to.length];
}
