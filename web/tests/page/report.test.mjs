// The report's page in a real Chromium: what a reader sees and does, and what must never happen.
import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { barriers, folder, finish, open, report, sample } from './browser.mjs';
import { hostile, HOSTILE, manyTransitions } from './logs.mjs';

after(finish);

const PFS = sample('pfs-mismatch-every-hour-ikev2');
const SYSTEMS = sample('mixed-five-systems');
const CONNECTIONS = sample('one-connection-of-two-is-ill-ikev1');
const REKEYS = sample('healthy-ike-rekey-ikev2');
const HEALTHY = sample('healthy-twingate');
const SAMPLES = { PFS, SYSTEMS, CONNECTIONS, HEALTHY };

const range = (page) => page.locator('.tools .range').textContent();
const span = async (page) => {
  const [from, to] = (await range(page))
    .replace(' UTC', '')
    .split(' \u2013 ')
    .map((text) => Date.parse(`${text.replace(' ', 'T')}Z`));
  return to - from;
};
const settled = (page) => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));

test('the legend in sight is that of the timeline in sight, with a mark in its form for each word', async () => {
  const { page, close } = await open(PFS);
  const shown = () => page.evaluate(() => [...document.querySelectorAll('.legend')].filter((e) => e.checkVisibility()).length);
  assert.equal(await shown(), 1);
  assert.equal(await page.locator('#chart .legend li').count(), 11);
  const forms = await page.locator('#chart .legend li').evaluateAll((items) => items.map((i) => [i.textContent, i.querySelector('svg > *').tagName]));
  assert.deepEqual(Object.fromEntries(forms.slice(5)), {
    rekey: 'circle',
    'rekey collision': 'polygon',
    failure: 'polygon',
    DELETE: 'rect',
    'DPD timeout': 'polygon',
    'blank: not known': 'rect',
  });
  await page.emulateMedia({ media: 'print' });
  assert.equal(await shown(), 1);
  await close();
});

for (const [name, file] of Object.entries(SAMPLES)) {
  for (const colorScheme of ['light', 'dark']) {
    test(`${name} in the ${colorScheme} theme: nothing is requested or refused, axe finds nothing serious`, async () => {
      const { page, mishaps, close } = await open(file, { colorScheme });
      assert.deepEqual(await barriers(page), []);
      assert.deepEqual(mishaps, []);
      await close();
    });
  }
  test(`${name} fits a phone of 360 pixels`, async () => {
    const { page, close } = await open(file, { viewport: { width: 360, height: 740 } });
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 360);
    const slivers = await page.evaluate(() =>
      [...document.querySelectorAll('main *')]
        .filter((e) => {
          const box = e.getBoundingClientRect();
          return (
            e.checkVisibility() &&
            !e.closest('svg, summary') &&
            e.textContent.length > 12 &&
            box.width > 1 &&
            box.width < 40 &&
            box.height > 150
          );
        })
        .map((e) => e.outerHTML.slice(0, 100)),
    );
    assert.deepEqual(slivers, [], 'no column of single letters');
    await close();
  });
  test(`${name} can be printed, timelines and folded parts with it`, async () => {
    const { page, close } = await open(file);
    assert.ok((await page.pdf({ format: 'A4' })).length > 10_000);
    await page.emulateMedia({ media: 'print' });
    assert.equal(await page.locator('nav').isVisible(), false);
    if ((await page.locator('.still').count()) > 0) assert.ok(await page.locator('.still').isVisible());
    assert.equal((await page.locator('#chart').count()) > 0 && (await page.locator('#chart').isVisible()), false);
    await close();
  });
}

test('the first screen says what broke, when, why and what to do first', async () => {
  const { page, close } = await open(PFS);
  const lead = page.locator('.lead');
  const box = await lead.boundingBox();
  assert.ok(box.y + box.height < 900, 'it stands on the first screen');
  const text = await lead.textContent();
  for (const part of ['the PFS groups differ', '203.0.113.17', '4 outages from 2026-03-02 08:54:02 on, down for 25 min 14 s in all', 'still down', 'Do first', 'swanctl --list-conns'])
    assert.ok(text.includes(part), part);
  await close();
});

test('without a script everything can be read, and timelines stand still', async () => {
  const { page, close } = await open(PFS, { javaScriptEnabled: false });
  for (const part of ['.lead', '.still svg', '.checklist', '.evidence', '#availability table', '#coverage'])
    assert.ok(await page.locator(part).first().isVisible(), part);
  assert.equal(await page.locator('#chart').isVisible(), false);
  await close();
});

test('a time tells what it is in the reader\'s own zone', async () => {
  const { page, close } = await open(PFS, { timezoneId: 'Asia/Tokyo', locale: 'en-GB' });
  const time = page.locator('.moment time').first();
  assert.match(await time.textContent(), /08:52:55/);
  assert.match(await time.getAttribute('title'), /17:52:55.*your time zone/);
  await close();
});

test('the theme can be switched against the system', async () => {
  const { page, close } = await open(PFS, { colorScheme: 'light' });
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await ground();
  await page.selectOption('select[aria-label="Theme"]', 'dark');
  assert.notEqual(await ground(), light);
  await close();
});

test('the timeline zooms and pans by mouse, keyboard and buttons', async () => {
  const { page, mishaps, close } = await open(PFS);
  const whole = await span(page);
  const viewport = page.locator('.viewport');
  await viewport.scrollIntoViewIfNeeded();
  const box = await viewport.boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + 60);
  await page.keyboard.down('Control');
  await page.mouse.wheel(0, -400);
  await page.keyboard.up('Control');
  await settled(page);
  const wheeled = await span(page);
  assert.ok(wheeled < whole, 'wheel');
  const before = await range(page);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 2 - 150, box.y + 60, { steps: 5 });
  await page.mouse.up();
  await settled(page);
  assert.notEqual(await range(page), before, 'drag');
  await viewport.focus();
  await page.keyboard.press('+');
  await settled(page);
  assert.ok((await span(page)) < wheeled, 'key');
  const zoomed = await range(page);
  await page.keyboard.press('ArrowLeft');
  await settled(page);
  assert.notEqual(await range(page), zoomed, 'arrow');
  await page.getByRole('button', { name: 'Show all' }).click();
  await settled(page);
  assert.equal(await span(page), whole, 'button');
  assert.deepEqual(mishaps, []);
  await close();
});

test('the timeline zooms and pans by touch', async () => {
  const { page, close } = await open(PFS, { hasTouch: true, isMobile: true, viewport: { width: 400, height: 800 } });
  const viewport = page.locator('.viewport');
  await viewport.scrollIntoViewIfNeeded();
  const whole = await span(page);
  const box = await viewport.boundingBox();
  const devtools = await page.context().newCDPSession(page);
  const touch = (type, points) =>
    devtools.send('Input.dispatchTouchEvent', { type, touchPoints: points.map(([x, y], id) => ({ x, y, id })) });
  const [x, y] = [box.x + box.width / 2, box.y + 60];
  await touch('touchStart', [
    [x - 20, y],
    [x + 20, y],
  ]);
  for (let i = 1; i <= 8; ++i)
    await touch('touchMove', [
      [x - 20 - i * 10, y],
      [x + 20 + i * 10, y],
    ]);
  await touch('touchEnd', []);
  await settled(page);
  const pinched = await span(page);
  assert.ok(pinched < whole, 'pinch');
  const before = await range(page);
  await touch('touchStart', [[x, y]]);
  for (let i = 1; i <= 8; ++i) await touch('touchMove', [[x - i * 10, y]]);
  await touch('touchEnd', []);
  await settled(page);
  assert.notEqual(await range(page), before, 'drag');
  await close();
});

test('by keyboard alone: to the verdict, into the timeline, from event to event, and the record is said', async () => {
  const { page, close } = await open(PFS);
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Skip to the verdict');
  for (let i = 0; i < 60 && !(await page.evaluate(() => document.activeElement.classList.contains('viewport'))); ++i)
    await page.keyboard.press('Tab');
  assert.ok(await page.evaluate(() => document.activeElement.classList.contains('viewport')), 'the timeline takes the focus');
  const records = new Set();
  for (let i = 0; i < 6; ++i) {
    await page.keyboard.press('n');
    records.add(await page.locator('.record').textContent());
  }
  assert.ok(records.size >= 5, [...records].join('\n'));
  assert.ok(
    [...records].some((text) => /AWS tunnel/.test(text) && /:\d+/.test(text)),
    'a record with its message and place',
  );
  await close();
});

test('what the mouse points at is explained', async () => {
  const { page, close } = await open(PFS);
  const viewport = page.locator('.viewport');
  await viewport.scrollIntoViewIfNeeded();
  const box = await viewport.boundingBox();
  await page.mouse.move(box.x + box.width / 3, box.y + 28 + 24 + 6);
  await page.mouse.move(box.x + box.width / 3 + 1, box.y + 28 + 24 + 7);
  await page.waitForSelector('.tip:not([hidden])');
  assert.match(await page.locator('.tip').textContent(), /Phase 1: (up|down|negotiating)/);
  await close();
});

test('a click on a finding leads to its evidence and to its place in time', async () => {
  const { page, close } = await open(CONNECTIONS);
  const whole = await span(page);
  await page.locator('.family a[data-finding]').first().click();
  await settled(page);
  const target = page.locator('.is-target');
  assert.ok(await target.locator('.evidence li').first().isVisible());
  assert.ok(await target.evaluate((element) => element === document.activeElement), 'it has the focus');
  await target.locator('.moment').first().click();
  await settled(page);
  assert.ok((await span(page)) < whole);
  assert.match(await page.locator('.record').textContent(), /evidence/);
  await close();
});

for (const how of ['click', 'press']) {
  test(`after the way into the timeline its keys work at once (${how})`, async () => {
    const { page, close } = await open(PFS);
    const link = page.getByRole('link', { name: 'show in the timeline' }).first();
    await (how === 'click' ? link.click() : link.press('Enter'));
    await settled(page);
    assert.equal(await page.evaluate(() => document.activeElement.className), 'viewport');
    const shown = await span(page);
    await page.keyboard.press('+');
    await settled(page);
    assert.ok((await span(page)) < shown);
    await close();
  });
}

test('each button to copy says what it copies, and the menu counts the findings that have a place', async () => {
  const { page, close } = await open(PFS);
  const names = await page.getByRole('button', { name: 'Copy: ' }).evaluateAll((all) => all.map((one) => one.ariaLabel));
  assert.ok(new Set(names).size > 5);
  const findings = await page.locator('#findings article.finding').count();
  assert.equal(await page.getByRole('navigation').getByText('Findings').textContent(), `Findings (${findings})`);
  await close();
});

test('steps can be ticked off and commands copied', async () => {
  const { page, close } = await open(PFS);
  const step = page.locator('.checklist input').first();
  await step.check();
  assert.ok(await step.isChecked());
  const button = page.locator('.copy').first();
  await button.click();
  await page.waitForFunction(() => /Copied|Selected/.test(document.querySelector('.copy').textContent));
  await page.selectOption('select[aria-label="Commands of"]', 'Fortinet');
  assert.equal(await page.locator('.commands li:visible .vendor', { hasText: 'Palo Alto' }).count(), 0);
  await close();
});

test('ticked steps are there again after a reload, for some days, and in print', async () => {
  const { page, mishaps, close } = await open(PFS);
  const steps = page.locator('.checklist input');
  await steps.nth(0).check();
  await steps.nth(2).check();
  await page.reload();
  assert.ok((await steps.nth(0).isChecked()) && !(await steps.nth(1).isChecked()) && (await steps.nth(2).isChecked()));
  await page.emulateMedia({ media: 'print' });
  assert.ok((await steps.nth(0).isVisible()) && (await steps.nth(0).isChecked()));
  await page.emulateMedia({ media: 'screen' });
  await steps.nth(0).uncheck();
  await page.reload();
  assert.equal(await steps.nth(0).isChecked(), false);
  await page.evaluate(() => {
    for (const key of Object.keys(localStorage)) localStorage.setItem(key, String(Date.now() - 4 * 86_400_000));
  });
  await page.reload();
  assert.equal(await steps.nth(2).isChecked(), false, 'the fault came back after days: all steps again');
  assert.deepEqual(mishaps, []);
  await close();
});

test('a browser that keeps nothing breaks nothing', async () => {
  const { page, mishaps, close } = await open(PFS);
  await page.addInitScript(() =>
    Object.defineProperty(globalThis, 'localStorage', {
      get() {
        throw new DOMException('denied', 'SecurityError');
      },
    }),
  );
  await page.reload();
  await page.waitForSelector('.viewport canvas');
  await page.locator('.checklist input').first().check();
  assert.deepEqual(mishaps, []);
  await close();
});

test('a rekey shows its record', async () => {
  const { page, close } = await open(REKEYS);
  await page.locator('.viewport').focus();
  const said = new Set();
  for (let i = 0; i < 12; ++i) {
    await page.keyboard.press('n');
    said.add(await page.locator('.record').textContent());
  }
  assert.ok(
    [...said].some((text) => /^rekey 20.*:\d+.*AWS tunnel .*CREATE_CHILD_SA/.test(text)),
    [...said].join('\n'),
  );
  await close();
});

test('hostile text is inert, shown and cut', async () => {
  const input = join(folder, 'hostile');
  hostile(input);
  const file = report([input]);
  assert.ok(statSync(file).size < 3_000_000, 'ten megabytes do not go into the page');
  const { page, mishaps, close } = await open(file);
  const viewport = page.locator('.viewport');
  await viewport.focus();
  for (let i = 0; i < 20; ++i) await page.keyboard.press('n');
  const text = await page.locator('body').textContent();
  assert.ok(!/[\u202a-\u202e\u2066-\u2069\u2028\u2029\u001b]/.test(text), 'no control is left');
  assert.ok(text.includes('\\u{202e}gnp.exe'), 'they are shown');
  assert.ok(text.includes(HOSTILE[0]) && text.includes(HOSTILE[1]), 'markup is shown as text');
  assert.ok(text.includes('a</script><script>alert(6)<'), 'the tunnel that is named so');
  assert.equal(
    await page
      .locator('main script, main img, main iframe, main [onload], main [onerror], main [onmouseover], [style]:not(#chart *):not(.tip)')
      .count(),
    0,
  );
  assert.equal(await page.locator('script').count(), 2);
  assert.deepEqual(mishaps, []);
  await close();
});

test('hundreds of tunnels with ten thousand transitions stay fluid', async (t) => {
  const input = join(folder, 'many');
  manyTransitions(input, 300, 40);
  const { page, mishaps, close } = await open(report([input]));
  const painted = await page.evaluate(() => ({
    paint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime,
    drawn: performance.getEntriesByName('timeline-drawn')[0].startTime,
  }));
  const times = await page.evaluate(async () => {
    const viewport = document.querySelector('.viewport');
    const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    const all = [];
    for (const key of ['+', '+', '+', 'ArrowLeft', 'ArrowRight', '-', '-', '+', 'ArrowRight', '0', '+', '-', '0']) {
      const start = performance.now();
      viewport.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
      await frame();
      all.push(performance.now() - start);
    }
    for (let i = 1; i <= 10; ++i) {
      const start = performance.now();
      viewport.scrollTop = i * 900;
      await frame();
      all.push(performance.now() - start);
    }
    return all.sort((a, b) => a - b);
  });
  const median = times[Math.floor(times.length / 2)];
  const [paint, drawn, usual, worst] = [painted.paint, painted.drawn, median, times.at(-1)].map(Math.round);
  t.diagnostic(`first paint ${paint} ms, timeline drawn ${drawn} ms, a step of zoom or scroll ${usual} ms, at worst ${worst} ms`);
  assert.ok(painted.drawn < 6000, `drawn after ${painted.drawn} ms`);
  assert.ok(median < 150, `a step takes ${median} ms`);
  assert.deepEqual(mishaps, []);
  await close();
});
