#!/bin/sh
# One node's figures, one group of lines a tick, and its container events at once. Runs until its input ends.
#
# stdin, one value a line:
#   1 mode            full (runs as root) | readonly (runs as a user; uses only the sudo commands of lib/rules/sudoers.ts)
#   2 interval        whole seconds between ticks
#   3 install folder  such as /opt/openvidu
#   4 address         the node's own, where its health ports are asked first
#   5 egress port     of the egress health page, 0: do not ask
#   6 ingress port    of the ingress health page, 0: do not ask
#   then: any line = look again at once; end of input = end.
#
# stdout, a tick is what stands between T and E; a line that is absent means: as in the tick before:
#   T seq seconds.nanoseconds                    E seq
#   h boot-id cpus btime hostname                s user nice system idle iowait irq softirq steal   (jiffies since boot)
#   l load1        m total-kB available-kB       d used-kB total-kB | -     o oom-kills-since-boot
#   n interface rx-bytes tx-bytes                k hex-port count           (established, by local listening port)
#   x utime stime cutime cstime                  (of this script, in 1/100 s)
#   C ok | C error words, then for each container:
#     c name|id|image|state|startedAt|finishedAt|restarts|exit|oom|pid|policy|stop signal|agent label
#     p id|name|image|state|status|agent label   (readonly: what docker ps shows of containers whose names are not known)
#   g ok ids… | g error words | g absent         (egress at work)
#   i ok status | i error words | i absent       (ingress /availability)
#   L, then r line of nodes_errors.log           F ok|error words, then f sha256 path of each file below config/
# and between the lines of a tick or between ticks, as they happen:
#   e time-ns|action|name|exit code|signal
#
# Only docker ps, docker inspect and docker events are asked of the engine.
LC_ALL=C
export LC_ALL
PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

IFS= read -r mode
IFS= read -r interval
IFS= read -r dir
IFS= read -r address
IFS= read -r egress_port
IFS= read -r ingress_port
case $mode in full | readonly) ;; *) echo 'the first line is full or readonly' >&2 && exit 64 ;; esac
case $dir in /*) ;; *) echo 'the install folder is an absolute path' >&2 && exit 64 ;; esac
case $interval in '' | *[!0-9]* | ????*) interval=5 ;; esac
case $address in '' | -* | *[!0-9A-Za-z.:-]*) address=127.0.0.1 ;; esac
case $egress_port in '' | *[!0-9]* | ??????*) egress_port=0 ;; esac
case $ingress_port in '' | *[!0-9]* | ??????*) ingress_port=0 ;; esac
exec 3<&0 </dev/null

main=$$
docker=$(command -v docker)
names='caddy operator redis-server redis-sentinel mongo minio dashboard openvidu-meet app openvidu-v2compatibility grafana mimir loki alloy promtail openvidu ingress egress prometheus openvidu-init'
ps_format='{{.ID}}|{{.Names}}|{{.Image}}|{{.State}}|{{.Status}}|{{.Label "openvidu-agent"}}'
inspect_format='{{.Name}}|{{.ID}}|{{.Config.Image}}|{{.State.Status}}|{{.State.StartedAt}}|{{.State.FinishedAt}}|{{.RestartCount}}|{{.State.ExitCode}}|{{.State.OOMKilled}}|{{.State.Pid}}|{{.HostConfig.RestartPolicy.Name}}|{{.Config.StopSignal}}|{{index .Config.Labels "openvidu-agent"}}'
event_format='{{.TimeNano}}|{{.Action}}|{{.Actor.Attributes.name}}|{{.Actor.Attributes.exitCode}}|{{.Actor.Attributes.signal}}'
errors_log=/var/log/openvidu/nodes_errors.log

sudo_docker=0
if [ "$mode" = readonly ] && [ ! -w /var/run/docker.sock ]; then sudo_docker=1; fi

# timed SECONDS docker-arguments…
timed() {
  seconds=$1
  shift
  if [ "$sudo_docker" = 1 ]; then
    sudo -n timeout "$seconds" "$docker" "$@"
  else
    timeout "$seconds" "$docker" "$@"
  fi
}

first_line() {
  head -n 1 | cut -c 1-300
}

containers() {
  running=
  if [ -z "$docker" ]; then
    echo 'C error docker is not installed'
    return
  fi
  list=$(timed 5 ps -a --no-trunc --format "$ps_format" 2>&1)
  code=$?
  if [ "$code" = 124 ]; then
    echo 'C error the Docker engine did not answer within 5 s'
    return
  elif [ "$code" != 0 ]; then
    printf 'C error %s\n' "$(printf '%s\n' "$list" | first_line)"
    return
  fi
  running=' '
  ids=
  unknown=
  while IFS='|' read -r id name image state status agent; do
    [ -n "$id" ] || continue
    ids="$ids $id"
    [ "$state" != running ] || running="$running$name "
    case " $names " in
      *" $name "*) ;;
      *) unknown="${unknown}p $id|$name|$image|$state|$status|$agent
" ;;
    esac
  done <<END
$list
END
  # Ids come from the engine and names from the list above: no spaces, no patterns in either.
  if [ "$sudo_docker" = 1 ]; then
    # shellcheck disable=SC2086
    details=$(timed 5 inspect --type container --format "$inspect_format" $names 2>/dev/null)
  elif [ -n "$ids" ]; then
    unknown=
    # shellcheck disable=SC2086
    details=$(timed 5 inspect --type container --format "$inspect_format" $ids 2>/dev/null)
  else
    details=
  fi
  if [ -z "$details" ] && [ -n "$ids" ] && [ "$sudo_docker" = 0 ]; then
    echo 'C error docker inspect did not answer'
    return
  fi
  printf 'C ok\n'
  [ -z "$details" ] || printf '%s\n' "$details" | sed 's/^/c /'
  printf '%s' "$unknown"
}

# ask PORT PATH: prints the page's body, then a line "=status", or a line "curl: …" or "wget: …".
ask() {
  case $address in *:*) host="[$address]" ;; *) host=$address ;; esac
  for at in "$host" 127.0.0.1; do
    if command -v curl >/dev/null; then
      answer=$(curl -q -sS -g --noproxy '*' --proto =http --connect-timeout 2 --max-time 3 -w '\n=%{http_code}\n' --url "http://$at:$1$2" 2>&1 | ids_only)
    elif command -v wget >/dev/null; then
      answer=$(timeout 4 wget -S -T 3 -O - "http://$at:$1$2" 2>&1 | sed 's/^ *HTTP\/[0-9.]* \([0-9]*\).*/=\1/' | ids_only)
    else
      answer='no: neither curl nor wget is installed'
    fi
    case $answer in =000* | *'=000'* | 'no: '* | curl:* | wget:*) ;; *=[1-5]*) break ;; esac
  done
  printf '%s\n' "$answer"
}

# The egress page carries whole requests with their storage keys: only the ids and the status leave this pipe.
ids_only() {
  awk '/^(curl|wget): / { print substr($0, 1, 200); next } /^=[0-9]+$/ { status = $0; next }
    { while (match($0, /"EG_[0-9A-Za-z_]+":/)) { printf "%s ", substr($0, RSTART + 1, RLENGTH - 3); $0 = substr($0, RSTART + RLENGTH) } }
    END { print status }'
}

# worker LETTER NAME PORT PATH
worker() {
  if [ "$3" = 0 ] || { [ -n "$running" ] && case $running in *" $2 "*) false ;; *) true ;; esac; }; then
    echo "$1 absent"
    return
  fi
  answer=$(ask "$3" "$4")
  status=${answer##*=}
  case $1$status in
    g200) printf 'g ok %s\n' "${answer%=*}" ;;
    i200 | i503) printf 'i ok %s\n' "$status" ;;
    ?[1-9]*) printf '%s error port %s answered with status %s\n' "$1" "$3" "$status" ;;
    *) printf '%s error %s\n' "$1" "$(printf '%s\n' "$answer" | first_line)" ;;
  esac
}

disk() {
  timeout 3 df -kP "$dir" 2>/dev/null | awk 'NR == 2 { print "d", $3, $2; found = 1 } END { if (!found) print "d -" }'
}

errors() {
  echo L
  if [ -r "$errors_log" ]; then
    [ ! -s "$errors_log" ] || tail -n 20 "$errors_log" | cut -c 1-500 | sed 's/^/r /'
  elif [ "$mode" = readonly ]; then
    sudo -n tail -n 20 "$errors_log" 2>/dev/null | cut -c 1-500 | sed 's/^/r /'
  fi
}

hashes() {
  [ -d "$dir/config" ] || return
  if [ "$mode" = readonly ]; then
    sums=$(sudo -n timeout 10 find "$dir/config" -type f -size -2048k -exec sha256sum '{}' + 2>&1)
  else
    sums=$(timeout 10 find "$dir/config" -type f -size -2048k -exec sha256sum '{}' + 2>&1)
  fi
  case $sums in
    [0-9a-f][0-9a-f][0-9a-f][0-9a-f]*) printf 'F ok\n%s\n' "$(printf '%s\n' "$sums" | head -n 300 | sed 's/^/f /')" ;;
    *) printf 'F error %s\n' "$(printf '%s\n' "$sums" | first_line)" ;;
  esac
}

# All of /proc in one process. `only` is set for an address of 127.0.0.0/8: there many hosts share one table.
proc() {
  awk -v only="$only" '
    FILENAME == "/proc/stat" { if ($1 == "cpu") print "s", $2, $3, $4, $5, $6, $7, $8, $9; next }
    FILENAME == "/proc/loadavg" { print "l", $1; next }
    FILENAME == "/proc/meminfo" { if ($1 == "MemTotal:") total = $2; if ($1 == "MemAvailable:") print "m", total, $2; next }
    FILENAME == "/proc/vmstat" { if ($1 == "oom_kill") print "o", $2; next }
    FILENAME == "/proc/net/dev" {
      sub(/:/, " ")
      if (NF >= 10 && $1 !~ /^(lo|veth|br-|docker|virbr|Inter-|face)/) print "n", $1, $2, $10
      next
    }
    FILENAME == own { sub(/^.*\) /, ""); print "x", $12, $13, $14, $15; next }
    { split($2, local, ":"); here = substr(local[1], length(local[1]) - 7)
      if ($4 == "0A" && (only == "" || here == only || here == "00000000")) listening[local[2]] = 1
      if ($4 == "01" && (only == "" || here == only)) established[local[2]]++ }
    END { for (port in established) if (port in listening) print "k", port, established[port] }
  ' own="/proc/$main/stat" "$@"
}

start_events() {
  [ -n "$docker" ] || return
  set -- timeout "$event_seconds" "$docker" events --filter type=container --filter event=start --filter event=die \
    --filter event=kill --filter event=oom --filter event=stop --filter event=restart --filter event=pause \
    --filter event=unpause --filter event=destroy --format "$event_format"
  [ "$sudo_docker" = 0 ] || set -- sudo -n "$@"
  # The first line is the process to end: the reader below is the only one who knows it.
  # shellcheck disable=SC2016
  sh -c 'echo "$$"; exec "$@"' sh "$@" 2>/dev/null | {
    IFS= read -r pid
    trap 'kill "$pid" 2>/dev/null; exit 0' TERM
    while IFS= read -r line; do
      printf 'e %s\n' "$line"
      kill -USR1 "$main" 2>/dev/null
    done
    kill -USR2 "$main" 2>/dev/null
  } &
  events=$!
}

finish() {
  trap '' TERM HUP INT PIPE USR1 USR2
  for pid in "$events" "$watcher" "$sleeper"; do [ -z "$pid" ] || kill "$pid" 2>/dev/null; done
  exit 0
}

events=
watcher=
sleeper=
running=
look=1
# docker events cannot be ended by an ordinary user who started it with sudo: there it ends by itself.
if [ "$sudo_docker" = 1 ]; then event_seconds=120; else event_seconds=3600; fi
trap 'look=1' USR1
trap 'events=; look=1' USR2
trap finish TERM HUP INT PIPE
{
  while IFS= read -r _; do kill -USR1 "$main"; done
  kill -TERM "$main"
} <&3 &
watcher=$!
exec 3<&-

only=
case $address in
  127.*.*.*)
    # shellcheck disable=SC2086
    only=$(
      IFS=.
      set -- $address
      printf '%02X%02X%02X%02X' "$4" "$3" "$2" "$1" 2>/dev/null
    ) || only=
    ;;
esac
set -- /proc/stat /proc/loadavg /proc/meminfo
for file in /proc/vmstat /proc/net/dev "/proc/$main/stat" /proc/net/tcp /proc/net/tcp6; do
  [ ! -r "$file" ] || set -- "$@" "$file"
done
read -r boot_id </proc/sys/kernel/random/boot_id
btime=$(awk '$1 == "btime" { print $2 }' /proc/stat)
cpus=$(awk '/^cpu[0-9]/ { n++ } END { print n + 0 }' /proc/stat)

seq=0
hashed=0
retry_events=0
while :; do
  seq=$((seq + 1))
  if [ -z "$events" ] && [ "$seq" -ge "$retry_events" ]; then
    retry_events=$((seq + 3))
    start_events
  fi
  looked=$look
  look=0
  read -r hostname </proc/sys/kernel/hostname
  now=$(date +%s.%N)
  printf 'T %s %s\nh %s %s %s %s\n' "$seq" "$now" "$boot_id" "$cpus" "$btime" "$hostname"
  now=${now%%.*}
  proc "$@"
  # docker costs most of a tick: it is asked when an event says so, and every third tick.
  if [ "$looked" = 1 ] || [ $((seq % 3)) = 1 ]; then
    containers
    disk
    errors
  fi
  worker g egress "$egress_port" /
  worker i ingress "$ingress_port" /availability
  if [ $((now - hashed)) -ge 60 ]; then
    hashed=$now
    hashes
  fi
  printf 'E %s\n' "$seq"
  # What happened between the first look and the begin of the events is seen by a second look.
  [ "$seq" -gt 1 ] || look=1
  sleep 1
  [ "$look" = 1 ] || [ "$interval" -le 1 ] || {
    sleep $((interval - 1)) &
    sleeper=$!
    wait "$sleeper"
    kill "$sleeper" 2>/dev/null
    sleeper=
  }
done
