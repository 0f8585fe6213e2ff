#!/bin/sh
# First process of a lab host, inside its own mount, UTS and PID namespaces: builds the host's file tree and starts it.
# When this process is killed, the kernel ends everything of the host: that is its power switch.
# Arguments: the host's tree, its name. Environment: LAB_MODULES, LAB_SOURCE, LAB_NODE, LAB_LIVEKIT (may be empty), LAB_DOCKER (may be empty).
set -eu
tree=$1
name=$2
mount --make-rprivate /
mount --bind "$tree" "$tree"
cd "$tree"
mount --rbind /dev dev
mount --rbind /sys sys
mount -t proc proc proc
mount --rbind /usr usr
mount -o remount,bind,ro usr 2>/dev/null || true
mount --bind local usr/local
for dir in bin sbin lib lib32 lib64 libx32; do
  if [ -L "/$dir" ]; then
    ln -sfn "$(readlink "/$dir")" "$dir"
  elif [ -d "/$dir" ]; then
    mkdir -p "$dir"
    mount --rbind "/$dir" "$dir"
  fi
done
for dir in alternatives ssl pam.d security ca-certificates ld.so.conf.d; do
  if [ -d "/etc/$dir" ]; then
    mkdir -p "etc/$dir"
    mount --bind "/etc/$dir" "etc/$dir"
  fi
done
for file in ld.so.cache ld.so.conf login.defs localtime; do
  if [ -e "/etc/$file" ]; then cp -L "/etc/$file" "etc/$file"; fi
done
mount --bind "$LAB_SOURCE" run/lab/repo/lab
mount --bind "$LAB_MODULES" run/lab/repo/node_modules
mount --bind "$LAB_NODE" run/lab/bin/node
if [ -n "$LAB_LIVEKIT" ]; then mount --bind "$LAB_LIVEKIT" run/lab/bin/livekit-server; fi
if [ -n "$LAB_DOCKER" ]; then : >local/bin/docker; mount --bind "$LAB_DOCKER" local/bin/docker; fi
# A script that names the stand-in by its full path finds it too.
if [ -e usr/bin/systemctl ]; then mount --bind run/lab/bin/systemctl usr/bin/systemctl; fi
# A boot id of its own: a host that was switched off and on is seen to have rebooted.
cat proc/sys/kernel/random/uuid > run/lab/boot_id
mount --bind run/lab/boot_id proc/sys/kernel/random/boot_id
hostname "$name"
mkdir -p .old
pivot_root . .old
cd /
umount -l /.old
rmdir /.old
find /run -mindepth 1 -maxdepth 1 ! -name lab -exec rm -rf {} +
set +eu
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root
/run/lab/boot >>/var/log/boot.log 2>&1 </dev/null &
: >/run/lab/state/pivoted
sleep infinity &
# The shell reaps what other processes leave behind.
while :; do wait; done
