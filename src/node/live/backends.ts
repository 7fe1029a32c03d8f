/** What can capture, in the order in which they are tried where the user names none. */
export const BACKENDS = ["pcap", "cap", "tcpdump", "dumpcap"] as const;
export type BackendName = (typeof BACKENDS)[number];

/** Those that are packages over libpcap, built when they are installed; the others are programs. */
export const PACKAGES = ["pcap", "cap"] as const;
export type PackageName = (typeof PACKAGES)[number];

export function isPackage(backend: BackendName): backend is PackageName {
  return (PACKAGES as readonly string[]).includes(backend);
}
