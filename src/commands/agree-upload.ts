import { isPriced } from '../client/upload-quote.ts';
import { usageError } from '../core/errors.ts';
import { formatUsd, parseUsd } from '../core/money.ts';
import type { TaskSummary } from '../core/task.ts';
import { asksFor, earlyDeletionWords, type UploadQuoteAnswer, uploadQuoteWords } from '../core/upload-quote.ts';
import type { Channel } from '../protocol/channel.ts';
import type { Params } from '../protocol/contract.ts';
import { askYes } from './ask-yes.ts';
import type { Context } from './context.ts';
import type { Output } from './output.ts';

/**
 * Says what a backup will cost, where that is known, and has it agreed to: by --yes, by --max-cost, or on the terminal.
 * What is new is counted by a scan, so this is only done where the store charges.
 * @returns the USD that were agreed to, or 'nothing' where nobody was asked; undefined: do not go on
 * @throws FirnError (usage) COST_TOO_HIGH, COST_NOT_AGREED, BAD_AMOUNT
 */
export async function agreeToUpload(
	context: Context,
	engine: Channel,
	params: Params<'backup'>,
	maxCost: string | undefined,
): Promise<number | 'nothing' | undefined> {
	const { out, options } = context;
	const most = maxCost === undefined ? undefined : parseUsd(maxCost);
	if (options.yes && most === undefined) return 'nothing';
	if (!(await isPriced(engine, params))) return 'nothing';
	out.line('Looking for what is new, to say what it costs.');
	const planned = await dryRunOf(engine, params);
	// What is wrong is told by the run itself.
	const { quote, status, error } = planned;
	if (status === 'stopped') return undefined;
	if (error || !quote) return 'nothing';
	if (asksFor(quote)) printUploadQuote(out, quote);
	if (most !== undefined) {
		if (quote.requests <= most) return quote.requests;
		throw usageError(
			'COST_TOO_HIGH',
			`Sending this would cost ${formatUsd(quote.requests)}, more than the ${formatUsd(most)} that it may.`,
			'Back up less, make archives larger with --split-size, or allow more with --max-cost.',
		);
	}
	if (!asksFor(quote)) return 'nothing';
	if (out.json || !out.isTerminal || !process.stdin.isTTY)
		throw usageError(
			'COST_NOT_AGREED',
			`Sending this costs ${formatUsd(quote.requests)}.`,
			'Add --yes to agree to it, or --max-cost USD for what it may cost.',
		);
	return (await askYes('Go on? Type yes: ')) ? quote.requests : undefined;
}

/** A scan that sends nothing, and says nothing: the run that follows tells all of it. */
async function dryRunOf(engine: Channel, params: Params<'backup'>): Promise<TaskSummary> {
	const { task } = await engine.call('backup', { ...params, dryRun: true });
	return new Promise((done, reject) => {
		engine.follow(task, { progress: () => {}, event: () => {}, done }).then(({ task: now }) => {
			if (now.summary) done(now.summary);
		}, reject);
	});
}

/** Prints what sending costs; nothing where nothing is known to cost anything. */
export function printUploadQuote(out: Output, quote: UploadQuoteAnswer): void {
	for (const words of [uploadQuoteWords(quote), earlyDeletionWords(quote)]) if (words !== '') out.line(words);
}
