// npm run build:page: the page that analyses captures in a browser, as one file, dist/ike-dupcheck.html. Its content
// security policy names script and style by their hashes, so that nothing else ever runs in it, and allows no request.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { inflateRawSync } from "node:zlib";
import { build, transform } from "esbuild";
import { deflated } from "./deflate.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const page = join(root, "src/page");

/** Tables of a terminal are not drawn in a page, and their package wants Node; what zod makes of schemas is
 * not asked for: its checks alone are. No state of an analysis is kept either. */
const leaner = {
  name: "leaner",
  setup(builder) {
    const leftOut = ({ path }) => ({ path, namespace: "left-out" });
    builder.onResolve({ filter: /^cli-table3$/ }, leftOut);
    builder.onLoad({ filter: /.*/, namespace: "left-out" }, () => ({ contents: "export default class {}" }));
    // `explain` is not in the page: of each word it shows the brief meaning alone.
    builder.onLoad({ filter: /\/report\/terms\/\w+\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, "utf8").replaceAll(/^ {4}text: ".*",$/gm, '    text: "",'),
      loader: "ts",
    }));
    // What its fields mean is told where the schema is published.
    builder.onLoad({ filter: /\/src\/records\/schema\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, "utf8").replaceAll(/\.describe\(\s*"[^"]*",?\s*\)/g, ""),
      loader: "ts",
    }));
    // Messages, and the records of a pcap, take their way in JavaScript, which few captures would notice. Bytes of
    // WebAssembly as characters are, deflated, a quarter less than as base64.
    builder.onLoad({ filter: /\/linear\/(arrivals|core-code)\.ts$/ }, ({ path }) => {
      const [, walk] = /WALK =\s+"([^"]+)"/.exec(readFileSync(join(root, "src/linear/core-code.ts"), "utf8"));
      return {
        contents: path.endsWith("arrivals.ts")
          ? "export class Arrivals { begin() {} }"
          : `export const coreCode = () => Uint8Array.from(${JSON.stringify(atob(walk))}, (c) => c.charCodeAt(0));`,
      };
    });
    builder.onLoad({ filter: /\/linear\/hashes\.ts$/ }, () => ({
      contents: `import { sha1, sha256 } from "../collections/hashes.ts";
        export { sha1, sha256 };
        export const sha256Of = (text) => sha256(new TextEncoder().encode(text));`,
    }));
    // Nor does the core begin IKE SAs there.
    builder.onLoad({ filter: /\/ike\/(core-notes|begun-sas)\.ts$/ }, () => ({
      contents: "export class CoreNotes {} export class BegunSas { takeIn() {} }",
    }));
    // All have objects, which tell what is asked of them.
    builder.onLoad({ filter: /\/ike\/sa-list\.ts$/ }, () => ({
      contents: `import { replaceEndsOf } from "./sa-ends.ts";
        export const eachOf = (sas) => sas;
        export class SaList {
          all = [];
          get shown() { return this.all; }
          get length() { return this.all.length; }
          at(i) { return this.all[i]; }
          madeAt(i) { return this.all[i]; }
          addressOf() { return 0; }
          remove(gone) {
            const isGone = new Set(gone);
            let next = 0;
            const moved = this.all.map((_, i) => (isGone.has(i) ? -1 : next++));
            this.all = this.all.filter((_, i) => !isGone.has(i));
            return moved;
          }
          get quickModeCount() { return this.all.reduce((sum, { exchangeCount }) => sum + exchangeCount, 0); }
          replaceEnds(replaced) { for (const sa of this.all) replaceEndsOf(sa, replaced); }
          push(sa) { return this.all.push(sa) - 1; }
          makeAll() {}
        }`,
    }));
    builder.onLoad({ filter: /\/ike\/sa-survey\.ts$/ }, () => ({
      contents: `import { hostOf, portOf } from "../collections/endpoints.ts";
        import { isAtOneHost } from "./paths.ts";
        export { HAS_PHASE_1, IS_ANSWERED, IS_MOVED, IS_PLAIN } from "../core/survey-layout.ts";
        export class SaSurvey {
          firstAt = [];
          firstSegment = [];
          bits = [];
          hosts = [[], []];
          take(sas) {
            this.at = (i) => sas.at(i);
            this.length = sas.length;
            for (let i = 0; i < sas.length; i += 1) {
              const sa = sas.at(i);
              ({ firstAt: this.firstAt[i], firstSegment: this.firstSegment[i] } = sa);
              for (const side of [0, 1]) this.hosts[side][i] = hostOf(sa.endOf(0, side));
              const isMoved = !isAtOneHost(sa, 0) || !isAtOneHost(sa, 1);
              this.bits[i] = sa.phase1Seen + 2 * sa.answered + 4 * isMoved;
            }
          }
          hostOf(i, side) { return this.hosts[side][i]; }
          portOf(i, side) { return portOf(this.at(i).endOf(0, side)); }
          phase1Seen(i) { return this.at(i).phase1Seen; }
          answered(i) { return this.at(i).answered; }
          isMoved(i) { return this.bits[i] > 3; }
        }
        export function surveyOf(sas) {
          const survey = new SaSurvey();
          survey.take(sas);
          return survey;
        }`,
    }));
    builder.onLoad({ filter: /\/ike\/sa-links\.ts$/ }, () => ({
      contents:
        "export const linkExchange = () => {}, linkInformationals = linkExchange, link = linkExchange, unlink = linkExchange;",
    }));
    builder.onLoad({ filter: /\/linear\/pcap(ng)?-hop\.ts$/ }, ({ path }) => ({
      contents: `export const ${path.endsWith("pcap-hop.ts") ? "PcapHop" : "PcapngHop"} = { over: () => null };`,
    }));
    // Captures of one time are merged without it as well.
    builder.onLoad({ filter: /\/(feed|linear)\/turns\.ts$/ }, ({ path }) => ({
      contents: `export class ${path.includes("/feed/") ? "Turns" : "TurningLanes"} {}`,
    }));
    builder.onLoad({ filter: /\/src\/feed\/decoder\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, "utf8")
        .replace(/^ {2}turns\([\s\S]*?^ {2}\}$/m, "turns() {}")
        .replaceAll(/^ {2}(#showTaken|#countTaken|save|restore)\([\s\S]*?^ {2}\}$/gm, "")
        .replace(/^ {6}if \(arrival !== null && walk!\.arrivals[\s\S]*?^ {6}\}$/m, "")
        .replace(/^ {4}if \(walk !== null\) this\.#countTaken.*$/m, "")
        .replace("walk?.arrival ?? null", "null"),
      loader: "ts",
    }));
    builder.onLoad({ filter: /\/feed\/arrived\.ts$/ }, () => ({ contents: "export const arrived = null;" }));
    // A page reads files, which do not go on: nothing is told before their end, nobody watches who is there, and nobody is
    // let go of, so that nothing has to be remembered. Before what is said of whole rooms, which would go first.
    builder.onLoad(
      { filter: /\/src\/(analysis\/live-report|judgement\/retire|report\/presence)\.ts$/ },
      ({ path }) => ({
        contents: namesIn(readFileSync(path, "utf8"))
          .map((name) => `export function ${name}() {}`)
          .join("\n"),
      }),
    );
    builder.onLoad({ filter: /\/src\/analysis\/((finding|refusal)-log|schedule)\.ts$/ }, ({ path }) => ({
      contents: namesIn(readFileSync(path, "utf8"))
        .map((name) => `export class ${name} { remind() {} }`)
        .join("\n"),
    }));
    // Where tables lie that messages alone are taken with.
    builder.onLoad(
      { filter: /\/src\/ike\/(sa-table|sa-keys|sa-pools|copies|recent-datagrams|further-places)\.ts$/ },
      ({ path }) => ({
        contents: readFileSync(path, "utf8").replaceAll(
          /^ {2}(save|restore|lieAt|quickModeAt|quickModesOf|noteSent|replaceEndsAt)\([\s\S]*?^ {2}\}$/gm,
          "",
        ),
        loader: "ts",
      }),
    );
    builder.onLoad({ filter: /\/src\/analysis\/analysis\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, "utf8")
        .replaceAll(
          /^ {2}(save|restore|tick|pause|finish|presence|time|clockAt|#clean|#judge|#findingsOf|get (gatewayFindings|judgementSeconds|tally))\([\s\S]*?^ {2}\}$/gm,
          "",
        )
        // Nor is there linear memory to be used again.
        .replace(/(?<=^ {2}endReading\(\): void \{)[\s\S]*?(?=^ {2}\}$)/m, ""),
      loader: "ts",
    }));
    builder.onLoad({ filter: /\/ike\/remembered\.ts$/ }, () => ({
      contents: "export class Remembered { evicted = 0; isEmpty = true; }",
    }));
    builder.onLoad({ filter: /\/judgement\/memory\.ts$/ }, ({ path }) => ({
      contents: `${readFileSync(path, "utf8").replaceAll(/^export function memory(Of|Key)[\s\S]*?^\}$/gm, "")}
        export const memoryOf = () => ({ responder: null, client: () => null });`,
      loader: "ts",
    }));
    builder.onLoad(
      { filter: /\/src\/(analysis|collections|feed|ike|linear|records)\/[\w-]+\.ts$/ },
      ({ path }) => ({
        contents: readFileSync(path, "utf8")
          .replaceAll(
            /^ {2}(save|restore|static revive|messagesLieAt|#?takeTurns|get arrival|taken(?=\(datagram)|watchBegun|isWatched|takeOver|takeObject|takeRow|(take|give)ReportRoom\w*|lieAtAddress|exchangeAt|pushRow|takeBegun|#sent)\([\s\S]*?^ {2}\}$/gm,
            "",
          )
          .replace(/^ *(if \(turns !== null\) this\.#takeTurns|this\.lanes = core\.takeTurns).*$/m, "")
          .replaceAll("this.#sent(", "this.hosts.sent(")
          .replace(/^class Watch \{[\s\S]*?^\}$/m, "class Watch {}"),
        loader: "ts",
      }),
    );
    // Of mistakes in calls of these packages, and in schemas, the page has none: nobody reads what they would be told.
    builder.onLoad(
      { filter: /\/(zod\/v4\/core\/(checks|schemas|util)|@noble\/(ciphers|hashes)\/\w+)\.js$/ },
      ({ path }) => ({
        contents: readFileSync(path, "utf8").replaceAll(/throw new (\w*Error)\(.*\);$/gm, "throw new $1();"),
      }),
    );
    // The rules look at all clients, with the same result: tens of thousands are for the program.
    builder.onLoad({ filter: /\/judgement\/plain(-clients)?\.ts$/ }, ({ path }) => ({
      contents: path.endsWith("plain.ts")
        ? "export class PlainSas { take() {} settle() {} isPlain() {} plainUpTo(_, at) { return at; } }"
        : "export class PlainClients { indices = []; numbers = {}; with() { return []; } responderVendorIds() { return []; } }",
    }));
    // Nor is the most at once found by sorting numbers there, which is quicker.
    builder.onLoad({ filter: /\/judgement\/exposure\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, "utf8").replace("peakOfConnectedOnce(responder, plain) ?? ", ""),
      loader: "ts",
    }));
    builder.onLoad({ filter: /\/report\/plain-row\.ts$/ }, () => ({
      contents: "export class PlainTurns {}",
    }));
    // Why a value does not fit a schema is told nobody.
    builder.onLoad({ filter: /\/zod\/v4\/locales\/en\.js$/ }, () => ({
      contents: 'export default () => ({ localeError: () => "" });',
    }));
    // Forms of mail addresses, prefixes and the like, which no schema here asks for.
    builder.onLoad({ filter: /\/zod\/v4\/core\/regexes\.js$/ }, ({ path }) => ({
      contents: readFileSync(path, "utf8").replaceAll(/^(export const \w+ = )\/.{60,}\/\w*;$/gm, "$1/^/;"),
    }));
    // Nor do they ask for these forms as methods of a string, which keep the classes of all of them, nor make
    // schemas of objects from others, nor say these things of a value, nor check it later or write it.
    builder.onLoad({ filter: /\/zod\/v4\/classic\/schemas\.js$/ }, ({ path }) => ({
      contents: readFileSync(path, "utf8")
        .replaceAll(
          /^ {4}\w+\(params\) \{\s+return this\.check\(core\._\w+\(Zod\w+, params\)\);\s+\},$/gm,
          "",
        )
        .replaceAll(/^ {4}\w+\([\w.]+\) \{\s+return util\.\w+\(.*this, .*\);\s+\},$/gm, "")
        .replaceAll(
          /^ {4}(exactOptional|nonoptional|and|default|prefault|catch|readonly|refine|superRefine|overwrite)\([\w, ]*\) \{\s+return .*;\s+\},$/gm,
          "",
        )
        .replaceAll(
          /^ {4}(?:async )?(\w+)(?:: async function \w+|: function \w+)?\(data, params\) \{\s+return .*parse\.(?!parse\(|safeParse\()\w+\(.*;\s+\},$/gm,
          "",
        )
        // The page's policy lets nothing make functions of text.
        .replace("core.$ZodObjectJIT.init", "core.$ZodObject.init")
        // By way of the index esbuild keeps all of it.
        .replace('import { util } from "../core/index.js"', 'import * as util from "../core/util.js"')
        .replaceAll("core.util.", "util."),
    }));
    // The same names, so that all else of the package that is not used falls away as well. What is checked comes from
    // JSON, which has no cycles.
    builder.onLoad({ filter: /\/(json-schema-processors|to-json-schema|memoizer)\.js$/ }, ({ path }) => ({
      contents: namesIn(readFileSync(path, "utf8"))
        .map((name) => `export const ${name} = () => {};`)
        .join("\n"),
    }));
  },
};

function namesIn(script) {
  return [...script.matchAll(/^export (?:const|function|class|let) (\w+)/gm)].map(([, name]) => name);
}

async function bundled(entry, define = {}) {
  const { outputFiles } = await build({
    entryPoints: [join(root, entry)],
    bundle: true,
    format: "iife",
    platform: "browser",
    target: ["chrome110", "firefox115", "safari17"],
    minify: true,
    charset: "utf8",
    write: false,
    define,
    plugins: [leaner],
    logLevel: "warning",
  });
  return outputFiles[0].text;
}

const hash = (text) => createHash("sha256").update(text).digest("base64");

/** A script in a page ends at the first `</script`, wherever that stands. */
const inScript = (text) => text.replaceAll("</script", "<\\/script").replaceAll("<!--", "<\\!--");

/** A module of src that needs nothing else, as this script can use it. */
async function loaded(file) {
  const { outputFiles } = await build({
    entryPoints: [join(root, file)],
    format: "esm",
    write: false,
    logLevel: "warning",
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`);
}

const { encode85 } = await loaded("src/page/base85.ts");
/** The style of the report that the page shows in a frame, which inherits the policy. */
const { STYLE } = await loaded("src/printers/html-style.ts");
const worker = await bundled("src/page/worker.ts");
const packed = deflated(worker);
if (inflateRawSync(packed).toString() !== worker)
  throw new Error("the worker does not inflate to what it was");
const script = inScript(
  await bundled("src/page/window.ts", {
    PACKED_WORKER: JSON.stringify(encode85(packed)),
    PACKED_LENGTH: String(packed.length),
  }),
);
const { code: style } = await transform(readFileSync(join(page, "page.css"), "utf8"), {
  loader: "css",
  minify: true,
});
const parts = {
  REPORT_STYLE_HASH: hash(STYLE),
  SCRIPT_HASH: hash(script),
  STYLE_HASH: hash(style),
  "/* SCRIPT_TEXT */": script,
  "/* STYLE_TEXT */": style,
};
const template = readFileSync(join(page, "page.html"), "utf8");
const html = template.replaceAll(/[A-Z_]+_HASH|\/\* [A-Z]+_TEXT \*\//g, (name) => parts[name]);
mkdirSync(join(root, "dist"), { recursive: true });
writeFileSync(join(root, "dist/ike-dupcheck.html"), html);
