/** A stand-in of GitHub's REST interface for issues: the routes, fields, limits and answers that the ticket script uses. */

import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export interface Comment {
  id: number;
  body: string;
}

export interface Issue {
  number: number;
  title: string;
  body: string;
  state: "open" | "closed";
  labels: { name: string }[];
  comments: Comment[];
}

export interface GithubStandIn {
  url: string;
  issues: Issue[];
  /** Method and path of each request that changed something. */
  changes: string[];
  close(): Promise<void>;
}

const TOKEN = "token-of-the-test";

export const GITHUB_TOKEN = TOKEN;

interface Answer {
  status: number;
  body: unknown;
}

const NOT_FOUND: Answer = { status: 404, body: { message: "Not Found" } };

function invalid(field: string): Answer {
  return { status: 422, body: { message: "Validation Failed", errors: [{ field }] } };
}

/** The fields that GitHub checks: a title up to 256 characters, a body up to 65,536, labels up to 50 each. */
function problemOf({ title, body, labels = [] }: Record<string, unknown>, wanted: string[]): string | null {
  const given: Record<string, unknown> = { title, body };
  for (const field of wanted) if (typeof given[field] !== "string" || given[field] === "") return field;
  if (typeof title === "string" && title.length > 256) return "title";
  if (typeof body === "string" && body.length > 65_536) return "body";
  const fine = Array.isArray(labels) && labels.every((each) => typeof each === "string" && each.length <= 50);
  return fine ? null : "labels";
}

export async function githubStandIn(repository: string): Promise<GithubStandIn> {
  const issues: Issue[] = [];
  const changes: string[] = [];
  let nextId = 1000;
  const route = (method: string, url: URL, body: Record<string, unknown>): Answer => {
    const prefix = `/repos/${repository}/issues`;
    if (!url.pathname.startsWith(prefix)) return NOT_FOUND;
    const rest = url.pathname.slice(prefix.length);
    const comment = /^\/comments\/(\d+)$/.exec(rest);
    const within = /^\/(\d+)(\/comments)?$/.exec(rest);
    if (method !== "GET") changes.push(`${method} ${rest}`);
    if (rest === "" && method === "GET") return { status: 200, body: listed(url.searchParams) };
    if (rest === "" && method === "POST") {
      const problem = problemOf(body, ["title"]);
      if (problem !== null) return invalid(problem);
      const issue: Issue = {
        number: issues.length + 1,
        title: String(body.title),
        body: String(body.body),
        state: "open",
        labels: ((body.labels ?? []) as string[]).map((name) => ({ name })),
        comments: [],
      };
      issues.push(issue);
      return { status: 201, body: issue };
    }
    if (comment !== null && method === "PATCH") {
      const found = issues.flatMap((issue) => issue.comments).find(({ id }) => id === Number(comment[1]));
      if (found === undefined) return NOT_FOUND;
      const problem = problemOf(body, ["body"]);
      if (problem !== null) return invalid(problem);
      found.body = String(body.body);
      return { status: 200, body: found };
    }
    const issue = issues.find(({ number }) => number === Number(within?.[1]));
    if (issue === undefined) return NOT_FOUND;
    if (within?.[2] === undefined && method === "PATCH") {
      Object.assign(issue, body);
      return { status: 200, body: issue };
    }
    if (within?.[2] !== undefined && method === "GET") {
      return { status: 200, body: paged(issue.comments, url.searchParams) };
    }
    if (within?.[2] !== undefined && method === "POST") {
      const problem = problemOf(body, ["body"]);
      if (problem !== null) return invalid(problem);
      nextId += 1;
      issue.comments.push({ id: nextId, body: String(body.body) });
      return { status: 201, body: issue.comments.at(-1) };
    }
    return NOT_FOUND;
  };
  /** Newest first; all the labels must be there. */
  const listed = (query: URLSearchParams): unknown[] => {
    const labels = (query.get("labels") ?? "").split(",").filter((label) => label !== "");
    const state = query.get("state") ?? "open";
    const found = issues.filter(
      (issue) =>
        (state === "all" || issue.state === state) &&
        labels.every((label) => issue.labels.some(({ name }) => name === label)),
    );
    return paged(found.reverse(), query);
  };
  const server = createServer((request, response) => {
    void read(request).then((text) => {
      const authorised = request.headers.authorization === `Bearer ${TOKEN}`;
      const answer = authorised
        ? route(request.method ?? "", new URL(request.url ?? "", "http://localhost"), parsed(text))
        : { status: 401, body: { message: "Bad credentials" } };
      response.writeHead(answer.status, { "content-type": "application/json" });
      response.end(JSON.stringify(answer.body));
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, issues, changes, close: () => closed(server) };
}

function paged(list: readonly unknown[], query: URLSearchParams): unknown[] {
  const size = Math.min(100, Number(query.get("per_page") ?? 30));
  const page = Number(query.get("page") ?? 1);
  return list.slice((page - 1) * size, page * size);
}

async function read(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text;
}

function parsed(text: string): Record<string, unknown> {
  return text === "" ? {} : JSON.parse(text);
}

function closed(server: Server): Promise<void> {
  return new Promise((done) => server.close(() => done()));
}
