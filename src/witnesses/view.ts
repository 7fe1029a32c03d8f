/** What a judgement holds, in the form that logs and events are compared with. */

import { hostOf } from "../collections/endpoints.ts";
import type { Exchange, Hosts, IkeSa } from "../ike/facts.ts";
import type { Client } from "../judgement/client.ts";
import type { ClientSa } from "../judgement/client-sa.ts";
import { clientSasOf } from "../judgement/clients-of.ts";
import type { Judgement } from "../judgement/judge.ts";
import type { Responder } from "../judgement/responders.ts";
import type { SeenQuickMode, SeenSession } from "../syslog/join.ts";
import { hexWord } from "../wire/bytes.ts";
import type { DialQuickMode, DialSession } from "./event-join.ts";
import { isBehind } from "./inside.ts";

export interface View {
  quickModes: (SeenQuickMode & DialQuickMode)[];
  /** The quick modes themselves, and the IKE SAs, by the same numbers. */
  exchanges: Exchange[];
  sessions: (SeenSession & DialSession)[];
  sas: IkeSa[];
}

export function viewOf({ responders }: Judgement, hosts: Hosts): View {
  const view: View = { quickModes: [], exchanges: [], sessions: [], sas: [] };
  const numbers = new Map<Client, number>();
  for (const responder of responders) {
    const sharing = clientsByHost(responder);
    for (const clientSa of clientSasOf(responder)) {
      const { client } = clientSa;
      const owner = numbers.get(client) ?? numbers.size;
      numbers.set(client, owner);
      view.sessions.push({
        ...sessionOf(clientSa, hosts),
        owner,
        gateway: hosts.text(responder.host),
        // Of a client that has its address alone nothing is said there.
        shared: (sharing.get(client.host)?.size ?? 1) > 1,
      });
      view.sas.push(clientSa.session.sa);
      addQuickModes(view, clientSa);
    }
  }
  return view;
}

function clientsByHost({ clientSas }: Responder): Map<number, Set<Client>> {
  const clients = new Map<number, Set<Client>>();
  for (const { client } of clientSas) {
    const same = clients.get(client.host) ?? new Set();
    clients.set(client.host, same.add(client));
  }
  return clients;
}

function sessionOf({ session, client }: ClientSa, hosts: Hosts) {
  const { sa, endpoint, finishedAt } = session;
  const [initiatorCookie, responderCookie] = [sa.cookies.slice(0, 2), sa.cookies.slice(2)].map(cookieText);
  const next = client.sessions[client.sessions.indexOf(session) + 1];
  return {
    client: hosts.text(hostOf(endpoint)),
    isBehind: (address: string) => isBehind(sa, session.client, address),
    initiatorCookie,
    responderCookie,
    firstAt: sa.firstAt,
    finishedAt,
    informationals: sa.informationals[session.client],
    nextAt: next === undefined ? Number.NaN : next.sa.firstAt,
  };
}

/** Lower-case digits of a cookie, or of several. */
export function cookieText(words: readonly number[]): string {
  return words.map(hexWord).join("");
}

function addQuickModes(view: View, { session }: ClientSa): void {
  const number = view.sessions.length - 1;
  const { nextAt } = view.sessions[number];
  for (const exchange of session.quickModes) {
    const { messageId, firstAt, lastRetransmissionAt, replyAt, followedAt } = exchange;
    const { starterLeftAt, starterInformationalAt } = exchange;
    view.quickModes.push({
      session: number,
      messageId,
      firstAt,
      lastAt: Number.isNaN(lastRetransmissionAt) ? firstAt : lastRetransmissionAt,
      replyAt,
      thirdAt: followedAt,
      leftAt: [starterLeftAt, starterInformationalAt, nextAt].find((at) => !Number.isNaN(at)) ?? Number.NaN,
    });
    view.exchanges.push(exchange);
  }
}
