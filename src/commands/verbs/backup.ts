/** Making backups, and looking at what is backed up. */

import { Option } from 'commander';
import type { Verb } from '../verb.ts';
import { DESTINATION, jobOptions } from './options.ts';

export function backupVerbs(verb: Verb): void {
	jobOptions(
		verb(
			'backup <what...>',
			'back up folders and files (with --to), or an existing job: all of it, or just the paths named after it',
			async () => (await import('../backup.ts')).backup,
		),
	)
		.option('--to <destination>', DESTINATION)
		.option('--job <name>', 'name of the job (default: of the first folder)')
		.option('--full', 'pack unchanged files too')
		.option('--max-cost <usd>', 'do not begin if sending it costs more than this')
		.option('--checksum', 'mirror: compare content also where size and time are the same')
		.option('--confirm-deletions <n>', 'mirror: take over this many deletions, however many files are missing')
		.option('-n, --dry-run', 'only say what would be done')
		.option('--detach', 'do not wait for the end')
		.addHelpText(
			'after',
			'\nWithout --to the first argument is a job, also where a path has that name; more arguments are paths that are\nbacked up alone with it. They may lie outside of its sources, or be excluded: then they stay in its snapshots until\nfirn jobs edit JOB --forget PATH.',
		);
	verb(
		'resume [job]',
		'go on with what was interrupted: a job, a state database, or all',
		async () => (await import('../backup.ts')).resume,
	).option('--detach', 'do not wait for the end');
	verb(
		'pause <job>',
		'let a running backup stand still; firn resume goes on with it',
		async () => (await import('../control.ts')).pause,
	);
	verb('limit <job>', 'change a running backup', async () => (await import('../control.ts')).limit)
		.option('--workers <n>', 'archives made at the same time')
		.option('--upload <rate>', 'bytes a second, such as 10MiB, or off');
	verb('show <job> [path]', 'list what is backed up', async () => (await import('../show.ts')).show)
		.option('--collate <depth>', 'totals of the folders at this depth')
		.option('--snapshot <n>', 'as it was then (default: newest)')
		.option('--level', 'list one folder only, with the totals of the folders in it')
		.addOption(new Option('--sort <by>', 'with --level: the order').choices(['name', 'size', 'files', 'time']))
		.option('--filter <words>', 'only what matches: words, status: archive: size:>1g before:2024-01-01 after: type:')
		.option('--versions', 'list all versions of one file')
		.option('--archives', 'list the archives')
		.option('--runs', 'list the runs')
		.option('--limit <n>', 'stop after this many rows');
}
