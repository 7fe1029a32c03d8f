/** What an attack is. */

export interface Attack {
  name: string;
  /** What comes, and what it aims at. */
  what: string;
  /** How many, for the full measurement. */
  count: number;
  write: (path: string, count: number) => void;
  /** Bytes that it unpacks to, where the report does not count them. */
  unpacksTo?: (count: number) => number;
}
