import { setTimeout as sleep } from 'node:timers/promises';
import { usageError } from '../core/errors.ts';
import { EXIT } from '../core/exit-codes.ts';
import { localSecond } from '../core/local-time.ts';
import type { LogEntry, LogLevel } from '../core/log-entry.ts';
import { safePrint } from '../core/safe-print.ts';
import { counted } from '../core/sizes.ts';
import type { Channel } from '../protocol/channel.ts';
import type { Params } from '../protocol/contract.ts';
import type { Context } from './context.ts';
import { wholeNumber } from './numbers.ts';
import type { Output, Style } from './output.ts';
import { parseSince } from './since.ts';

export interface LogOptions {
	level?: LogLevel;
	since?: string;
	grep?: string;
	follow?: boolean;
	limit?: string;
}

const SHOWN = 100;
/** They are held to be printed oldest first. */
const MOST = 100_000;
const PAGE = 1000;
const FOLLOW_MS = 500;

/** `firn log [JOB]`: the newest entries, the newest last; with `--follow` what comes then, too. */
export async function log(context: Context, [job]: string[], options: LogOptions): Promise<number> {
	const { out, host } = context;
	const limit = options.limit === undefined ? SHOWN : wholeNumber('--limit', options.limit, 1, MOST);
	const query: Params<'log'> = {
		...(job === undefined ? {} : { job }),
		...(options.level ? { level: options.level } : {}),
		...(options.since === undefined ? {} : { since: parseSince(options.since, Date.now()) }),
		...(options.grep === undefined ? {} : { text: options.grep }),
	};
	// Not the engine's process: its log is wanted most when it does not come up.
	const engine = await host.host(context.options.home);
	try {
		const { rows, end, isAll, damaged } = await newest(engine, query, limit);
		if (rows.length === 0 && job !== undefined) await mustBeKnown(engine, job);
		for (const entry of rows.reverse()) print(out, entry);
		if (damaged > 0) out.note(`${counted(damaged, 'line')} of the log are damaged and left out.`);
		if (!isAll) out.note(`Older entries are left out; --limit ${limit * 10} shows more.`);
		if (!options.follow) {
			if (rows.length === 0) out.line('The log has nothing of that.');
			return EXIT.ok;
		}
		await follow(engine, query, end, out);
		return EXIT.interrupted;
	} finally {
		engine.close();
	}
}

async function newest(engine: Channel, query: Params<'log'>, limit: number) {
	const rows: LogEntry[] = [];
	let before: string | undefined;
	let end: string | undefined;
	let damaged = 0;
	do {
		const from = before === undefined ? {} : { before };
		const page = await engine.call('log', { ...query, ...from, limit: Math.min(PAGE, limit - rows.length) });
		end ??= page.end;
		rows.push(...page.rows);
		damaged += page.damaged;
		before = page.cursor;
	} while (before !== undefined && rows.length < limit);
	return { rows, end, damaged, isAll: before === undefined };
}

/** Until ctrl-c. */
async function follow(engine: Channel, query: Params<'log'>, from: string, out: Output): Promise<void> {
	const interrupted = new AbortController();
	process.once('SIGINT', () => interrupted.abort());
	let after = from;
	while (!interrupted.signal.aborted) {
		const { rows, end, cursor } = await engine.call('log', { ...query, after, limit: PAGE });
		for (const entry of rows) print(out, entry);
		after = end;
		if (cursor === undefined) await sleep(FOLLOW_MS, undefined, { signal: interrupted.signal }).catch(() => {});
	}
}

/** The log may have entries of a job that was removed; without any it is a slip of the pen. */
async function mustBeKnown(engine: Channel, job: string): Promise<void> {
	const { jobs } = await engine.call('jobs', {});
	if (jobs.some(({ name }) => name === job)) return;
	const names = jobs.map(({ name }) => name).join(', ');
	throw usageError(
		'JOB_UNKNOWN',
		`There is no job ${job}.`,
		names === '' ? 'There is none yet.' : `There are: ${names}.`,
	);
}

const STYLES: Record<LogLevel, Style> = { error: 'red', warning: 'yellow', info: 'dim' };

function print(out: Output, entry: LogEntry): void {
	const { place: _place, time, ...rest } = entry;
	out.record({ time: new Date(time).toISOString(), ...rest });
	const { level, job = '-', code, message, path, details, effect, remedy } = entry;
	const what = path === undefined ? safePrint(message) : `${safePrint(path)}: ${safePrint(message)}`;
	const head = `${localSecond(time)}  ${out.style(STYLES[level], level.padEnd(7))}  ${safePrint(job)}  `;
	out.result(`${head}${what}${code === undefined ? '' : ` (${safePrint(code)})`}`);
	for (const line of details?.split('\n') ?? []) out.result(`${INDENT}| ${safePrint(line)}`);
	if (effect !== undefined) out.result(`${INDENT}${safePrint(effect)}`);
	if (remedy !== undefined) out.result(`${INDENT}${safePrint(remedy)}`);
}

const INDENT = ' '.repeat(30);
