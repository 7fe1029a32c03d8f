/** Text in HTML: nothing from input becomes markup, and nothing reaches a terminal that shows the source. */

import { printable } from "./text.ts";

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text as it stands in an element or in a quoted attribute. */
export function html(text: string): string {
  return printable(text).replace(/[&<>"']/g, (found) => ENTITIES[found]);
}

/** JSON inside a script element that is data: neither its end nor a comment can stand in it. */
export function embedded(json: string): string {
  return json.replace(/</g, "\\u003c").replace(/>/g, "\\u003e").replace(/&/g, "\\u0026");
}

/** A table with a caption; the cells are HTML already. The first column names the row. */
export function htmlTable(
  caption: string,
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  // On a phone each cell stands on a line of its own, with its column's name before it.
  const cell = (text: string, column: number) =>
    column === 0 ? `<th scope="row">${text}</th>` : `<td data-head="${html(head[column])}">${text}</td>`;
  return [
    `<table><caption>${html(caption)}</caption><thead><tr>`,
    ...head.map((text) => `<th scope="col">${html(text)}</th>`),
    "</tr></thead><tbody>",
    ...rows.map((row) => `<tr>${row.map(cell).join("")}</tr>\n`),
    "</tbody></table>\n",
  ].join("");
}

export function paragraph(text: string): string {
  return `<p>${html(text)}</p>\n`;
}

export function list(items: readonly string[]): string {
  return `<ul>\n${items.map((item) => `<li>${html(item)}</li>\n`).join("")}</ul>\n`;
}
