/** What the page and its worker say to each other. */

/** To the worker: read these, make the evidence of them, or end what is being read. */
export type Order = { type: "read" | "evidence"; files: readonly File[] } | { type: "cancel" };

/** From the worker. */
export type News =
  | { type: "progress"; bytes: number; packets: number; source: string }
  | { type: "report"; study: Study }
  /** null: nothing was found, so there is none. */
  | { type: "evidence"; capture: Blob | null }
  | { type: "failure"; message: string };

/** What is shown and saved of a report. */
export interface Study {
  /** First the answer, then further lines, each with what it is about. */
  summary: readonly { label: string | null; text: string }[];
  steps: readonly { text: string; commands: readonly string[] }[];
  /** There are findings, whose packets can be saved. */
  hasEvidence: boolean;
  html: string;
  json: string;
}
