import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CELLS, evidenceAt, modelOf, redundancy, type Raw } from '../../src/model.ts';

const cell = (name: (typeof CELLS)[number]): number => CELLS.indexOf(name);
const tunnel = (id: string, more: Partial<Raw['families'][0]['tunnels'][0]> = {}) => ({
  id,
  name: id,
  status: 'up',
  words: '',
  phase1: [],
  phase2: [0, 100, cell('up')],
  bgp: [],
  outages: [],
  marks: [],
  ...more,
});
const raw = (tunnels: ReturnType<typeof tunnel>[], more: Partial<Raw> = {}): Raw => ({
  version: 1,
  base: 1000,
  end: 100_000,
  families: [{ connection: 'vpn-1', bothDown: [], tunnels }],
  findings: [],
  texts: [],
  places: [],
  ...more,
});

test('times are those of the base, and lanes without a known state are left out', () => {
  const [t] = modelOf(raw([tunnel('a', { phase1: [0, 10, cell('empty')] })])).families[0]!.tunnels;
  assert.deepEqual(t!.lanes, [{ label: 'Phase 2', stretches: [{ start: 1000, end: 1100, cell: cell('up') }] }]);
});

test('a mark has its record when the data have it, and none otherwise', () => {
  const { families } = modelOf(
    raw([tunnel('a', { marks: [5, cell('dpd'), 0, 0, 7, 6, cell('rekey'), -1, -1, -1] })], { texts: ['a message'], places: ['x.log'] }),
  );
  assert.deepEqual(families[0]!.tunnels[0]!.marks, [
    { time: 1005, cell: cell('dpd'), message: 'a message', at: 'x.log:7' },
    { time: 1006, cell: cell('rekey'), message: '', at: '' },
  ]);
});

test('evidence is found by the time, for a tunnel and for its connection, and for nobody else', () => {
  const model = modelOf(
    raw([tunnel('a'), tunnel('b')], {
      findings: [
        { id: 'f1', subject: 'a', span: [0, 50], evidence: [-1, 20] },
        { id: 'f2', subject: 'vpn-1', span: [0, 50], evidence: [30] },
      ],
    }),
  );
  const [a, b] = model.families[0]!.tunnels;
  assert.equal(evidenceAt(model, a!, 1020), 'e-f1-1');
  assert.equal(evidenceAt(model, b!, 1020), null);
  assert.equal(evidenceAt(model, b!, 1030), 'e-f2-0');
});

test('redundancy goes from all tunnels to some to none and back', () => {
  const [family] = modelOf(
    raw([tunnel('a', { outages: [10, 60, -1] }), tunnel('b', { outages: [30, 40, -1] })], {
      families: [
        {
          connection: 'vpn-1',
          bothDown: [30, 40],
          tunnels: [tunnel('a', { outages: [10, 60, -1] }), tunnel('b', { outages: [30, 40, -1] })],
        },
      ],
    }),
  ).families;
  assert.deepEqual(
    redundancy(family!).map((s) => [s.start - 1000, s.end - 1000, CELLS[s.cell]]),
    [
      [0, 10, 'up'],
      [10, 30, 'negotiating'],
      [30, 40, 'outage'],
      [40, 60, 'negotiating'],
      [60, 100, 'up'],
    ],
  );
});

test('all tunnels are up only while something is known of each', () => {
  const of = (...tunnels: ReturnType<typeof tunnel>[]): unknown[] =>
    redundancy(modelOf(raw(tunnels)).families[0]!).map((s) => [s.start - 1000, s.end - 1000, CELLS[s.cell]]);
  assert.deepEqual(of(tunnel('a'), tunnel('b', { phase2: [40, 80, cell('up')] })), [[40, 80, 'up']]);
  assert.deepEqual(of(tunnel('a'), tunnel('b', { phase2: [0, 40, cell('empty'), 40, 100, cell('up')] })), [[40, 100, 'up']]);
  assert.deepEqual(of(tunnel('a', { outages: [10, 20, -1] }), tunnel('b', { phase2: [40, 80, cell('up')] })), [
    [10, 20, 'negotiating'],
    [40, 80, 'up'],
  ]);
  assert.deepEqual(of(tunnel('a'), tunnel('b', { phase2: [] })), []);
});
