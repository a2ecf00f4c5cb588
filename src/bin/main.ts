/** argv to a command. Knows where the engine's code is, so that commands and client need not. */

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommand } from '../commands/program.ts';
import { besideModule } from '../core/beside.ts';
import { exactArguments } from './exact-arguments.ts';

const chosenHome = (home: string | undefined): string | undefined => home ?? (process.env.FIRN_HOME || undefined);

/** Runs the command line; gives the exit code. */
export async function main(argv: string[]): Promise<number> {
	const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
		version: string;
	};
	return runCommand(exactArguments(argv), {
		version,
		engineArgs: (home) => [
			'--disable-warning=ExperimentalWarning',
			fileURLToPath(besideModule(import.meta.url, 'engine-main')),
			// The engine's working folder is another one.
			...(chosenHome(home) === undefined ? [] : ['--home', resolve(chosenHome(home)!)]),
		],
		host: async (home) => {
			const [{ hostEngine }, { pathsFor }] = await Promise.all([
				import('../engine/host.ts'),
				import('../config/paths.ts'),
			]);
			return hostEngine(pathsFor(home), version);
		},
		serve: async (home, passphrase) => {
			const [{ serve }, { pathsFor }] = await Promise.all([
				import('../engine/server.ts'),
				import('../config/paths.ts'),
			]);
			return serve(pathsFor(home), version, passphrase);
		},
		app: async (options) => {
			// React decides by this, while it is loaded, whether it checks itself at every step.
			process.env.NODE_ENV = 'production';
			// And chalk whether there may be bold and inverse at all: that much is needed without colours too.
			process.env.FORCE_COLOR = '1';
			return (await import('../tui/main.ts')).runTui(options);
		},
		appearance: async (home) => {
			const [{ readAppearance }, { pathsFor }] = await Promise.all([
				import('../config/appearance.ts'),
				import('../config/paths.ts'),
			]);
			return readAppearance(pathsFor(home).configFile);
		},
		paths: async (home) => (await import('../config/paths.ts')).pathsFor(home),
	});
}
