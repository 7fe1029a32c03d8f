/** Everything that witnesses beside the captures have said: lines of gateways' logs and events of clients. */

import type { ClientEvent } from "../events/reader.ts";
import { type GatewayEvent, type LogCounts, LogReader } from "../syslog/reader.ts";

/** Lines kept of a log; beyond, the oldest go, in tenths. */
const MAX_EVENTS = 200_000;

/** One log. */
export class GatewayLog {
  readonly name: string;
  readonly #reader: LogReader;
  /** In the order of the log. */
  events: GatewayEvent[] = [];
  evicted = 0;
  bytes = 0;

  /** @param now microseconds since the epoch: lines without a year are not later */
  constructor(name: string, now: number) {
    this.name = name;
    this.#reader = new LogReader(name, now);
  }

  take(line: string): void {
    const event = this.#reader.take(line);
    if (event === null) return;
    this.events.push(event);
    if (this.events.length < MAX_EVENTS) return;
    this.evicted += MAX_EVENTS / 10;
    this.events = this.events.slice(MAX_EVENTS / 10);
  }

  pass(): void {
    this.#reader.pass();
  }

  get counts(): LogCounts {
    return this.#reader.counts;
  }

  /** The most verbose level of its lines; -1 where there are none. */
  get level(): number {
    return this.#reader.level;
  }

  get version(): string | null {
    return this.#reader.version;
  }
}

/** Events kept of all clients. */
const MAX_CLIENT_EVENTS = 50_000;

export class WitnessBook {
  readonly logs: GatewayLog[] = [];
  readonly clientEvents: ClientEvent[] = [];
  evictedEvents = 0;

  /** A log from its beginning; what was read of it before is forgotten. */
  open(name: string, now: number): GatewayLog {
    const log = new GatewayLog(name, now);
    const known = this.logs.findIndex((each) => each.name === name);
    if (known < 0) this.logs.push(log);
    else this.logs[known] = log;
    return log;
  }

  note(event: ClientEvent): void {
    if (this.clientEvents.length < MAX_CLIENT_EVENTS) this.clientEvents.push(event);
    else this.evictedEvents += 1;
  }

  get isEmpty(): boolean {
    return this.logs.length === 0 && this.clientEvents.length === 0;
  }
}

/** The events of one machine in one file. */
export interface EventLog {
  name: string;
  computer: string;
  events: ClientEvent[];
}

/** A file may hold the events of many machines: each has a clock of its own. */
export function eventLogsOf({ clientEvents }: WitnessBook): EventLog[] {
  const logs = new Map<string, EventLog>();
  for (const event of clientEvents) {
    const { source, computer } = event;
    const key = `${source}\n${computer}`;
    const log = logs.get(key) ?? { name: source, computer, events: [] };
    logs.set(key, log);
    log.events.push(event);
  }
  return [...logs.values()];
}
