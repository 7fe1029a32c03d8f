/**
 * The clock of a log against that of a capture. A log line and a message of the capture that can belong together
 * say that the clocks differ by something between two bounds; the difference is where most of these meet.
 *
 *     const clock = estimateClock(pairs);      null: nothing to rely on, do not join
 */

/** A line and a message that can be the same event. */
export interface Pair {
  /** Number of the line's event, so that one line counts once. */
  event: number;
  /** Time of the line, and how long that text stands for, in microseconds. */
  logAt: number;
  resolution: number;
  /** How much later than the message it may have been written; 0 unless given. */
  delay?: number;
  /** Time of the message on the capture's clock, and number of its IKE SA. */
  at: number;
  session: number;
}

export interface LogClock {
  /** To be added to a time of the log to get the capture's at `from`, in microseconds. */
  offset: number;
  /** How far from it the truth can be. */
  uncertainty: number;
  /** Lines that agree. */
  matches: number;
  /** Parts in a million that the log's clock is slow. */
  drift: number;
  from: number;
}

const SECOND = 1_000_000;
/** The gateway writes a line a moment after the message, and the capture may have it a moment before or after. */
const SLACK = 250_000;
/** A clock that nobody sets drifts by 200 parts in a million at most. */
const MAX_DRIFT = 200;
/** Fewer lines that agree can be chance. */
const MIN_MATCHES = 2;
/** Pairs looked at; of more, those spread over all are taken. */
const MAX_PAIRS = 5_000;
const MAX_DRIFT_STEPS = 100;
/** Differences that are further apart are not the same one, seen less sharply. */
const APART = 2 * SECOND;
/** Another difference that fits a greater share of the lines leaves it open which one is right. */
const MAX_RIVAL = 0.7;

/** The capture's time of a time of the log. */
export function captureTime({ offset, drift, from }: LogClock, logAt: number): number {
  return logAt + offset + ((logAt + offset - from) * drift) / 1_000_000;
}

/**
 * Null below two lines that agree, and where another difference fits nearly as many lines.
 * @param known "set": the log's clock is one that a network sets, in UTC, and likelier right than a chance agreement;
 *   "named": lines name their sessions, so that no chance is in it
 */
export function estimateClock(
  all: readonly Pair[],
  known: "nothing" | "set" | "named" = "nothing",
): LogClock | null {
  const stride = Math.ceil(all.length / MAX_PAIRS);
  const pairs = stride <= 1 ? all : all.filter((_, i) => i % stride === 0);
  const from = pairs.reduce((least, { at }) => Math.min(least, at), Number.POSITIVE_INFINITY);
  const span = pairs.reduce((most, { at }) => Math.max(most, at - from), 0);
  let best = NOWHERE;
  for (const drift of drifts(span)) {
    const found = meet(boundsOf(pairs, drift, from), drift);
    if (found.matches > best.matches) best = found;
  }
  if (best.matches < MIN_MATCHES) return null;
  const elsewhere = boundsOf(pairs, best.drift, from).filter(
    ({ middle }) => middle < best.low - APART || middle > best.high + APART,
  );
  if (meet(elsewhere, best.drift).matches > MAX_RIVAL * best.matches) return null;
  const isRight = known === "set" && Math.abs(best.low + best.high) / 2 <= NEARLY;
  if (known !== "named" && !isRight && !isBelievable(best, pairs, from)) return null;
  return {
    offset: (best.low + best.high) / 2,
    uncertainty: (best.high - best.low) / 2,
    matches: best.matches,
    drift: best.drift,
    from,
  };
}

/** Lines of one session alone agree with any other dial of that client: then the clocks are a time zone apart. */
const QUARTER_HOUR = 900 * SECOND;
const MAX_ZONE = 14 * 3600 * SECOND;
const NEARLY = 30 * SECOND;
/** How often as many lines may agree by chance. */
const MAX_CHANCE = 0.01;
/** Clocks that nobody has compared differ by so much at least, as far as is known. */
const LEAST_RANGE = 3600 * SECOND;

/** As many lines do not agree by chance, and not because one client dials in the same way each day. */
function isBelievable({ low, high, drift }: Meeting, pairs: readonly Pair[], from: number): boolean {
  const middle = (low + high) / 2;
  const sessions = new Set<number>();
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let agreeing = 0;
  for (const pair of pairs) {
    const ahead = pair.at - pair.logAt - ((pair.at - from) * drift) / 1_000_000;
    least = Math.min(least, ahead);
    most = Math.max(most, ahead);
    const [low, high] = rangeOf(pair, ahead);
    if (middle < low || middle > high) continue;
    sessions.add(pair.session);
    agreeing += 1;
  }
  if (sessions.size < 2) {
    const beside = Math.abs(middle - Math.round(middle / QUARTER_HOUR) * QUARTER_HOUR);
    return Math.abs(middle) <= MAX_ZONE && beside <= NEARLY;
  }
  // Lines of one session come together: they count as one.
  const tries = (pairs.length * sessions.size) / agreeing;
  const each = (tries * 3 * SECOND) / Math.max(LEAST_RANGE, most - least);
  let chance = tries;
  for (let i = 1; i < sessions.size; i += 1) chance *= each / i;
  return chance <= MAX_CHANCE;
}

/** Drifts worth trying, the least first: so close that the last line moves by less than half a second. */
function* drifts(span: number): Iterable<number> {
  yield 0;
  const total = (span * MAX_DRIFT) / 1_000_000;
  const steps = Math.min(MAX_DRIFT_STEPS, Math.ceil(total / (SECOND / 2)));
  for (let i = 1; i <= steps; i += 1) {
    const drift = (MAX_DRIFT * i) / steps;
    yield drift;
    yield -drift;
  }
}

interface Meeting {
  low: number;
  high: number;
  matches: number;
  drift: number;
}

const NOWHERE: Meeting = { low: 0, high: 0, matches: 0, drift: 0 };

interface Bound {
  offset: number;
  opens: boolean;
  event: number;
  /** Middle of the bounds that this is one of. */
  middle: number;
}

function boundsOf(pairs: readonly Pair[], drift: number, from: number): Bound[] {
  const bounds: Bound[] = [];
  for (const pair of pairs) {
    const { event, logAt, at } = pair;
    const [low, high] = rangeOf(pair, at - logAt - ((at - from) * drift) / 1_000_000);
    const middle = (low + high) / 2;
    bounds.push({ offset: low, opens: true, event, middle });
    bounds.push({ offset: high, opens: false, event, middle });
  }
  return bounds.sort((a, b) => a.offset - b.offset || Number(b.opens) - Number(a.opens));
}

/** The offsets that fit a pair whose message is `ahead` of its line: text is cut to its resolution, and written late. */
function rangeOf({ resolution, delay = 0 }: Pair, ahead: number): [low: number, high: number] {
  return [ahead - resolution - SLACK, ahead + delay + SLACK];
}

/** Where most lines agree: a sweep over the bounds, each line counted once. */
function meet(bounds: readonly Bound[], drift: number): Meeting {
  const open = new Map<number, number>();
  const best: Meeting = { low: 0, high: 0, matches: 0, drift };
  let isBest = false;
  for (const { offset, opens, event } of bounds) {
    const count = open.get(event) ?? 0;
    if (opens) {
      open.set(event, count + 1);
      if (open.size > best.matches) {
        Object.assign(best, { low: offset, matches: open.size });
        isBest = true;
      } else if (open.size === best.matches && offset - best.high < APART) isBest = true;
    } else {
      if (isBest) best.high = offset;
      isBest = false;
      if (count <= 1) open.delete(event);
      else open.set(event, count - 1);
    }
  }
  return best;
}
