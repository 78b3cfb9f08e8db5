// The page of a check in a real Chromium: the two ends side by side, what differs marked, the repair as a diff, nothing hostile alive.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { barriers, finish, folder, open, ROOT } from './browser.mjs';

after(finish);

let made = 0;
function check(args, cwd) {
  const file = join(folder, `check-${++made}.html`);
  const run = spawnSync(process.env.TUNNELSCOPE, ['check', '--format', 'html', '--output', file, ...args], { cwd, encoding: 'utf8' });
  assert.ok(run.status === 0 || run.status === 1, `${run.status}: ${run.stderr}`);
  return file;
}
const SAMPLE = join(ROOT, 'samples/check/change-mends-and-breaks');
const PAGE = check(readFileSync(join(SAMPLE, 'args'), 'utf8').trim().split('\n'), SAMPLE);

for (const colorScheme of ['light', 'dark']) {
  test(`in the ${colorScheme} theme nothing is requested or refused, axe finds nothing serious`, async () => {
    const { page, mishaps, close } = await open(PAGE, { colorScheme });
    assert.deepEqual(await barriers(page), []);
    assert.deepEqual(mishaps, []);
    await close();
  });
}

test('it fits a phone of 360 pixels', async () => {
  const { page, close } = await open(PAGE, { viewport: { width: 360, height: 740 } });
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 360);
  await close();
});

test('the stage that fails shows both values with their places, and a diff that mends it', async () => {
  const { page, close } = await open(PAGE);
  const row = page.locator('tr', { has: page.locator('th', { hasText: /^identity$/ }) });
  for (const part of ['203.0.113.10', 'cloud.swanctl.conf:19', 'vpn.example.net', 'gateway.swanctl.conf:23']) assert.ok((await row.textContent()).includes(part), part);
  assert.equal(await row.locator('mark').count(), 2);
  assert.ok((await page.locator('.diff ins').first().textContent()).includes('id = 203.0.113.10'));
  await close();
});

test('settings that differ are marked, of stages that agree as well', async () => {
  const { page, close } = await open(PAGE);
  const row = page.locator('tr', { has: page.locator('th', { hasText: 'lifetime of Phase 2' }) });
  for (const part of ['80 s', 'cloud.swanctl.conf:31', '20 s', 'gateway.swanctl.conf:31']) assert.ok((await row.textContent()).includes(part), part);
  assert.equal(await row.locator('mark').count(), 2);
  await close();
});

test('hostile names of a configuration are text', async () => {
  const hostile = '<img src=x onerror=alert(1)></script><script>alert(1)</script>';
  const cloud = join(folder, 'cloud.conf');
  const text = readFileSync(join(SAMPLE, 'cloud.swanctl.conf'), 'utf8');
  writeFileSync(cloud, text.replace(/id = 203\.0\.113\.10/, `id = "${hostile}"`));
  const { page, mishaps, close } = await open(check(['--cloud', cloud, '--gateway', 'gateway.swanctl.conf'], SAMPLE));
  assert.ok((await page.locator('body').textContent()).includes('<img src=x onerror=alert(1)>'));
  assert.deepEqual(mishaps, []);
  await close();
});
