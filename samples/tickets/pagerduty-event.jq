# PagerDuty Events API v2: one event per responder; the same dedup_key updates the same alert.
#   ike-dupcheck --json office.pcap | PAGERDUTY_ROUTING_KEY=... jq -c -f pagerduty-event.jq   (one body of POST /v2/enqueue a line)
# Nothing is resolved from here: a capture without a finding does not show that the fault is gone.

# "1 finding", "2 findings".
def number($noun): if . == 1 then "1 \($noun)" else "\(.) \($noun)s" end;
def rank: {"rejected": 0, "predicted": 1, "possible": 2}[.];
def worst: {"high": 3, "medium": 2, "low": 1, "info": 0}[.severity];

.tool as $tool
| .coverage as $coverage
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
        findings: (.[0:20] | map({
          fingerprint, verdict, severity, summary, caveats, message_id: .messageIds[0],
          holder: .holder.address, contender: .contender.address, display_filter: .displayFilter
        })),
        findings_not_listed: ([0, length - 20] | max)
      }
    }
  }
