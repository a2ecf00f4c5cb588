import { found, isPriced } from '../client/upload-quote.ts';
import { type FirnError, usageError } from '../core/errors.ts';
import { formatUsd, parseUsd } from '../core/money.ts';
import type { TaskSummary } from '../core/task.ts';
import {
	asksFor,
	newWords,
	storesSome,
	type UploadQuoteAnswer,
	uploadPriceWords,
	uploadQuoteLines,
} from '../core/upload-quote.ts';
import type { Channel } from '../protocol/channel.ts';
import type { Params } from '../protocol/contract.ts';
import { askYes } from './ask-yes.ts';
import type { Context } from './context.ts';

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
	out.line('Looking for what is new, to say what it costs. Nothing is sent yet.');
	const planned = await dryRunOf(engine, params);
	// What is wrong is told by the run itself.
	const { quote, status, error, details } = planned;
	if (status === 'stopped') return undefined;
	if (error || !quote?.prices || !storesSome(quote)) return 'nothing';
	const asks = asksFor(quote);
	if (asks) {
		out.record({ event: 'quote', ...quote });
		out.line(`New       ${newWords(found(details))}`);
		for (const line of uploadQuoteLines(quote)) out.line(line);
	} else out.line(`That costs ${uploadPriceWords(quote)}.`);
	if (most !== undefined) {
		if (quote.requests <= most) return quote.requests;
		throw usageError(
			'COST_TOO_HIGH',
			`Sending this would cost ${formatUsd(quote.requests)}, more than the ${formatUsd(most)} that it may; nothing was sent.`,
			'Back up less, make archives larger with --split-size, or allow more with --max-cost.',
		);
	}
	if (!asks) return 'nothing';
	if (out.json || !out.isTerminal || !process.stdin.isTTY) throw notAgreed(quote, found(details));
	if (await askYes(`Send it for ${formatUsd(quote.requests)}? Type yes: `)) return quote.requests;
	out.line('Nothing was sent.');
	return undefined;
}

function notAgreed(quote: UploadQuoteAnswer, content: { files: number; bytes: number }): FirnError {
	const { requests, storageMonth, isMost } = quote;
	const keeping = `keeping it ${formatUsd(storageMonth)} a month`;
	// The next whole cent, so that it is enough.
	const enough = (Math.ceil(requests * 100) / 100).toFixed(2);
	return usageError(
		'COST_NOT_AGREED',
		`Sending ${newWords(content)} costs ${isMost ? 'at most ' : ''}${formatUsd(requests)}, and ${keeping}; nobody has agreed to it, so nothing was sent.`,
		`Add --yes to agree to it, or --max-cost ${enough} for what it may cost at most.`,
	);
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
