import { execFileSync } from "node:child_process";
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { CaptureError } from "../../src/capture/source.ts";
import { run } from "../../src/cli/main.ts";
import { pcap } from "../support/capture-files.ts";
import { analysis, fakeEnvironment, type Wishes } from "../support/environment.ts";
import { finding, report } from "../support/reports.ts";
import { isUnix } from "../support/tools.ts";

const rejected = report({ findings: [finding()] });

function systemError(code: string): Error {
  return Object.assign(new Error(`write ${code}`), { code });
}

describe("where things go", () => {
  test("the table goes to standard output, nothing to standard error", async () => {
    const around = fakeEnvironment({ analysis: analysis({ report: rejected }) });
    expect(await run(["a.pcap"], around)).toBe(1);
    expect(around.out).toMatch(/^1 of 2 clients kept out: /);
    expect(around.out).not.toContain("\x1b");
    expect(around.err).toBe("");
    expect(around.asked?.inputs).toEqual(["a.pcap"]);
  });

  test("--json is the report as JSON.stringify lays it out", async () => {
    const around = fakeEnvironment({ analysis: analysis({ report: rejected }) });
    expect(await run(["--json", "a.pcap"], around)).toBe(1);
    expect(around.out).toBe(`${JSON.stringify(rejected, null, 2)}\n`);
  });

  test("a terminal gets colour and its own width, a pipe neither", async () => {
    const terminal = fakeEnvironment({ terminal: true, analysis: analysis({ report: rejected }) });
    await run(["a.pcap", "--no-progress"], terminal);
    expect(terminal.out).toContain("\x1b[1;31m");
    const forced = fakeEnvironment({
      variables: { FORCE_COLOR: "1" },
      analysis: analysis({ report: rejected }),
    });
    await run(["a.pcap"], forced);
    expect(forced.out).toContain("\x1b[1;31m");
    const refused = fakeEnvironment({
      terminal: true,
      variables: { NO_COLOR: "1" },
      analysis: analysis({ report: rejected }),
    });
    await run(["a.pcap", "--no-progress"], refused);
    expect(refused.out).not.toContain("\x1b");
  });

  test("options reach the analysis", async () => {
    const around = fakeEnvironment();
    await run("-p 501 --responder 192.0.2.0/24 --alias 192.0.2.1=192.0.2.2 -c 7 a b".split(" "), around);
    expect(around.asked).toMatchObject({
      inputs: ["a", "b"],
      options: {
        ports: [501],
        responders: ["192.0.2.0/24"],
        aliases: [["192.0.2.1", "192.0.2.2"]],
        maxPackets: 7,
      },
    });
  });

  test("without -c there is no limit", async () => {
    const around = fakeEnvironment();
    await run(["a"], around);
    expect(around.asked?.options).not.toHaveProperty("maxPackets");
  });
});

describe("no input", () => {
  test("on a terminal: help on standard error, status 2, nothing read", async () => {
    const around = fakeEnvironment({ stdinIsTerminal: true });
    expect(await run([], around)).toBe(2);
    expect(around.err).toMatch(/^Usage: ike-dupcheck /);
    expect([around.out, around.asked]).toEqual(["", null]);
  });

  test("in a pipe: standard input is read", async () => {
    const around = fakeEnvironment({ stdinIsTerminal: false });
    expect(await run(["--json"], around)).toBe(0);
    expect(around.asked?.inputs).toEqual(["-"]);
  });
});

describe("what is not in the report goes to standard error", () => {
  const failure = new CaptureError("unreadable", "cannot read b.pcap: the file is missing");

  test("an unreadable input is an error, and what could be read is still reported", async () => {
    const around = fakeEnvironment({ analysis: analysis({ report: rejected, failures: [failure] }) });
    expect(await run(["-q", "a.pcap", "b.pcap"], around)).toBe(2);
    expect(around.err).toBe("ike-dupcheck: cannot read b.pcap: the file is missing\n");
    expect(around.out).toMatch(/^1 of 2 clients kept out/);
  });

  test("where nothing could be read there is no report that could read as clean", async () => {
    const empty = report({ capture: { ...report().capture, sources: [] } });
    const around = fakeEnvironment({ analysis: analysis({ report: empty, failures: [failure] }) });
    expect(await run(["b.pcap"], around)).toBe(2);
    expect(around.out).toBe("");
  });

  test("an input named twice is a note, which -q leaves out", async () => {
    const given = analysis({ duplicates: ["./a.pcap", "-"] });
    const around = fakeEnvironment({ analysis: given });
    expect(await run(["a.pcap", "./a.pcap"], around)).toBe(0);
    expect(around.err).toBe(
      "ike-dupcheck: ./a.pcap is named more than once and read once\n" +
        "ike-dupcheck: standard input is named more than once and read once\n",
    );
    const quiet = fakeEnvironment({ analysis: given });
    await run(["-q", "a.pcap", "./a.pcap"], quiet);
    expect(quiet.err).toBe("");
  });

  test("of a directory of links a few are noted, and how many more there are", async () => {
    const duplicates = Array.from({ length: 3_000 }, (_, i) => `backup/${i}.pcap`);
    const around = fakeEnvironment({ analysis: analysis({ duplicates }) });
    await run(["backup"], around);
    const lines = around.err.trimEnd().split("\n");
    expect(lines).toHaveLength(21);
    expect(lines.at(-1)).toBe("ike-dupcheck: ... and 2980 more like these");
  });

  test("-v tells the facts of each capture", async () => {
    const around = fakeEnvironment();
    await run(["-v", "office.pcap"], around);
    expect(around.err).toBe(
      "ike-dupcheck: office.pcap: pcap, link types 1, 640 packets, 81234 bytes, 2026-11-23T10:00:00.000000Z to 2026-11-23T10:06:10.500000Z, whole\n",
    );
  });

  test("warnings of the report are not said twice", async () => {
    const warned = report({ warnings: [{ code: "one-sided", message: "half" }] });
    const around = fakeEnvironment({ analysis: analysis({ report: warned }) });
    expect(await run(["a.pcap"], around)).toBe(0);
    expect(around.err).toBe("");
    expect(await run(["--strict", "a.pcap"], around)).toBe(2);
  });
});

describe("a gateway's log", () => {
  test("is read without a capture", async () => {
    const around = fakeEnvironment();
    expect([await run(["--syslog", "asa.log"], around), around.err]).toEqual([0, ""]);
    expect(around.asked).toMatchObject({ inputs: [], options: { syslog: ["asa.log"] } });
  });
});

test("--each names what a signal left unread, and gives status 2", async () => {
  const around = fakeEnvironment({
    analyze: async (_, fake) => {
      if (fake.asked?.inputs[0] === "a.pcap") fake.send("SIGTERM");
      return analysis();
    },
  });
  expect(await run(["--each", "--json", "a.pcap", "b.pcap", "c.pcap"], around)).toBe(2);
  for (const name of ["b.pcap", "c.pcap"])
    expect(around.err).toContain(`ike-dupcheck: ${name} was not read: the reading was ended before\n`);
  // Whoever reads the reports alone finds them in one of their own.
  expect(JSON.parse(around.out).reports).toHaveLength(2);
  expect(around.asked?.options.leftOut).toMatchObject([
    { message: expect.stringContaining("b.pcap") },
    { message: expect.stringContaining("c.pcap") },
  ]);
});

describe("extract -a", () => {
  test("needs an input that goes on", async () => {
    const around = fakeEnvironment();
    expect(await run(["extract", "-a", "duration:5", "a.pcap"], around)).toBe(2);
    expect(around.err).toBe("ike-dupcheck: -a goes with an input that goes on: -i, a pipe or --state\n");
  });

  test.skipIf(!isUnix())("ends a pipe that does not end", async () => {
    const own = mkdtempSync(join(tmpdir(), "dupcheck-"));
    const pipe = join(own, "pipe");
    execFileSync("mkfifo", [pipe]);
    const writer = openSync(pipe, "r+");
    const around = fakeEnvironment({ isPipe: () => true });
    expect(await run(["extract", "-a", "duration:1", pipe], around)).toBe(0);
    expect(around.err).toBe("ike-dupcheck: 0 packets, 0 ISAKMP messages, 0 lines\n");
    closeSync(writer);
    rmSync(own, { recursive: true });
  });
});

describe("errors are one sentence and status 2", () => {
  test("a usage error", async () => {
    const around = fakeEnvironment();
    expect(await run(["--jsn"], around)).toBe(2);
    expect(around.err).toBe("ike-dupcheck: unknown option '--jsn' (Did you mean --json?)\n");
  });

  test.each([
    ["explian", "explain"],
    ["help", "--help"],
    ["version", "--version"],
  ])("a word that is not a file and was meant otherwise: %s", async (word, meant) => {
    const around = fakeEnvironment();
    expect(await run([word], around)).toBe(2);
    expect(around.err).toBe(
      `ike-dupcheck: '${word}' is neither a file nor a subcommand; did you mean ${meant}?\n`,
    );
    // Where a file is called so, it is read.
    const withFile = fakeEnvironment({ exists: async () => true });
    await run([word], withFile);
    expect(withFile.asked?.inputs).toEqual([word]);
  });

  test("control characters in what the user typed are shown, not obeyed", async () => {
    const around = fakeEnvironment();
    await run(["--\x1b[2J"], around);
    expect(around.err).toContain("'--\\x1b[2J'");
  });

  test("what cannot be read is told once, and before the rest is read", async () => {
    const missing = new CaptureError("unreadable", "cannot read none.pcap: the file is missing");
    const analyze: Wishes["analyze"] = async ({ onFailure }, fake) => {
      onFailure?.(missing);
      expect(fake.err).toBe(`ike-dupcheck: ${missing.message}\n`);
      return analysis({ failures: [missing] });
    };
    const around = fakeEnvironment({ analyze });
    expect(await run(["none.pcap", "a.pcap"], around)).toBe(2);
    expect(around.err).toBe(`ike-dupcheck: ${missing.message}\n`);
  });

  test("no input could be read at all", async () => {
    const analyze = async () => {
      throw new CaptureError("no-captures", "captures is a directory without captures");
    };
    const around = fakeEnvironment({ analyze });
    expect(await run(["captures"], around)).toBe(2);
    expect(around.err).toBe("ike-dupcheck: captures is a directory without captures\n");
  });

  test("a defect, with its stack only for those who ask", async () => {
    const analyze = async () => {
      throw new TypeError("x is not a function\nand more");
    };
    const around = fakeEnvironment({ analyze });
    expect(await run(["a"], around)).toBe(2);
    expect(around.err).toBe(
      "ike-dupcheck: internal error: x is not a function (IKE_DUPCHECK_DEBUG=1 shows where)\n",
    );
    const curious = fakeEnvironment({ analyze, variables: { IKE_DUPCHECK_DEBUG: "1" } });
    expect(await run(["a"], curious)).toBe(2);
    expect(curious.err).toMatch(/\n {4}at /);
  });

  test("a full disk under standard output", async () => {
    const around = fakeEnvironment({
      analysis: analysis({ report: rejected }),
      outError: systemError("ENOSPC"),
    });
    expect(await run(["a"], around)).toBe(2);
    expect(around.err).toBe("ike-dupcheck: cannot write the report: no space left on the device\n");
  });

  test("an unknown term", async () => {
    const around = fakeEnvironment();
    expect(await run(["explain", "reject"], around)).toBe(2);
    expect(around.err).toBe("ike-dupcheck: no term is called 'reject'; did you mean rejected?\n");
  });
});

test("a reader that went away ends the program quietly, with the status so far", async () => {
  const around = fakeEnvironment({
    analysis: analysis({ report: rejected }),
    outError: systemError("EPIPE"),
  });
  expect(await run(["a"], around)).toBe(1);
  expect(await run(["schema"], around)).toBe(0);
  expect(around.err).toBe("");
});

describe("signals", () => {
  test.each(["SIGINT", "SIGTERM"] as const)(
    "%s ends the input, and what was read is reported",
    async (signal) => {
      const around = fakeEnvironment({
        analyze: async (options, fake) => {
          fake.send(signal);
          expect(options.signal?.aborted).toBe(true);
          return analysis({ report: rejected });
        },
      });
      expect(await run(["a"], around)).toBe(1);
      expect(around.out).toMatch(/^1 of 2 clients kept out/);
      expect(around.err).toBe(
        `ike-dupcheck: ${signal}: reporting what was read so far; a second one ends the program\n`,
      );
      expect(around.exited).toBeNull();
    },
  );

  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("a second %s ends the program with %d", async (signal, status) => {
    const around = fakeEnvironment({
      analyze: async (_, fake) => {
        fake.send("SIGINT");
        fake.send(signal);
        return analysis();
      },
    });
    await run(["-q", "a"], around);
    expect(around.exited).toBe(status);
  });

  test("nobody listens any more once the report is out", async () => {
    const around = fakeEnvironment();
    await run(["a"], around);
    around.send("SIGINT");
    around.send("SIGINT");
    expect([around.exited, around.err]).toEqual([null, ""]);
  });
});

describe("progress", () => {
  const reading = {
    analyze: async (options: { onProgress?: (progress: never) => void }) => {
      options.onProgress?.({ bytes: 5e6, totalBytes: 1e7, packets: 9, source: "a" } as never);
      return analysis();
    },
  };

  test("is one line on a terminal, and erased in the end", async () => {
    const around = fakeEnvironment({ ...reading, terminal: true });
    await run(["a"], around);
    expect(around.err).toMatch(/^\rike-dupcheck: 50 %, 5\.0 of 10\.0 MB, 9 packets\r +\r$/);
  });

  test.each([
    ["in a pipe", ["a"], false],
    ["with --no-progress", ["--no-progress", "a"], true],
    ["with -q", ["-q", "a"], true],
  ])("is not there %s", async (_, args, terminal) => {
    const around = fakeEnvironment({ ...reading, terminal });
    await run(args, around);
    expect(around.err).toBe("");
  });
});

describe("--cross-check", () => {
  const sources = [
    { ...report().capture.sources[0], name: "a.pcap" },
    { ...report().capture.sources[0], name: "b.pcapng", format: "pcapng" },
  ];
  const given = analysis({ report: report({ capture: { ...report().capture, sources } }) });

  test("goes over every source; what cannot be compared is a note, and no error", async () => {
    const asked: unknown[] = [];
    const around = fakeEnvironment({
      analysis: given,
      crossCheck: async (name, options) => {
        asked.push([name, options]);
        const skipped =
          options.format === "pcap" ? null : `${name}: pcap-parser does not read ${options.format}`;
        return { compared: 3, differences: [], skipped };
      },
    });
    expect(await run(["--cross-check", "-p", "501", "a.pcap", "b.pcapng"], around)).toBe(0);
    expect(asked).toEqual([
      ["a.pcap", { format: "pcap", ports: [501] }],
      ["b.pcapng", { format: "pcapng", ports: [501] }],
    ]);
    expect(around.err).toBe("ike-dupcheck: cross-check: b.pcapng: pcap-parser does not read pcapng\n");
  });

  test("a difference is an error, and the report is still printed", async () => {
    const around = fakeEnvironment({
      analysis: given,
      crossCheck: async (name) => ({
        compared: 3,
        differences: [`${name}, frame 5: length 1, with pcap-parser 2`],
        skipped: null,
      }),
    });
    expect(await run(["-q", "--cross-check", "a.pcap"], around)).toBe(2);
    expect(around.err).toContain(
      "ike-dupcheck: cross-check: a.pcap, frame 5: length 1, with pcap-parser 2\n",
    );
    expect(around.out).not.toBe("");
  });

  test("a reading that stopped early is compared as far as it went", async () => {
    const limits: unknown[] = [];
    const around = fakeEnvironment({
      analysis: given,
      crossCheck: async (_, { maxPackets }) => {
        limits.push(maxPackets);
        return { compared: 0, differences: [], skipped: null };
      },
    });
    await run(["--cross-check", "-c", "999", "a.pcap"], around);
    expect(limits).toEqual([640, 640]);
  });

  test("nothing is read twice without being asked for", async () => {
    const around = fakeEnvironment({
      crossCheck: async () => {
        throw new Error("asked");
      },
    });
    expect(await run(["a.pcap"], around)).toBe(0);
  });
});

describe("-o", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "dupcheck-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test("writes the report without colour, leaves standard output empty and keeps the status", async () => {
    const path = join(folder, "r.txt");
    const around = fakeEnvironment({ terminal: true, analysis: analysis({ report: rejected }) });
    expect(await run(["--no-progress", "-o", path, "a.pcap"], around)).toBe(1);
    expect(readFileSync(path, "utf8")).toMatch(/^1 of 2 clients kept out/);
    expect([around.out, around.err]).toEqual(["", ""]);
    expect(readdirSync(folder)).toEqual(["r.txt"]);
  });

  test("an old report survives a failed analysis, and nothing else is left", async () => {
    const path = join(folder, "r.json");
    writeFileSync(path, "old");
    const analyze = async () => {
      throw new CaptureError("empty", "a.pcap is empty");
    };
    expect(await run(["-o", path, "a.pcap"], fakeEnvironment({ analyze }))).toBe(2);
    expect(readFileSync(path, "utf8")).toBe("old");
    expect(readdirSync(folder)).toEqual(["r.json"]);
  });

  test("an input is not written over, and not even read", async () => {
    const path = join(folder, "a.pcap");
    writeFileSync(path, "precious");
    const around = fakeEnvironment();
    expect(await run(["-o", path, path], around)).toBe(2);
    expect(around.err).toBe(`ike-dupcheck: refusing to write to ${path}: it is an input\n`);
    expect(readFileSync(path, "utf8")).toBe("precious");
    expect(around.asked).toBeNull();
  });

  test.each([
    "-o F --syslog F a.pcap",
    "-o F --keys F a.pcap",
    "-o F --events F a.pcap",
    "-o F --names F a.pcap",
    "-o F --each --names F a.pcap",
    "-w F --syslog F a.pcap",
    // Lines are appended to a file, and would be read as records.
    "-o F --state none --format ndjson F",
    "--metrics F --state none --syslog F r",
    "--metrics F --state none F",
  ])("nor is what is read beside captures, or appended to: %s", async (line) => {
    const path = join(folder, "precious");
    writeFileSync(path, "192.0.2.1 precious\n");
    const around = fakeEnvironment();
    expect(await run(line.replaceAll("F", path).split(" "), around)).toBe(2);
    expect(around.err).toBe(`ike-dupcheck: refusing to write to ${path}: it is an input\n`);
    expect(readFileSync(path, "utf8")).toBe("192.0.2.1 precious\n");
    expect(around.asked).toBeNull();
  });

  test.skipIf(!isUnix())(
    "the second signal leaves no packets of a pipe in the temporary folder",
    async () => {
      const temporary = join(folder, "tmp");
      mkdirSync(temporary);
      vi.stubEnv("TMPDIR", temporary);
      const pipe = join(folder, "pipe");
      execFileSync("mkfifo", [pipe]);
      const writer = openSync(pipe, "r+");
      const around = fakeEnvironment({ isPipe: () => true });
      const ended = run(["-q", "-w", join(folder, "e.pcap"), pipe], around);
      await expect.poll(() => readdirSync(temporary)).toHaveLength(1);
      around.send("SIGTERM");
      around.send("SIGTERM");
      await expect.poll(() => around.exited).toBe(143);
      expect(readdirSync(temporary)).toEqual([]);
      vi.unstubAllEnvs();
      closeSync(writer);
      await ended;
    },
  );

  test.each([[[]], [["--each"]]])(
    "a terminal that hangs up leaves no half-written file %j",
    async (options) => {
      const capture = join(folder, "a.pcap");
      writeFileSync(capture, pcap([]));
      const around = fakeEnvironment({
        analyze: async (_, fake) => {
          expect(readdirSync(folder)).toHaveLength(2);
          fake.hangUp();
          await expect.poll(() => readdirSync(folder)).toEqual(["a.pcap"]);
          throw new CaptureError("empty", "ended");
        },
      });
      await run([...options, "-o", join(folder, "r.json"), capture], around);
      await expect.poll(() => around.exited).toBe(129);
    },
  );

  test("the second signal leaves no half-written file", async () => {
    const around = fakeEnvironment({
      analyze: async (_, fake) => {
        fake.send("SIGTERM");
        fake.send("SIGTERM");
        // It may still be about to be made: it is removed before the program ends.
        await expect.poll(() => readdirSync(folder)).toEqual([]);
        throw new CaptureError("empty", "ended");
      },
    });
    await run(["-q", "-o", join(folder, "r.json"), "a.pcap"], around);
    await expect.poll(() => around.exited).toBe(143);
    expect(readdirSync(folder)).toEqual([]);
  });
});
