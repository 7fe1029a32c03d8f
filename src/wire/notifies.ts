/** Notify messages of ISAKMP (RFC 2408 3.14.1), IPsec (RFC 2407 4.6.3) and DPD (RFC 3706 5.2). */

export const NOTIFY_R_U_THERE = 36136;
export const NOTIFY_R_U_THERE_ACK = 36137;
export const NOTIFY_INVALID_MESSAGE_ID = 9;
/** From here on a notify is a status and no error (RFC 2408 3.14.1). */
export const FIRST_STATUS_NOTIFY = 16384;

/** Names of the error notifies (RFC 2408 3.14.1). */
const ERROR_NAMES: readonly string[] = [
  "INVALID-PAYLOAD-TYPE",
  "DOI-NOT-SUPPORTED",
  "SITUATION-NOT-SUPPORTED",
  "INVALID-COOKIE",
  "INVALID-MAJOR-VERSION",
  "INVALID-MINOR-VERSION",
  "INVALID-EXCHANGE-TYPE",
  "INVALID-FLAGS",
  "INVALID-MESSAGE-ID",
  "INVALID-PROTOCOL-ID",
  "INVALID-SPI",
  "INVALID-TRANSFORM-ID",
  "ATTRIBUTES-NOT-SUPPORTED",
  "NO-PROPOSAL-CHOSEN",
  "BAD-PROPOSAL-SYNTAX",
  "PAYLOAD-MALFORMED",
  "INVALID-KEY-INFORMATION",
  "INVALID-ID-INFORMATION",
  "INVALID-CERT-ENCODING",
  "INVALID-CERTIFICATE",
  "CERT-TYPE-UNSUPPORTED",
  "INVALID-CERT-AUTHORITY",
  "INVALID-HASH-INFORMATION",
  "AUTHENTICATION-FAILED",
  "INVALID-SIGNATURE",
  "ADDRESS-NOTIFICATION",
  "NOTIFY-SA-LIFETIME",
  "CERTIFICATE-UNAVAILABLE",
  "UNSUPPORTED-EXCHANGE-TYPE",
  "UNEQUAL-PAYLOAD-LENGTHS",
];

/** RFC 2408 3.14.1, RFC 2407 4.6.3, RFC 3706 5.2. */
const STATUS_NAMES: Readonly<Record<number, string>> = {
  16384: "CONNECTED",
  24576: "RESPONDER-LIFETIME",
  24577: "REPLAY-STATUS",
  24578: "INITIAL-CONTACT",
  [NOTIFY_R_U_THERE]: "R-U-THERE",
  [NOTIFY_R_U_THERE_ACK]: "R-U-THERE-ACK",
};

/** `NO-PROPOSAL-CHOSEN (14)`; the number alone where it has no name. */
export function numberedNotify(type: number): string {
  const name = ERROR_NAMES[type - 1];
  return name === undefined ? `notify ${type}` : `${name} (${type})`;
}

/** The name of a notify message, or its number as text. */
export function notifyName(type: number): string {
  return ERROR_NAMES[type - 1] ?? STATUS_NAMES[type] ?? String(type);
}
