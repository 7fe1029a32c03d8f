/** A terminal as far as the program needs one: text, CR, LF, cursor up, erase, colours. Anything else is an error. */

import { columnsOf } from "../../src/printers/text.ts";

export class Screen {
  readonly columns: number;
  readonly rows: number;
  /** All lines since the beginning; the last `rows` of them are what is seen. */
  #lines: string[] = [""];
  #row = 0;
  #column = 0;
  readonly #pictures: string[] = [];

  constructor(columns: number, rows: number) {
    this.columns = columns;
    this.rows = rows;
  }

  /** What is seen, without spaces at the ends of lines and without empty lines at the end. */
  get text(): string {
    const seen = this.#lines.slice(this.#top).map((line) => line.trimEnd());
    return seen.join("\n").trimEnd();
  }

  /** Everything that was ever printed and not erased. */
  get history(): string {
    return this.#lines.map((line) => line.trimEnd()).join("\n");
  }

  /** What was seen each time before the program went back to draw over it, or erased it; oldest first. */
  get pictures(): readonly string[] {
    return this.#pictures;
  }

  get #top(): number {
    return Math.max(0, this.#lines.length - this.rows);
  }

  write(text: string): void {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what a terminal obeys
    for (const [token] of text.matchAll(/\x1b\[[\d;?]*[A-Za-z]|[\x00-\x1f]|[^\x00-\x1f]/gu))
      this.#take(token);
  }

  #take(token: string): void {
    if (token === "\r") this.#column = 0;
    else if (token === "\n") this.#newLine();
    else if (!token.startsWith("\x1b")) this.#put(token);
    else this.#control(token.slice(2, -1), token.slice(-1));
  }

  #newLine(): void {
    this.#row += 1;
    this.#column = 0;
    while (this.#lines.length <= this.#row) this.#lines.push("");
  }

  #put(character: string): void {
    if (this.#column + columnsOf(character) > this.columns) this.#newLine();
    const line = [...this.#lines[this.#row].padEnd(this.#column)];
    line[this.#column] = character;
    this.#lines[this.#row] = line.join("");
    this.#column += 1;
  }

  #control(argument: string, command: string): void {
    const count = argument === "" ? 1 : Number(argument);
    if (command === "A" || command === "H") this.#pictures.push(this.text);
    if (command === "A") this.#row = Math.max(this.#top, this.#row - count);
    else if (command === "K") this.#cut();
    else if (command === "J" && argument === "") {
      this.#cut();
      this.#lines.length = this.#row + 1;
    } else if (command === "J" && argument === "2") this.#lines.length = this.#top;
    else if (command === "H" && argument === "") [this.#row, this.#column] = [this.#top, 0];
    else if (command !== "m") throw new Error(`the program sent ESC[${argument}${command}`);
    while (this.#lines.length <= this.#row) this.#lines.push("");
  }

  #cut(): void {
    this.#lines[this.#row] = [...this.#lines[this.#row]].slice(0, this.#column).join("");
  }
}
