/** ISAKMP messages as the tables of `ike/` take them, with no bytes behind them. */

import { endpoint } from "../../src/collections/endpoints.ts";
import { SECOND } from "../../src/judgement/moment.ts";
import { Message } from "../../src/wire/datagram.ts";
import type { ClearPayloads } from "../../src/wire/payloads.ts";

export const CLIENT = endpoint(1, 500);
export const RESPONDER = endpoint(3, 500);

export type MessageFields = Partial<Omit<Message, "clear" | "digest" | "cookies">> & {
  /** Same content, same message. */
  content?: number;
  clear?: Partial<ClearPayloads>;
  cookies?: readonly [number, number, number, number];
};

/** An encrypted message of quick mode, of the client at second 0, unless told otherwise; `at` in seconds. */
export function messageMade({
  content = 1,
  clear,
  cookies = [1, 2, 3, 4],
  ...fields
}: MessageFields = {}): Message {
  const message = new Message();
  Object.assign(message, {
    exchange: 32,
    messageId: 1,
    encrypted: true,
    length: 300,
    captured: 300,
    from: CLIENT,
    to: RESPONDER,
    frame: 1,
    ...fields,
    at: Math.round((fields.at ?? 0) * SECOND),
  });
  message.cookies.set(cookies);
  message.digest.full = content;
  message.digest.prefix = 1_000 + (content % 1_000);
  message.clear = {
    vendorIds: [],
    lifeSeconds: null,
    natDiscovery: 0,
    natHashes: [],
    hash: null,
    notifies: [],
    cut: false,
    ...clear,
  };
  return message;
}

/** The same from the responder. */
export function answerMade(fields: MessageFields = {}): Message {
  return messageMade({ from: RESPONDER, to: CLIENT, content: 2, length: 170, ...fields });
}
