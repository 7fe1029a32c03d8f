/** What is used of the package `cap` 0.2.1, which brings no types. */

export interface CapDevice {
  on(event: "packet", listener: (length: number, truncated: boolean) => void): void;
  /** Opens the device and returns the name of its link layer; throws a plain Error. Not to be called twice. */
  open(device: string, filter: string, ringBytes: number, buffer: Buffer): string;
  close(): boolean;
}

export interface CapModule {
  Cap: new () => CapDevice;
}
