/** A message ID as a person writes it: 1 and not 0x00000001, where the client counts; a random one as it is. */
export function shortId(id: string): string {
  return Number(id) < 1000 ? String(Number(id)) : id;
}
