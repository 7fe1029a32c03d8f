/** Name and version of the format of message records, beside its schema so that writing loads no zod. */

export const RECORDS_SCHEMA = "ike-dupcheck/records";
/** Grows when a reader of the version before could misread a line; fields may be added without that. */
export const RECORDS_VERSION = 1;
