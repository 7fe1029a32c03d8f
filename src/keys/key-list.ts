/**
 * Reads keys of IKE SAs (the final Ka of RFC 2409 Appendix B) from lines of text: Wireshark's table
 * `ikev1_decryption_table`, bare keys, or the log of a daemon that was told to print them.
 *
 *   const list = new KeyList();
 *   for (const line of lines) list.take(line);
 *
 * A key never leaves this folder: where one is spoken of, it is by its line.
 */

export interface Key {
  /** Initiator cookie, 16 lower-case hex digits; null where the line names none. */
  cookie: string | null;
  bytes: Uint8Array;
  /** Where it was read: name of the file, and its line from 1. */
  source: string;
  line: number;
}

/** Keys that are kept; an honest file has one for each connection. */
const MAX_KEYS = 65_536;
/** Longer lines hold no key. */
const MAX_LINE = 4_096;
/** Bytes of a key of DES, AES-128, AES-192 and 3DES, AES-256. */
const KEY_LENGTHS: ReadonlySet<number> = new Set([8, 16, 24, 32]);

/** `cookie,key` with or without quotes, as Wireshark writes and reads it. */
const TABLE_ROW = /^"?(?:0x)?([0-9a-f]{16})"?\s*,\s*"?(?:0x)?([0-9a-f]+)"?$/i;
const BARE_KEY = /^(?:0x)?([0-9a-f]+)$/i;
/** strongSwan, log group ike at level 4: a line with the length, then lines of 16 bytes. */
const CHARON_BEGIN = /encryption key Ka => (\d+) bytes/;
const CHARON_BYTES = /\s(?:\d+): ((?:[0-9A-F]{2} ){0,15}[0-9A-F]{2})(?:\s{2}|$)/;
/** racoon, debug; the hex may stand on the next line, or behind a newline that a syslog wrote as #012. */
const RACOON_BEGIN = /final encryption key computed:/;
const RACOON_COOKIE = /new cookie:\s*(?:#012)?([0-9a-f]{16})?\s*$/;
const RACOON_BYTES = /(?:^|[\s]|#012)((?:[0-9a-f]{8} ?){2,8})\s*$/;
/** vpnc, debug level 3. */
const VPNC_KEY = /\benc-key: ((?:[0-9a-f]{8} ?){2,8})\s*$/;

/** What the lines before announced. */
type Expected =
  | { kind: "nothing" }
  | { kind: "charon"; line: number; length: number; bytes: number[] }
  | { kind: "racoon"; line: number }
  | { kind: "racoon-cookie" };

const NOTHING: Expected = { kind: "nothing" };

export class KeyList {
  readonly keys: Key[] = [];
  /** Keys beyond the bound. */
  evicted = 0;
  readonly #source: string;
  #line = 0;
  #expected: Expected = NOTHING;
  #isLog = false;
  readonly #others: number[] = [];
  readonly #seen = new Set<string>();

  /** @param source name of the file, as messages show it */
  constructor(source = "keys") {
    this.#source = source;
  }

  take(text: string): void {
    this.#line += 1;
    const line = text.length > MAX_LINE ? "" : text.trimEnd();
    if (this.#resumable(line)) return;
    this.#expected = NOTHING;
    const trimmed = line.trim();
    if (trimmed === "" || trimmed.startsWith("#")) return;
    const row = TABLE_ROW.exec(trimmed);
    if (row !== null) this.#add(row[2], row[1].toLowerCase(), this.#line);
    else if (!this.#begins(line)) {
      const bare = BARE_KEY.exec(trimmed);
      if (bare !== null) this.#add(bare[1], null, this.#line);
      else this.#addOther(this.#line);
    }
  }

  /** Lines that are neither a key nor a comment; of a daemon's log, which is mostly other lines, none. */
  get unreadable(): readonly number[] {
    return this.#isLog ? [] : this.#others;
  }

  /** The line announces a key, or is one of a daemon's log that holds it. */
  #begins(line: string): boolean {
    const charon = CHARON_BEGIN.exec(line);
    const vpnc = VPNC_KEY.exec(line);
    if (charon !== null) {
      this.#expected = { kind: "charon", line: this.#line, length: Number(charon[1]), bytes: [] };
    } else if (RACOON_BEGIN.test(line)) this.#expected = { kind: "racoon", line: this.#line };
    else if (vpnc !== null) this.#add(vpnc[1].replaceAll(" ", ""), null, this.#line);
    else if (RACOON_COOKIE.test(line)) this.#expected = { kind: "racoon-cookie" };
    else return false;
    this.#isLog = true;
    return true;
  }

  /** Takes the line as the continuation of an announced key; false when it is none. */
  #resumable(line: string): boolean {
    const expected = this.#expected;
    if (expected.kind === "charon") {
      const found = CHARON_BYTES.exec(line);
      if (found === null || !KEY_LENGTHS.has(expected.length)) return false;
      const bytes = found[1].split(" ").map((byte) => Number.parseInt(byte, 16));
      expected.bytes.push(...bytes.slice(0, expected.length - expected.bytes.length));
      if (expected.bytes.length < expected.length) return true;
      const hex = expected.bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");
      this.#add(hex, null, expected.line);
      this.#expected = NOTHING;
      return true;
    }
    if (expected.kind === "racoon") {
      const found = RACOON_BYTES.exec(line);
      // The prefix of the dump stands on a line of its own where newlines are kept.
      if (found === null) return /DEBUG:\s*$/.test(line);
      this.#add(found[1].replaceAll(" ", ""), null, expected.line);
      this.#expected = NOTHING;
      return true;
    }
    return expected.kind === "racoon-cookie" && RACOON_BYTES.test(line);
  }

  #addOther(line: number): void {
    if (this.#others.length < MAX_KEYS) this.#others.push(line);
  }

  #add(hex: string, cookie: string | null, line: number): void {
    const name = `${cookie ?? ""},${hex.toLowerCase()}`;
    if (!KEY_LENGTHS.has(hex.length / 2)) {
      this.#addOther(line);
      return;
    }
    if (this.#seen.has(name)) return;
    if (this.keys.length >= MAX_KEYS) {
      this.evicted += 1;
      return;
    }
    this.#seen.add(name);
    const bytes = Uint8Array.from({ length: hex.length / 2 }, (_, i) =>
      Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16),
    );
    this.keys.push({ cookie, bytes, source: this.#source, line });
  }
}
