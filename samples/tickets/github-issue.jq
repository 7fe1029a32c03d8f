# One GitHub issue per responder ("this box, this fault"), one comment per finding.
#   ike-dupcheck --json office.pcap | jq -c -f github-issue.jq
# Each line: { fingerprint, label, issue: body of POST /repos/OWNER/REPO/issues,
#              comments: [{ fingerprint, comment: body of POST .../issues/NUMBER/comments }] }
# open-or-update.sh sends them. Comments beyond MAX_COMMENTS (20) are counted in the issue instead.

# What comes from captures and file names goes into code spans: no markup and no mention there.
def code: "`" + (tostring | gsub("[`\\p{Cc}]"; "'")) + "`";
# A bar would end the cell of a table.
def cell: gsub("\\|"; "¦") | code;
# "1 finding", "2 findings".
def number($noun): if . == 1 then "1 \($noun)" else "\(.) \($noun)s" end;
# What further witnesses (logs, decrypted messages, events) say, the strongest first.
def strength:
  if .id | IN("713061", "713257", "713262", "713227", "713068", "113029", "113005", "113015") then 0
  elif .id == "20227" or (.witness == "ike-payload" and (.text | startswith("Notify"))) then 1
  elif .id | IN("713902", "713201", "713006", "713010", "4652", "4653", "4654") then 2
  elif .id == "713120" then 3
  else 4 end;
def strongest($n): .evidence // [] | to_entries | sort_by([(.value.joined | not), (.value | strength), .key]) | map(.value) | .[0:$n];
def said: "\(.id): \(.shows)\(if .joined then "" else " (its clock was not compared)" end)";
# A capture by the last part of its path: where it lies on somebody's disk is nobody's business.
def file: [splits("[/\\\\]")] | last;
def pathless($sources): reduce $sources[] as $source (.; split($source) | join($source | file));
# What supports a finding most.
def note:
  . as $all
  | [("accepted-when-free", "invalid-message-id", "in-by-another-id", "holder-dropped", "accepted-in-use") | select(IN($all[]))] + $all
  | .[0:1][];
# What to do about these findings, in the order of the report.
def stepsFor($findings): map(select(.findings | any(IN($findings[].fingerprint))));
def rank: {"rejected": 0, "predicted": 1, "possible": 2}[.];
def who: if .address == null then "not visible" else "\(.address) port \(.port // "unknown")" end | code;
def when: sub("T"; " ") | sub("Z$"; " UTC");
def attempt: "| \(.at | when) | \(.source | file | cell) | \(.frame) | `\(.messageId)` | \(.outcome) | \(.overlap) |";
def comment:
  "<!-- ike-dupcheck:\(.fingerprint) -->",
  "**\(.verdict)**, severity \(.severity): message ID \(.messageIds[0:5] | map(code) | join(", "))",
  "",
  "Holder \(.holder | who), contender \(.contender | who). \(.summary | code)",
  "",
  "| attempt | capture | frame | message ID | outcome | overlap |",
  "|---|---|---|---|---|---|",
  (.attempts[0:10][] | attempt),
  (if (.attempts | length) > 10 then "", "\((.attempts | length) - 10 | number("more attempt")): see the report." else empty end),
  "",
  (strongest(3)[] | "- \(said | code)"),
  "",
  (.notes | note | "Strongest note: \(code)", ""),
  "Caveats: \(if .caveats == [] then "none" else .caveats | map(code) | join(", ") end) (`ike-dupcheck explain WORD`)",
  "",
  "Wireshark: \(.displayFilter | code)";

($ENV.MAX_COMMENTS // "20" | tonumber) as $max
| [.capture.sources[].name] as $sources
| (.coverage.gaps | map("- \(.code): \(.message | pathless($sources) | code)")) as $gaps
| .summary.text as $answer
| .nextSteps as $steps
| .findings as $findings
| .responders[]
| . as $box
| [$findings[] | select(.responder == $box.address and .verdict != "tolerated")] | sort_by(.verdict | rank)
| select(length > 0)
| "ike-dupcheck:\($box.fingerprint)" as $tag
| {
    fingerprint: $box.fingerprint,
    label: $tag,
    issue: {
      title: "VPN clients collide on IKE message IDs at \($box.address)",
      labels: ["ike-dupcheck", $tag],
      body: (
        [
          "<!-- \($tag) -->",
          "\(length | number("finding")) at \($box.address | code) (\($box.vendor // "make unknown")). An ASA with the behaviour described in [Microsoft KB 942429](https://support.microsoft.com/en-us/kb/942429) refuses a client whose quick-mode message ID another connected client uses.",
          "",
          ($answer | split("\n") | map("- \(code)") | .[]),
          "",
          "What to do:",
          "",
          (. as $own | $steps | stepsFor($own)[0:10] | to_entries[] | "\(.key + 1). \(.value.text | code)"),
          "",
          "| verdict | severity | holder | contender | message ID |",
          "|---|---|---|---|---|",
          (.[0:$max][] | "| \(.verdict) | \(.severity) | \(.holder | who) | \(.contender | who) | `\(.messageIds[0])` |"),
          (if length > $max then "", "\(length - $max | number("more finding")): see the report." else empty end),
          "",
          "Exposure: \($box.sequentialClients | number("client")) with counted message IDs, up to \($box.peakConcurrentSequential) of them connected at once.",
          (if $gaps == [] then empty else "", "The capture could not show everything:", "", $gaps[0:20][] end)
        ] | join("\n")
      )
    },
    comments: [.[0:$max][] | {fingerprint, comment: {body: ([comment] | join("\n"))}}]
  }
