#!/bin/sh
# What a host starts by itself: its SSH server, its container engine, its images. /run/lab/host.env holds the settings.
. /run/lab/host.env
mkdir -p /run/sshd /run/lock /var/lib/docker
[ -p /run/lab/outer/again ] || sh /run/lab/repo/lab/host/ssh-server.sh normal
if [ -n "$LAB_HAPROXY" ]; then
  "$LAB_HAPROXY" -db -f /etc/haproxy.cfg >>/var/log/haproxy.log 2>&1 </dev/null &
fi
if [ "$LAB_ENGINE" = docker ]; then
  dockerd --iptables=false --ip6tables=false --bridge=none -H unix:///run/docker.sock --data-root /var/lib/docker \
    --exec-root /run/docker --pidfile /run/docker.pid --exec-opt native.cgroupdriver=cgroupfs \
    --cgroup-parent "$LAB_CGROUP" >>/var/log/dockerd.log 2>&1 </dev/null &
  until [ -S /run/docker.sock ]; do sleep 0.05; done
  until docker version >/dev/null 2>&1; do sleep 0.05; done
  if ! docker image inspect signalbox/lab:latest >/dev/null 2>&1; then
    # Docker pulls nothing here: an image is an empty tree, and its programs come by read-only mounts.
    tar -C /run/lab/image -c . | docker import - signalbox/lab:latest
    while read -r image; do docker tag signalbox/lab:latest "$image"; done </run/lab/images
  fi
fi
: >/run/lab/state/ready
