import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clock, duration, layoutOf, lowerBound, rowsBetween, stopsOf, visibleMarks, visibleStretches } from '../../src/layout.ts';
import { CELLS, type Mark, type Model, type Stretch, type Tunnel } from '../../src/model.ts';

const UP = CELLS.indexOf('up');
const DOWN = CELLS.indexOf('down');
const stretch = (start: number, end: number, cell = UP): Stretch => ({ start, end, cell });
const mark = (time: number, name: (typeof CELLS)[number]): Mark => ({ time, cell: CELLS.indexOf(name), message: '', at: '' });
const tunnel = (id: string, status = 'up', marks: Mark[] = []): Tunnel => ({
  id,
  name: id,
  connection: null,
  status,
  words: '',
  lanes: [{ label: 'Phase 1', stretches: [stretch(0, 9)] }],
  outages: [],
  marks,
});
const model = (...tunnels: Tunnel[]): Model => ({
  start: 0,
  end: 100,
  findings: [],
  families: tunnels.map((t) => ({ connection: null, bothDown: [], tunnels: [t] })),
});
const NONE = { words: '', illOnly: false };

test('rows stand below each other without gaps inside a tunnel', () => {
  const { rows } = layoutOf(model(tunnel('a')), NONE);
  assert.deepEqual(
    rows.map((r) => r.kind),
    ['title', 'lane', 'events'],
  );
  for (let i = 1; i < rows.length; ++i) assert.equal(rows[i]!.top, rows[i - 1]!.top + rows[i - 1]!.height);
});

test('a filter keeps tunnels by part of their id, whatever its case, or those that are not up', () => {
  const all = model(tunnel('vpn-A/1'), tunnel('vpn-b/2', 'down'));
  assert.equal(layoutOf(all, { words: 'VPN-a', illOnly: false }).topOf.size, 1);
  assert.equal(layoutOf(all, { words: '', illOnly: true }).topOf.size, 1);
  assert.equal(layoutOf(all, { words: 'vpn-a', illOnly: true }).topOf.size, 0);
});

test('only rows in sight are drawn, however many there are', () => {
  const layout = layoutOf(model(...Array.from({ length: 1000 }, (_, i) => tunnel(`t${i}`))), NONE);
  const shown = rowsBetween(layout, 20_000, 20_500);
  assert.ok(shown.length > 10 && shown.length < 40, `${shown.length}`);
  for (const row of shown) assert.ok(row.top + row.height >= 20_000 && row.top < 20_500);
});

test('pieces shorter than a pixel become one that shows the worst', () => {
  const many = Array.from({ length: 1000 }, (_, i) => stretch(i, i + 1, i === 500 ? DOWN : UP));
  const shown = visibleStretches(many, 0, 1000, 10);
  assert.ok(shown.length <= 125, `${shown.length}`);
  assert.equal(shown.filter((s) => s.cell === DOWN).length, 1);
  assert.equal(shown[shown.length - 1]!.end, 1000);
});

test('long pieces stay as they are, and those outside of the window are left out', () => {
  const lane = [stretch(0, 100), stretch(100, 200, DOWN), stretch(200, 300)];
  assert.deepEqual(visibleStretches(lane, 120, 180, 1), [lane[1]]);
});

test('crowded marks become one, the most important, which says how many they are', () => {
  const shown = visibleMarks([mark(1, 'rekey'), mark(2, 'dpd'), mark(3, 'rekey'), mark(90, 'delete')], 0, 100, 10);
  assert.deepEqual(
    shown.map((m) => [CELLS[m.mark.cell], m.count]),
    [
      ['dpd', 3],
      ['delete', 1],
    ],
  );
});

test('the keyboard meets marks and outages in order of time', () => {
  const t = { ...tunnel('a', 'down', [mark(5, 'dpd'), mark(50, 'rekey')]), outages: [stretch(20, 30)] };
  assert.deepEqual(
    stopsOf(t).map((s) => s.time),
    [5, 20, 50],
  );
});

test('lowerBound finds the first that is not below', () => {
  for (const [key, index] of [
    [0, 0],
    [1, 0],
    [2, 1],
    [5, 2],
    [6, 3],
  ] as const)
    assert.equal(
      lowerBound([1, 3, 5], key, (x) => x),
      index,
    );
});

test('times and durations are in words', () => {
  assert.equal(clock(1772323200000), '2026-03-01 00:00:00');
  for (const [seconds, words] of [
    [0, '0 s'],
    [59, '59 s'],
    [3200, '53 min 20 s'],
    [3600, '1 h'],
    [28925, '8 h 2 min'],
    [3605, '1 h'],
  ] as const) {
    assert.equal(duration(seconds * 1000), words);
  }
});
