import { resolve } from 'node:path';
import { credentialEnvironment } from '../client/environment.ts';
import { EXIT } from '../core/exit-codes.ts';
import { storesSome, uploadQuoteLines } from '../core/upload-quote.ts';
import type { Channel } from '../protocol/channel.ts';
import type { Params } from '../protocol/contract.ts';
import { agreeToUpload } from './agree-upload.ts';
import type { Context } from './context.ts';
import { awaitTask, followTask, report } from './follow.ts';
import { isStateFile } from './job-argument.ts';
import { type JobOptions, jobOptions } from './job-options.ts';
import { wholeNumber } from './numbers.ts';
import { remindOfSheet } from './recovery-sheet.ts';

export interface BackupOptions extends JobOptions {
	to?: string;
	job?: string;
	full?: boolean;
	checksum?: boolean;
	confirmDeletions?: string;
	dryRun?: boolean;
	maxCost?: string;
	detach?: boolean;
}

/** `firn backup SRC... --to DEST`, `firn backup JOB` or `firn backup JOB PATH...`. */
export async function backup(context: Context, sources: string[], options: BackupOptions): Promise<number> {
	const params = {
		...(options.job === undefined ? {} : { job: options.job }),
		sources,
		...(options.to === undefined ? {} : { to: options.to }),
		cwd: process.cwd(),
		options: jobOptions(options),
		full: options.full === true,
		...mirrorOptions(options),
		dryRun: options.dryRun === true,
		env: credentialEnvironment(),
	} satisfies Params<'backup'>;
	return context.ask(async (engine) => {
		const agreed = params.dryRun ? 'nothing' : await agreeToUpload(context, engine, params, options.maxCost);
		if (agreed === undefined) return EXIT.interrupted;
		const agreedCost = agreed === 'nothing' ? {} : { agreedCost: agreed };
		const { task, job, notes } = await engine.call('backup', { ...params, ...agreedCost });
		for (const note of notes) context.out.line(note);
		if (params.dryRun && notes.length > 0) context.out.line('This is a dry run: the job itself stays as it was.');
		if (options.detach) return detached(context, job, task);
		if (params.dryRun) return dryRun(context, engine, { task, job });
		const code = await followTask(context, engine, task, job);
		if (code === EXIT.ok) await remindOfSheet(context, engine);
		return code;
	});
}

function mirrorOptions({ checksum, confirmDeletions }: BackupOptions) {
	return {
		...(checksum ? { checksum } : {}),
		...(confirmDeletions === undefined
			? {}
			: { confirmDeletions: wholeNumber('--confirm-deletions', confirmDeletions, 1, Number.MAX_SAFE_INTEGER) }),
	};
}

/** What would be stored, and what that costs where it is known. */
async function dryRun(
	context: Context,
	engine: Channel,
	{ task, job }: { task: string; job: string },
): Promise<number> {
	const { kind, summary } = await awaitTask(context, engine, task, job);
	if (!summary) return EXIT.interrupted;
	const { out } = context;
	const { quote } = summary;
	if (quote) out.record({ event: 'quote', ...quote });
	const code = report(out, kind, summary, job);
	if (quote && storesSome(quote)) for (const line of uploadQuoteLines(quote)) out.line(line);
	return code;
}

/** `firn resume [JOB|STATE_DB]`. */
export async function resume(context: Context, [what]: string[], { detach }: { detach?: boolean }): Promise<number> {
	const named = what === undefined ? {} : isStateFile(what) ? { stateFile: resolve(what) } : { job: what };
	return context.ask(async (engine) => {
		const { tasks } = await engine.call('resume', { ...named, env: credentialEnvironment() });
		let code: number = EXIT.ok;
		for (const { task, job } of tasks) {
			if (code === EXIT.interrupted) break;
			code = Math.max(code, detach ? detached(context, job, task) : await followTask(context, engine, task, job));
		}
		return code;
	});
}

function detached({ out }: Context, job: string, task: string): number {
	out.record({ event: 'started', job, task });
	out.line(`The run of ${job} goes on in the background. firn status shows it, firn stop ${job} stops it.`);
	return EXIT.ok;
}
