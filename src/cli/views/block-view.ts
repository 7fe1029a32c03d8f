/**
 * Without a terminal to draw on: a block for each finding when it is found, and when it changes a few lines
 * that say what changed.
 */

import type { LiveAnalysis } from "../../analysis/analysis.ts";
import { type BlockContext, findingBlock } from "../../printers/finding-block.ts";
import { printable, wrap } from "../../printers/text.ts";
import { withHostNames } from "../../report/host-names.ts";
import type { Line } from "../../report/lines.ts";
import type { Finding } from "../../report/model.ts";
import { changesOf, restated } from "./changes.ts";
import { isShown, ToldFindings, type View, type ViewOptions } from "./view.ts";

const MARGIN = "   ";

export class BlockView implements View {
  readonly #options: ViewOptions & { width: number };
  readonly #told = new ToldFindings();

  constructor(options: ViewOptions & { width: number }) {
    this.#options = options;
  }

  lines(lines: readonly Line[], analysis: LiveAnalysis): void {
    // All of them are of one judgement, and a report is large: it is built once, for the first that is shown.
    let built: BlockContext | null = null;
    const context = () => {
      built ??= blockContext(analysis, this.#options);
      return built;
    };
    for (const line of withHostNames(lines, this.#options.names)) {
      if (!isShown(line, this.#options.all)) continue;
      this.#options.write(`${this.#block(line, context).join("\n")}\n\n`);
    }
  }

  status(): void {}

  erase(): void {}

  #block(line: Extract<Line, { finding: Finding }>, context: () => BlockContext): string[] {
    const { finding, at } = line;
    const when = at === null ? "" : `${this.#options.clock.second(at)}: `;
    const { number, before } = this.#told.take(finding);
    if (line.type === "finding-update" && line.withdrawn) {
      return [`${when}finding ${number} withdrawn: the quick mode was answered after all`];
    }
    if (before === null) return [`${when}new finding`, ...findingBlock(finding, number, context())];
    const changes = changesOf(before, finding);
    return [
      `${when}finding ${number} changed: ${headOf(finding)}`,
      ...(changes.length > 0 ? changes : [restated(finding)]).flatMap((change) =>
        wrap(printable(change), this.#options.width - MARGIN.length).map((text) => MARGIN + text),
      ),
    ];
  }
}

/** Whom it is about, to be known again without its number. */
function headOf({ holder, contender, responder }: Finding): string {
  const first = holder.address === null ? "" : ` behind ${holder.address}`;
  return printable(`${contender.address}${first} at ${responder}`);
}

function blockContext(
  analysis: LiveAnalysis,
  { paint, width, clock, names }: ViewOptions & { width: number },
): BlockContext {
  const { clients, responders, capture } = withHostNames(analysis.report(), names);
  return {
    paint,
    width,
    clock,
    brief: true,
    client: (address, port, responder) =>
      clients.find((row) => row.address === address && row.port === port && row.responder === responder),
    responder: (address) => responders.find((row) => row.address === address),
    packet: (frame, source) =>
      capture.sources.length === 1 ? `frame ${frame}` : `frame ${frame} of ${source}`,
  };
}
