// Which rows the timeline has and which pieces of them a window of time and of height shows.
// In: the model, a window, how many milliseconds a pixel has. Out: rows with their places in pixels; no more pieces than pixels can show.
import { CELLS, redundancy, type Family, type Mark, type Model, type Stretch, type Tunnel } from './model.ts';

export const LANE = 16; // pixels from lane to lane
export const TITLE = 24;
export const GAP = 10;

export interface Row {
  kind: 'title' | 'lane' | 'events';
  top: number;
  height: number;
  label: string;
  stretches: Stretch[];
  tunnel: Tunnel | null; // null: the row is about a connection
  family: Family;
}
export interface Layout {
  rows: Row[]; // from top to bottom
  height: number;
  topOf: Map<Tunnel, number>;
}

export interface Filter {
  words: string; // part of an id; empty: all
  illOnly: boolean;
}

export function layoutOf(model: Model, filter: Filter): Layout {
  const layout: Layout = { rows: [], height: 0, topOf: new Map() };
  const wanted = filter.words.trim().toLowerCase();
  const add = (row: Omit<Row, 'top'>): void => {
    layout.rows.push({ ...row, top: layout.height });
    layout.height += row.height;
  };
  for (const family of model.families) {
    const tunnels = family.tunnels.filter(
      (t) => (t.lanes.length > 0 || t.marks.length > 0) && t.id.toLowerCase().includes(wanted) && (!filter.illOnly || t.status !== 'up'),
    );
    if (tunnels.length === 0) continue;
    if (family.connection !== null && family.tunnels.length > 1) {
      add({ kind: 'title', height: TITLE, label: family.connection, stretches: [], tunnel: null, family });
      add({ kind: 'lane', height: LANE, label: 'Tunnels', stretches: redundancy(family), tunnel: null, family });
    }
    for (const tunnel of tunnels) {
      layout.topOf.set(tunnel, layout.height);
      add({ kind: 'title', height: TITLE, label: family.tunnels.length > 1 ? tunnel.name : tunnel.id, stretches: [], tunnel, family });
      for (const lane of tunnel.lanes) add({ kind: 'lane', height: LANE, label: lane.label, stretches: lane.stretches, tunnel, family });
      add({ kind: 'events', height: LANE, label: 'Events', stretches: tunnel.outages, tunnel, family });
      layout.height += GAP;
    }
  }
  return layout;
}

// Index of the first element whose key is not below `key`.
export function lowerBound<T>(sorted: T[], key: number, keyOf: (item: T) => number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (keyOf(sorted[middle]!) < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function rowsBetween(layout: Layout, top: number, bottom: number): Row[] {
  const first = lowerBound(layout.rows, top, (row) => row.top + row.height);
  const end = lowerBound(layout.rows, bottom, (row) => row.top);
  return layout.rows.slice(first, end);
}

// What of a lane lies between two times. Neighbours shorter than a pixel become one piece that shows the worst of them.
export function visibleStretches(stretches: Stretch[], from: number, to: number, pixel: number): Stretch[] {
  const out: Stretch[] = [];
  for (let i = lowerBound(stretches, from, (s) => s.end); i < stretches.length && stretches[i]!.start <= to; ++i) {
    const s = stretches[i]!;
    const last = out[out.length - 1];
    const joins = last !== undefined && s.start - last.end < pixel && s.end - last.start < pixel;
    if (!joins) out.push({ ...s });
    else {
      last.end = s.end;
      if (s.cell > last.cell) {
        last.cell = s.cell;
        last.cause = s.cause;
      }
    }
  }
  return out;
}

export interface VisibleMark {
  mark: Mark; // the most important of them
  count: number;
}
// Marks nearer than `least` to each other become one.
export function visibleMarks(marks: Mark[], from: number, to: number, least: number): VisibleMark[] {
  const out: VisibleMark[] = [];
  let begin = -Infinity;
  for (let i = lowerBound(marks, from, (m) => m.time); i < marks.length && marks[i]!.time <= to; ++i) {
    const mark = marks[i]!;
    const last = out[out.length - 1];
    if (last === undefined || mark.time - begin >= least) {
      out.push({ mark, count: 1 });
      begin = mark.time;
    } else {
      ++last.count;
      if (mark.cell > last.mark.cell) last.mark = mark;
    }
  }
  return out;
}

// What the keyboard goes through: marks and the beginnings of outages, tunnel by tunnel in the order of the rows.
export interface Stop {
  tunnel: Tunnel;
  time: number;
  mark: Mark | null;
  outage: Stretch | null;
}
export function stopsOf(tunnel: Tunnel): Stop[] {
  const stops: Stop[] = [
    ...tunnel.marks.map((mark) => ({ tunnel, time: mark.time, mark, outage: null })),
    ...tunnel.outages.map((outage) => ({ tunnel, time: outage.start, mark: null, outage })),
  ];
  return stops.sort((a, b) => a.time - b.time);
}

const WORDS: Record<(typeof CELLS)[number], string> = {
  empty: '',
  up: 'up',
  rekeying: 'rekeying',
  negotiating: 'negotiating',
  down: 'down',
  outage: 'outage',
  rekey: 'rekey',
  collision: 'rekey collision',
  failure: 'failure',
  delete: 'DELETE',
  dpd: 'DPD timeout',
};
export const wordOf = (cell: number): string => WORDS[CELLS[cell] ?? 'empty'];

const two = (n: number): string => String(n).padStart(2, '0');
// "2026-03-01 04:30:00", UTC.
export function clock(time: number): string {
  const d = new Date(time);
  const day = `${d.getUTCFullYear()}-${two(d.getUTCMonth() + 1)}-${two(d.getUTCDate())}`;
  return `${day} ${two(d.getUTCHours())}:${two(d.getUTCMinutes())}:${two(d.getUTCSeconds())}`;
}
// "8 h 2 min": at most two units.
export function duration(milliseconds: number): string {
  let rest = Math.max(0, Math.round(milliseconds / 1000));
  const parts: string[] = [];
  for (const [seconds, unit] of [
    [86400, 'd'],
    [3600, 'h'],
    [60, 'min'],
    [1, 's'],
  ] as const) {
    const count = Math.floor(rest / seconds);
    rest -= count * seconds;
    if (count > 0 && parts.length < 2) parts.push(`${count} ${unit}`);
    else if (parts.length > 0) break;
  }
  return parts.join(' ') || '0 s';
}
