// What the live page says of itself.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inWords, type Status } from '../../src/live.ts';

const fresh: Status = { version: 1, now: '2026-03-01T00:00:00.000Z', stale: null };

test('a page that hears from its server is live', () => {
  assert.equal(inWords(fresh, null, '2 tunnels: 1 down, 1 up'), 'Live: 2 tunnels: 1 down, 1 up');
});
test('a watch that is stale says why', () => {
  assert.equal(inWords({ ...fresh, stale: 'ike.log has not grown for an hour' }, null, ''), 'Stale: ike.log has not grown for an hour');
});
test('a connection that is lost outweighs what was heard before', () => {
  assert.match(inWords(fresh, new Date('2026-03-01T00:01:02Z'), ''), /^Connection lost at 2026-03-01 00:01:02 UTC: this page is as it was then/);
});
