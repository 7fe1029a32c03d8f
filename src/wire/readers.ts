/** The reader of each layer, by its code. IP and exported PDUs, which need more than a reader is given, have none here. */

import { erf } from "./erf.ts";
import { ethernet, etherType, llc } from "./ether-type.ts";
import { gre } from "./gre.ts";
import { enc, nflog, pflog, pktap, user2 } from "./host-headers.ts";
import {
  juniperAtm1,
  juniperAtm2,
  juniperEthernet,
  juniperFrameRelay,
  juniperGgsn,
  juniperHdlc,
  juniperPpp,
} from "./juniper.ts";
import { Kind } from "./kinds.ts";
import { Layer, type Reader } from "./layers.ts";
import { tzsp } from "./mirrors.ts";
import {
  bsdNull,
  ciscoHdlc,
  frameRelayWithDirection,
  hdlcWithDirection,
  ipoib,
  linuxSll,
  linuxSll2,
  mpls,
  ppp,
  pppd,
  pppoe,
  pppWithDirection,
} from "./point-to-point.ts";
import { broadcomPrepended, edsaBehindAddresses, taggedBehindAddresses } from "./tags.ts";
import { nsh } from "./udp-tunnels.ts";
import { atm, fddi, frameRelay, ieee1394, ipOverFc, sunAtm, tokenRing } from "./wan.ts";
import { avs, ppi, prism, radiotap, wlan, wlanPadded, wlanSwapped } from "./wlan.ts";

type Entry = readonly [layer: number, reader: Reader];

const ENTRIES: readonly Entry[] = [
  [Layer.ethernet, ethernet],
  [Layer.bsdNull, bsdNull],
  [Layer.linuxSll, linuxSll],
  [Layer.linuxSll2, linuxSll2],
  [Layer.ppp, ppp],
  [Layer.pppoe, pppoe],
  [Layer.ciscoHdlc, ciscoHdlc],
  [Layer.etherType, etherType],
  [Layer.gre, gre],
  [Layer.llc, llc],
  [Layer.mpls, mpls],
  [Layer.nsh, nsh],
  [Layer.wlan, wlan],
  [Layer.wlanPadded, wlanPadded],
  [Layer.wlanSwapped, wlanSwapped],
  [Layer.radiotap, radiotap],
  [Layer.prism, prism],
  [Layer.avs, avs],
  [Layer.ppi, ppi],
  [Layer.tokenRing, tokenRing],
  [Layer.fddi, fddi],
  [Layer.atm, atm],
  [Layer.sunAtm, sunAtm],
  [Layer.frameRelay, frameRelay],
  [Layer.enc, enc],
  [Layer.pflog, pflog],
  [Layer.nflog, nflog],
  [Layer.pktap, pktap],
  [Layer.user2, user2],
  [Layer.ipOverFc, ipOverFc],
  [Layer.ieee1394, ieee1394],
  [Layer.ipoib, ipoib],
  [Layer.pppd, pppd],
  [Layer.pppWithDirection, pppWithDirection],
  [Layer.hdlcWithDirection, hdlcWithDirection],
  [Layer.frameRelayWithDirection, frameRelayWithDirection],
  [Layer.juniperEthernet, juniperEthernet],
  [Layer.juniperPpp, juniperPpp],
  [Layer.juniperFrameRelay, juniperFrameRelay],
  [Layer.juniperHdlc, juniperHdlc],
  [Layer.juniperAtm1, juniperAtm1],
  [Layer.juniperAtm2, juniperAtm2],
  [Layer.juniperGgsn, juniperGgsn],
  [Layer.erf, erf],
  [Layer.tzsp, tzsp],
  [Layer.broadcomTagged, taggedBehindAddresses],
  [Layer.broadcomPrepended, broadcomPrepended],
  [Layer.dsaTagged, taggedBehindAddresses],
  [Layer.edsaTagged, edsaBehindAddresses],
];

/** By code of `Layer`. */
export const readers: readonly Reader[] = readersByLayer();

function readersByLayer(): Reader[] {
  const byLayer = new Map(ENTRIES);
  return Object.values(Layer).map((layer) => byLayer.get(layer) ?? (() => Kind.unsupportedLinkType));
}
