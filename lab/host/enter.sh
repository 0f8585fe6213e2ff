#!/bin/sh
# What an SSH session of an ordinary user's lab runs: it enters the host and does there what was asked.
cd /
set -- nsenter --target "$(cat /mnt/run/lab/outer/init)" --user --preserve-credentials --mount --uts --pid -- \
  env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root USER=root LOGNAME=root SHELL=/bin/bash \
  "TERM=${TERM:-dumb}" "SSH_CONNECTION=${SSH_CONNECTION:-}" /bin/sh -c 'cd; if [ -n "$1" ]; then exec /bin/bash -c "$1"; fi; exec /bin/bash -l' sh
exec "$@" "${SSH_ORIGINAL_COMMAND:-}"
