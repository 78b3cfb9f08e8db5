// A Chromium and pages of the program. In: environment TUNNELSCOPE (the program), CHROMIUM, PACKAGES (a folder with playwright-core and
// axe-core). Out: pages that note everything that must not happen: errors, requests, dialogs, violations of the policy.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

export const ROOT = new URL('../../../', import.meta.url).pathname;
const require = createRequire(join(process.env.PACKAGES, 'package.json'));
const { chromium } = require('playwright-core');
const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

export const folder = mkdtempSync(join(tmpdir(), 'tunnelscope-web-'));
let browser = null;
export async function launch() {
  browser ??= await chromium.launch({ executablePath: process.env.CHROMIUM, args: process.getuid() === 0 ? ['--no-sandbox'] : [] });
  return browser;
}
export async function finish() {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
}

let made = 0;
// The page of a diagnosis, as a file.
export function report(inputs, options = []) {
  const file = join(folder, `${++made}.html`);
  const run = spawnSync(process.env.TUNNELSCOPE, ['diagnose', '--format', 'html', '--output', file, ...options, ...inputs], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  assert.ok(run.status === 0 || run.status === 1, `${run.status}: ${run.stderr}`);
  return file;
}
export const sample = (name) => report([`samples/${name}/input`]);

// Opens a file, which may ask for `files`; `mishaps` fills with what must not happen.
export async function open(file, context = {}) {
  const { files = [], ...options } = context;
  const session = await (await launch()).newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await session.newPage();
  const mishaps = [];
  const address = pathToFileURL(file).href;
  const own = [file, ...files].map((path) => pathToFileURL(path).href);
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) mishaps.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => mishaps.push(`error: ${error.message}`));
  page.on('dialog', (dialog) => {
    mishaps.push(`dialog: ${dialog.message()}`);
    return dialog.dismiss();
  });
  page.on('request', (request) => {
    if (!own.includes(request.url()) && !request.url().startsWith('data:')) mishaps.push(`request: ${request.url()}`);
  });
  await page.goto(address);
  if (context.javaScriptEnabled !== false) await page.waitForSelector('.viewport canvas, main:not(:has(#chart))');
  return { page, mishaps, close: () => session.close() };
}

// What axe finds that is serious or critical; it must not fetch anything for that.
export async function barriers(page) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'], preload: false }));
  return violations
    .filter((v) => ['serious', 'critical'].includes(v.impact))
    .map(
      (v) =>
        `${v.id}: ${v.nodes
          .slice(0, 3)
          .map((n) => n.html.slice(0, 160))
          .join(' | ')}`,
    );
}
