// The page's script: puts the interactive timeline in the place of the still ones, and adds what needs a script: the switch between
// themes, buttons that copy commands, and ways from findings to the timeline. Everything else stands in the page already.
import { Timeline } from './chart.ts';
import { element } from './dom.ts';
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

// Of commands for several vendors, only those of one.
function vendorChoice(): void {
  const vendors = [...new Set(all('.commands .vendor').map((v) => v.textContent ?? ''))].filter((v) => v !== 'AWS CLI').sort();
  if (vendors.length < 2) return;
  const select = element('select', { 'aria-label': 'Commands of', autocomplete: 'off' }) as HTMLSelectElement;
  select.append(
    element('option', { value: '' }, 'Commands: all vendors'),
    ...vendors.map((v) => element('option', { value: v }, `Commands: ${v}`)),
  );
  select.addEventListener('change', () => {
    for (const vendor of all('.commands .vendor')) {
      vendor.parentElement!.hidden = select.value !== '' && vendor.textContent !== select.value && vendor.textContent !== 'AWS CLI';
    }
  });
  document.getElementById('controls')?.append(select);
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
function linksToTheTimeline(model: Model, timeline: Timeline): void {
  const byId = new Map<string, Finding>(model.findings.map((f) => [f.id, f]));
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-finding], [data-show]') : null;
    const { finding: id, show, time } = link?.dataset ?? {};
    const finding = byId.get(id ?? show ?? '');
    if (finding === undefined) return;
    if (time === undefined) timeline.show(finding.subject, finding.start, finding.end);
    else timeline.showMoment(finding.subject, Number(time));
    if (show !== undefined) timeline.focus();
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
  const data = document.getElementById('data')?.textContent;
  const host = document.getElementById('chart');
  const still = document.querySelector<HTMLElement>('.still');
  let timeline: Timeline | null = null;
  vendorChoice();
  themeSwitch(() => timeline?.restyle());
  copyButtons();
  printing();
  if (data && host !== null && still !== null) {
    const model = modelOf(JSON.parse(data) as Raw);
    timeline = new Timeline(host, model);
    still.hidden = true;
    linksToTheTimeline(model, timeline);
  }
  jumps();
}

start();
