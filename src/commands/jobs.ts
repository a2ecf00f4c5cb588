import { EXIT } from '../core/exit-codes.ts';
import { safePrint } from '../core/safe-print.ts';
import type { Context } from './context.ts';
import { nextRunText } from './next-run.ts';

/** `firn jobs`: what is kept safe, and where. */
export async function jobs(context: Context): Promise<number> {
	const { out } = context;
	const { jobs: all } = await context.ask((engine) => engine.call('jobs', {}));
	for (const job of all) out.record(job);
	if (all.length === 0) out.line('There are no jobs yet: firn backup FOLDER --to DEST makes one and runs it.');
	else {
		const rows = all.map((job) => [
			job.name,
			job.layout,
			job.encrypted ? 'yes' : 'no',
			job.compression,
			nextRunText(job.schedule),
			safePrint(job.destination),
			safePrint(job.sources.join(', ')) + (job.extras ? `; also kept: ${safePrint(job.extras.join(', '))}` : ''),
		]);
		out.table(['job', 'layout', 'encrypted', 'compression', 'next run', 'destination', 'sources'], rows);
	}
	return EXIT.ok;
}
