/** Captures that are made to hurt: each of them aims at one table, list or loop of the program. */

import type { Attack } from "./attack.ts";
import { ON_ARCHIVES } from "./on-archives.ts";
import { ON_FORMATS } from "./on-formats.ts";
import { ON_JUDGEMENT } from "./on-judgement.ts";
import { ON_TABLES } from "./on-tables.ts";

export const ATTACKS: readonly Attack[] = [...ON_FORMATS, ...ON_ARCHIVES, ...ON_TABLES, ...ON_JUDGEMENT];
