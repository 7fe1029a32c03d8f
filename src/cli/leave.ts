/** What standard streams are; what they have still to write would stand beside them. */
const STANDARD_STREAMS: ReadonlySet<string> = new Set(["PipeWrap", "TTYWrap"]);

/**
 * Ends the program, once it has nothing left to do. By itself, Node would first wait until V8's threads have compiled what
 * nobody runs any more: of a capture that is read in a quarter of a second, up to a twentieth.
 */
export function leave(status: number): void {
  process.exitCode = status;
  if (process.getActiveResourcesInfo().every((kind) => STANDARD_STREAMS.has(kind))) process.exit();
}
