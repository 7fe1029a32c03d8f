/** Names of captures, interfaces and sensors in anything that is printed: numbers stand for them. */

/** `capture-1.pcap` for the first source, with the kind of file where the name tells it. */
export function publicName(name: string, index: number): string {
  const kind = /\.(pcap|pcapng|cap|ndjson|json|log|txt)(\.gz)?$/i.exec(name);
  return `capture-${index + 1}${kind === null ? "" : kind[0].toLowerCase()}`;
}

/** The value with each of these names replaced, as a whole string and as a word of a sentence. */
export function withoutNames<T>(value: T, names: readonly string[]): T {
  const replaced = new Map<string, string>();
  names.forEach((name, index) => {
    const fresh = publicName(name, index);
    const base = name.slice(Math.max(name.lastIndexOf("/"), name.lastIndexOf("\\")) + 1);
    if (!replaced.has(base)) replaced.set(base, fresh);
    replaced.set(name, fresh);
  });
  const longest = [...replaced.keys()].filter((name) => name !== "").sort((a, b) => b.length - a.length);
  if (longest.length === 0) return value;
  const words = new RegExp(`(?<![\\w./\\\\-])(?:${longest.map(quoted).join("|")})(?![\\w/\\\\-])`, "g");
  const text = (each: string) => replaced.get(each) ?? each.replace(words, (found) => replaced.get(found)!);
  return deep(value, text) as T;
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
