// The page's script: puts the interactive timeline in the place of the still ones, and adds what needs a script: the switch between
// themes, buttons that copy commands, and ways from findings to the timeline. Everything else stands in the page already.
import { Timeline } from './chart.ts';
import { element } from './dom.ts';
import { Live } from './live.ts';
import { modelOf, type Finding, type Model, type Raw } from './model.ts';

const all = (selector: string): HTMLElement[] => [...document.querySelectorAll<HTMLElement>(selector)];

function themeSwitch(changed: () => void): void {
  const choices = [
    ['', 'System'],
    ['light', 'Light'],
    ['dark', 'Dark'],
  ] as const;
  const select = element('select', { 'aria-label': 'Theme', autocomplete: 'off' }) as HTMLSelectElement;
  for (const [value, label] of choices) select.append(element('option', { value }, `Theme: ${label}`));
  select.addEventListener('change', () => {
    if (select.value === '') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = select.value;
    changed();
  });
  document.getElementById('controls')?.append(select);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', changed);
}

// Of commands for several vendors, only those of one. Once more when the commands have changed.
function vendorChoice(): void {
  const vendors = [...new Set(all('.commands .vendor').map((v) => v.textContent ?? ''))].filter((v) => v !== 'AWS CLI').sort();
  const before = document.querySelector<HTMLSelectElement>('#vendors');
  const chosen = vendors.includes(before?.value ?? '') ? before!.value : '';
  const select = before ?? (element('select', { id: 'vendors', 'aria-label': 'Commands of', autocomplete: 'off' }) as HTMLSelectElement);
  const apply = (): void => {
    for (const vendor of all('.commands .vendor')) {
      vendor.parentElement!.hidden = select.value !== '' && vendor.textContent !== select.value && vendor.textContent !== 'AWS CLI';
    }
  };
  select.replaceChildren(
    element('option', { value: '' }, 'Commands: all vendors'),
    ...vendors.map((v) => element('option', { value: v }, `Commands: ${v}`)),
  );
  select.value = chosen;
  select.hidden = vendors.length < 2;
  select.onchange = apply;
  if (before === null) document.getElementById('controls')?.append(select);
  apply();
}

async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false; // a page from a file may not be allowed to: the command is selected instead
  }
}

function copyButtons(): void {
  document.addEventListener('click', async (event) => {
    const button = event.target instanceof Element ? event.target.closest('.copy') : null;
    const command = button?.previousElementSibling;
    if (!button || !command) return;
    const copied = await copy(command.textContent ?? '');
    if (!copied) getSelection()?.selectAllChildren(command);
    button.textContent = copied ? 'Copied' : 'Selected';
    setTimeout(() => {
      button.textContent = 'Copy';
    }, 1500);
  });
}

// Steps that were ticked off stay so when the page is loaded again or made anew, by finding and text of the step. For some days only: a
// fault that comes back needs all of its steps again. A browser may keep nothing for pages from files; then nothing is remembered.
const TICKED_FOR = 3 * 86_400_000; // milliseconds

function tickKey(box: HTMLInputElement): string {
  const finding = box.closest('article')?.id ?? '';
  const text = box.closest('label')?.textContent ?? '';
  let hash = 0;
  for (const c of text) hash = (Math.imul(hash, 31) + c.codePointAt(0)!) | 0;
  return `tunnelscope/${finding}/${(hash >>> 0).toString(16)}`;
}

// To be called again when steps have come or changed: what it gives ticks those that were ticked off, and no others.
function ticks(): () => void {
  const keep = (what: (store: Storage) => void): void => {
    try {
      what(localStorage);
    } catch {
      // full, or forbidden: a tick holds as long as the page
    }
  };
  const restore = (): void =>
    keep((store) => {
      for (const box of all('.checklist input') as HTMLInputElement[]) {
        const at = store.getItem(tickKey(box));
        box.checked = at !== null && Date.now() - Number(at) < TICKED_FOR;
        if (at !== null && !box.checked) store.removeItem(tickKey(box));
      }
    });
  document.addEventListener('change', ({ target }) => {
    if (!(target instanceof HTMLInputElement) || target.closest('.checklist') === null) return;
    keep((store) => {
      if (target.checked) store.setItem(tickKey(target), String(Date.now()));
      else store.removeItem(tickKey(target));
    });
  });
  restore();
  return restore;
}

// Times stand in UTC, as in the log; pointing at one tells what it is here.
function localTimes(): void {
  for (const time of all('time[datetime]') as HTMLTimeElement[]) {
    const date = new Date(time.dateTime);
    if (!Number.isNaN(date.getTime())) time.title = `${date.toLocaleString(undefined, { timeZoneName: 'short' })} in your time zone`;
  }
}

function openFor(target: Element | null): void {
  for (let at = target?.parentElement ?? null; at !== null; at = at.parentElement) {
    if (at instanceof HTMLDetailsElement) at.open = true;
  }
}

// Links to findings and evidence: what they lead to is opened, outlined and given the focus.
function jumps(): void {
  const arrive = (): void => {
    const target = location.hash === '' ? null : document.getElementById(location.hash.slice(1));
    for (const old of all('.is-target')) old.classList.remove('is-target');
    if (target === null || !/^[ef]-/.test(target.id)) return;
    openFor(target);
    target.classList.add('is-target');
    target.focus({ preventScroll: true });
    target.scrollIntoView();
  };
  addEventListener('hashchange', arrive);
  arrive();
}

// A click on a finding, wherever it is named, takes the timeline to it; one on the time of a record, to that moment.
function linksToTheTimeline(shown: () => { model: Model; timeline: Timeline } | null): void {
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-finding], [data-show]') : null;
    const { finding: id, show, time } = link?.dataset ?? {};
    const { model, timeline } = shown() ?? {};
    const finding: Finding | undefined = model?.findings.find((f) => f.id === (id ?? show));
    if (finding === undefined || timeline === undefined) return;
    if (time === undefined) timeline.show(finding.subject, finding.start, finding.end);
    else timeline.showMoment(finding.subject, Number(time));
    // After the link was followed, which takes the focus away; the chart's keys work at once.
    if (show !== undefined) setTimeout(() => timeline.focus());
  });
}

function printing(): void {
  addEventListener('beforeprint', () => {
    for (const details of all('details:not([open])')) {
      details.setAttribute('open', '');
      details.dataset['opened'] = 'print';
    }
  });
  addEventListener('afterprint', () => {
    for (const details of all('details[data-opened]')) {
      details.removeAttribute('open');
      delete details.dataset['opened'];
    }
  });
}

function start(): void {
  document.documentElement.classList.add('js');
  let shown: { model: Model; timeline: Timeline } | null = null;
  const draw = (data: string | null | undefined): void => {
    const host = document.getElementById('chart');
    const still = document.querySelector<HTMLElement>('.still');
    if (!data || host === null || still === null) return;
    const model = modelOf(JSON.parse(data) as Raw);
    if (shown === null) shown = { model, timeline: new Timeline(host, model) };
    else {
      shown.model = model;
      shown.timeline.update(model);
    }
    still.hidden = true;
  };
  vendorChoice();
  themeSwitch(() => shown?.timeline.restyle());
  copyButtons();
  const tick = ticks();
  localTimes();
  printing();
  draw(document.getElementById('data')?.textContent);
  linksToTheTimeline(() => shown);
  jumps();
  const live = document.getElementById('live');
  if (live === null) return;
  new Live(live, new Set(['controls', 'chart', 'live', 'data']), (fresh) => {
    vendorChoice();
    tick();
    localTimes();
    draw(fresh.getElementById('data')?.textContent);
  });
}

start();
