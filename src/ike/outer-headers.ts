/** Fragment sets that are not complete: the outer header of one stands for its message, as long as it is not. */

import type { Message } from "../wire/datagram.ts";
import { fragmentNumber } from "../wire/fragments.ts";
import { Exchange, stampOf } from "./exchange.ts";
import type { Side } from "./paths.ts";
import type { OuterHeader } from "./rare-facts.ts";

export function outerHeader(message: Message, side: Side): OuterHeader {
  return {
    side,
    messageId: message.messageId,
    exchange: new Exchange(message, side),
    pieces: pieceOf(message),
    copies: 0,
    last: { at: message.at, stamp: stampOf(message) },
  };
}

/** A bit for the number of a fragment. */
function pieceOf({ bytes, offset }: Message): number {
  return 1 << (fragmentNumber(bytes, offset) & 31);
}

/** Another fragment under an outer header: a number that was there already begins the message's next copy. */
export function notePiece(outer: OuterHeader, message: Message): void {
  const piece = pieceOf(message);
  if ((outer.pieces & piece) === 0) {
    outer.pieces |= piece;
    return;
  }
  outer.pieces = piece;
  outer.copies += 1;
  outer.last = { at: message.at, stamp: stampOf(message) };
}
