/** The rest of the house: what is left out, the background process, the demo. */

import type { Verb } from '../verb.ts';

export function engineVerbs(verb: Verb): void {
	verb('excludes', 'list what is left out, and why', async () => (await import('../excludes.ts')).excludes)
		.option('--why <path>', 'which rule decides on this path')
		.option('--list <folder>', 'what is in this folder, with the rule for each name')
		.option('--count', 'files and bytes that are backed up and left out')
		.option('--job <name>', 'with --why, --list and --count: of this job (default: of all)');
	verb(
		'engine <what>',
		'the background process: status, stop, start; install, uninstall: as a service of systemd',
		async () => (await import('../engine.ts')).engine,
	)
		.option('--foreground', 'with start: do not go to the background')
		.option('--user', 'with install, uninstall: a service of yours (default)')
		.option('--system', 'with install, uninstall: a service of the system')
		.option('-n, --dry-run', 'with install: only show the unit, and where it would be');
	verb(
		'demo',
		'try everything out on a sample, leaving your files alone',
		async () => (await import('../demo.ts')).demo,
	);
}
