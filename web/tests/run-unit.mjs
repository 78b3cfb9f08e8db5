// Bundles the tests of web/src and runs them with node's own test runner. In: the folder of packages, one to write into, options of
// that runner and further test files.
import { createRequire } from 'node:module';
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

const [packages, out, ...options] = process.argv.slice(2);
const folder = new URL('unit/', import.meta.url).pathname;
const names = readdirSync(folder).filter((name) => name.endsWith('.test.ts'));
const { build } = createRequire(join(resolve(packages), 'package.json'))('esbuild');
await build({
  entryPoints: names.map((name) => join(folder, name)),
  bundle: true,
  platform: 'node',
  format: 'esm',
  outdir: resolve(out),
  outExtension: { '.js': '.mjs' },
  nodePaths: [resolve(packages)],
  logLevel: 'warning',
});
const files = names.map((name) => join(resolve(out), name.replace(/\.ts$/, '.mjs')));
process.exit(spawnSync(process.execPath, ['--test', ...options, ...files], { stdio: 'inherit' }).status ?? 1);
