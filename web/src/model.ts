// The data of a page: what src/report/html_data.cpp writes, and what the timeline asks of it.
// In: that JSON. Out: tunnels with their stretches and events. Times are milliseconds since 1970; texts are harmless but not HTML.

// As in src/report/lanes.hpp, in order of importance.
export const CELLS = [
  'empty',
  'up',
  'rekeying',
  'negotiating',
  'down',
  'outage',
  'rekey',
  'collision',
  'failure',
  'delete',
  'dpd',
] as const;
export type CellName = (typeof CELLS)[number];
export const OUTAGE = CELLS.indexOf('outage');

export interface Raw {
  version: number;
  base: number;
  end: number;
  families: { connection: string | null; bothDown: number[]; tunnels: RawTunnel[] }[];
  findings: { id: string; subject: string; span: [number, number]; evidence: number[] }[];
  texts: string[];
  places: string[];
}
interface RawTunnel {
  id: string;
  name: string;
  status: string;
  words: string;
  phase1: number[]; // start, end, cell, ...
  phase2: number[];
  bgp: number[];
  outages: number[]; // start, end, text, ...
  marks: number[]; // time, cell, text, place, line, ...
}

export interface Stretch {
  start: number;
  end: number;
  cell: number;
  cause?: string; // of an outage
}
export interface Mark {
  time: number;
  cell: number;
  message: string; // empty: not in the data
  at: string;
}
export interface Lane {
  label: string;
  stretches: Stretch[]; // in order of time, none over another
}
export interface Tunnel {
  id: string;
  name: string;
  connection: string | null;
  status: string;
  words: string;
  lanes: Lane[]; // those that have something
  outages: Stretch[];
  marks: Mark[];
}
export interface Finding {
  id: string;
  subject: string;
  start: number;
  end: number;
  evidence: number[]; // times; NaN: not known
}
export interface Family {
  connection: string | null;
  bothDown: Stretch[];
  tunnels: Tunnel[];
}
export interface Model {
  start: number;
  end: number;
  families: Family[];
  findings: Finding[];
}

function* groups(flat: number[], size: number): Generator<number[]> {
  for (let i = 0; i + size <= flat.length; i += size) yield flat.slice(i, i + size);
}

export function modelOf(raw: Raw): Model {
  const { base } = raw;
  const text = (index: number | undefined): string => raw.texts[index ?? -1] ?? '';
  const stretches = (flat: number[]): Stretch[] =>
    Array.from(groups(flat, 3), ([start, end, cell]) => ({ start: base + start!, end: base + end!, cell: cell! })).filter(
      (s) => s.cell > 0,
    );
  const mark = ([time, cell, message, place, line]: number[]): Mark => ({
    time: base + time!,
    cell: cell!,
    message: text(message),
    at: place! >= 0 ? `${raw.places[place!]}:${line}` : '',
  });
  const tunnel = (t: RawTunnel, connection: string | null): Tunnel => ({
    id: t.id,
    name: t.name,
    connection,
    status: t.status,
    words: t.words,
    lanes: [
      { label: 'Phase 1', stretches: stretches(t.phase1) },
      { label: 'Phase 2', stretches: stretches(t.phase2) },
      { label: 'BGP', stretches: stretches(t.bgp) },
    ].filter((lane) => lane.stretches.length > 0),
    outages: Array.from(groups(t.outages, 3), ([start, end, cause]) => ({
      start: base + start!,
      end: base + end!,
      cell: OUTAGE,
      cause: text(cause),
    })),
    marks: Array.from(groups(t.marks, 5), mark),
  });
  return {
    start: base,
    end: base + Math.max(raw.end, 1000),
    families: raw.families.map((f) => ({
      connection: f.connection,
      bothDown: Array.from(groups(f.bothDown, 2), ([start, end]) => ({ start: base + start!, end: base + end!, cell: OUTAGE })),
      tunnels: f.tunnels.map((t) => tunnel(t, f.connection)),
    })),
    findings: raw.findings.map((f) => ({
      id: f.id,
      subject: f.subject,
      start: base + f.span[0],
      end: base + f.span[1],
      evidence: f.evidence.map((time) => (time < 0 ? NaN : base + time)),
    })),
  };
}

// The element that shows the record of a tunnel at a time as evidence of a finding; null: none does.
export function evidenceAt(model: Model, tunnel: Tunnel, time: number): string | null {
  for (const f of model.findings) {
    if (f.subject !== tunnel.id && f.subject !== tunnel.connection) continue;
    const index = f.evidence.indexOf(time);
    if (index >= 0) return `e-${f.id}-${index}`;
  }
  return null;
}

// How many of a family's tunnels were up, from change to change: up for all, negotiating for some, outage for none. All are up only where
// something is known of each, from its first stated state to its last.
export function redundancy(family: Family): Stretch[] {
  const known = family.tunnels.map((t) => {
    const stretches = t.lanes.flatMap((lane) => lane.stretches);
    return {
      start: stretches.reduce((least, s) => Math.min(least, s.start), Infinity),
      end: stretches.reduce((most, s) => Math.max(most, s.end), -Infinity),
    };
  });
  const turns: { time: number; what: 'known' | 'some' | 'none'; by: number }[] = [];
  const during = (what: 'known' | 'some' | 'none', start: number, end: number): void => {
    if (end > start) turns.push({ time: start, what, by: 1 }, { time: end, what, by: -1 });
  };
  for (const k of known) during('known', k.start, k.end);
  for (const o of family.tunnels.flatMap((t) => t.outages)) during('some', o.start, o.end);
  for (const o of family.bothDown) during('none', o.start, o.end);
  turns.sort((a, b) => a.time - b.time);
  const out: Stretch[] = [];
  const count = { known: 0, some: 0, none: 0 };
  let from = -Infinity;
  for (const turn of turns) {
    const cell = count.none > 0 ? 'outage' : count.some > 0 ? 'negotiating' : count.known === known.length ? 'up' : 'empty';
    const last = out.at(-1);
    if (turn.time > from && cell !== 'empty') {
      if (last !== undefined && last.end === from && CELLS[last.cell] === cell) last.end = turn.time;
      else out.push({ start: from, end: turn.time, cell: CELLS.indexOf(cell) });
    }
    from = Math.max(from, turn.time);
    count[turn.what] += turn.by;
  }
  return out;
}
