#!/bin/sh
# Reads what a discovery needs from one node: env files of both layouts, version, container images.
#
# stdin:  1 full | readonly      2 install folder
# stdout: "V path" then "+line" for each line of the file; "X path words" for a file that is there and cannot be read;
#         "I name image" for each container; "H hostname"; "E" at the end, so that a cut answer is told from a whole one.
# The files hold passwords: they leave the node only through this SSH channel.
LC_ALL=C
export LC_ALL
PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

IFS= read -r mode
IFS= read -r dir
case $mode in full | readonly) ;; *) echo 'the first line is full or readonly' >&2 && exit 64 ;; esac
case $dir in /*) ;; *) echo 'the install folder is an absolute path' >&2 && exit 64 ;; esac
exec </dev/null

shown() {
  printf 'V %s\n' "$1"
  head -c 262144 | tr -d '\r' | sed 's/^/+/'
}

# Both layouts, and the spellings with a hyphen that the vendor's backup guide has.
for name in deployment-info.yaml .env config/cluster/openvidu.env config/node/master_node.env config/node/master-node.env \
  config/node/media_node.env config/node/media-node.env; do
  file=$dir/$name
  if [ -r "$file" ] && [ -f "$file" ]; then
    shown "$name" <"$file"
  elif [ "$mode" = readonly ]; then
    if text=$(sudo -n cat "$file" 2>&1); then
      printf '%s\n' "$text" | shown "$name"
    else
      case $text in *'No such file'*) ;; *) printf 'X %s %s\n' "$name" "$(printf '%s' "$text" | head -n 1 | cut -c 1-200)" ;; esac
    fi
  elif [ -e "$file" ]; then
    printf 'X %s it cannot be read\n' "$name"
  fi
done

docker=$(command -v docker)
ps_format='{{.ID}}|{{.Names}}|{{.Image}}|{{.State}}|{{.Status}}|{{.Label "openvidu-agent"}}'
if [ -n "$docker" ]; then
  if [ "$mode" = readonly ] && [ ! -w /var/run/docker.sock ]; then
    list=$(sudo -n timeout 5 "$docker" ps -a --no-trunc --format "$ps_format" 2>/dev/null)
  else
    list=$(timeout 5 "$docker" ps -a --no-trunc --format "$ps_format" 2>/dev/null)
  fi
  printf '%s\n' "$list" | awk -F '|' 'NF > 4 { print "I", $2, $3 }'
fi
printf 'H %s\nE\n' "$(cat /proc/sys/kernel/hostname)"
