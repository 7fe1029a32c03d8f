/** What to paste into Wireshark or tshark to see the quick modes of a finding. */

/** More IDs than that make a filter that nobody can read: it then shows every quick mode of the responder. */
const MAX_IDS = 100;

/**
 * A display filter that matches the quick modes in question, at any address of the responder; at any responder where
 * no address is known.
 * @param messageIds as the report spells them: 0x and eight digits
 */
export function displayFilter(messageIds: readonly string[], addresses: readonly string[]): string {
  return displayFilterAt(messageIds, addressFilter(addresses));
}

/** The same. @param at the filter of the addresses */
export function displayFilterAt(messageIds: readonly string[], at: string | null): string {
  const ids = messageIds.length <= MAX_IDS ? ` && isakmp.messageid ${among(messageIds)}` : "";
  return `isakmp.exchangetype == 32${ids}${at === null ? "" : ` && ${at}`}`;
}

/** Packets of any of these addresses; null where there is none. */
export function addressFilter(addresses: readonly string[]): string | null {
  const families: [string, string[]][] = [
    ["ip.addr", addresses.filter((address) => !address.includes(":"))],
    ["ipv6.addr", addresses.filter((address) => address.includes(":"))],
  ];
  const hosts = families.filter(([, of]) => of.length > 0).map(([field, of]) => `${field} ${among(of)}`);
  if (hosts.length === 0) return null;
  return hosts.length === 1 ? hosts[0] : `(${hosts.join(" || ")})`;
}

function among(values: readonly string[]): string {
  return values.length === 1 ? `== ${values[0]}` : `in {${values.join(", ")}}`;
}
