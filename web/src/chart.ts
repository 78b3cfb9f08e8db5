// The timeline: lanes drawn by Apache ECharts on a canvas as high as its window, over rows that scroll below it. Only rows and
// pieces in sight are ever drawn, so its cost is that of the screen and not of the log.
// In: an element, a model. Out: an interactive timeline in that element. `update` gives it new data, `show` takes it to a place.
import { CustomChart, type CustomSeriesOption } from 'echarts/charts';
import { DataZoomInsideComponent, GridComponent, type DataZoomComponentOption, type GridComponentOption } from 'echarts/components';
import { init, use, type ComposeOption, type EChartsType } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';

import { element } from './dom.ts';
import {
  clock,
  duration,
  layoutOf,
  rowsBetween,
  stopsOf,
  visibleMarks,
  visibleStretches,
  wordOf,
  LANE,
  TITLE,
  type Filter,
  type Layout,
  type Row,
  type Stop,
} from './layout.ts';
import { CELLS, evidenceAt, type CellName, type Mark, type Model, type Stretch, type Tunnel } from './model.ts';

use([CustomChart, GridComponent, DataZoomInsideComponent, CanvasRenderer]);
type Option = ComposeOption<CustomSeriesOption | GridComponentOption | DataZoomComponentOption>;

const AXIS = 28; // pixels above the rows
const LEAST_SPAN = 2000; // milliseconds that zoom goes down to

interface Item {
  start: number;
  end: number;
  row: Row;
  cell: number;
  stretch: Stretch | null;
  mark: Mark | null;
  count: number;
}

// Of the lane's height: where a cell begins and how high it is, so that states differ without colour too.
const SHAPES: Partial<Record<(typeof CELLS)[number], [number, number]>> = { negotiating: [0.3, 0.4], down: [0.7, 0.3] };

export class Timeline {
  private layout: Layout;
  private filter: Filter = { words: '', illOnly: false };
  private from: number;
  private to: number;
  private items: Item[] = [];
  private rows: Row[] = [];
  private selected: Stop | null = null;
  private band: { tunnel: Tunnel; start: number; end: number } | null = null;
  private colours: Record<string, string> = {};
  private frame = 0;
  private readonly chart: EChartsType;
  private readonly viewport: HTMLElement;
  private readonly spacer: HTMLElement;
  private readonly canvas: HTMLElement;
  private readonly record: HTMLElement;
  private readonly tip: HTMLElement;
  private readonly range: HTMLElement;
  private search!: HTMLElement; // of the tools, which make it

  constructor(
    private readonly host: HTMLElement,
    private model: Model,
  ) {
    this.from = model.start;
    this.to = model.end;
    this.layout = layoutOf(model, this.filter);
    this.range = element('span', { class: 'range' });
    this.canvas = element('div', { class: 'canvas' });
    this.spacer = element('div', { class: 'rows' }, this.canvas);
    this.viewport = element(
      'div',
      { class: 'viewport', tabindex: '0', role: 'group', 'aria-roledescription': 'timeline', 'aria-describedby': 'timeline-keys' },
      this.spacer,
    );
    this.record = element('div', { class: 'record', role: 'status', 'aria-live': 'polite' });
    this.tip = element('div', { class: 'tip', 'aria-hidden': 'true', hidden: '' });
    host.append(
      this.tools(),
      legend(),
      this.viewport,
      element(
        'p',
        { class: 'hint', id: 'timeline-keys' },
        'Keys: left and right pan, + and - zoom, 0 shows all, n and p go to the next and previous event, up and down scroll. ' +
          'Mouse: drag pans, Ctrl and wheel zooms. Touch: drag pans, pinch zooms.',
      ),
      this.record,
      this.tip,
    );
    this.host.hidden = false;
    this.size();
    this.chart = init(this.canvas, null, { renderer: 'canvas', useDirtyRect: false });
    this.listen();
    this.restyle();
    this.describe(null);
  }

  // Shows other data of the same tunnels, later ones mostly. A window that reached to the end follows it, and grows if it showed all;
  // another stays where it is, and so do filter, scrolling and what was chosen, as long as it is there.
  update(model: Model): void {
    const { start, end } = this.model;
    const all = this.from <= start && this.to >= end;
    const follows = this.to >= end;
    const span = this.to - this.from;
    const top = this.viewport.scrollTop;
    this.model = model;
    if (all) [this.from, this.to] = [model.start, model.end];
    else if (follows) [this.from, this.to] = [model.end - span, model.end];
    this.zoomTo(Math.min(this.from, model.end - LEAST_SPAN), this.to);
    this.keepPlaces();
    this.tip.hidden = true;
    this.search.hidden = model.families.length < 2;
    this.relayout();
    this.viewport.scrollTop = top;
  }

  // What was chosen belongs to the model before: the same in the new one, if it is there.
  private keepPlaces(): void {
    const byId = new Map(this.model.families.flatMap((f) => f.tunnels.map((t) => [t.id, t] as const)));
    const tunnel = this.band === null ? undefined : byId.get(this.band.tunnel.id);
    this.band = this.band === null || tunnel === undefined ? null : { ...this.band, tunnel };
    const chosen = this.selected;
    if (chosen === null) return;
    const its = byId.get(chosen.tunnel.id);
    const same = its && stopsOf(its).find((s) => s.time === chosen.time && s.mark?.cell === chosen.mark?.cell);
    this.selected = same ?? null;
    if (this.selected === null) this.describe(null);
  }

  // Colours come from the page's style, which differs by theme.
  restyle(): void {
    const style = getComputedStyle(document.documentElement);
    const colour = (name: string): string => style.getPropertyValue(name).trim();
    this.colours = {
      ink: colour('--ink'),
      soft: colour('--soft'),
      line: colour('--line'),
      ground: colour('--plain-ground'),
      link: colour('--link'),
    };
    for (const cell of CELLS) this.colours[cell] = colour(`--cell-${cell}`);
    this.chart.setOption(this.wholeOption(), { notMerge: true });
    this.draw();
  }

  // To a span of time of a tunnel or connection; false: it is not in the timeline.
  show(subject: string, start: number, end: number): boolean {
    const tunnel = this.model.families.flatMap((f) => f.tunnels).find((t) => t.id === subject || t.connection === subject);
    if (tunnel === undefined) return false;
    if (!this.layout.topOf.has(tunnel)) this.setFilter({ words: '', illOnly: false });
    const margin = Math.max((end - start) * 0.15, 300_000);
    this.band = { tunnel, start, end };
    this.zoomTo(start - margin, end + margin);
    this.viewport.scrollTop = Math.max(0, (this.layout.topOf.get(tunnel) ?? 0) - TITLE);
    return true;
  }

  // To one moment, with its record where there is one.
  showMoment(subject: string, time: number): boolean {
    if (!this.show(subject, time, time)) return false;
    const tunnel = this.band!.tunnel;
    this.select(stopsOf(tunnel).find((stop) => stop.time === time) ?? { tunnel, time, mark: null, outage: null });
    return true;
  }

  focus(): void {
    this.viewport.focus({ preventScroll: true });
  }

  private tools(): HTMLElement {
    const button = (label: string, title: string, run: () => void): HTMLElement => {
      const b = element('button', { type: 'button', 'aria-label': title, title }, label);
      b.addEventListener('click', run);
      return b;
    };
    const words = element('input', {
      type: 'search',
      placeholder: 'Find a tunnel',
      'aria-label': 'Find a tunnel in the timeline',
      autocomplete: 'off',
    }) as HTMLInputElement;
    words.addEventListener('input', () => this.setFilter({ ...this.filter, words: words.value }));
    const ill = element('input', { type: 'checkbox', id: 'ill-only', autocomplete: 'off' }) as HTMLInputElement;
    ill.addEventListener('change', () => this.setFilter({ ...this.filter, illOnly: ill.checked }));
    const bar = element(
      'div',
      { class: 'tools', role: 'toolbar', 'aria-label': 'Timeline' },
      button('+', 'Zoom in', () => this.zoom(0.5)),
      button('\u2212', 'Zoom out', () => this.zoom(2)),
      button('\u2190', 'Earlier', () => this.pan(-0.25)),
      button('\u2192', 'Later', () => this.pan(0.25)),
      button('All', 'Show all', () => this.zoomTo(this.model.start, this.model.end)),
      button('Previous', 'Previous event', () => this.step(-1)),
      button('Next', 'Next event', () => this.step(1)),
    );
    this.search = element('span', { class: 'search' }, words, element('label', { class: 'check' }, ill, ' not up'));
    this.search.hidden = this.model.families.length < 2;
    bar.append(this.search, this.range);
    return bar;
  }

  private listen(): void {
    this.chart.on('datazoom', () => {
      const zoom = (this.chart.getOption() as { dataZoom: { startValue: number; endValue: number }[] }).dataZoom[0]!;
      this.from = zoom.startValue;
      this.to = zoom.endValue;
      this.later();
    });
    this.chart.on('mouseover', { seriesId: 'pieces' }, (event) =>
      this.hover(this.items[event.dataIndex], event.event?.event as MouseEvent | undefined),
    );
    this.chart.on('mouseout', { seriesId: 'pieces' }, () => {
      this.tip.hidden = true;
    });
    this.chart.on('click', { seriesId: 'pieces' }, (event) => {
      const item = this.items[event.dataIndex];
      if (item?.row.tunnel)
        this.select({ tunnel: item.row.tunnel, time: item.mark?.time ?? item.start, mark: item.mark, outage: item.stretch });
    });
    this.viewport.addEventListener('scroll', () => this.later(), { passive: true });
    this.viewport.addEventListener('keydown', (event) => this.key(event));
    this.canvas.addEventListener(
      'wheel',
      (event) => {
        if (event.ctrlKey) event.preventDefault();
      },
      { passive: false },
    );
    new ResizeObserver(() => {
      this.size();
      this.chart.resize();
      this.later();
    }).observe(this.viewport);
  }

  private key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const run: Record<string, () => void> = {
      ArrowLeft: () => this.pan(-0.2),
      ArrowRight: () => this.pan(0.2),
      '+': () => this.zoom(0.5),
      '=': () => this.zoom(0.5),
      '-': () => this.zoom(2),
      '0': () => this.zoomTo(this.model.start, this.model.end),
      n: () => this.step(1),
      p: () => this.step(-1),
    };
    const action = run[event.key];
    if (action === undefined) return;
    event.preventDefault();
    action();
  }

  private setFilter(filter: Filter): void {
    this.filter = filter;
    this.relayout();
  }

  private relayout(): void {
    this.layout = layoutOf(this.model, this.filter);
    this.size();
    this.chart.resize();
    this.restyle();
  }

  private size(): void {
    const height = AXIS + Math.max(this.layout.height, LANE) + 4;
    const most = Math.max(200, Math.round(window.innerHeight * 0.62));
    this.viewport.style.height = `${Math.min(height, most)}px`;
    this.spacer.style.height = `${height}px`;
    this.canvas.style.height = `${Math.min(height, most) - 2}px`;
  }

  zoom(factor: number): void {
    const middle =
      this.selected !== null && this.selected.time > this.from && this.selected.time < this.to
        ? this.selected.time
        : (this.from + this.to) / 2;
    this.zoomTo(middle - (middle - this.from) * factor, middle + (this.to - middle) * factor);
  }
  private pan(share: number): void {
    const span = this.to - this.from;
    const start = Math.min(Math.max(this.from + share * span, this.model.start), this.model.end - span);
    this.zoomTo(start, start + span);
  }
  zoomTo(from: number, to: number): void {
    const missing = Math.max(0, LEAST_SPAN - (to - from)) / 2;
    this.from = Math.max(this.model.start, from - missing);
    this.to = Math.min(this.model.end, Math.max(to + missing, this.from + LEAST_SPAN));
    this.later();
  }

  // The next or previous event, over tunnels in the order of their rows.
  private step(direction: 1 | -1): void {
    const tunnels = [...this.layout.topOf.keys()];
    if (tunnels.length === 0) return;
    const top = this.viewport.scrollTop;
    let index = this.selected === null ? tunnels.findIndex((t) => this.layout.topOf.get(t)! >= top) : tunnels.indexOf(this.selected.tunnel);
    if (index < 0) index = 0;
    const stops = stopsOf(tunnels[index]!);
    const at = this.selected === null ? -1 : stops.findIndex((s) => s.time === this.selected!.time && s.mark === this.selected!.mark);
    let stop = at < 0 && direction < 0 ? undefined : stops[at + direction];
    for (let next = index + direction; stop === undefined && next >= 0 && next < tunnels.length; next += direction) {
      const others = stopsOf(tunnels[next]!);
      stop = direction > 0 ? others[0] : others[others.length - 1];
    }
    if (stop !== undefined) this.select(stop);
  }

  private select(stop: Stop): void {
    this.selected = stop;
    if (stop.time < this.from || stop.time > this.to) {
      const half = (this.to - this.from) / 2;
      this.zoomTo(stop.time - half, stop.time + half);
    }
    const top = this.layout.topOf.get(stop.tunnel) ?? 0;
    const visible = top >= this.viewport.scrollTop && top + 4 * LANE <= this.viewport.scrollTop + this.viewport.clientHeight;
    if (!visible) this.viewport.scrollTop = Math.max(0, top - TITLE);
    this.describe(stop);
    this.later();
  }

  private describe(stop: Stop | null): void {
    if (stop === null) {
      this.record.replaceChildren('Choose an event to see its record.');
      return;
    }
    const { tunnel, mark, outage, time } = stop;
    const what = mark !== null ? wordOf(mark.cell) : outage !== null ? piece(outage) : 'record';
    const parts: (Node | string)[] = [element('b', {}, what), ` ${clock(time)} UTC, `, element('span', { class: 'mono' }, tunnel.id)];
    if (mark?.at) parts.push(' ', element('span', { class: 'at' }, mark.at));
    const evidence = evidenceAt(this.model, tunnel, time);
    if (evidence !== null && document.getElementById(evidence) !== null)
      parts.push(' ', element('a', { href: `#${evidence}` }, 'evidence'));
    if (mark?.message) parts.push(element('code', {}, mark.message));
    this.record.replaceChildren(...parts);
  }

  private hover(item: Item | undefined, event: MouseEvent | undefined): void {
    if (item === undefined || event === undefined) return;
    const { mark, stretch } = item;
    const lines: (Node | string)[] = [];
    if (mark !== null) {
      lines.push(
        element('b', {}, wordOf(mark.cell) + (item.count > 1 ? `, one of ${item.count} here` : '')),
        element('span', {}, `${clock(mark.time)} UTC ${mark.at}`),
      );
      if (mark.message) lines.push(element('code', {}, mark.message));
    } else if (stretch !== null) {
      lines.push(
        element(
          'b',
          {},
          item.row.tunnel === null ? standing(stretch) : `${item.row.kind === 'lane' ? `${item.row.label}: ` : ''}${piece(stretch)}`,
        ),
        element('span', {}, `${clock(stretch.start)} to ${clock(stretch.end)} UTC`),
      );
    }
    this.tip.replaceChildren(...lines);
    this.tip.hidden = false;
    const box = this.tip.getBoundingClientRect();
    this.tip.style.left = `${Math.max(8, Math.min(event.clientX + 14, window.innerWidth - box.width - 8))}px`;
    this.tip.style.top = `${event.clientY + 18 + box.height > window.innerHeight ? event.clientY - box.height - 10 : event.clientY + 18}px`;
  }

  private later(): void {
    if (this.frame !== 0) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.draw();
    });
  }

  private gutter(): number {
    return this.viewport.clientWidth < 520 ? 58 : 74;
  }
  private plotWidth(): number {
    return Math.max(50, this.viewport.clientWidth - this.gutter() - 14);
  }

  private wholeOption(): Option {
    const { soft, line } = this.colours;
    return {
      animation: false,
      useUTC: true,
      grid: { left: this.gutter(), right: 14, top: AXIS, bottom: 0 },
      xAxis: {
        type: 'time',
        position: 'top',
        min: this.model.start,
        max: this.model.end,
        axisLabel: { color: soft, fontSize: 11, hideOverlap: true },
        axisLine: { lineStyle: { color: line } },
        axisTick: { lineStyle: { color: line } },
        splitLine: { show: true, lineStyle: { color: line, opacity: 0.6 } },
      },
      yAxis: { type: 'value', min: 0, max: 1, show: false },
      dataZoom: [
        {
          type: 'inside',
          xAxisIndex: 0,
          filterMode: 'none',
          startValue: this.from,
          endValue: this.to,
          minValueSpan: LEAST_SPAN,
          zoomOnMouseWheel: 'ctrl',
          moveOnMouseWheel: 'shift',
          moveOnMouseMove: true,
          preventDefaultMouseMove: false,
          throttle: 16,
        },
      ],
      series: [
        {
          id: 'rows',
          type: 'custom',
          silent: true,
          clip: false,
          data: [],
          renderItem: ((p: { dataIndex: number }) => this.drawRow(p.dataIndex)) as never,
        },
        {
          id: 'pieces',
          type: 'custom',
          clip: true,
          data: [],
          encode: { x: [0, 1], y: 2 },
          renderItem: ((p: { dataIndex: number }, api: Api) => this.drawPiece(p.dataIndex, api)) as never,
        },
      ],
    } as Option;
  }

  private draw(): void {
    const top = this.viewport.scrollTop;
    this.rows = rowsBetween(this.layout, top - LANE, top + this.viewport.clientHeight);
    const pixel = (this.to - this.from) / this.plotWidth();
    this.items = this.rows.flatMap((row) => this.itemsOf(row, pixel));
    this.chart.setOption({
      dataZoom: [{ startValue: this.from, endValue: this.to }],
      series: [
        { id: 'rows', data: this.rows.map((_, i) => [this.from, 0, i]) },
        { id: 'pieces', data: this.items.map((item) => [item.start, item.end, 0]) },
      ],
    });
    this.range.textContent = `${clock(this.from)} \u2013 ${clock(this.to)} UTC`;
    this.viewport.setAttribute('aria-label', `Timeline of ${this.layout.topOf.size} tunnels, ${clock(this.from)} to ${clock(this.to)} UTC`);
    if (performance.getEntriesByName('timeline-drawn').length === 0) performance.mark('timeline-drawn');
  }

  private itemsOf(row: Row, pixel: number): Item[] {
    if (row.kind === 'title') return [];
    const margin = (this.to - this.from) * 0.5; // a drag shows what lies beside the window before it is drawn again
    const [from, to] = [this.from - margin, this.to + margin];
    const items: Item[] = visibleStretches(row.stretches, from, to, pixel).map((s) => ({
      start: s.start,
      end: s.end,
      row,
      cell: s.cell,
      stretch: s,
      mark: null,
      count: 1,
    }));
    if (row.kind === 'events' && row.tunnel !== null) {
      for (const { mark, count } of visibleMarks(row.tunnel.marks, from, to, pixel * 7)) {
        items.push({ start: mark.time, end: mark.time, row, cell: mark.cell, stretch: null, mark, count });
      }
    }
    return items;
  }

  private y(row: Row): number {
    return AXIS + row.top - this.viewport.scrollTop;
  }

  private drawRow(index: number): unknown {
    const row = this.rows[index];
    if (row === undefined) return null;
    const y = this.y(row);
    if (y < AXIS - row.height / 2) return null;
    const { ink, soft, ground } = this.colours;
    const width = this.plotWidth();
    if (row.kind === 'title') {
      const words = row.tunnel === null ? row.label : `${row.label}  ${row.tunnel.words}`;
      const text = {
        text: row.tunnel?.status ? `${row.tunnel.status.toUpperCase()}  ${words}` : words,
        fill: row.tunnel === null ? ink : soft,
      };
      return {
        type: 'text',
        x: 6,
        y: y + TITLE - 8,
        style: {
          ...text,
          font: `${row.tunnel === null ? 600 : 500} 12px system-ui, sans-serif`,
          verticalAlign: 'middle',
          width: this.viewport.clientWidth - 20,
          overflow: 'truncate',
        },
      };
    }
    const children: unknown[] = [
      { type: 'rect', shape: { x: this.gutter(), y: y + 2, width, height: LANE - 4 }, style: { fill: ground } },
      {
        type: 'text',
        x: 6,
        y: y + LANE / 2,
        style: { text: row.label, fill: soft, font: '11px system-ui, sans-serif', verticalAlign: 'middle' },
      },
    ];
    return { type: 'group', children };
  }

  private drawPiece(index: number, api: Api): unknown {
    const item = this.items[index];
    if (item === undefined) return null;
    const y = this.y(item.row);
    if (y < AXIS - LANE / 2) return null;
    const name = CELLS[item.cell] ?? 'empty';
    const x = api.coord([item.start, 0])[0]!;
    const fill = this.colours[name];
    if (item.mark !== null) return this.drawMark(item, x, y, fill);
    const [top, height] = SHAPES[name] ?? [0, 1];
    const width = Math.max(1.5, api.coord([item.end, 0])[0]! - x);
    const rect = {
      type: 'rect',
      shape: { x, y: y + 2 + top * (LANE - 4), width, height: height * (LANE - 4) },
      style: { fill, opacity: item.row.kind === 'events' ? 0.55 : 1 },
    };
    const children = this.outlines(item, api, y);
    return children.length === 0 ? rect : { type: 'group', children: [rect, ...children] };
  }

  // Where a finding has led to, and what was chosen.
  private outlines(item: Item, api: Api, y: number): unknown[] {
    const out: unknown[] = [];
    if (
      this.selected?.outage &&
      item.stretch?.start === this.selected.time &&
      item.row.tunnel === this.selected.tunnel &&
      item.row.kind === 'events'
    ) {
      const x = api.coord([item.start, 0])[0]!;
      out.push({
        type: 'rect',
        silent: true,
        shape: { x, y: y + 1, width: Math.max(3, api.coord([item.end, 0])[0]! - x), height: LANE - 2 },
        style: { fill: 'none', stroke: this.colours['ink'], lineWidth: 2 },
      });
    }
    if (this.band?.tunnel === item.row.tunnel && item.row.kind === 'lane') {
      const [left, right] = [api.coord([this.band.start, 0])[0]!, api.coord([this.band.end, 0])[0]!];
      out.push({
        type: 'rect',
        silent: true,
        shape: { x: left - 1, y, width: Math.max(2, right - left + 2), height: 1.5 },
        style: { fill: this.colours['link'] },
      });
    }
    return out;
  }

  private drawMark(item: Item, x: number, y: number, fill: string | undefined): unknown {
    const middle = y + LANE / 2;
    const chosen = this.selected !== null && this.selected.mark === item.mark;
    const style = { fill, stroke: chosen ? this.colours['ink'] : 'none', lineWidth: chosen ? 2 : 0 };
    return { ...shapeOf(CELLS[item.cell], x, middle), style };
  }
}

type Shape =
  | { type: 'polygon'; shape: { points: [number, number][] } }
  | { type: 'rect'; shape: { x: number; y: number; width: number; height: number } }
  | { type: 'circle'; shape: { cx: number; cy: number; r: number } };

// Marks differ in form, so that they do without colour too. The lane's middle is at `middle`.
function shapeOf(name: CellName | undefined, x: number, middle: number): Shape {
  const [top, bottom] = [middle - LANE / 2, middle + LANE / 2];
  const polygon = (...points: [number, number][]): Shape => ({ type: 'polygon', shape: { points } });
  switch (name) {
    case 'dpd':
      return polygon([x, top + 2], [x + 5, bottom - 3], [x - 5, bottom - 3]);
    case 'delete':
      return { type: 'rect', shape: { x: x - 4, y: middle - 4, width: 8, height: 8 } };
    case 'collision':
      return polygon([x, bottom - 2], [x + 5, top + 3], [x - 5, top + 3]);
    case 'failure':
      return polygon([x, middle - 6], [x + 6, middle], [x, middle + 6], [x - 6, middle]);
    default:
      return { type: 'circle', shape: { cx: x, cy: middle, r: 3 } };
  }
}

const SVG = 'http://www.w3.org/2000/svg';
const STATES: readonly CellName[] = ['empty', 'up', 'rekeying', 'negotiating', 'down', 'outage'];

// What stands for a cell in the legend: a state as a piece of a lane, a mark in its form.
function sampleOf(name: CellName): SVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', `0 0 14 ${LANE}`);
  svg.setAttribute('aria-hidden', 'true');
  const [top, height] = SHAPES[name] ?? [0, 1];
  const { type, shape } = STATES.includes(name)
    ? ({ type: 'rect', shape: { x: 0, y: 2 + top * (LANE - 4), width: 14, height: height * (LANE - 4) } } as const)
    : shapeOf(name, 7, LANE / 2);
  const drawn = document.createElementNS(SVG, type);
  for (const [attribute, value] of Object.entries(shape)) drawn.setAttribute(attribute, value.toString());
  drawn.setAttribute('class', `cell-${name}`);
  svg.append(drawn);
  return svg;
}

function legend(): HTMLElement {
  const items = CELLS.flatMap((name, cell) => (name === 'empty' ? [] : [element('li', {}, sampleOf(name), wordOf(cell))]));
  items.push(element('li', {}, sampleOf('empty'), 'blank: not known'));
  return element('ul', { class: 'legend', 'aria-label': "What the timeline's marks mean" }, ...items);
}

interface Api {
  coord(point: [number, number]): number[];
}

function piece(stretch: Stretch): string {
  return `${wordOf(stretch.cell)} for ${duration(stretch.end - stretch.start)}${stretch.cause ? `, ${stretch.cause}` : ''}`;
}

// Of a connection.
function standing(stretch: Stretch): string {
  const words = CELLS[stretch.cell] === 'up' ? 'all tunnels up' : CELLS[stretch.cell] === 'outage' ? 'no tunnel up' : 'not all tunnels up';
  return `${words} for ${duration(stretch.end - stretch.start)}`;
}
