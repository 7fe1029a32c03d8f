# One Jira Cloud issue per responder ("this box, this fault"), one comment per finding.
#   ike-dupcheck --json office.pcap | JIRA_PROJECT=NET jq -c -f jira.jq
# Each line: { fingerprint, label, jql, issue: body of POST /rest/api/3/issue,
#              comments: [{ fingerprint, comment: body of POST /rest/api/3/issue/KEY/comment }] }
# Look for an open issue with `jql` first (GET /rest/api/3/search/jql), and add to that one.

# Atlassian Document Format. A text node must not be empty; text in it is never read as markup.
def text: {type: "text", text: (tostring | gsub("\\p{Cc}"; " ") | if . == "" then "-" else . end)};
def paragraph: {type: "paragraph", content: [text]};
def items: {type: "bulletList", content: map({type: "listItem", content: [paragraph]})};
def block: {type: "codeBlock", content: [text]};
def doc: {type: "doc", version: 1, content: .};
def who: if .address == null then "not visible" else "\(.address) port \(.port // "unknown")" end;
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

($ENV.MAX_COMMENTS // "20" | tonumber) as $max
| [.capture.sources[].name] as $sources
| (.coverage.gaps | map("\(.code): \(.message | pathless($sources))")) as $gaps
| .summary.text as $answer
| .nextSteps as $steps
| .findings as $findings
| .responders[]
| . as $box
| [$findings[] | select(.responder == $box.address and .verdict != "tolerated")] | sort_by(.verdict | rank)
| select(length > 0)
| "ike-dupcheck-\($box.fingerprint)" as $tag
| {
    fingerprint: $box.fingerprint,
    label: $tag,
    jql: "labels = \"\($tag)\" AND statusCategory != Done ORDER BY created DESC",
    issue: {
      fields: {
        project: {key: ($ENV.JIRA_PROJECT // "NET")},
        issuetype: {name: ($ENV.JIRA_ISSUETYPE // "Task")},
        summary: "VPN clients collide on IKE message IDs at \($box.address)",
        labels: ["ike-dupcheck", $tag],
        description: (
          [
            ("\(length | number("finding")) at \($box.address) (\($box.vendor // "make unknown")). An ASA with the behaviour described in KB 942429 refuses a client whose quick-mode message ID another connected client uses." | paragraph),
            ($answer | split("\n") | items),
            ("What to do:" | paragraph),
            (. as $own | $steps | stepsFor($own)[0:10] | map(.text) | items),
            (.[0:$max] | map("\(.verdict), severity \(.severity): \(.messageIds[0]), holder \(.holder | who), contender \(.contender | who)") | items),
            (if length > $max then "\(length - $max | number("more finding")): see the report." | paragraph else empty end),
            ("Exposure: \($box.sequentialClients | number("client")) with counted message IDs, up to \($box.peakConcurrentSequential) of them connected at once." | paragraph),
            (if $gaps == [] then empty else ("The capture could not show everything:" | paragraph), ($gaps[0:20] | items) end)
          ] | doc
        )
      }
    },
    comments: [
      .[0:$max][]
      | {
          fingerprint,
          comment: {
            body: (
              [
                ("ike-dupcheck:\(.fingerprint)" | paragraph),
                ("\(.verdict), severity \(.severity): \(.summary)" | paragraph),
                (.attempts[0:10] | map("\(.at) \(.source | file) frame \(.frame): \(.messageId) \(.outcome), overlap \(.overlap)") | items),
                (if (.attempts | length) > 10 then "\((.attempts | length) - 10 | number("more attempt")): see the report." | paragraph else empty end),
                (strongest(3)[] | said | paragraph),
                (.notes | note | "Strongest note: \(.)" | paragraph),
                ("Caveats: \(if .caveats == [] then "none" else .caveats | join(", ") end)" | paragraph),
                (.displayFilter | block)
              ] | doc
            )
          }
        }
    ]
  }
