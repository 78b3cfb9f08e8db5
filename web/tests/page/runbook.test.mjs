// The runbook's site in a real Chromium: its search, its links, both themes, a phone, and a policy that holds.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { barriers, finish, folder, open } from './browser.mjs';

after(finish);

const site = join(folder, 'runbook');
const made = spawnSync(process.env.TUNNELSCOPE, ['runbook', '--format', 'html', '--output', site], { encoding: 'utf8' });
assert.equal(made.status, 0, made.stderr);
const INDEX = join(site, 'index.html');
const CAUSE = join(site, 'causes', 'psk-mismatch.html');
const FILES = [join(site, 'runbook.css'), join(site, 'search.js')];
const shown = (page) => page.locator('tr[data-words]:visible');

for (const [name, file] of Object.entries({ INDEX, CAUSE })) {
  for (const colorScheme of ['light', 'dark']) {
    test(`${name} in the ${colorScheme} theme: nothing is requested or refused, axe finds nothing serious`, async () => {
      const { page, mishaps, close } = await open(file, { colorScheme, files: FILES });
      assert.deepEqual(await barriers(page), []);
      assert.deepEqual(mishaps, []);
      await close();
    });
  }
  test(`${name} fits a phone of 360 pixels`, async () => {
    const { page, close } = await open(file, { viewport: { width: 360, height: 740 } });
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 360);
    await close();
  });
}

test('the search finds by words of the text, and a link leads to the page', async () => {
  const { page, close } = await open(INDEX);
  const all = await shown(page).count();
  await page.getByLabel('Search causes, messages and rules').fill('pre-shared KEY');
  const some = await shown(page).count();
  assert.ok(some > 0 && some < all, `${some} of ${all}`);
  assert.equal(await page.locator('#found').textContent(), `${some} found`);
  await page.getByRole('link', { name: 'psk-mismatch', exact: true }).first().click();
  await page.waitForURL(/causes\/psk-mismatch\.html$/);
  await close();
});

for (const [what, text, entry] of [
  ['a pasted line with its values', 'AWS tunnel detected a pre-shared key mismatch with cgw: 52.1.2.3', 'aws-s2s/ikev2/psk-mismatch'],
  ['a line with words of its own log', '2026-11-20T22:00:00Z fw-berlin AWS tunnel detected a pre-shared key mismatch with cgw: 52.1.2.3', 'aws-s2s/ikev2/psk-mismatch'],
  ['a command', 'swanctl --load-creds --clear', 'psk-mismatch'],
]) {
  test(`the search finds ${what}`, async () => {
    const { page, close } = await open(INDEX);
    await page.getByLabel('Search causes, messages and rules').fill(text);
    await page.getByRole('link', { name: entry, exact: true }).first().waitFor({ state: 'visible', timeout: 2000 });
    assert.ok((await shown(page).count()) < 60);
    await close();
  });
}

test('a search that finds nothing says so, and clearing it shows everything again', async () => {
  const { page, close } = await open(INDEX);
  const all = await shown(page).count();
  const field = page.getByLabel('Search causes, messages and rules');
  await field.fill('no entry says this');
  assert.equal(await shown(page).count(), 0);
  assert.equal(await page.locator('#found').textContent(), '0 found');
  await field.fill('');
  assert.equal(await shown(page).count(), all);
  await close();
});

test('without a script the index shows everything, and no search that would not work', async () => {
  const { page, close } = await open(INDEX, { javaScriptEnabled: false });
  assert.ok((await shown(page).count()) > 100);
  assert.equal(await page.locator('#search').isVisible(), false);
  await close();
});
