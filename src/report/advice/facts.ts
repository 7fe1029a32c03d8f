/** What a report says, sorted by what there is to do about it. Pure: looks at the report alone. */

import type { Client, Finding, Report, Responder, Verdict } from "../model.ts";

export interface Facts {
  report: Report;
  /** Findings above tolerated, by verdict. */
  findings: Record<"rejected" | "predicted" | "possible", Finding[]>;
  accusing: Finding[];
  /** The worst verdict of them; null where there is none. */
  worst: "rejected" | "predicted" | "possible" | null;
  /** Clients that were kept out and stand in no finding: no shared message ID explains it. */
  unexplained: Client[];
  /** The rows of the contenders of these findings, each once. */
  contenders(findings: readonly Finding[]): Client[];
  /** The report's row of a client that a finding names. */
  client(end: { address: string | null; port: number | null }, responder: string): Client | undefined;
  responder(address: string): Responder | undefined;
  hasWarning(code: string): boolean;
}

export function factsOf(report: Report): Facts {
  const of = (verdict: Verdict) => report.findings.filter((finding) => finding.verdict === verdict);
  const findings = { rejected: of("rejected"), predicted: of("predicted"), possible: of("possible") };
  const accusing = [...findings.rejected, ...findings.predicted, ...findings.possible];
  let rows: ClientRows | null = null;
  // Tens of thousands of clients are indexed only where a finding asks for one.
  const client: Facts["client"] = (end, responder) => {
    rows ??= new ClientRows(report.clients);
    return rows.of(end, responder);
  };
  const contenders = (of: readonly Finding[]) => [
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
    worst: (["rejected", "predicted", "possible"] as const).find((each) => findings[each].length > 0) ?? null,
    unexplained: report.clients.filter(
      (client) => client.outcome.kind === "kept-out" && !involved.has(client),
    ),
    contenders,
    client,
    responder: (address) => responders.get(address),
    hasWarning: (code) => codes.has(code),
  };
}

function isKnown<T>(value: T | undefined): value is T {
  return value !== undefined;
}

/** The report's rows of clients, found by the name that a finding has for them. */
export class ClientRows {
  readonly #byPort = new Map<string, Client>();
  readonly #byAddress = new Map<string, Client>();

  constructor(clients: readonly Client[]) {
    for (const client of clients) {
      const address = `${client.address} ${client.responder}`;
      this.#byPort.set(`${address} ${client.port}`, client);
      if (!this.#byAddress.has(address)) this.#byAddress.set(address, client);
    }
  }

  /** By port where it fits: a later session of one client can have come from another. */
  of(clientSa: { address: string | null; port: number | null }, responder: string): Client | undefined {
    const address = `${clientSa.address} ${responder}`;
    return this.#byPort.get(`${address} ${clientSa.port}`) ?? this.#byAddress.get(address);
  }
}

/** Whether the responder may be called an ASA: it names Cisco, or nothing that it sent names a make. */
export function maybeAsa(responder: Responder | undefined): boolean {
  const vendor = responder?.vendor ?? null;
  return vendor === null || vendor.startsWith("Cisco");
}
