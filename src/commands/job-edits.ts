import { createInterface } from 'node:readline/promises';
import { usageError } from '../core/errors.ts';
import { EXIT } from '../core/exit-codes.ts';
import { safePrint } from '../core/safe-print.ts';
import { BY_HAND } from '../core/schedule/trigger.ts';
import type { JobView, Params } from '../protocol/contract.ts';
import type { Context } from './context.ts';
import { type JobOptions, jobOptions } from './job-options.ts';
import { beginsWords } from './next-run.ts';

/** `firn jobs add NAME SRC... --to DEST`. */
export async function addJob(
	context: Context,
	[name, ...sources]: string[],
	options: JobOptions & { to: string },
): Promise<number> {
	const { to } = options;
	const params = { name: name!, create: true, sources, to, cwd: process.cwd(), options: jobOptions(options) };
	const { job, notes } = await save(context, params);
	for (const note of notes) context.out.line(safePrint(note));
	const begins = job.schedule.trigger === BY_HAND ? '' : `; it ${beginsWords(job.schedule)}`;
	context.out.line(`Job ${job.name} is there${begins}; firn backup ${job.name} runs it.`);
	return EXIT.ok;
}

/** What decides when a job begins: it is said after a change of them. */
const WHEN = ['trigger', 'jitter', 'window', 'catchUp'];

/** `firn jobs edit NAME`: what is not given stays as it is. */
export async function editJob(
	context: Context,
	[name]: string[],
	given: JobOptions & { source?: string[]; forget?: string[] },
): Promise<number> {
	const options = {
		...jobOptions(given),
		...(given.defaultExcludes === true ? { excludeSystem: true } : {}),
	};
	const { source, forget } = given;
	if (source === undefined && forget === undefined && Object.keys(options).length === 0) {
		throw usageError('NOTHING_TO_CHANGE', 'Nothing was given to change.', 'firn jobs edit --help lists what can be.');
	}
	const sources = source === undefined ? {} : { sources: source };
	const dropped = forget === undefined ? {} : { forget };
	const { job, notes } = await save(context, { name: name!, ...sources, ...dropped, cwd: process.cwd(), options });
	for (const note of notes) context.out.line(safePrint(note));
	if (WHEN.some((option) => option in options)) context.out.line(`It ${beginsWords(job.schedule)}.`);
	if (notes.length === 0) context.out.line(`Job ${name} is like that already.`);
	return EXIT.ok;
}

async function save(context: Context, params: Params<'saveJob'>): Promise<{ job: JobView; notes: string[] }> {
	const saved = await context.ask((engine) => engine.call('saveJob', params));
	context.out.record(saved.job);
	return saved;
}

/** `firn jobs remove NAME`. */
export async function removeJob(context: Context, [name]: string[]): Promise<number> {
	const { out } = context;
	if (!context.options.yes && !(await isWanted(context, name!))) return EXIT.interrupted;
	const removed = await context.ask((engine) => engine.call('removeJob', { name: name! }));
	out.record(removed);
	out.line(`Job ${name} is forgotten. What it has written to ${safePrint(removed.destination)} stays there.`);
	if (removed.stateFile) out.line(`So does its state database, so firn restore ${name} still works.`);
	return EXIT.ok;
}

async function isWanted({ out }: Context, name: string): Promise<boolean> {
	if (out.json || !out.isTerminal || !process.stdin.isTTY) {
		throw usageError('NOT_CONFIRMED', `Job ${name} was not removed: nobody can be asked.`, 'Say --yes.');
	}
	const lines = createInterface({ input: process.stdin, output: process.stdout });
	try {
		const answer = await lines.question(`Forget job ${safePrint(name)}? What it has written stays. [y/N] `);
		return /^y(es)?$/i.test(answer.trim());
	} finally {
		lines.close();
	}
}
