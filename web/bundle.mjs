// Bundles web/src/page.ts into one script for a browser. In: the folder of packages, the file to write. Out: that file.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const [packages, outfile] = process.argv.slice(2).map((path) => resolve(path));
const { build } = createRequire(join(packages, 'package.json'))('esbuild');

// What the licences of bundled packages ask to be kept.
const licence = (name, file) =>
  `${name}\n${readFileSync(join(packages, name, file), 'utf8')
    .replaceAll('\r', '')
    .trim()}`;
const apache = 'Apache ECharts is under the Apache License 2.0, http://www.apache.org/licenses/LICENSE-2.0';
const notices = [apache, licence('echarts', 'NOTICE'), licence('zrender', 'LICENSE'), licence('tslib', 'LICENSE.txt')]
  .join('\n\n')
  .replaceAll('*/', '* /');

await build({
  entryPoints: [new URL('src/page.ts', import.meta.url).pathname],
  bundle: true,
  minify: true,
  charset: 'ascii',
  format: 'iife',
  target: ['chrome100', 'firefox100', 'safari15'],
  legalComments: 'none',
  banner: { js: `/*!\n${notices}\n*/` },
  nodePaths: [packages],
  outfile,
  logLevel: 'warning',
});
const script = readFileSync(outfile, 'utf8');
// A browser changes these before it takes the hash of the script.
if (/<\/script|<!--|[\r\0]/i.test(script)) throw new Error('the bundle cannot stand inside a script element');
