/**
 * The capture filter of live mode, in the language of pcap-filter(7): it runs in the kernel, so that the ESP of a
 * busy gateway never reaches the program.
 *
 * Offsets count from the UDP header for IPv4 (`udp[...]`) and from the IPv6 header for IPv6, where `udp[...]`
 * matches nothing. A test that reads beyond the end of a packet rejects it, so the one-byte keepalive is tested
 * before the marker is read.
 */

/** UDP header and one byte. */
const KEEPALIVE_LENGTH = 9;

/** On 4500: a NAT keepalive, or the marker of four zero bytes (RFC 3948 2.2, 2.3). */
const NAT_TRAVERSAL = [
  `(udp port 4500 and ip and (udp[4:2] = ${KEEPALIVE_LENGTH} or udp[8:4] = 0))`,
  `(udp port 4500 and ip6 and (ip6[44:2] = ${KEEPALIVE_LENGTH} or ip6[48:4] = 0))`,
];

/** First IPv6 fragments: the UDP header stands behind a fragment header of 8 bytes (RFC 8200 4.5). */
function firstFragment(ports: readonly number[]): string {
  const either = ports.map((port) => `ip6[48:2] = ${port} or ip6[50:2] = ${port}`).join(" or ");
  const marked = "((ip6[48:2] = 4500 or ip6[50:2] = 4500) and ip6[56:4] = 0)";
  return `(ip6[6] = 44 and ip6[40] = 17 and ip6[42:2] & 0xfff8 = 0 and (${either} or ${marked}))`;
}

/**
 * IKE and NAT keepalives over IPv4 and IPv6; no ESP.
 * @param ports UDP ports beside 500 and 4500
 * @param tagged takes in VLAN tags, one or two: only where the link layer is Ethernet can libpcap look for them
 */
export function defaultFilter(ports: readonly number[] = [], tagged = true): string {
  const whole = [500, ...ports.filter((port) => port !== 500 && port !== 4500)];
  const plain = [...whole.map((port) => `udp port ${port}`), ...NAT_TRAVERSAL, firstFragment(whole)].join(
    " or ",
  );
  // Each `vlan` moves the offsets of all that follows it in the expression.
  return tagged ? `${plain} or (vlan and (${plain} or (vlan and (${plain}))))` : plain;
}
