// The page of `tunnelscope serve` in a real Chromium, while its log is being written.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { barriers, finish, folder, launch } from './browser.mjs';

const VPN = 'vpn-0123456789abcdef0';
const UP = 'AWS tunnel received DPD reply from cgw';
const MISMATCH = 'AWS tunnel detected a pre-shared key mismatch with cgw: 198.51.100.20';
const PATIENCE = { timeout: 60_000 };

let made = 0;
// A log of two tunnels that have been up for ten minutes; `say` adds a record at the present.
function log() {
  const path = join(folder, `live-${++made}.log`);
  const line = (ip, details, state, at) =>
    `${new Date(at).toISOString().replace('Z', '000+00:00')} ${VPN}-${ip}-IKE.log ${JSON.stringify({
      event_timestamp: Math.floor(at / 1000),
      details,
      dpd_enabled: true,
      nat_t_detected: false,
      ike_phase1_state: state,
      ike_phase2_state: state,
    })}\n`;
  let text = '';
  for (let ago = 600; ago > 0; ago -= 20) {
    for (const ip of ['203.0.113.17', '203.0.113.18']) text += line(ip, UP, 'established', Date.now() - ago * 1000);
  }
  writeFileSync(path, text);
  return { path, say: (ip, details, state) => appendFileSync(path, line(ip, details, state, Date.now())) };
}

async function serve(path, { port = 0, rest = [] } = {}) {
  const child = spawn(process.env.TUNNELSCOPE, ['serve', '--config', 'none', '--listen', `127.0.0.1:${port}`, ...rest, path], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  child.unref();  // a test that fails leaves it behind, and must not wait for it
  process.once('exit', () => child.kill());
  let said = '';
  const url = await new Promise((resolve, reject) => {
    child.stderr.on('data', (some) => {
      said += some;
      const found = /http:\/\/\S+/.exec(said);
      if (found) resolve(found[0]);
    });
    child.on('exit', () => reject(new Error(said)));
  });
  for (let tries = 0; (await fetch(`${url}api/report`, rest.length ? { headers: { authorization: `Bearer ${TOKEN}` } } : {})).status === 503; ++tries) {
    assert.ok(tries < 600, said);
    await new Promise((done) => setTimeout(done, 100));
  }
  return {
    url,
    stop: () =>
      new Promise((done) => {
        child.once('exit', done);
        child.kill();
      }),
  };
}
const TOKEN = '0123456789abcdef0123456789abcdef';

async function open(url, context = {}) {
  const session = await (await launch()).newContext({ viewport: { width: 1280, height: 900 }, ...context });
  const page = await session.newPage();
  const mishaps = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) mishaps.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => mishaps.push(`error: ${error.message}`));
  page.on('request', (request) => {
    if (!request.url().startsWith(url) && !request.url().startsWith('data:')) mishaps.push(`request: ${request.url()}`);
  });
  await page.goto(url);
  return { page, mishaps, close: () => session.close() };
}
const state = (page) => page.locator('#live .state');
const says = (page, words) => page.waitForFunction((text) => document.querySelector('#live .state')?.textContent.includes(text), words, PATIENCE);

after(finish);

test('a page follows its log: verdict, findings and timeline, in place', async () => {
  const written = log();
  const server = await serve(written.path);
  const { page, mishaps, close } = await open(server.url);
  await says(page, 'Live: 2 tunnels: 2 up');
  assert.equal(await page.title(), '2 tunnels: 2 up - tunnelscope');
  await page.waitForSelector('.viewport canvas');
  await page.evaluate(() => {
    globalThis.canvas = document.querySelector('.viewport canvas');
    globalThis.section = document.querySelector('#coverage');
  });

  written.say('203.0.113.17', MISMATCH, 'down');
  await says(page, 'Live: 2 tunnels: 1 down, 1 up');
  await page.waitForSelector('#findings article, #findings [id^="f-"]', PATIENCE);
  assert.match(await page.locator('#findings').innerText(), /pre-shared key/);
  assert.match(await page.locator('nav').innerText(), /Findings \([1-9]/);
  assert.ok(await page.evaluate(() => globalThis.canvas.isConnected && globalThis.section.isConnected), 'what stays is the same node');
  assert.deepEqual(await barriers(page), []);
  assert.deepEqual(mishaps, []);
  await close();
  await server.stop();
});

test('focus, scroll, what is folded open and zoom outlast a change', async () => {
  const written = log();
  written.say('203.0.113.17', MISMATCH, 'down');
  const server = await serve(written.path);
  const { page, mishaps, close } = await open(server.url, { viewport: { width: 1000, height: 500 } });
  await says(page, 'Live: 2 tunnels: 1 down');
  await page.waitForSelector('.viewport canvas');
  await page.locator('.viewport').focus();
  const shown = () => page.locator('.tools .range').textContent();
  for (let presses = 0; presses < 2; ++presses) {
    const last = await shown();
    await page.keyboard.press('+');
    await page.waitForFunction((text) => document.querySelector('.tools .range').textContent !== text, last);
  }
  const range = await shown();
  const id = await page.locator('#findings [id^="f-"]').first().getAttribute('id');
  const finding = page.locator(`#${id}`);
  await page.evaluate(() => {
    for (const details of document.querySelectorAll('#findings details')) details.open = true;
  });
  const opened = await page.locator('#findings details[open]').count();
  await finding.locator('.checklist input').first().check();
  await finding.focus();
  await finding.scrollIntoViewIfNeeded();
  const top = () => page.evaluate((name) => Math.round(document.getElementById(name).getBoundingClientRect().top), id);
  const before = await top();
  assert.ok((await page.evaluate(() => scrollY)) > 0);

  written.say('203.0.113.18', MISMATCH, 'down');
  await says(page, 'Live: 2 tunnels: 2 down');
  assert.equal(await page.evaluate(() => document.activeElement.id), id, 'focus');
  assert.ok(Math.abs((await top()) - before) < 40, `${before} became ${await top()}`);
  assert.ok((await page.locator('#findings details[open]').count()) >= opened, 'folded open');
  assert.ok(await finding.locator('.checklist input').first().isChecked(), 'ticked off');
  assert.equal(await page.locator('time[datetime]:not([title])').count(), 0, 'times here');
  assert.equal(await page.locator('.tools .range').textContent(), range, 'zoom');
  assert.deepEqual(mishaps, []);
  await close();
  await server.stop();
});

test('a connection that is lost is said, and found again', async () => {
  const written = log();
  const first = await serve(written.path);
  const { page, close } = await open(first.url);
  await says(page, 'Live: 2 tunnels: 2 up');
  await first.stop();
  await says(page, 'Connection lost at ');
  assert.equal(await state(page).getAttribute('role'), 'status');
  assert.ok(await page.locator('#live.lost').isVisible());
  written.say('203.0.113.17', MISMATCH, 'down');
  const again = await serve(written.path, { port: new URL(first.url).port });
  await says(page, 'Live: 2 tunnels: 1 down, 1 up');
  await close();
  await again.stop();
});

test('a log that falls silent is said', async () => {
  const written = log();
  const server = await serve(written.path, { rest: ['--stale-after', '3s'] });
  const { page, close } = await open(server.url);
  await says(page, 'Stale: ');
  assert.ok(await page.locator('#live.stale').isVisible());
  await close();
  await server.stop();
});

test('hostile text in a live log stays text', async () => {
  const written = log();
  const server = await serve(written.path);
  const { page, mishaps, close } = await open(server.url);
  await says(page, 'Live: ');
  written.say('203.0.113.17', '<img src=x onerror=alert(1)><script>alert(2)</script>', 'down');
  await says(page, '1 down');
  await page.waitForFunction(() => document.body.textContent.includes('onerror=alert(1)'), undefined, PATIENCE);
  assert.equal(await page.locator('img').count(), 0);
  assert.deepEqual(mishaps, []);
  await close();
  await server.stop();
});

test('without a script the page can be read, and asks again by itself', async () => {
  const server = await serve(log().path);
  const { page, close } = await open(server.url, { javaScriptEnabled: false });
  assert.match(await page.locator('#verdict').innerText(), /203\.0\.113\.17/);
  assert.match(await page.content(), /http-equiv="refresh" content="30"/);
  await close();
  await server.stop();
});

test('where a token is asked for, the browser asks its user for it', async () => {
  process.env.TUNNELSCOPE_TOKEN = TOKEN;
  const server = await serve(log().path, { rest: ['--stale-after', '1h'] });
  delete process.env.TUNNELSCOPE_TOKEN;
  const { page, mishaps, close } = await open(server.url, { httpCredentials: { username: 'ana', password: TOKEN } });
  await says(page, 'Live: 2 tunnels: 2 up');
  assert.deepEqual(mishaps.filter((text) => !text.includes('401')), []);
  await close();
  await server.stop();
});
