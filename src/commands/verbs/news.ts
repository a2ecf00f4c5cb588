/** What goes on, and what went on. */

import { Option } from 'commander';
import { HISTORY_STATUSES } from '../../core/history.ts';
import { LOG_LEVELS } from '../../core/log-entry.ts';
import { TASK_KINDS } from '../../core/task.ts';
import type { Verb } from '../verb.ts';

export function newsVerbs(verb: Verb): void {
	verb('status', 'show what is going on', async () => (await import('../status.ts')).status);
	verb(
		'stop <job>',
		'stop what is going on for a job; firn resume goes on with it',
		async () => (await import('../status.ts')).stop,
	);
	verb('log [job]', 'what went on and went wrong, and what to do about it', async () => (await import('../log.ts')).log)
		.addOption(new Option('--level <level>', 'this grave or graver').choices(LOG_LEVELS))
		.option('--since <when>', 'so long ago (90s, 30m, 2h, 3d, 1w), or a date')
		.option('--grep <words>', 'only entries with all these words')
		.option('--follow', 'go on until ctrl-c')
		.option('--limit <n>', 'print the newest n entries (default 100)');
	verb(
		'history [job-or-run]',
		'what came of runs and other work, of one job or all; of one run all that is known',
		async () => (await import('../history.ts')).history,
	)
		.option('--since <when>', 'so long ago (90s, 30m, 2h, 3d, 1w), or a date, by the clock here')
		.addOption(new Option('--status <status>', 'how it ended').choices(HISTORY_STATUSES))
		.addOption(new Option('--kind <kind>', 'what it was (default: all)').choices(TASK_KINDS))
		.option('-n, --limit <n>', 'print the newest n (default 50)');
}
