import type { LogEntry } from "../../src/logs/entry.ts";

/** The first message of a quick mode, at 2026-03-02 08:00:10.123456 UTC, with its length. */
export const LOG_ENTRY: LogEntry = {
  micros: 1_772_438_410_123_456,
  tie: 0,
  capturePoint: "",
  from: "198.51.100.1",
  fromPort: 500,
  to: "192.0.2.1",
  toPort: 501,
  initiatorCookie: "0123456789abcdef",
  responderCookie: "fedcba9876543210",
  major: 1,
  minor: 0,
  exchange: 32,
  flags: 1,
  messageId: 7,
  length: 172,
  mark: "",
};
