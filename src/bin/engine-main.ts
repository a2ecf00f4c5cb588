/** The engine's process. */

import { readFileSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { compileCache } from './compile-cache.ts';

enableCompileCache(compileCache());
const [{ serve }, { pathsFor }] = await Promise.all([import('../engine/server.ts'), import('../config/paths.ts')]);
const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
	version: string;
};
const at = process.argv.indexOf('--home');
await serve(pathsFor(at === -1 ? undefined : process.argv[at + 1]), version);
process.exit();
