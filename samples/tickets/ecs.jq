# Elastic Common Schema 8.11: one alert per finding, one a line (for Filebeat or the bulk API).
#   ike-dupcheck --json office.pcap | jq -c -f ecs.jq
# A finding has two clients, so source.* stays empty: they are under ike_dupcheck.*, and all addresses in related.ip.

# What further witnesses (logs, decrypted messages, events) say, the strongest first.
def strength:
  if .id | IN("713061", "713257", "713262", "713227", "713068", "113029", "113005", "113015") then 0
  elif .id == "20227" or (.witness == "ike-payload" and (.text | startswith("Notify"))) then 1
  elif .id | IN("713902", "713201", "713006", "713010", "4652", "4653", "4654") then 2
  elif .id == "713120" then 3
  else 4 end;
def strongest($n): .evidence // [] | to_entries | sort_by([(.value.joined | not), (.value | strength), .key]) | map(.value) | .[0:$n];
def said: "\(.id): \(.shows)\(if .joined then "" else " (its clock was not compared)" end)";

# What supports a finding most.
def note:
  . as $all
  | [("accepted-when-free", "invalid-message-id", "in-by-another-id", "holder-dropped", "accepted-in-use") | select(IN($all[]))] + $all
  | .[0:1][];
# What to do about these findings, in the order of the report.
def stepsFor($findings): map(select(.findings | any(IN($findings[].fingerprint))));

.tool as $tool
| .nextSteps as $steps
| .clients as $clients
| .findings[]
| (.attempts | map(.at)) as $times
| .responder as $responder
| ([.holder.address, .contender.address] | map(values)) as $addresses
| {
    "@timestamp": ($times | max),
    ecs: {version: "8.11.0"},
    event: {
      kind: "alert",
      category: ["network"],
      type: ["protocol"],
      module: $tool.name,
      dataset: "\($tool.name).finding",
      id: "\(.fingerprint)-\($times | min)",
      severity: {"info": 21, "low": 47, "medium": 73, "high": 99}[.severity],
      start: ($times | min),
      end: ($times | max),
      outcome: {"rejected": "failure", "predicted": "unknown", "possible": "unknown", "tolerated": "success"}[.verdict]
    },
    rule: {
      id: "ike-qm-message-id-collision",
      name: "Quick-mode message ID in use",
      reference: "https://support.microsoft.com/en-us/kb/942429"
    },
    message: .summary,
    observer: {product: $tool.name, version: $tool.version},
    destination: {address: $responder, ip: $responder},
    network: {
      transport: "udp",
      protocol: "isakmp",
      community_id: ([$clients[] | select(.responder == $responder and (.address | IN($addresses[]))) | .communityIds[]] | unique)
    },
    related: {ip: ([$responder] + $addresses | unique)},
    ike_dupcheck: {
      fingerprint, verdict, severity, cause, caveats, notes,
      note: ([.notes | note] | first),
      next_steps: ([.] as $own | $steps | stepsFor($own) | map(.text)),
      message_ids: .messageIds,
      display_filter: .displayFilter,
      holder: (.holder | {address, port, platform}),
      contender: (.contender | {address, port, platform}),
      attempts: (.attempts | length),
      evidence: (strongest(10) | map({witness, source, line, at, id, shows, joined}))
    }
  }
