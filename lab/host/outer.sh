#!/bin/sh
# Around a host of an ordinary user. OpenSSH's server cannot drop privileges in a user namespace that has but one user, so it
# runs out here as that user, who is called root in this mount namespace's passwd, and each session enters the host.
# Arguments as for init.sh, whose path is the third. Everything here ends with the first process, which is this one.
set -eu
tree=$1
name=$2
script=$3
mount --make-rprivate /
mount -t proc proc /proc
. "$tree/run/lab/host.env"
unshare --user --map-root-user --mount --uts --pid --fork --kill-child sh "$script" "$tree" "$name" &
inner=$!
if [ -z "$LAB_SSHD" ]; then while :; do wait; done; fi
# A fixed place, since the tree's own path may hold anything.
mount --bind "$tree" /mnt
mount --bind /mnt/run/lab/outer/passwd /etc/passwd
if [ -e /etc/shadow ]; then mount --bind /mnt/run/lab/outer/shadow /etc/shadow; fi
until [ -e /mnt/run/lab/state/pivoted ]; do sleep 0.05; done
tr -d ' ' <"/proc/$inner/task/$inner/children" >/mnt/run/lab/outer/init
set +e
serve() {
  port=$LAB_SSH_PORT
  if [ -e /mnt/run/lab/state/slow-ssh.pid ]; then port=$LAB_SSH_BEHIND; fi
  "$LAB_SSHD" -D -e -f /mnt/etc/ssh/sshd_outer_config -o "ListenAddress=$LAB_ADDRESS:$port" >>/mnt/var/log/sshd.log 2>&1 </dev/null &
}
serve
# ssh-server.sh asks for a new server; open sessions end with the old one.
while :; do
  read -r _ </mnt/run/lab/outer/again
  for dir in /proc/[0-9]*; do
    comm=
    read -r comm 2>/dev/null <"$dir/comm"
    case $comm in sshd*) kill -KILL "${dir#/proc/}" 2>/dev/null ;; esac
  done
  serve
done
