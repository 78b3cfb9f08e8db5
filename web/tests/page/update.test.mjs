// The timeline of a page that goes on: `update` in a real Chromium, on a page of its own, as a live page would use it.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { folder, finish, open, ROOT } from './browser.mjs';

const MINUTE = 60_000;
const file = join(folder, 'update.html');

before(async () => {
  const { buildSync } = createRequire(join(process.env.PACKAGES, 'package.json'))('esbuild');
  const outfile = join(folder, 'update.js');
  buildSync({
    stdin: {
      contents: `import { Timeline } from './chart.ts'; import { modelOf } from './model.ts'; Object.assign(globalThis, { Timeline, modelOf });`,
      resolveDir: join(ROOT, 'web/src'),
      loader: 'ts',
    },
    bundle: true,
    format: 'iife',
    nodePaths: [join(process.env.PACKAGES, 'node_modules')],
    outfile,
    logLevel: 'warning',
  });
  const style = readFileSync(join(ROOT, 'web/src/page.css'), 'utf8');
  writeFileSync(
    file,
    `<!doctype html><html lang="en"><meta charset="utf-8"><link rel="icon" href="data:,"><title>live</title><style>${style}</style>
    <main><section><div id="chart" hidden></div></section></main><script>${readFileSync(outfile, 'utf8').replaceAll('</script', '<\\/script')}
    const raw = (minutes, tunnels, from = 0) => ({
      version: 1, base: 1772438400000 + from * ${MINUTE}, end: (minutes - from) * ${MINUTE}, findings: [], texts: ['', 'a failure'], places: ['a.log'],
      families: Array.from({ length: tunnels }, (_, i) => ({ connection: 'vpn-' + i, bothDown: [], tunnels: [{
        id: 'vpn-' + i + '/192.0.2.1', name: '192.0.2.1', status: 'up', words: '', bgp: [], outages: [],
        phase1: [0, (minutes - from) * ${MINUTE}, 1], phase2: [0, (minutes - from) * ${MINUTE}, 1],
        marks: Array.from({ length: minutes }, (_, m) => m).filter((m) => m >= from).flatMap((m) => [(m - from) * ${MINUTE}, 8, 1, 0, m + 1]) }] })) });
    globalThis.show = (...data) => {
      if (globalThis.timeline === undefined) globalThis.timeline = new Timeline(document.getElementById('chart'), modelOf(raw(...data)));
      else globalThis.timeline.update(modelOf(raw(...data)));
    };
    show(60, 1);</script></html>`,
  );
});
after(finish);

const range = (page) => page.locator('.tools .range').textContent();
const frames = (page) => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
const show = async (page, ...data) => {
  await page.evaluate((d) => globalThis.show(...d), data);
  await frames(page);
};
const key = async (page, ...keys) => {
  await page.locator('.viewport').focus();
  for (const k of keys) await page.keyboard.press(k);
  await frames(page);
};

test('a window that shows all goes on showing all', async () => {
  const { page, mishaps, close } = await open(file);
  assert.equal(await range(page), '2026-03-02 08:00:00 \u2013 2026-03-02 09:00:00 UTC');
  await show(page, 90, 1);
  assert.equal(await range(page), '2026-03-02 08:00:00 \u2013 2026-03-02 09:30:00 UTC');
  assert.deepEqual(mishaps, []);
  await close();
});

test('a window at the end follows the end and stays as long as it was', async () => {
  const { page, close } = await open(file);
  await key(page, '+', 'ArrowRight', 'ArrowRight', 'ArrowRight');
  assert.equal(await range(page), '2026-03-02 08:30:00 \u2013 2026-03-02 09:00:00 UTC');
  await show(page, 75, 1);
  assert.equal(await range(page), '2026-03-02 08:45:00 \u2013 2026-03-02 09:15:00 UTC');
  await close();
});

test('a window in the past stays where a reader put it', async () => {
  const { page, close } = await open(file);
  await key(page, '+', 'ArrowLeft', 'ArrowLeft');
  const chosen = await range(page);
  await show(page, 120, 1);
  assert.equal(await range(page), chosen);
  await close();
});

test('what was dropped from the beginning moves no window before it', async () => {
  const { page, close } = await open(file);
  await key(page, '+', '+', 'ArrowLeft', 'ArrowLeft', 'ArrowLeft', 'ArrowLeft', 'ArrowLeft');
  await show(page, 120, 1, 100);
  const [from, to] = (await range(page)).replace(' UTC', '').split(' \u2013 ');
  assert.ok(from >= '2026-03-02 09:40:00' && to <= '2026-03-02 10:00:00' && from < to, `${from} ${to}`);
  await close();
});

test('the chosen event stays chosen, and the keys go on from it', async () => {
  const { page, mishaps, close } = await open(file);
  await key(page, 'n', 'n', 'n');
  assert.match(await page.locator('.record').textContent(), /08:02:00 UTC.*a\.log:3/);
  await show(page, 90, 1);
  assert.match(await page.locator('.record').textContent(), /08:02:00 UTC/);
  await key(page, 'n');
  assert.match(await page.locator('.record').textContent(), /08:03:00 UTC.*a\.log:4/);
  assert.deepEqual(mishaps, []);
  await close();
});

test('tunnels that come get their rows, and from the second on there is a search', async () => {
  const { page, close } = await open(file);
  const height = () => page.evaluate(() => document.querySelector('.rows').clientHeight);
  const [before, search] = [await height(), page.locator('.tools input[type=search]')];
  assert.equal(await search.isVisible(), false);
  await show(page, 60, 200);
  assert.ok((await height()) > 100 * before);
  assert.ok(await search.isVisible());
  await search.fill('vpn-77/');
  await show(page, 61, 200);
  assert.equal(await search.inputValue(), 'vpn-77/');
  assert.equal(await height(), before, 'the filter holds');
  await close();
});

test('hundreds of tunnels are updated within a fraction of a second', async (t) => {
  const { page, close } = await open(file);
  await show(page, 40, 300);
  const took = await page.evaluate(async () => {
    const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    const all = [];
    for (let i = 1; i <= 9; ++i) {
      const start = performance.now();
      globalThis.show(40 + i, 300);
      await frame();
      all.push(performance.now() - start);
    }
    return all.sort((a, b) => a - b)[4];
  });
  t.diagnostic(`an update of 300 tunnels with 12,000 events takes ${Math.round(took)} ms`);
  assert.ok(took < 500, `${took} ms`);
  await close();
});
