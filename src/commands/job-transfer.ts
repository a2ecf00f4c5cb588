import { readFileSync } from 'node:fs';
import { createDurably } from '../core/create-durably.ts';
import { errnoCode, usageError } from '../core/errors.ts';
import { EXIT } from '../core/exit-codes.ts';
import { safePrint } from '../core/safe-print.ts';
import type { Context } from './context.ts';

/** `firn jobs export [NAME]`: on stdout, or into a new file. */
export async function exportJobs(context: Context, [name]: string[], { to }: { to?: string }): Promise<number> {
	const params = name === undefined ? {} : { name };
	const { content } = await context.ask((engine) => engine.call('exportJobs', params));
	if (to === undefined) {
		// What reads JSON lines gets it in one.
		process.stdout.write(context.out.json ? `${JSON.stringify(JSON.parse(content))}\n` : content);
		return EXIT.ok;
	}
	if (!written(to, content)) throw usageError('FILE_EXISTS', `There is a file ${to} already.`, 'Choose another name.');
	context.out.record({ event: 'exported', file: to });
	context.out.line(
		`${safePrint(to)} holds the settings of the jobs. Keys are not in it, but hooks are, as they were given.`,
	);
	return EXIT.ok;
}

/** `firn jobs import FILE`: all of it or nothing. */
export async function importJobs(context: Context, [file]: string[]): Promise<number> {
	const { out } = context;
	const source = file === '-' ? 'the standard input' : file!;
	const content = read(file!);
	const { jobs } = await context.ask((engine) => engine.call('importJobs', { content, source }));
	for (const { name, hooks, notes } of jobs) {
		out.record({ event: 'imported', job: name, hooks });
		out.line(`Job ${name} is there; firn backup ${name} runs it.`);
		for (const note of notes) out.line(`  ${safePrint(note)}`);
		for (const hook of hooks) out.line(`  It brings a hook, which will be run: ${safePrint(hook)}`);
	}
	if (jobs.length === 0) out.line('There are no jobs in it.');
	return EXIT.ok;
}

function written(file: string, content: string): boolean {
	try {
		return createDurably(file, content);
	} catch (error) {
		throw usageError('FILE_NOT_WRITTEN', `${file} cannot be written (${errnoCode(error)}).`, 'Choose another place.');
	}
}

function read(file: string): string {
	try {
		return readFileSync(file === '-' ? 0 : file, 'utf8');
	} catch (error) {
		throw usageError(
			'FILE_UNREADABLE',
			`${file} cannot be read (${errnoCode(error)}).`,
			'Name a file, or - for stdin.',
		);
	}
}
