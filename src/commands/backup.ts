import { resolve } from 'node:path';
import { credentialEnvironment } from '../client/environment.ts';
import { EXIT } from '../core/exit-codes.ts';
import type { Params } from '../protocol/contract.ts';
import type { Context } from './context.ts';
import { followTask } from './follow.ts';
import { isStateFile } from './job-argument.ts';
import { type JobOptions, jobOptions } from './job-options.ts';
import { remindOfSheet } from './recovery-sheet.ts';

export interface BackupOptions extends JobOptions {
	to?: string;
	job?: string;
	full?: boolean;
	dryRun?: boolean;
	detach?: boolean;
}

/** `firn backup SRC... --to DEST` or `firn backup JOB`. */
export async function backup(context: Context, sources: string[], options: BackupOptions): Promise<number> {
	const params = {
		...(options.job === undefined ? {} : { job: options.job }),
		sources,
		...(options.to === undefined ? {} : { to: options.to }),
		cwd: process.cwd(),
		options: jobOptions(options),
		full: options.full === true,
		dryRun: options.dryRun === true,
		env: credentialEnvironment(),
	} satisfies Params<'backup'>;
	return context.ask(async (engine) => {
		const { task, job, notes } = await engine.call('backup', params);
		for (const note of notes) context.out.line(note);
		if (options.detach) return detached(context, job, task);
		const code = await followTask(context, engine, task, job);
		if (code === EXIT.ok && !params.dryRun) await remindOfSheet(context, engine);
		return code;
	});
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
