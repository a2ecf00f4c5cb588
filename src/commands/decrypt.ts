import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { usageError } from '../core/errors.ts';
import { EXIT } from '../core/exit-codes.ts';
import type { Channel } from '../protocol/channel.ts';
import type { Params } from '../protocol/contract.ts';
import type { Context } from './context.ts';
import { followTask } from './follow.ts';
import { canAsk, type GivenIdentities, givenIdentities } from './identity-option.ts';
import { jobArgument } from './job-argument.ts';
import { printInspection } from './plan-view.ts';

export interface DecryptOptions {
	identity?: string[];
	out?: string;
	extract?: boolean;
	existing?: 'keep' | 'overwrite' | 'newer';
	deleteEncrypted?: boolean;
	dryRun?: boolean;
}

/** `firn decrypt [JOB|STATE_DB] FOLDER`: in this very process, so that it needs no engine and no network. */
export async function decrypt(context: Context, args: string[], options: DecryptOptions): Promise<number> {
	const isJob = args.length > 1 && (args[0]!.endsWith('.sqlite3') || !existsSync(args[0]!));
	const inputs = (isJob ? args.slice(1) : args).map((path) => resolve(path));
	for (const path of inputs) {
		if (!existsSync(path))
			throw usageError('INPUT_MISSING', `There is no ${path}.`, 'Give archives, or a folder of archives.');
	}
	if (options.extract && options.out === undefined) {
		throw usageError('NO_OUT', 'With --extract, say where the files should go.', 'Add --out DIR.');
	}
	const given = await givenIdentities(options.identity);
	const what = {
		...(isJob ? { job: jobArgument(args[0]!) } : {}),
		inputs,
		...(options.out === undefined ? {} : { out: resolve(options.out) }),
		extract: options.extract === true,
		...(options.existing === undefined ? {} : { existing: options.existing }),
		deleteEncrypted: options.deleteEncrypted === true,
	};
	const engine = await context.local();
	try {
		const isOpen = options.identity !== undefined || !canAsk(context) || (await opens(engine, inputs));
		const params = { ...what, ...(isOpen ? given : await askedIdentity(context)) } satisfies Params<'decrypt'>;
		if (options.dryRun) return await dryRun(context, engine, params);
		const { task } = await engine.call('decrypt', params);
		return await followTask(context, engine, task, '', 'ends here');
	} finally {
		engine.close();
	}
}

/** Whether the identities of this machine, if there are any, open something. */
async function opens(engine: Channel, inputs: string[]): Promise<boolean> {
	const { problems } = await engine.call('inspect', { inputs });
	return problems.every(({ code }) => code !== 'NO_IDENTITY' && code !== 'WRONG_IDENTITY');
}

async function askedIdentity({ out }: Context): Promise<GivenIdentities> {
	out.line('The archives are encrypted, and no identity here opens them.');
	return givenIdentities(['-']);
}

/** Says which archives there are and what opens them. */
async function dryRun({ out }: Context, engine: Channel, params: Params<'decrypt'>): Promise<number> {
	const { job, inputs, identityFiles, identityText, out: target } = params;
	const found = await engine.call('inspect', {
		inputs,
		...(identityFiles === undefined ? {} : { identityFiles }),
		...(identityText === undefined ? {} : { identityText }),
		...(job === undefined ? {} : { job }),
		...(target === undefined ? {} : { out: target }),
	});
	const { archives, totals, problems, ...rest } = found;
	for (const archive of archives) out.record({ event: 'archive', ...archive });
	printInspection(out, found);
	const status =
		problems.length > 0 ? 'failed' : totals.opens < totals.archives || totals.problems > 0 ? 'partial' : 'complete';
	const { archives: count, ...figures } = totals;
	const errors = problems.length + totals.problems;
	out.record({
		event: 'summary',
		status,
		run: '',
		files: 0,
		archives: count,
		errors,
		dryRun: 1,
		...figures,
		...rest,
		problems,
	});
	return status === 'failed' ? EXIT.usage : status === 'partial' ? EXIT.partial : EXIT.ok;
}
