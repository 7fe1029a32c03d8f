/** The page itself: takes files, shows how far their reading is, the answer, and what can be saved. */

import type { News, Study } from "./protocol.ts";

/** The worker's script, gzip in Base64; the build puts it here. */
declare const PACKED_WORKER: string;
/** Address of the script, once it is unpacked. */
const workerScript = unpacked(PACKED_WORKER);

function byId<T extends HTMLElement>(id: string): T {
  return document.getElementById(id) as T;
}

const input = byId<HTMLInputElement>("files");
const drop = byId("drop");
const status = byId("status");
const cancel = byId<HTMLButtonElement>("cancel");
const answer = byId("answer");

let worker: Worker | null = null;
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

async function read(files: FileList | null): Promise<void> {
  if (files === null || files.length === 0) return;
  worker?.terminate();
  forget();
  worker = new Worker(await workerScript);
  worker.addEventListener("message", ({ data }: MessageEvent<News>) => hear(data));
  worker.addEventListener("error", ({ message }) => hear({ type: "failure", message }));
  cancel.hidden = false;
  say(`Reading ${files.length === 1 ? files[0].name : `${files.length} files`} ...`);
  worker.postMessage({ type: "read", files: [...files] });
}

async function unpacked(base64: string): Promise<string> {
  const packed = new Blob([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))]);
  const script = await new Response(packed.stream().pipeThrough(new DecompressionStream("gzip"))).blob();
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
  if (news.type === "failure") say(news.message);
  else show(news.study);
}

function say(text: string): void {
  status.textContent = text;
}

function show({ summary, steps, html, json }: Study): void {
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
  const save = element("p");
  save.append(
    link("Save the report", "ike-dupcheck-report.html", html, "text/html"),
    " ",
    link("Save as JSON", "ike-dupcheck-report.json", json, "application/json"),
  );
  const frame = document.createElement("iframe");
  frame.title = "The whole report";
  frame.setAttribute("sandbox", "");
  frame.srcdoc = html;
  const heading = element("h2", first.text);
  heading.tabIndex = -1;
  answer.replaceChildren(heading, list);
  if (steps.length > 0) answer.append(element("h2", "What to do"), todo);
  answer.append(save, frame);
  answer.hidden = false;
  say("Done.");
  heading.focus();
}

function element(name: string, text = ""): HTMLElement {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

function link(text: string, name: string, content: string, type: string): HTMLAnchorElement {
  const made = document.createElement("a");
  made.textContent = text;
  made.href = URL.createObjectURL(new Blob([content], { type }));
  made.download = name;
  saved.push(made.href);
  return made;
}
