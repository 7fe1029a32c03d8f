# PagerDuty Events API v2: one event per responder; the same dedup_key updates the same alert.
#   ike-dupcheck --json office.pcap | PAGERDUTY_ROUTING_KEY=... jq -c -f pagerduty-event.jq   (one body of POST /v2/enqueue a line)
# Nothing is resolved from here: a capture without a finding does not show that the fault is gone.

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
| .responders[]
| . as $box
| [$findings[] | select(.responder == $box.address and .verdict != "tolerated")] | sort_by(.verdict | rank)
| select(length > 0)
| {
    routing_key: ($ENV.PAGERDUTY_ROUTING_KEY // "ROUTING_KEY"),
    event_action: "trigger",
    dedup_key: $box.fingerprint,
    client: $tool.name,
    links: [{href: "https://support.microsoft.com/en-us/kb/942429", text: "Microsoft KB 942429"}],
    payload: {
      summary: "\(length | number("pair")) of VPN clients with colliding IKE message IDs at \($box.address)",
      source: $box.address,
      severity: {"high": "error", "medium": "warning", "low": "info", "info": "info"}[max_by(worst).severity],
      timestamp: (map(.attempts[].at) | max),
      component: "IKEv1",
      group: "VPN",
      class: "ike-qm-message-id-collision",
      custom_details: {
        vendor: $box.vendor,
        sequential_clients: $box.sequentialClients,
        peak_concurrent_sequential: $box.peakConcurrentSequential,
        coverage_complete: $coverage.complete,
        answer: $answer,
        next_steps: (. as $own | $steps | stepsFor($own)[0:5] | map(.text)),
        findings: (.[0:20] | map({
          fingerprint, verdict, severity, summary, caveats, note: ([.notes | note] | first), message_id: .messageIds[0],
          holder: .holder.address, contender: .contender.address, display_filter: .displayFilter,
          evidence: (strongest(3) | map(said))
        })),
        findings_not_listed: ([0, length - 20] | max)
      }
    }
  }
