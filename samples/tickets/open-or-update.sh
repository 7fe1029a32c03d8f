#!/usr/bin/env bash
# Opens one GitHub issue per responder with findings, or updates the one that is open; each finding is a comment of it.
# A second run with the same report changes nothing.
#
#   ike-dupcheck --json office.pcap | GITHUB_TOKEN=... GITHUB_REPOSITORY=owner/name ./open-or-update.sh
#
# Needs bash, jq and curl. GITHUB_API_URL is another server's address (GitHub Enterprise). The key of an issue is the label
# "ike-dupcheck:" with responders[].fingerprint, so a new issue is opened once the old one was closed.
set -euo pipefail
: "${GITHUB_TOKEN:?is not set}" "${GITHUB_REPOSITORY:?is not set}"
api=${GITHUB_API_URL:-https://api.github.com}/repos/$GITHUB_REPOSITORY
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# In a file: the arguments of a program can be read by everybody on the machine.
printf 'Authorization: Bearer %s\n' "$GITHUB_TOKEN" >"$work/headers"

# call METHOD PATH [JSON]: the body of the answer; fails with one sentence where the server refuses
call() {
  local status data=()
  if [ $# = 3 ]; then
    printf '%s' "$3" >"$work/body"
    data=(--data-binary "@$work/body" -H 'Content-Type: application/json')
  fi
  status=$(curl -sS --max-time 60 -X "$1" -H "@$work/headers" -H 'Accept: application/vnd.github+json' \
    -H 'X-GitHub-Api-Version: 2022-11-28' ${data[@]+"${data[@]}"} -o "$work/answer" -w '%{http_code}' "$api$2")
  case $status in
    2??) cat "$work/answer" ;;
    *)
      echo "open-or-update: $1 $2: HTTP $status $(jq -r '.message // empty' "$work/answer" 2>/dev/null || true)" >&2
      return 1
      ;;
  esac
}

# comments NUMBER: all comments of an issue, one a line
comments() {
  local page=1 got
  while got=$(call GET "/issues/$1/comments?per_page=100&page=$page"); do
    jq -c '.[]' <<<"$got"
    [ "$(jq length <<<"$got")" = 100 ] || return 0
    page=$((page + 1))
  done
  return 1
}

jq -c -f "$here/github-issue.jq" >"$work/tickets"
while IFS= read -r ticket <&3; do
  label=$(jq -r '.label | @uri' <<<"$ticket")
  open=$(call GET "/issues?state=open&labels=$label&per_page=1" | jq -c '.[0] // empty')
  if [ -z "$open" ]; then
    number=$(call POST /issues "$(jq -c .issue <<<"$ticket")" | jq .number)
    echo "opened #$number"
  else
    number=$(jq .number <<<"$open")
    # People may have changed the title and added labels: only the text is ours.
    if jq -e --argjson open "$open" '.issue.body != $open.body' <<<"$ticket" >/dev/null; then
      call PATCH "/issues/$number" "$(jq -c '.issue | {body}' <<<"$ticket")" >/dev/null
      echo "updated #$number"
    fi
  fi
  comments "$number" >"$work/known"
  while IFS= read -r each <&4; do
    marker="<!-- ike-dupcheck:$(jq -r .fingerprint <<<"$each") -->"
    known=$(jq -c --arg marker "$marker" 'select(.body | startswith($marker))' "$work/known" | head -n 1)
    comment=$(jq -c .comment <<<"$each")
    if [ -z "$known" ]; then
      call POST "/issues/$number/comments" "$comment" >/dev/null
      echo "commented on #$number"
    elif jq -e --argjson known "$known" '.body != $known.body' <<<"$comment" >/dev/null; then
      call PATCH "/issues/comments/$(jq .id <<<"$known")" "$comment" >/dev/null
      echo "changed a comment of #$number"
    fi
  done 4< <(jq -c '.comments[]' <<<"$ticket")
done 3<"$work/tickets"
