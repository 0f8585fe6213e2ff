import type { Scenario } from '@/lab/scenarios/scenario';

const HOST = 'media-1';
// A small file system with a copy of the install folder takes that folder's place, and is filled to the last block.
const FILL = `set -e
mkdir -p /mnt/small
mount -t tmpfs -o size=16m,mode=755 tmpfs /mnt/small
cp -a /opt/openvidu/. /mnt/small/
mount --move /mnt/small /opt/openvidu
dd if=/dev/zero of=/opt/openvidu/egress_data/home/egress/backup_storage/filled bs=64k 2>/dev/null || true`;

export const diskFull: Scenario = {
  what: `On ${HOST} /opt/openvidu is a file system of 16 MB with no block left. Containers that run keep the folder they had.`,
  expect: `${HOST}: its disk is 100 % full; everything else works.`,
  apply: (lab) =>
    lab
      .host(HOST)
      .must(['sh', '-c', FILL])
      .then(() => undefined),
  async heal(lab) {
    const mounted = ['sh', '-c', 'while mountpoint -q /opt/openvidu; do umount -l /opt/openvidu || exit 1; done'];
    await lab.host(HOST).must(mounted);
  },
};
