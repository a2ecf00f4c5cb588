import { resolve } from 'node:path';
import { credentialEnvironment } from '../client/environment.ts';
import { usageError } from '../core/errors.ts';
import { EXIT } from '../core/exit-codes.ts';
import { parseRate, parseSize } from '../core/sizes.ts';
import type { Params } from '../protocol/contract.ts';
import type { Context } from './context.ts';
import { followTask } from './follow.ts';
import { isStateFile } from './job-argument.ts';
import { wholeNumber } from './numbers.ts';

export interface BackupOptions {
	to?: string;
	job?: string;
	full?: boolean;
	dryRun?: boolean;
	detach?: boolean;
	exclude?: string[];
	excludeDeveloper?: boolean;
	defaultExcludes: boolean;
	oneFileSystem?: boolean;
	compression?: 'none' | 'gzip' | 'zstd';
	encrypt: boolean;
	recipient?: string[];
	splitSize?: string;
	partSize?: string;
	workers?: string;
	limitUpload?: string;
	storageClass?: string;
	endpoint?: string;
	region?: string;
	profile?: string;
	pathStyle?: boolean;
	layout?: 'archive' | 'mirror';
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
		return followTask(context, engine, task, job);
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

function jobOptions(given: BackupOptions): Params<'backup'>['options'] {
	const {
		splitSize,
		partSize,
		workers,
		limitUpload,
		exclude,
		recipient,
		defaultExcludes,
		excludeDeveloper,
		oneFileSystem,
	} = given;
	const { compression, storageClass, endpoint, region, profile, pathStyle, layout, encrypt } = given;
	if (!encrypt && recipient) {
		throw usageError('BAD_OPTIONS', '--no-encrypt and --recipient exclude each other.', 'Leave one of them out.');
	}
	const split = splitSize === undefined ? undefined : atLeast('--split-size', parseSize(splitSize), 64 * 1024);
	const part = partSize === undefined ? undefined : atLeast('--part-size', parseSize(partSize), 64 * 1024);
	const options = {
		exclude,
		excludeSystem: defaultExcludes ? undefined : false,
		excludeDeveloper,
		oneFileSystem,
		compression,
		encrypt: encrypt ? undefined : false,
		recipients: recipient,
		splitSize: split,
		partSize: part,
		workers: workers === undefined ? undefined : wholeNumber('--workers', workers, 1, 64),
		limitUpload: limitUpload === undefined ? undefined : parseRate(limitUpload),
		storageClass,
		endpoint,
		region,
		profile,
		pathStyle,
		layout,
	};
	return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

function atLeast(option: string, size: number, least: number): number {
	if (size >= least) return size;
	throw usageError('BAD_SIZE', `${option} of ${size} bytes is too small.`, `The least is ${least / 1024} KiB.`);
}
