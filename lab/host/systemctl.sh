#!/bin/sh
# Stand-in for systemctl on a lab host. Knows one unit, openvidu, whose start and stop act on the host's containers the way
# `docker compose up` and `docker compose down` do: stop is SIGTERM, then SIGKILL after the grace time, then removal.
unit=/etc/systemd/system/openvidu.service
wants=/etc/systemd/system/multi-user.target.wants/openvidu.service
active=/run/lab/state/active
verb=
units=
quiet=
now=
properties=
value=
while [ $# -gt 0 ]; do
  case $1 in
    -q | --quiet) quiet=1 ;;
    --now) now=1 ;;
    --value) value=1 ;;
    -p | --property) properties="$properties $2"; shift ;;
    --property=*) properties="$properties ${1#--property=}" ;;
    -p*) properties="$properties ${1#-p}" ;;
    -*) ;;
    *) if [ -z "$verb" ]; then verb=$1; else units="$units ${1%.service}"; fi ;;
  esac
  shift
done
say() { [ -n "$quiet" ] || printf '%s\n' "$*"; }
state() { if [ -e "$active" ]; then echo active; else echo inactive; fi; }
enabled() { if [ -e "$wants" ]; then echo enabled; else echo disabled; fi; }
start() { /run/lab/compose up && date -u '+%Y-%m-%d %H:%M:%S UTC' >"$active"; }
stop() { /run/lab/compose down; rm -f "$active"; }
act() {
  case $verb in
    start) start ;;
    stop) stop ;;
    restart | reload-or-restart) stop; start ;;
    try-restart) [ ! -e "$active" ] || { stop; start; } ;;
    is-active) say "$(state)"; [ -e "$active" ] || return 3 ;;
    is-enabled) say "$(enabled)"; [ -e "$wants" ] || return 1 ;;
    is-failed) say "$(state)"; return 1 ;;
    enable) mkdir -p "${wants%/*}"; ln -sfn "$unit" "$wants"; [ -z "$now" ] || start ;;
    disable) rm -f "$wants"; [ -z "$now" ] || stop ;;
    cat) cat "$unit" ;;
    status)
      printf '%s openvidu.service - OpenVidu\n     Loaded: loaded (%s; %s)\n     Active: %s' '*' "$unit" "$(enabled)" "$(state)"
      if [ -e "$active" ]; then printf ' (exited) since %s\n' "$(cat "$active")"; else printf ' (dead)\n'; return 3; fi
      ;;
    show)
      all="Id=openvidu.service
LoadState=loaded
ActiveState=$(state)
SubState=$(if [ -e "$active" ]; then echo exited; else echo dead; fi)
UnitFileState=$(enabled)
ActiveEnterTimestamp=$(cat "$active" 2>/dev/null)"
      if [ -z "$properties" ]; then printf '%s\n' "$all"; return 0; fi
      for property in $(printf '%s' "$properties" | tr ',' ' '); do
        line=$(printf '%s\n' "$all" | grep "^$property=") || line="$property="
        if [ -n "$value" ]; then printf '%s\n' "${line#*=}"; else printf '%s\n' "$line"; fi
      done
      ;;
    *) echo "Unknown command verb $verb." >&2; return 1 ;;
  esac
}
case $verb in
  daemon-reload | reset-failed) exit 0 ;;
  --version | '') echo 'systemctl stand-in of the lab'; exit 0 ;;
esac
[ -n "$units" ] || { echo 'Too few arguments.' >&2; exit 1; }
result=0
for name in $units; do
  if [ "$name" != openvidu ]; then
    case $verb in
      is-active | is-enabled) say inactive ;;
      *) echo "Unit $name.service could not be found." >&2 ;;
    esac
    result=4
    continue
  fi
  act || result=$?
done
exit $result
