/** What the page and its worker say to each other. */

/** To the worker: read these, or end what is being read. */
export type Order = { type: "read"; files: readonly File[] } | { type: "cancel" };

/** From the worker. */
export type News =
  | { type: "progress"; bytes: number; packets: number; source: string }
  | { type: "report"; study: Study }
  | { type: "failure"; message: string };

/** What is shown and saved of a report. */
export interface Study {
  /** First the answer, then further lines, each with what it is about. */
  summary: readonly { label: string | null; text: string }[];
  steps: readonly { text: string; commands: readonly string[] }[];
  html: string;
  json: string;
}
