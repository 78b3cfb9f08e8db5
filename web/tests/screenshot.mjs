// A picture of a page. In: the page and the picture to write; environment CHROMIUM, PACKAGES. Out: the picture.
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const [file, picture] = process.argv.slice(2);
const { chromium } = createRequire(join(resolve(process.env.PACKAGES), 'package.json'))('playwright-core');
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: process.getuid() === 0 ? ['--no-sandbox'] : [] });
const page = await browser.newPage({ viewport: { width: 1040, height: 1500 } });
await page.goto(pathToFileURL(resolve(file)).href);
await page.waitForSelector('.viewport canvas');
await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
await page.screenshot({ path: picture });
await browser.close();
