import { EXIT } from '../core/exit-codes.ts';
import type { Context } from './context.ts';
import { beginsWords } from './next-run.ts';

/** `firn jobs enable|disable NAME`: whether it begins by itself, with its trigger left as it is. */
export async function enableJob(context: Context, [name]: string[], enabled: boolean): Promise<number> {
	const { job } = await context.ask((engine) =>
		engine.call('saveJob', { name: name!, cwd: process.cwd(), options: { enabled } }),
	);
	const { schedule } = job;
	context.out.record(job);
	if (!enabled) context.out.line(`Job ${name} no longer begins by itself; firn backup ${name} still runs it.`);
	else context.out.line(`Job ${name} is enabled; it ${beginsWords(schedule)}.`);
	return EXIT.ok;
}
