/** What to tell a user who cannot capture: what is missing, and what to do, the least privilege first. */

import { CaptureError } from "../../capture/source.ts";
import { type BackendName, isPackage, PACKAGES } from "./backends.ts";
import type { RunEnd } from "./run.ts";

/** An interface that cannot be captured from, and what to do about it. */
export class LiveRefusal extends CaptureError {
  /** A sentence for each way, the first that suits is the best. */
  readonly remedies: readonly string[];

  constructor(message: string, remedies: readonly string[] = []) {
    super("unreadable", message);
    this.remedies = remedies;
  }
}

export function refusalFor(
  name: string,
  tried: readonly { backend: BackendName; end: RunEnd }[],
): LiveRefusal {
  const permission = tried.find(({ end }) => end.refusal === "permission");
  if (permission !== undefined) return permissionRefusal(name, permission.backend);
  const last = tried.at(-1)!;
  const telling = tried.find(({ end }) => end.refusal !== "absent");
  if (telling === undefined) {
    return tried.length > 1 ? nothingRefusal(name) : absentRefusal(name, last.backend, last.end.said);
  }
  const { refusal, said } = telling.end;
  if (refusal === "no-interface") return noInterface(name);
  if (refusal === "down") return new LiveRefusal(`cannot capture on ${name}: the interface is down`);
  if (refusal === "filter") {
    return new LiveRefusal(`cannot capture on ${name}: the filter is not understood (${said})`);
  }
  return new LiveRefusal(`cannot capture on ${name} with ${telling.backend}: ${said}`);
}

export function noInterface(name: string): LiveRefusal {
  return new LiveRefusal(`no interface is called ${name} (ike-dupcheck -D lists them)`);
}

function pipe(name: string): string {
  return `tcpdump -i ${name} -U -w - "$(ike-dupcheck --print-bpf)" | ike-dupcheck -`;
}

function permissionRefusal(name: string, backend: BackendName): LiveRefusal {
  return new LiveRefusal(`cannot capture on ${name} with ${backend}: the capability CAP_NET_RAW is missing`, [
    "either join the group that may run dumpcap (dpkg-reconfigure wireshark-common; usermod -aG wireshark USER; log in again) and use --capture-with dumpcap",
    `or give the capability to a copy of node that one group alone may run, since it gives raw sockets to whoever runs it: install -g GROUP -m 0750 "$(command -v node)" /usr/local/bin/node-capture && setcap cap_net_raw=ep /usr/local/bin/node-capture`,
    `or let a user who may capture write the pipe: sudo ${pipe(name)}`,
  ]);
}

const BUILD =
  "install libpcap-dev, g++, make and python3 and run npm install --foreground-scripts (npm 12 needs --allow-scripts=pcap,cap as well)";

function absentRefusal(name: string, backend: BackendName, said: string): LiveRefusal {
  if (!isPackage(backend)) return new LiveRefusal(`cannot capture on ${name}: ${backend} is not installed`);
  const why = /NODE_MODULE_VERSION/.test(said)
    ? `was built for another version of Node: run npm rebuild ${backend}`
    : `is not built here: ${BUILD}`;
  return new LiveRefusal(
    `cannot capture on ${name} with ${backend}: the package ${backend} ${why}, or use the pipe ${pipe(name)}`,
  );
}

function nothingRefusal(name: string): LiveRefusal {
  return new LiveRefusal(
    `cannot capture on ${name}: the packages ${PACKAGES.join(" and ")} are not built here, and neither tcpdump nor dumpcap is installed; install tcpdump, or ${BUILD}, or pipe from elsewhere: ssh HOST ${pipe(name)}`,
  );
}
