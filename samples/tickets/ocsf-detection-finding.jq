# OCSF Detection Finding (category 2, class 2004, schema 1.6.0): one object per finding, one a line.
#   ike-dupcheck --json office.pcap | jq -c -f ocsf-detection-finding.jq

# Milliseconds since the epoch, of a time like 2026-03-02T08:00:10.200000Z.
def ms: ((.[0:19] + "Z") | fromdate) * 1000 + (.[20:23] | tonumber);
def endpoint: {ip: .address} + (if .port == null then {} else {port} end);

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
| . as $finding
| (.attempts | map(.at | ms)) as $times
| {
    category_uid: 2,
    class_uid: 2004,
    activity_id: 1,
    type_uid: 200401,
    time: ($times | min),
    start_time: ($times | min),
    end_time: ($times | max),
    count: (.attempts | length),
    severity_id: {"info": 1, "low": 2, "medium": 3, "high": 4}[.severity],
    confidence_id: {"rejected": 3, "predicted": 2, "possible": 1, "tolerated": 3}[.verdict],
    status_id: 1,
    is_alert: (.verdict != "tolerated"),
    message: .summary,
    metadata: {
      version: "1.6.0",
      product: {name: $tool.name, vendor_name: $tool.name, version: $tool.version},
      uid: "\(.fingerprint)-\($times | min)"
    },
    finding_info: {
      uid: .fingerprint,
      title: "IKEv1 clients collide on a quick-mode message ID at \(.responder)",
      desc: .summary,
      analytic: {type_id: 1, name: "Quick-mode message ID in use", uid: "ike-qm-message-id-collision"},
      first_seen_time: ($times | min),
      last_seen_time: ($times | max)
    },
    remediation: {desc: ([$finding] as $own | $steps | stepsFor($own) | map(.text) | join("\n"))},
    evidences: [
      (.holder, .contender) | select(.address != null) | . as $party
      | {
          src_endpoint: endpoint,
          dst_endpoint: {ip: $finding.responder},
          connection_info: (
            {protocol_num: 17, protocol_name: "udp", direction_id: 0}
            + ([
                $clients[]
                | select(.address == $party.address and .port == $party.port and .responder == $finding.responder)
                | .communityIds[-1] | values
              ] | if length > 0 then {community_uid: .[0]} else {} end)
          )
        }
    ],
    unmapped: {
      verdict: .verdict, cause: .cause, caveats: .caveats, notes: .notes, note: ([.notes | note] | first),
      message_ids: .messageIdsDecimal, display_filter: .displayFilter,
      evidence: (strongest(10) | map({witness, source, line, at, id, shows, joined}))
    }
  }
