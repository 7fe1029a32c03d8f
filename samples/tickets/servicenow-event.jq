# ServiceNow Event Management: one event per responder; the same message_key updates the same alert.
#   ike-dupcheck --json office.pcap | jq -c -f servicenow-event.jq | curl ... https://INSTANCE.service-now.com/api/global/em/jsonv2
# The table has no columns of ours: what goes beyond them is in additional_info, as a string.

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
def worst: {"high": 3, "medium": 2, "low": 1, "info": 0}[.severity];

.tool as $tool
| .coverage as $coverage
| .summary.text as $answer
| .nextSteps as $steps
| .findings as $findings
| {
    records: [
      .responders[]
      | . as $box
      | [$findings[] | select(.responder == $box.address and .verdict != "tolerated")] | sort_by(.verdict | rank)
      | select(length > 0)
      | {
          source: $tool.name,
          event_class: $tool.name,
          node: $box.address,
          type: "ike-qm-message-id-collision",
          resource: "ISAKMP",
          # 2 major, 3 minor, 4 warning, 5 info
          severity: {"high": "2", "medium": "3", "low": "4", "info": "5"}[max_by(worst).severity],
          message_key: $box.fingerprint,
          resolution_state: "New",
          time_of_event: (map(.attempts[].at) | max | sub("T"; " ") | .[0:19]),
          description: "\(length | number("pair")) of VPN clients with colliding IKE message IDs at \($box.address). \($answer | gsub("\n"; ". ")). What to do: \(. as $own | $steps | stepsFor($own)[0:3] | map(.text) | join(" "))"[0:4000],
          additional_info: ({
            vendor: $box.vendor,
            sequentialClients: $box.sequentialClients,
            peakConcurrentSequential: $box.peakConcurrentSequential,
            coverageComplete: $coverage.complete,
            findings: length,
            worst: (.[0:5] | map({
              fingerprint, verdict, severity, messageId: .messageIds[0], caveats, note: ([.notes | note] | first),
              holder: .holder.address, contender: .contender.address, displayFilter: .displayFilter[0:200],
              evidence: (strongest(3) | map(said[0:300]))
            }))
          } | tojson)
        }
    ]
  }
