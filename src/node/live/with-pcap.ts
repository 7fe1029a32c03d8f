/**
 * The package `pcap` 3.1.0, and its one door. It hands on the kernel's times and its count of dropped packets. When the
 * interface goes down, libuv stops to watch it and the package falls silent: libpcap is asked at short intervals as well,
 * which goes on when the interface is up again, and says when it is gone for good.
 */

import { createRequire } from "node:module";
import { linkTypeOf, type OpenCapture, SNAP_LENGTH } from "./capture-module.ts";

/** What is used of the package: its own types leave out what polling needs. */
interface PcapSession {
  readonly link_type: string;
  /** The bytes of the packet at hand, and its header as 32-bit numbers: seconds, microseconds, captured, original. */
  readonly buf: Buffer;
  readonly header: Buffer;
  readonly session: {
    /** Hands on what the ring holds; less than zero when the interface cannot be read any more. */
    dispatch(buffer: Buffer, header: Buffer): number;
    read_callback: () => void;
  };
  on(event: "packet", listener: () => void): void;
  stats(): { ps_drop: number };
}

interface PcapPackage {
  warningHandler: (sentence: string) => void;
  createSession(
    device: string,
    options: {
      filter: string;
      buffer_size: number;
      snap_length: number;
      buffer_timeout: number;
      promiscuous: boolean;
    },
  ): PcapSession;
}

/**
 * How long the kernel may gather packets before it hands them on, and how often libpcap is asked besides. With a time to
 * gather, packets stand close to each other in the ring; without, each takes a slot of the snap length.
 */
const GATHER_MS = 100;
/** Bytes of the ring: packets lie close in it, and all that it holds comes at one go, which the queue must take. */
const RING = 32 * 1024 * 1024;

/** Loads the package. @throws Error where it is missing, or is not built for this Node */
export function loadPcap(): OpenCapture {
  const pcap = createRequire(import.meta.url)("pcap") as PcapPackage;
  // That the interface has no address does not matter to a capture.
  pcap.warningHandler = () => {};
  return ({ device, filter }) => {
    const session = pcap.createSession(device, {
      filter,
      buffer_size: RING,
      snap_length: SNAP_LENGTH,
      buffer_timeout: GATHER_MS,
      // libpcap has no such mode for all interfaces at once, and the package takes its warning for an error.
      promiscuous: device !== "any",
    });
    const read = () => session.session.dispatch(session.buf, session.header);
    let timer: ReturnType<typeof setInterval> | undefined;
    return {
      linkType: linkTypeOf(session.link_type),
      start: (queue, onGone) => {
        const { buf, header } = session;
        session.on("packet", () => {
          const micros = header.readUInt32LE(0) * 1_000_000 + header.readUInt32LE(4);
          queue.add(buf, header.readUInt32LE(8), header.readUInt32LE(12), micros);
        });
        const poll = () => {
          if (read() >= 0 || timer === undefined) return;
          clearInterval(timer);
          timer = undefined;
          onGone("the interface is gone");
        };
        timer = setInterval(poll, GATHER_MS);
        session.session.read_callback = poll;
      },
      kernelDropped: () => session.stats().ps_drop,
      stop: () => {
        clearInterval(timer);
        timer = undefined;
        read();
      },
    };
  };
}
