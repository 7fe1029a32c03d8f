/** The script of the process that holds `cap` or `pcap`: one argument, the settings as JSON. */

import { captureChild } from "./capture-child.ts";

captureChild(process.argv[2]);
