// Checks the types of web/src and of its tests. In: the folder that has node_modules. Out: the compiler's complaints, and then status 1.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const packages = resolve(process.argv[2]);
const web = new URL('../', import.meta.url).pathname;
// Packages are looked up beside the sources, where none are: the project is stated anew, with a path to them.
const project = JSON.parse(readFileSync(join(web, 'tsconfig.json'), 'utf8'));
Object.assign(project.compilerOptions, {
  paths: { '*': [join(packages, 'node_modules/*')] },
  typeRoots: [join(packages, 'node_modules/@types')],
});
project.include = project.include.map((folder) => join(web, folder));
const file = join(packages, 'types.json');
writeFileSync(file, JSON.stringify(project));
process.exit(
  spawnSync(process.execPath, [join(packages, 'node_modules/typescript/bin/tsc'), '-p', file], { stdio: 'inherit' }).status ?? 1,
);
