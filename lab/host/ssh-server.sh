#!/bin/sh
# ssh-server.sh normal | slow: the host's SSH server on its own port, or behind a proxy that delays every byte.
# Open sessions end with each change.
. /run/lab/host.env
[ -n "$LAB_SSHD" ] || exit 0
for pid in $(cat /run/lab/state/slow-ssh.pid 2>/dev/null); do kill "$pid" 2>/dev/null; done
rm -f /run/lab/state/slow-ssh.pid
for dir in /proc/[0-9]*; do
  name=
  read -r name 2>/dev/null <"$dir/comm"
  case $name in sshd*) kill -KILL "${dir#/proc/}" 2>/dev/null ;; esac
done
port=$LAB_SSH_PORT
if [ "$1" = slow ]; then
  port=$LAB_SSH_BEHIND
  setsid /run/lab/bin/node /run/lab/repo/lab/host/slow-proxy.mjs "$LAB_ADDRESS" "$LAB_SSH_PORT" "$LAB_SSH_BEHIND" 500 \
    >>/var/log/slow-proxy.log 2>&1 </dev/null &
  echo $! >/run/lab/state/slow-ssh.pid
fi
set -- "$LAB_SSHD" -D -e -f /etc/ssh/sshd_config -o "ListenAddress=$LAB_ADDRESS:$port"
# In a user namespace the server runs around the host (outer.sh) and only has to be told.
if [ -p /run/lab/outer/again ]; then
  echo >/run/lab/outer/again
  exit 0
fi
# The group marks the host's traffic for the packet filter; it cannot be set in a user namespace.
if [ -n "$LAB_GID" ]; then set -- setpriv --regid "$LAB_GID" --keep-groups "$@"; fi
setsid "$@" >>/var/log/sshd.log 2>&1 </dev/null &
