#!/bin/sh
# Asks several HTTP addresses from this node, all at once: inner ports are open between the nodes only.
#
# stdin:  1 seconds an answer may take (1 to 30), then one URL a line (at most 40), http:// or https://
# stdout: for each, in any order:  P index outcome status ms text
#   outcome answered | refused | timeout | unreachable | absent (neither curl nor wget is here)
#   status  of HTTP, 0 where there was none;  text: begin of the body or of the error
# A certificate is not checked: nothing secret is sent.
LC_ALL=C
export LC_ALL
PATH=$PATH:/usr/local/bin:/usr/bin:/bin

IFS= read -r limit
case $limit in '' | *[!0-9]* | ???*) limit=3 ;; esac
[ "$limit" -ge 1 ] && [ "$limit" -le 30 ] || limit=3

by_curl() {
  curl -q -sS -i -k -g --noproxy '*' --proto '=http,https' --connect-timeout "$limit" --max-time "$limit" --url "$1" 2>&1
  printf '\n=curl %s\n' "$?"
}

# GNU wget tells no reason where -q is given, and busybox knows few options.
by_wget() {
  timeout "$limit" wget -S -T "$limit" -O - --no-check-certificate -- "$1" 2>&1 || timeout "$limit" wget -S -T "$limit" -O - "$1" 2>&1
  printf '\n=wget %s\n' "$?"
}

# From what the client printed: status line, error line, exit code, first line of the body.
verdict() {
  head -c 4096 | tr -d '\r' | awk -v index_="$1" '
    /^ *HTTP\/[0-9.]+ [0-9][0-9][0-9]/ && !in_body { if ($2 >= 200) status = $2; head = 1; next }
    /^=(curl|wget) [0-9]+$/ { client = substr($1, 2); code = $2; next }
    /^(curl|wget): / { if (error == "") error = substr($0, 1, 160); next }
    /^Connecting to .*failed: / { if (error == "") error = substr($0, 1, 160) }
    /refused|timed out|No route|Unable to resolve/ && error == "" && !in_body { error = substr($0, 1, 160) }
    head && $0 == "" { in_body = 1; next }
    in_body && text == "" { text = substr($0, 1, 160) }
    END {
      if (status) outcome = "answered"
      else if (error ~ /refused/ || (client == "curl" && code == 7 && error !~ /route|unreachable/)) outcome = "refused"
      else if (code == 28 || code == 124 || code == 143 || error ~ /timed out|[Tt]imeout/) outcome = "timeout"
      else if (client == "curl" && code ~ /^(1|35|52|56|60|92)$/) outcome = "answered"
      else outcome = "unreachable"
      if (text == "") text = error
      gsub(/[^ -~]/, " ", text)
      print "P", index_, outcome, status + 0, "MS", text
    }'
}

if command -v curl >/dev/null; then client=by_curl; elif command -v wget >/dev/null; then client=by_wget; else client=; fi

# Milliseconds: /proc/uptime counts hundredths and needs no program.
now() {
  read -r up _ </proc/uptime
  up=${up%.*}${up#*.}
}

probe() {
  if [ -z "$client" ]; then
    echo "P $1 absent 0 0"
    return
  fi
  now
  began=$up
  line=$("$client" "$2" | verdict "$1")
  now
  printf '%s %s %s\n' "${line%% MS *}" "$(((up - began) * 10))" "${line#* MS }"
}

index=0
while IFS= read -r url; do
  index=$((index + 1))
  [ "$index" -le 40 ] || break
  case $url in
    *[!0-9A-Za-z:/._~%?=\&\[\]-]*) echo "P $index unreachable 0 0 not an address" ;;
    http://?* | https://?*) probe "$index" "$url" & ;;
    *) echo "P $index unreachable 0 0 not an address" ;;
  esac
done
wait
