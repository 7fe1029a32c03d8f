/** All clients of a responder: those that the rules look at, and those of whom they have nothing to say. */

import type { ClientSa } from "./client-sa.ts";
import type { PlainRun } from "./plain-clients.ts";
import type { Responder } from "./responders.ts";

/** Each by its IKE SAs, at least one; in the order of their first messages. Those that are plain are made anew each time. */
export function* clientsOf(responder: Responder): Generator<readonly ClientSa[], void, undefined> {
  for (const each of clientsOrRuns(responder)) {
    if (!("order" in each)) yield each;
    else for (let i = each.at; i < each.end; i += 1) yield [responder.plain.made(each.order[i])];
  }
}

/** The same, but of plain clients which ones stand there one after another. */
export function clientsOrRuns({ clientSas, plain }: Responder): Iterable<readonly ClientSa[] | PlainRun> {
  const others = byClient(clientSas);
  return plain.indices.length === 0 ? others : plain.among(others);
}

/** The IKE SAs of all of them; those of one client side by side. */
export function* clientSasOf(responder: Responder): Generator<ClientSa, void, undefined> {
  for (const own of clientsOf(responder)) yield* own;
}

export function clientCount({ clients, plain }: Responder): number {
  return clients.length + plain.indices.length;
}

/** A judgement has the IKE SAs of a client side by side. */
export function* byClient(clientSas: readonly ClientSa[]): Generator<readonly ClientSa[], void, undefined> {
  for (let from = 0; from < clientSas.length; ) {
    const { client } = clientSas[from];
    let to = from + 1;
    while (to < clientSas.length && clientSas[to].client === client) to += 1;
    yield clientSas.slice(from, to);
    from = to;
  }
}
