/** What can be done about a finding: facts, each with its source, and nothing that nobody knows. */

export interface Remedy {
  text: string;
  link: string | null;
}

export const REMEDIES: readonly Remedy[] = [
  {
    text: "Until the first client disconnects the second cannot connect: disconnecting the holder lets the contender in (KB 942429). If the holder left without saying goodbye, its session on the ASA has to end first.",
    link: "https://support.microsoft.com/en-us/kb/942429",
  },
  {
    text: "Another VPN type (IKEv2, SSL) or another client program than the one built into Windows does not have this problem: it is one of L2TP/IPsec clients that count their quick-mode message IDs.",
    link: null,
  },
  {
    text: "Ask the vendor whether the software of this ASA tells clients apart by the message ID alone. The capture does not show its version, and Microsoft's article names no version that does not.",
    link: null,
  },
];
