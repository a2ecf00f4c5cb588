/** `firn thaw`: restores that wait for cold storage. */

import { type FirnError, usageError } from '../core/errors.ts';
import { EXIT } from '../core/exit-codes.ts';
import { localMinute } from '../core/local-time.ts';
import { formatUsd } from '../core/money.ts';
import { safePrint } from '../core/safe-print.ts';
import { counted, formatCount, formatSize } from '../core/sizes.ts';
import type { ThawView } from '../protocol/contract.ts';
import { askYes } from './ask-yes.ts';
import type { Context } from './context.ts';

/** `firn thaw`: lists those that have not ended. */
export async function listThaws(context: Context): Promise<number> {
	const { out } = context;
	const { thaws } = await context.ask((engine) => engine.call('thaws', {}));
	for (const thaw of thaws) out.record({ event: 'thaw', ...thaw });
	if (thaws.length === 0) out.line('No restore waits for cold storage.');
	else out.table(['id', 'job', 'tier', 'state', 'done', 'thawing', 'ready by', 'cost', 'to'], thaws.map(cells), [4, 5]);
	for (const { id, reason } of thaws) if (reason !== undefined) out.line(`${id}: ${safePrint(reason)}`);
	return EXIT.ok;
}

function cells({ id, job, tier, state, settled, archives, thawing, readyBy, cost, target }: ThawView): string[] {
	return [
		id,
		job,
		tier,
		state,
		`${formatCount(settled)} of ${formatCount(archives)}`,
		formatCount(thawing),
		readyBy === undefined ? '-' : localMinute(readyBy),
		cost === undefined ? '?' : formatUsd(cost),
		safePrint(target),
	];
}

/** `firn thaw upgrade ID --tier TIER`. */
export async function upgradeThaw(
	context: Context,
	[id]: string[],
	{ tier }: { tier: 'bulk' | 'standard' | 'expedited' },
): Promise<number> {
	const { out, options } = context;
	return context.ask(async (engine) => {
		const asked = { id: id!, tier };
		const { archives, bytes, cost } = await engine.call('upgradeThaw', { ...asked, dryRun: true });
		const much = cost === undefined ? 'at a cost that is not known' : `for ${formatUsd(cost)} more`;
		out.line(`${counted(archives, 'archive')}, ${formatSize(bytes)}, would be thawed with the tier ${tier}, ${much}.`);
		const asks = cost === undefined || cost > 0.01;
		if (asks && !options.yes) {
			if (out.json || !process.stdin.isTTY || !out.isTerminal) throw notAgreed(tier, cost);
			if (!(await askYes('Go on? Type yes: '))) return EXIT.interrupted;
		}
		const { job } = await engine.call('upgradeThaw', { ...asked, agreedCost: cost ?? 0 });
		out.record({ event: 'upgraded', id, job, tier, archives, bytes, cost });
		out.line(`The rest of ${id} is thawed with the tier ${tier}.`);
		return EXIT.ok;
	});
}

function notAgreed(tier: string, cost: number | undefined): FirnError {
	const much = cost === undefined ? 'costs more, how much is not known' : `costs ${formatUsd(cost)} more`;
	return usageError('COST_NOT_AGREED', `The tier ${tier} ${much}.`, 'Add --yes to agree to it.');
}

/** `firn thaw cancel ID`. */
export async function cancelThaw(context: Context, [id]: string[]): Promise<number> {
	const { out } = context;
	const { job, settled, archives } = await context.ask((engine) => engine.call('cancelThaw', { id: id! }));
	out.record({ event: 'cancelled', id, job, settled, archives });
	out.line(
		`Cancelled ${id} of ${job}; ${formatCount(settled)} of ${counted(archives, 'archive')} are restored and stay.`,
	);
	return EXIT.ok;
}
