/** Writes the chosen frames of a feed as a capture, each with what it is. A sink for packets. */

import { baseName, publicName } from "../anonymize/file-names.ts";
import { emptyFrame, frameOfDatagram } from "../anonymize/frames.ts";
import type { FrameBatch, Slice } from "../capture/batch.ts";
import { joined } from "../capture/bytes.ts";
import type { CaptureWriter } from "../capture/pcap-writer.ts";
import type { SourceSummary } from "../capture/source.ts";
import type { Datagram } from "../wire/decoded.ts";
import type { Captions } from "./captions.ts";
import type { FrameList } from "./frame-list.ts";

export class EvidenceWriter {
  readonly #frames: readonly FrameList[];
  readonly #sources: readonly SourceSummary[];
  readonly #captions: Captions;
  readonly #capture: CaptureWriter;
  /** Packets are not as they were: each is built of its datagram, and sources have numbers for names. */
  readonly #rebuilt: boolean;
  #parts: Uint8Array[];
  /** Bytes that wait to be taken. */
  waiting = 0;
  #batch: FrameBatch | null = null;
  #source = 0;

  /** @param frames the chosen ones, by source, in order */
  constructor(
    frames: readonly FrameList[],
    sources: readonly SourceSummary[],
    { captions, capture, rebuilt }: { captions: Captions; capture: CaptureWriter; rebuilt: boolean },
  ) {
    this.#frames = frames;
    this.#sources = sources;
    this.#captions = captions;
    this.#capture = capture;
    this.#rebuilt = rebuilt;
    this.#parts = [capture.begin()];
  }

  begin({ batch, source, start }: Slice): void {
    this.#batch = batch.provenance === "packet" ? batch : null;
    this.#source = source;
    this.#frames[source]?.from(batch.firstFrame + start);
  }

  isakmp(datagram: Datagram): void {
    if (this.#isChosen(datagram)) this.#write(datagram.frame, this.#captions.ofMessage(datagram), datagram);
  }

  signOfLife(datagram: Datagram): void {
    if (this.#isChosen(datagram)) this.#write(datagram.frame, this.#captions.ofSign(datagram), datagram);
  }

  end({ batch, end }: Slice): void {
    this.#others(batch.firstFrame + end);
  }

  /** The bytes since the last call. */
  take(): Uint8Array {
    const bytes = joined(this.#parts);
    this.#parts = [];
    this.waiting = 0;
    return bytes;
  }

  #isChosen({ frame }: Datagram): boolean {
    this.#others(frame);
    return this.#frames[this.#source]?.from(frame) === frame;
  }

  /** Chosen frames before this one, which are neither ISAKMP nor a sign of life. */
  #others(before: number): void {
    const list = this.#frames[this.#source];
    if (list === undefined) return;
    for (let frame = list.next; frame < before; frame = list.next) {
      this.#write(frame, "first or last packet of the capture", null);
    }
  }

  #write(frame: number, what: string, datagram: Datagram | null): void {
    this.#frames[this.#source].pass();
    const batch = this.#batch;
    if (batch === null) return;
    const { name, timeDigits } = this.#sources[this.#source];
    const base = this.#rebuilt ? publicName(name, this.#source) : baseName(name);
    const row = frame - batch.firstFrame;
    const [rows, i] = this.#rebuilt
      ? [datagram === null ? emptyFrame(batch, row) : frameOfDatagram(datagram, batch, row), 0]
      : [batch, row];
    const origin = { source: this.#source, name: base, timeDigits };
    const bytes = this.#capture.packet(rows, i, origin, `frame ${frame} of ${base}: ${what}`);
    this.#parts.push(bytes);
    this.waiting += bytes.length;
  }
}
