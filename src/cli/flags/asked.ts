/** What the command line can ask for. */

import type { Partition } from "../../analysis/partition.ts";
import type { FailOn } from "../exit-status.ts";
import type { ColorMode } from "../terminal.ts";
import type { LiveArguments } from "./live.ts";

export const FORMATS = ["table", "json", "ndjson", "markdown", "html"] as const;
export const SCHEMAS = ["report", "ndjson"] as const;
/** First words that do something else than the main job. */
export const SUBCOMMANDS = [
  "extract",
  "schema",
  "explain",
  "compare",
  "page",
  "manual",
  "completion",
] as const;
export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Format = (typeof FORMATS)[number];
export type SchemaName = (typeof SCHEMAS)[number];
export type Shell = (typeof SHELLS)[number];

export interface CheckOptions {
  /** As given; empty means standard input, unless that is a terminal. */
  inputs: string[];
  format: Format;
  /** Path of the report; null is standard output. */
  output: string | null;
  /** Path of the evidence capture, if one is wanted. */
  evidence: string | null;
  ports: number[];
  responders: string[];
  aliases: [string, string][];
  failOn: FailOn;
  strict: boolean;
  /** Each capture by itself, instead of all of them as one. */
  each: boolean;
  /** Directories in directories as well. */
  recursive: boolean;
  all: boolean;
  /** "local", "utc", or an IANA name. */
  timeZone: string;
  /** Addresses and names are replaced in all that is written. */
  anonymize: boolean;
  /** Path of the key for that; null is a key for this run alone. */
  anonymizeKey: string | null;
  /** Path of a hosts file with names for addresses. */
  names: string | null;
  crossCheck: boolean;
  quiet: boolean;
  verbose: boolean;
  progress: boolean;
  color: ColorMode;
  maxPackets: number | null;
  /** IKE SAs held at a time; null chooses. */
  maxSas: number | null;
  live: LiveArguments;
  /** Why an option that was given needs an input that goes on, in one sentence. */
  needsGoingOn: string | null;
  /** How far lines of message records may be out of order, seconds. */
  reorderSeconds: number;
  partition: Partition | null;
  /** Path of the state that is taken up and kept, if any. */
  state: string | null;
  /** Files of keys, logs of the gateway, and events of Windows clients. */
  keys: string[];
  syslog: string[];
  events: string[];
}

export interface ExtractOptions {
  /** As given; empty means standard input. */
  inputs: string[];
  output: string | null;
  ports: number[];
  /** Name of this sensor; null is the machine's name. */
  sensor: string | null;
  maxPackets: number | null;
  quiet: boolean;
  live: LiveArguments;
  /** Why an option that was given needs an input that goes on, in one sentence. */
  needsGoingOn: string | null;
}

export interface CompareOptions {
  /** Paths of the two reports. */
  before: string;
  after: string;
  json: boolean;
}

export type Invocation =
  | { kind: "check"; options: CheckOptions }
  | { kind: "devices" }
  | { kind: "filter"; text: string }
  | { kind: "extract"; options: ExtractOptions }
  | { kind: "schema"; of: SchemaName }
  | { kind: "explain"; term: string | null }
  | { kind: "completion"; shell: Shell }
  | { kind: "manual" }
  | { kind: "compare"; options: CompareOptions }
  | { kind: "page" }
  /** Help or the version, asked for. */
  | { kind: "text"; text: string }
  /** A usage error: one sentence. */
  | { kind: "usage"; message: string };
