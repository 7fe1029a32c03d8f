/** Names of captures, interfaces and sensors in anything that is printed: numbers stand for them. */

import type { SourceSummary } from "../capture/source.ts";

/** `capture-1.pcap` for the first source, with the kind of file where the name tells it. */
export function publicName(name: string, index: number): string {
  const kind = /\.(pcap|pcapng|cap|ndjson|json|log|txt)(\.gz)?$/i.exec(name);
  return `capture-${index + 1}${kind === null ? "" : kind[0].toLowerCase()}`;
}

/** What is known of a source, as far as it names anybody. */
type Named = Pick<SourceSummary, "name" | "sensors">;

/** The value without the names of these sources, those of their sensors, and further ones. */
export function withoutSourceNames<T>(
  value: T,
  sources: readonly Named[],
  further: readonly string[] = [],
): T {
  const sensors = sources.flatMap((source) => source.sensors ?? []);
  return withoutNames(value, [...sources.map(({ name }) => name), ...further], sensors);
}

/**
 * The value with each of these names replaced, as a whole string and as a word of a sentence. A name that comes twice
 * has its first number, which evidence has as well.
 * @param sensors replaced where a sentence says `sensor NAME`
 */
export function withoutNames<T>(value: T, names: readonly string[], sensors: readonly string[] = []): T {
  const replaced = new Map<string, string>();
  const replace = (name: string, fresh: string) => {
    if (!replaced.has(name)) replaced.set(name, fresh);
  };
  for (const name of names) replace(name, publicName(name, replaced.size));
  for (const [name, fresh] of [...replaced]) replace(baseName(name), fresh);
  sensors.forEach((name, index) => {
    replace(`sensor ${name}`, `sensor ${index + 1}`);
  });
  const longest = [...replaced.keys()].filter((name) => name !== "").sort((a, b) => b.length - a.length);
  if (longest.length === 0) return value;
  const words = new RegExp(`(?<![\\w./\\\\-])(?:${longest.map(quoted).join("|")})(?![\\w/\\\\-])`, "g");
  const text = (each: string) => replaced.get(each) ?? each.replace(words, (found) => replaced.get(found)!);
  return deep(value, text) as T;
}

/** The last part of a path of any system. */
export function baseName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
}

function quoted(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/** Keys whose values are sentences or names of sources; codes, addresses and fingerprints are not looked into. */
const PLACES: ReadonlySet<string> = new Set([
  "name",
  "source",
  "message",
  "problem",
  "text",
  "summary",
  "anomaly",
  "command",
]);

function deep(value: unknown, text: (each: string) => string, key = ""): unknown {
  if (typeof value === "string") return PLACES.has(key) ? text(value) : value;
  if (Array.isArray(value)) return value.map((each) => deep(each, text, key));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, deep(each, text, name)]));
}
