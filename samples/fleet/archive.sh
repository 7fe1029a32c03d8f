#!/bin/sh
# Many captures, one answer:  archive.sh FOLDER PARTS [OPTION...]
# Extracts the message records of every capture below FOLDER, several at a time, then lets PARTS analysers judge a
# share of the responders each. Reports go to ./report-1.json and so on; the exit status is the worst of them.
# Needs GNU parallel. IKE_DUPCHECK names the program where it is not on the PATH.
set -eu
program=${IKE_DUPCHECK:-ike-dupcheck}
folder=$1
parts=$2
shift 2
records=$(mktemp -d)
trap 'rm -rf "$records"' EXIT

# The captures are gigabytes, what matters of them kilobytes: this is the step that is worth spreading.
find "$folder" -type f \( -name '*.pcap' -o -name '*.pcapng' -o -name '*.pcap.gz' \) -print0 |
  parallel -0 --halt now,fail=1 "$program extract --quiet --sensor {#} -o $records/{#}.ndjson {}"

# Exit status 1 is a finding, not a failure, so parallel's own count of failures is of no use here.
seq "$parts" | parallel --joblog "$records/log" \
  "$program --json -o report-{}.json --partition {}/$parts $* $records/*.ndjson" || true
exit "$(awk 'NR > 1 && $7 > worst { worst = $7 } END { print worst + 0 }' "$records/log")"
