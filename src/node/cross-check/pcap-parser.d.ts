/** The part of pcap-parser 0.2.1 that the cross-check uses; the package has no types of its own. */

declare module "pcap-parser" {
  export interface GlobalHeader {
    magicNumber: string;
    linkLayerType: number;
  }

  export interface PacketHeader {
    timestampSeconds: number;
    timestampMicroseconds: number;
    capturedLength: number;
    originalLength: number;
  }

  export interface Packet {
    header: PacketHeader;
    data: Buffer;
  }

  /** What the parser asks of its input. */
  export interface Input {
    on(event: "data" | "error" | "end", listener: (argument?: unknown) => void): unknown;
    pause(): unknown;
    resume(): unknown;
  }

  export interface Parser {
    on(event: "globalHeader", listener: (header: GlobalHeader) => void): this;
    on(event: "packetHeader", listener: (header: PacketHeader) => void): this;
    on(event: "packet", listener: (packet: Packet) => void): this;
    on(event: "error", listener: (error: Error) => void): this;
    on(event: "end", listener: () => void): this;
  }

  export function parse(input: Input): Parser;
}
