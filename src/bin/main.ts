/** argv to a command. Knows where the engine's code is, so that commands and client need not. */

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runCommand } from '../commands/program.ts';
import { besideModule } from '../core/beside.ts';

/** Runs the command line; gives the exit code. */
export async function main(argv: string[]): Promise<number> {
	const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
		version: string;
	};
	return runCommand(argv, {
		version,
		engineArgs: (home) => [
			'--disable-warning=ExperimentalWarning',
			fileURLToPath(besideModule(import.meta.url, 'engine-main')),
			...(home === undefined ? [] : ['--home', home]),
		],
		host: async (home) => {
			const [{ hostEngine }, { pathsFor }] = await Promise.all([
				import('../engine/host.ts'),
				import('../config/paths.ts'),
			]);
			return hostEngine(pathsFor(home), version);
		},
		serve: async (home) => {
			const [{ serve }, { pathsFor }] = await Promise.all([
				import('../engine/server.ts'),
				import('../config/paths.ts'),
			]);
			await serve(pathsFor(home), version);
		},
		paths: async (home) => (await import('../config/paths.ts')).pathsFor(home),
	});
}
