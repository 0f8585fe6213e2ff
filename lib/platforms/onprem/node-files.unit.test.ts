import { expect, test } from 'vitest';
import { BadAnswer } from '@/lib/links/errors';
import { mastersOf, parseEnv, parseNodeFiles, versionOf } from './node-files';

test('files, images and what cannot be read are told apart; a line of a file that looks like a mark stays in the file', () => {
  const node = parseNodeFiles(
    'V .env\n+A=1\n+V x\n+E\n+\nX config/node/master_node.env it cannot be read\nI caddy openvidu/openvidu-pro-caddy:3.9.0\nH m1\nE\n',
  );
  expect([...node.files]).toEqual([['.env', 'A=1\nV x\nE\n\n']]);
  expect([...node.unreadable]).toEqual([['config/node/master_node.env', 'it cannot be read']]);
  expect(node).toMatchObject({ hostname: 'm1', images: [{ name: 'caddy', image: 'openvidu/openvidu-pro-caddy:3.9.0' }] });
});

test('an answer without its end mark is not taken for whole', () => {
  expect(() => parseNodeFiles('V .env\n+LIVEKIT_API_SECRET=hal')).toThrow(BadAnswer);
});

test('env values lose quotes and comments and keep everything else', () => {
  const env = parseEnv(
    `# c\nA=plain # why\nB="with # and 'x'" # c\n export C='$(id) "q"'\nD=\nE=\${A}-\${MISSING}\nnot a line\nF=a=b==`,
  );
  expect(Object.fromEntries(env)).toEqual({
    A: 'plain',
    B: "with # and 'x'",
    C: '$(id) "q"',
    D: '',
    E: 'plain-${MISSING}',
    F: 'a=b==',
  });
});

test('masters come from numbered keys or from one list', () => {
  const numbered = parseEnv(
    'MASTER_NODE_PRIVATE_IP=10.0.0.2\nMASTER_NODE_2_PRIVATE_IP=10.0.0.2\nMASTER_NODE_1_PRIVATE_IP=10.0.0.1',
  );
  expect(mastersOf(numbered)).toEqual(['10.0.0.1', '10.0.0.2']);
  expect(mastersOf(parseEnv('MASTER_NODE_PRIVATE_IP_LIST=10.0.0.1,10.0.0.2, 10.0.0.1'))).toEqual(['10.0.0.1', '10.0.0.2']);
  expect(mastersOf(parseEnv('MASTER_NODE_PRIVATE_IP=10.0.0.2'))).toEqual([]);
});

test('the version comes from deployment-info.yaml, else from an image of OpenVidu', () => {
  const images = [
    { name: 'x', image: 'redis:8.10.1' },
    { name: 'operator', image: 'docker.io/openvidu/openvidu-operator:3.8.0' },
  ];
  expect(versionOf({ files: new Map([['deployment-info.yaml', 'environment: "x"\nversion: "3.9.0"\n']]), images })).toBe('3.9.0');
  expect(versionOf({ files: new Map(), images })).toBe('3.8.0');
  expect(versionOf({ files: new Map(), images: [] })).toBeNull();
});
