import { execFileSync, spawn } from "node:child_process";
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openTarget, streamTarget } from "../../src/cli/output.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dupcheck-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const at = (name: string) => join(folder, name);

async function writeTo(path: string, text: string, inputs: string[] = []): Promise<void> {
  const target = await openTarget(path, inputs);
  try {
    await target.write([text]);
  } finally {
    await target.abandon();
  }
}

describe("a plain file", () => {
  test("appears whole under its name, and nothing else is left", async () => {
    const target = await openTarget(at("r"), []);
    expect(readdirSync(folder)).not.toContain("r");
    expect(readdirSync(folder)).toHaveLength(1);
    await target.write(["a", "b"]);
    await target.abandon();
    expect(readdirSync(folder)).toEqual(["r"]);
    expect(readFileSync(at("r"), "utf8")).toBe("ab");
  });

  test("has text and bytes in their order", async () => {
    const target = await openTarget(at("r"), []);
    await target.write([
      "a",
      "b",
      new Uint8Array([99, 100]),
      "e",
      new Uint8Array([102]),
      new Uint8Array([103]),
      "h",
    ]);
    await target.abandon();
    expect(readFileSync(at("r"), "utf8")).toBe("abcdefgh");
  });

  test("keeps its old text until the new one is complete", async () => {
    writeFileSync(at("r"), "old");
    const target = await openTarget(at("r"), []);
    function* broken() {
      yield "x".repeat(100_000);
      throw new Error("broke off");
    }
    await expect(target.write(broken())).rejects.toThrow("broke off");
    await target.abandon();
    expect(readFileSync(at("r"), "utf8")).toBe("old");
    expect(readdirSync(folder)).toEqual(["r"]);
  });

  test("keeps its permissions", async () => {
    writeFileSync(at("r"), "old");
    chmodSync(at("r"), 0o600);
    await writeTo(at("r"), "new");
    expect(statSync(at("r")).mode & 0o777).toBe(0o600);
    expect(readFileSync(at("r"), "utf8")).toBe("new");
  });

  test("is written in order when it is long", async () => {
    const rows = Array.from({ length: 50_000 }, (_, i) => `row ${i}\n`);
    const target = await openTarget(at("r"), []);
    await target.write(rows);
    await target.abandon();
    expect(readFileSync(at("r"), "utf8")).toBe(rows.join(""));
  });
});

describe("what is no plain file is written to, never replaced", () => {
  test("a link stays a link, and its target gets the report", async () => {
    writeFileSync(at("target"), "something long that was there before");
    symlinkSync("target", at("r"));
    await writeTo(at("r"), "new");
    expect(lstatSync(at("r")).isSymbolicLink()).toBe(true);
    expect(readFileSync(at("target"), "utf8")).toBe("new");
  });

  test("a link's target is not emptied when nothing is written", async () => {
    writeFileSync(at("target"), "old");
    symlinkSync("target", at("r"));
    const target = await openTarget(at("r"), []);
    await target.abandon();
    expect(readFileSync(at("target"), "utf8")).toBe("old");
  });

  test("a link to nowhere makes its target", async () => {
    symlinkSync("later", at("r"));
    await writeTo(at("r"), "new");
    expect(lstatSync(at("r")).isSymbolicLink()).toBe(true);
    expect(readFileSync(at("later"), "utf8")).toBe("new");
  });

  test("a device", async () => {
    await writeTo("/dev/null", "x");
    expect(statSync("/dev/null").isCharacterDevice()).toBe(true);
  });

  test("a device that is full", async () => {
    await expect(writeTo("/dev/full", "x")).rejects.toMatchObject({ code: "ENOSPC" });
    expect(statSync("/dev/full").isCharacterDevice()).toBe(true);
  });

  test("a named pipe", async () => {
    execFileSync("mkfifo", [at("r")]);
    const reader = spawn("cat", [at("r")]);
    let text = "";
    reader.stdout.on("data", (chunk) => {
      text += chunk;
    });
    const ended = new Promise((done) => reader.on("close", done));
    await writeTo(at("r"), "through the pipe");
    await ended;
    expect(text).toBe("through the pipe");
    expect(lstatSync(at("r")).isFIFO()).toBe(true);
  });
});

describe("an input is never written over", () => {
  test.each<[string, (input: string) => { output: string; input?: string }]>([
    ["under its own name", (input) => ({ output: input })],
    ["under another spelling", () => ({ output: `${folder}/./sub/../a.pcap` })],
    [
      "by a link to it",
      (input) => {
        symlinkSync(input, at("link"));
        return { output: at("link") };
      },
    ],
    [
      "by a hard link to it",
      (input) => {
        linkSync(input, at("hard"));
        return { output: at("hard") };
      },
    ],
    [
      "when the input is named by a link",
      (input) => {
        symlinkSync(input, at("link"));
        return { output: input, input: at("link") };
      },
    ],
    ["when it lies in a directory that is read", (input) => ({ output: input, input: folder })],
    ["when it is not there yet", () => ({ output: at("new.pcap"), input: at("new.pcap") })],
  ])("%s", async (_, prepare) => {
    mkdirSync(at("sub"));
    writeFileSync(at("a.pcap"), emptyCapture());
    const { output, input = at("a.pcap") } = prepare(at("a.pcap"));
    const before = readdirSync(folder);
    await expect(openTarget(output, ["-", input])).rejects.toThrow(
      `refusing to write to ${output}: it is an input`,
    );
    expect(readFileSync(at("a.pcap"))).toEqual(emptyCapture());
    expect(readdirSync(folder)).toEqual(before);
  });

  test("a report in a directory of captures may be renewed", async () => {
    writeFileSync(at("a.pcap"), emptyCapture());
    await writeTo(at("r.json"), "1", [folder]);
    await writeTo(at("r.json"), "2", [folder]);
    expect(readFileSync(at("r.json"), "utf8")).toBe("2");
  });
});

/** The 24 bytes of a pcap without packets. */
function emptyCapture(): Buffer {
  return Buffer.from("d4c3b2a1020004000000000000000000ffff000001000000", "hex");
}

describe("what cannot be written is one sentence, before anything is read", () => {
  test.each([
    ["a directory that is not there", () => at("no/r"), "the directory is missing"],
    ["a directory", () => folder, "it is a directory"],
    ["a file as a directory", () => `${at("f")}/r`, "a part of the path is not a directory"],
  ])("%s", async (_, pathOf, reason) => {
    writeFileSync(at("f"), "");
    const path = pathOf();
    await expect(openTarget(path, [])).rejects.toThrow(`cannot write ${path}: ${reason}`);
  });
});

test.each(["", "no-directory/"])("%j is no name for a file", async (path) => {
  await expect(openTarget(path, [])).rejects.toThrow(`cannot write '${path}': it names no file`);
});

describe("a stream", () => {
  test("is given the next piece only when it has taken the one before", async () => {
    let waiting = 0;
    let most = 0;
    const stream = {
      write(_: string, done: () => void) {
        waiting += 1;
        most = Math.max(most, waiting);
        setTimeout(() => {
          waiting -= 1;
          done();
        }, 1);
        return false;
      },
    };
    await streamTarget(stream).write(Array.from({ length: 10 }, () => "x".repeat(70_000)));
    expect(most).toBe(1);
  });

  test("gets few large pieces, not one for every row", async () => {
    let pieces = 0;
    const stream = {
      write(_: string, done: () => void) {
        pieces += 1;
        done();
        return true;
      },
    };
    await streamTarget(stream).write(Array.from({ length: 10_000 }, () => "row of thirty characters.....\n"));
    expect(pieces).toBeLessThan(10);
  });
});
