/** What a report says, sorted by what there is to do about it. Pure: looks at the report alone. */

import { lazily } from "../../collections/lazily.ts";
import { unmadeClients, unmadeFindings } from "../later-lists.ts";
import type { NotedClient, NotedFinding, Report, Responder, Verdict } from "../model.ts";

export interface Facts {
  report: Report;
  /** Findings above tolerated, by verdict. */
  findings: Record<"rejected" | "predicted" | "possible", NotedFinding[]>;
  accusing: NotedFinding[];
  /** Gateways with a finding, tolerated ones among them. */
  gateways: ReadonlySet<string>;
  /** The worst verdict of them; null where there is none. */
  worst: "rejected" | "predicted" | "possible" | null;
  /** Clients that were kept out and stand in no finding: no shared message ID explains it. */
  unexplained: NotedClient[];
  /** The rows of the contenders of these findings, each once. */
  contenders(findings: readonly NotedFinding[]): NotedClient[];
  /** The report's row of a client that a finding names. */
  client(end: { address: string | null; port: number | null }, responder: string): NotedClient | undefined;
  responder(address: string): Responder | undefined;
  hasWarning(code: string): boolean;
}

export function factsOf(report: Report): Facts {
  const unmade = unmadeFindings(report);
  const all: readonly NotedFinding[] = unmade?.accusing ?? report.findings;
  const of = (verdict: Verdict) => all.filter((finding) => finding.verdict === verdict);
  const findings = { rejected: of("rejected"), predicted: of("predicted"), possible: of("possible") };
  const accusing = [...findings.rejected, ...findings.predicted, ...findings.possible];
  const named = addressesIn(accusing);
  const noted = notedClients(report, named);
  const rows = lazily(() => new ClientRows(noted.filter(({ address }) => named.has(address))));
  const client: Facts["client"] = (end, responder) => rows().of(end, responder);
  const contenders = (of: readonly NotedFinding[]) => [
    ...new Set(of.map(({ contender, responder }) => client(contender, responder)).filter(isKnown)),
  ];
  const involved = new Set(contenders(accusing));
  const responders = new Map<string, Responder>();
  for (const row of report.responders) {
    for (const address of [row.address, ...row.aliases]) responders.set(address, row);
  }
  const codes = new Set<string>(report.warnings.map(({ code }) => code));
  return {
    report,
    findings,
    accusing,
    gateways: unmade?.responders ?? new Set(report.findings.map(({ responder }) => responder)),
    worst: (["rejected", "predicted", "possible"] as const).find((each) => findings[each].length > 0) ?? null,
    unexplained: noted.filter((each) => isKeptOut(each) && !involved.has(each)),
    contenders,
    client,
    responder: (address) => responders.get(address),
    hasWarning: (code) => codes.has(code),
  };
}

/** Those of holders and contenders. */
function addressesIn(findings: readonly NotedFinding[]): ReadonlySet<string> {
  const addresses = new Set<string>();
  for (const { holder, contender } of findings) {
    for (const { address } of [holder, contender]) if (address !== null) addresses.add(address);
  }
  return addresses;
}

/** Those of the report's clients that advice may ask for: all that were kept out, and those of some addresses. */
function notedClients(report: Report, addresses: ReadonlySet<string>): NotedClient[] {
  // Of tens of thousands most are passed over.
  const unmade = unmadeClients(report);
  if (unmade !== null) return unmade.noted(addresses);
  return report.clients.filter((client) => isKeptOut(client) || addresses.has(client.address));
}

function isKeptOut({ outcome }: NotedClient): boolean {
  return outcome.kind === "kept-out";
}

function isKnown<T>(value: T | undefined): value is T {
  return value !== undefined;
}

/** The report's rows of clients, found by the name that a finding has for them. */
export class ClientRows<Row extends NotedClient> {
  readonly #byPort = new Map<string, Row>();
  readonly #byAddress = new Map<string, Row>();

  constructor(clients: readonly Row[]) {
    for (const client of clients) {
      const address = `${client.address} ${client.responder}`;
      const name = `${address} ${client.port}`;
      const known = this.#byPort.get(name);
      // Two by one name: whose address behind the NAT is meant nobody can tell.
      const isOther = known !== undefined && known.insideAddress !== client.insideAddress;
      this.#byPort.set(name, isOther ? { ...client, insideAddress: undefined } : client);
      if (!this.#byAddress.has(address)) this.#byAddress.set(address, client);
    }
  }

  /** By port where it fits: a later session of one client can have come from another. */
  of(clientSa: { address: string | null; port: number | null }, responder: string): Row | undefined {
    const address = `${clientSa.address} ${responder}`;
    return this.#byPort.get(`${address} ${clientSa.port}`) ?? this.#byAddress.get(address);
  }
}

/** Whether the responder may be called an ASA: it names Cisco, or nothing that it sent names a make. */
export function maybeAsa(responder: Responder | undefined): boolean {
  const vendor = responder?.vendor ?? null;
  return vendor === null || vendor.startsWith("Cisco");
}
