import { resolve } from 'node:path';
import { describeDecision } from '../core/describe-decision.ts';
import { usageError } from '../core/errors.ts';
import { EXIT } from '../core/exit-codes.ts';
import { safePrint } from '../core/safe-print.ts';
import type { Explanation, FolderRow, Measured, Selection } from '../core/selection.ts';
import { counted, formatSize } from '../core/sizes.ts';
import type { Channel } from '../protocol/channel.ts';
import type { JobView } from '../protocol/contract.ts';
import type { Context } from './context.ts';

export interface ExcludesOptions {
	why?: string;
	list?: string;
	count?: boolean;
	job?: string;
}

/** `firn excludes`: what is left out by default; with --why, --list and --count, what a job leaves out. */
export async function excludes(context: Context, _: string[], options: ExcludesOptions): Promise<number> {
	const { why, list, count, job } = options;
	const wanted = [why, list, count].filter((one) => one !== undefined);
	if (wanted.length > 1) {
		throw usageError('BAD_OPTIONS', '--why, --list and --count exclude each other.', 'Give one of them.');
	}
	if (wanted.length === 0) {
		if (job === undefined) return defaults(context);
		throw usageError('BAD_OPTIONS', '--job needs something to ask.', 'Add --why PATH, --list FOLDER or --count.');
	}
	return context.ask(async (engine) => {
		for (const one of await jobsOf(engine, job)) {
			const selection = selectionOf(one);
			if (why !== undefined) await explain(context, engine, one, selection, resolve(why));
			else if (list !== undefined) await listFolder(context, engine, one, selection, resolve(list));
			else await measure(context, engine, one, selection);
		}
		return EXIT.ok;
	});
}

async function defaults(context: Context): Promise<number> {
	const { out } = context;
	const lists = await context.ask((engine) => engine.call('excludes', {}));
	out.record(lists);
	out.result('Left out unless --no-default-excludes is given:');
	for (const name of lists.system) out.result(`  ${name}`);
	out.result('Left out with --exclude-developer:');
	for (const name of lists.developer) out.result(`  ${name}`);
	return EXIT.ok;
}

/** The job of that name, or all. */
async function jobsOf(engine: Channel, name: string | undefined): Promise<JobView[]> {
	const { jobs } = await engine.call('jobs', {});
	const found = name === undefined ? jobs : jobs.filter((job) => job.name === name);
	if (found.length > 0) return found;
	const what = name === undefined ? 'There are no jobs yet.' : `There is no job ${name}.`;
	throw usageError('JOB_UNKNOWN', what, 'firn jobs lists them, firn jobs add makes one.');
}

function selectionOf(job: JobView): Selection {
	const { sources, excludes, excludeSystem, excludeDeveloper, oneFileSystem, destination } = job;
	return { sources, excludes, excludeSystem, excludeDeveloper, oneFileSystem, to: destination };
}

async function explain({ out }: Context, engine: Channel, job: JobView, selection: Selection, path: string) {
	const [explained] = (await engine.call('explain', { paths: [path], selection })).paths as [Explanation];
	out.record({ job: job.name, ...explained });
	const missing = explained.exists ? '' : ' (there is nothing at this path)';
	out.result(
		`${job.name}: ${safePrint(path)} is ${WORDS[explained.mark]}: ${describeDecision(explained, path)}.${missing}`,
	);
	if (explained.problem) out.result(`It cannot be read: ${explained.problem}.`);
}

const WORDS: Record<Explanation['mark'], string> = {
	included: 'backed up',
	mixed: 'backed up in part',
	excluded: 'left out',
	outside: 'not backed up',
};

async function listFolder({ out }: Context, engine: Channel, job: JobView, selection: Selection, path: string) {
	const rows: FolderRow[] = [];
	let cursor: string | undefined;
	do {
		const page = await engine.call('folders', { path, selection, limit: 5000, ...(cursor ? { cursor } : {}) });
		rows.push(...page.rows);
		cursor = page.cursor;
	} while (cursor !== undefined);
	for (const row of rows) out.record({ job: job.name, ...row });
	out.line(`${safePrint(path)} in job ${job.name}:`);
	const cells = rows.map((row) => [
		MARKS[row.mark],
		safePrint(row.name) + (row.type === 'dir' ? '/' : ''),
		row.type === 'file' ? formatSize(row.bytes) : '',
		row.mark === 'included' && row.decided.by === 'source'
			? (row.problem ?? '')
			: describeDecision(row, `${path === '/' ? '' : path}/${row.name}`),
	]);
	out.table(['', 'name', 'size', 'why'], cells, [2]);
}

const MARKS: Record<FolderRow['mark'], string> = { included: '[x]', mixed: '[-]', excluded: '[ ]', outside: '[ ]' };

async function measure({ out }: Context, engine: Channel, job: JobView, selection: Selection) {
	const [taken, there] = await Promise.all([
		measured(engine, selection.sources, selection),
		measured(engine, selection.sources, undefined),
	]);
	const rows = selection.sources.map((source, index) => [taken[index]!, there[index]!, source] as const);
	for (const [included, all, path] of rows) {
		const left = { files: all.files - included.files, bytes: all.bytes - included.bytes };
		const { files, bytes, unreadable } = included;
		out.record({ job: job.name, path, files, bytes, unreadable, excludedFiles: left.files, excludedBytes: left.bytes });
		out.result(`${job.name}: ${safePrint(path)}`);
		out.result(`  backed up  ${counted(files, 'file')}, ${formatSize(bytes)}`);
		out.result(`  left out   ${counted(left.files, 'file')}, ${formatSize(left.bytes)}`);
	}
}

const POLL_MS = 200;

/** Asks until all is counted. */
async function measured(engine: Channel, paths: string[], selection: Selection | undefined): Promise<Measured[]> {
	for (;;) {
		const answer = await engine.call('measure', { paths, ...(selection ? { selection } : {}) });
		if (answer.paths.every(({ state }) => state === 'done')) return answer.paths;
		await new Promise((wake) => setTimeout(wake, POLL_MS));
	}
}
