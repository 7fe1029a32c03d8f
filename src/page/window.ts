/** The page itself: takes files, shows how far their reading is, the answer, and what can be saved. */

import { decode85 } from "./base85.ts";
import type { News, Study } from "./protocol.ts";

/** The worker's script, deflated (RFC 1951) and as text (base85.ts), and the length of its bytes; the build puts them here. */
declare const PACKED_WORKER: string;
declare const PACKED_LENGTH: number;
/** Address of the script, once it is unpacked. */
const workerScript = unpacked(decode85(PACKED_WORKER, PACKED_LENGTH));

function byId<T extends HTMLElement>(id: string): T {
  return document.getElementById(id) as T;
}

const input = byId<HTMLInputElement>("files");
const drop = byId("drop");
const status = byId("status");
const cancel = byId<HTMLButtonElement>("cancel");
const answer = byId("answer");

let worker: Worker | null = null;
/** What was read last. */
let files: readonly File[] = [];
/** Addresses of what can be saved; given back when something else is read. */
let saved: string[] = [];

input.addEventListener("change", () => void read(input.files));
cancel.addEventListener("click", () => worker?.postMessage({ type: "cancel" }));
// Anywhere on the page: a file that misses the frame would otherwise be opened in place of the page.
document.addEventListener("dragover", (event) => {
  event.preventDefault();
  drop.classList.add("over");
});
document.addEventListener("dragleave", () => drop.classList.remove("over"));
document.addEventListener("drop", (event) => {
  event.preventDefault();
  drop.classList.remove("over");
  void read(event.dataTransfer?.files ?? null);
});

async function read(chosen: FileList | null): Promise<void> {
  if (chosen === null || chosen.length === 0) return;
  forget();
  files = [...chosen];
  await order("read");
  say(`Reading ${files.length === 1 ? files[0].name : `${files.length} files`} ...`);
}

/** Gives the files to a new worker: what an old one does is of no interest any more. */
async function order(type: "read" | "evidence"): Promise<void> {
  const script = await workerScript;
  worker?.terminate();
  worker = new Worker(script);
  worker.addEventListener("message", ({ data }: MessageEvent<News>) => hear(data));
  worker.addEventListener("error", ({ message }) => hear({ type: "failure", message }));
  cancel.hidden = false;
  worker.postMessage({ type, files });
}

async function unpacked(deflated: Uint8Array<ArrayBuffer>): Promise<string> {
  const packed = new Blob([deflated]);
  const script = await new Response(
    packed.stream().pipeThrough(new DecompressionStream("deflate-raw")),
  ).blob();
  return URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
}

function forget(): void {
  for (const address of saved) URL.revokeObjectURL(address);
  saved = [];
  answer.replaceChildren();
  answer.hidden = true;
}

function hear(news: News): void {
  if (news.type === "progress") {
    const megabytes = (news.bytes / 1e6).toFixed(1);
    say(`${news.source}: ${megabytes} MB, ${news.packets.toLocaleString("en")} packets ...`);
    return;
  }
  cancel.hidden = true;
  worker?.terminate();
  worker = null;
  document.getElementById("evidence")?.removeAttribute("disabled");
  if (news.type === "failure") say(news.message);
  else if (news.type === "report") show(news.study);
  else if (news.capture === null) say("Nothing was found, and so nothing to save.");
  else save(news.capture);
}

/** Puts a link beside the others, and follows it. */
function save(capture: Blob): void {
  const made = link("Save the evidence again", "ike-dupcheck-evidence.pcapng", capture);
  document.getElementById("evidence")?.replaceWith(made);
  made.click();
  made.focus();
  say("The evidence is saved: addresses and names in it are replaced.");
}

function say(text: string): void {
  status.textContent = text;
}

function show({ summary, steps, hasEvidence, html, json }: Study): void {
  const [first, ...rest] = summary;
  const list = element("dl");
  for (const { label, text } of rest) list.append(element("dt", label ?? ""), element("dd", text));
  const todo = element("ol");
  for (const { text, commands } of steps) {
    const item = element("li", text);
    if (commands.length > 0) {
      const lines = element("ul");
      for (const command of commands) lines.append(element("li", command));
      item.append(lines);
    }
    todo.append(item);
  }
  const links = element("p");
  links.append(
    link("Save the report", "ike-dupcheck-report.html", new Blob([html], { type: "text/html" })),
    " ",
    link("Save as JSON", "ike-dupcheck-report.json", new Blob([json], { type: "application/json" })),
  );
  if (hasEvidence) links.append(" ", evidenceButton());
  const frame = document.createElement("iframe");
  frame.title = "The whole report";
  frame.setAttribute("sandbox", "");
  frame.srcdoc = html;
  const heading = element("h2", first.text);
  heading.tabIndex = -1;
  answer.replaceChildren(heading, list);
  if (steps.length > 0) answer.append(element("h2", "What to do"), todo);
  answer.append(links, frame);
  answer.hidden = false;
  say("Done.");
  heading.focus();
}

function element(name: string, text = ""): HTMLElement {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

/** The packets are read again for it, so it is made only when it is asked for. */
function evidenceButton(): HTMLElement {
  const button = element("button", "Save the packets of the findings, anonymised");
  button.id = "evidence";
  button.addEventListener("click", () => {
    button.setAttribute("disabled", "");
    say("Making the evidence ...");
    void order("evidence");
  });
  return button;
}

function link(text: string, name: string, content: Blob): HTMLAnchorElement {
  const made = document.createElement("a");
  made.textContent = text;
  made.href = URL.createObjectURL(content);
  made.download = name;
  saved.push(made.href);
  return made;
}
