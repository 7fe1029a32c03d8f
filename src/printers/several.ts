/** Reports of several captures, each by itself, in one text (`--each`): what stands around and between them. */

import { html } from "./html-text.ts";
import { printable } from "./text.ts";

/** A text of several reports: how it begins, what of one report goes into it, and how it ends. */
export interface Several {
  begin: string;
  /** @param text the report in its own form @param index counted from 0 */
  item(text: Iterable<string>, name: string, index: number): Iterable<string>;
  end: string;
}

/** One object, `{ "schemaVersion": "1", "reports": [..] }`. */
const JSON_OBJECT: Several = {
  begin: '{\n  "schemaVersion": "1",\n  "reports": [',
  *item(text, _name, index) {
    let piece = index === 0 ? "\n    " : ",\n    ";
    for (const next of text) {
      yield piece;
      piece = next.replaceAll("\n", "\n    ");
    }
    // Without the line feed behind the report.
    yield piece.trimEnd();
  },
  end: "\n  ]\n}\n",
};

const NDJSON: Several = { begin: "", item: (text) => text, end: "" };

const TABLE: Several = {
  begin: "",
  *item(text, name, index) {
    const title = printable(name);
    yield `${index === 0 ? "" : "\n\n"}${title}\n${"=".repeat(Math.min(title.length, 100))}\n\n`;
    yield* text;
  },
  end: "",
};

const MARKDOWN: Several = {
  begin: "",
  *item(text, name, index) {
    yield `${index === 0 ? "" : "\n\n"}# \`${printable(name).replaceAll("`", "'")}\`\n\n`;
    // One level below the name of the capture; lines of code have no headings.
    for (const piece of text) yield piece.replace(/^(#{1,5} )/gm, "#$1");
  },
  end: "",
};

const MAIN = "<main>";
const END_OF_MAIN = "</main>";
/** Names within a page, which have to differ, and what leads to them. */
const NAMES = /\b((?:id|aria-labelledby|aria-describedby)="|href="#)([\w-]+(?: [\w-]+)*)"/g;

/** One page, with the head of the first report and a section for each. */
const HTML: Several = {
  begin: "",
  *item(text, name, index) {
    const page = [...text].join("");
    const start = page.indexOf(MAIN) + MAIN.length;
    if (index === 0) yield page.slice(0, start);
    const own = (_: string, begin: string, names: string) => {
      const unique = names.split(" ").map((each) => `c${index + 1}-${each}`);
      return `${begin}${unique.join(" ")}"`;
    };
    const body = page.slice(start, page.lastIndexOf(END_OF_MAIN)).replace(NAMES, own);
    yield `<section>\n<h1>${html(name)}</h1>\n${body}</section>\n`;
  },
  end: `${END_OF_MAIN}\n</body>\n</html>\n`,
};

const FORMS: Readonly<Record<string, Several>> = {
  json: JSON_OBJECT,
  ndjson: NDJSON,
  table: TABLE,
  markdown: MARKDOWN,
  html: HTML,
};

/** @param format a name of an output format */
export function severalOf(format: string): Several {
  return FORMS[format];
}
