import { expect, test } from 'vitest';
import { detect } from './detected';
import { container, host } from './health/fixture';

const nothing = { version: null, modules: [], configLayout: null, rtcEngine: null };
const files = { version: '3.9.0', modules: ['v2compatibility'], configLayout: 'cluster' as const, rtcEngine: 'mediasoup' };
const master = host([container('operator', { image: 'openvidu/openvidu-operator:3.8.0' }), container('grafana')]);

test('config files go before containers, containers before what was known', () => {
  expect(detect([master], files, nothing)).toEqual(files);
  expect(detect([master], null, nothing)).toMatchObject({ version: '3.8.0', modules: ['observability'], rtcEngine: null });
  expect(detect([master], null, files)).toMatchObject({ version: '3.8.0', rtcEngine: 'mediasoup' });
});

test('a master that says nothing takes nothing away, and what nobody says is null', () => {
  expect(detect([], nothing, files)).toEqual(files);
  expect(detect([], null, nothing)).toEqual(nothing);
});
