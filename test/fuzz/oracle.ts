/** What must hold whatever the input is. A breach is an error that names it, which the fuzzer keeps the input of. */

export function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(`broken: ${what}`);
}

export function same(a: unknown, b: unknown, what: string): void {
  const [left, right] = [JSON.stringify(a), JSON.stringify(b)];
  if (left !== right) throw new Error(`broken: ${what}: ${left.slice(0, 400)} and ${right.slice(0, 400)}`);
}
