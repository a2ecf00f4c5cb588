/**
 * A backup to a store that charges begins once somebody has agreed to what it costs: what is new is looked for, the
 * price is shown, and esc leaves it at that. What costs nothing, or at most a cent, begins at once.
 */

import { found, isPriced } from '../../../client/upload-quote.ts';
import type { TaskSummary } from '../../../core/task.ts';
import { asksFor, newWords, uploadQuoteLines } from '../../../core/upload-quote.ts';
import type { Params } from '../../../protocol/contract.ts';
import type { Action } from '../../actions.ts';
import { displayName } from '../../components/text.ts';
import { DryLook } from '../../dry-look.ts';
import type { EffectContext } from '../../screen.ts';

const LOOKING = 'paid.looking';
const AGREE = 'paid.agree';

export interface Wanted {
	params: Params<'backup'>;
	/** Begins it; tells itself what goes wrong. */
	start: (params: Params<'backup'>) => Promise<void>;
	failed: (error: unknown) => void;
	/** Called before anything is asked of the person, who may go back then. */
	onAsk?: () => void;
}

/** One is looked at, or asked about, at a time. */
export class PaidStart {
	readonly #context: EffectContext;
	readonly #looking: DryLook<Wanted>;
	#asked: { wanted: Wanted; cost: number } | undefined;

	constructor(context: EffectContext) {
		this.#context = context;
		this.#looking = new DryLook(context, LOOKING, ['jobs']);
	}

	/** @param looked what a dry run has found already */
	async begin(wanted: Wanted, looked?: TaskSummary): Promise<void> {
		const { call, open, refresh } = this.#context;
		try {
			if (!(await isPriced(this.#context, wanted.params))) return await wanted.start(wanted.params);
			if (looked) return await this.#ask(wanted, wanted.params.job ?? '', looked);
			const { task, job } = await call('backup', { ...wanted.params, dryRun: true });
			this.#looking.begin(wanted, task);
			wanted.onAsk?.();
			const line = 'Looking for what is new, to say what it costs. Nothing is sent.';
			open({ kind: 'wait', tag: LOOKING, title: `Back up ${displayName(job)}`, line, task });
			refresh();
		} catch (error) {
			wanted.failed(error);
		}
	}

	/** Follows from every action. */
	on(action: Action): void {
		if (action.type === 'done' || action.type === 'tasks') this.#look();
		if (action.type !== 'reply') return;
		if (action.tag === LOOKING) void this.#looking.giveUp('Nothing was sent.');
		if (action.tag === AGREE && action.value === 'yes') void this.#agreed();
	}

	/** The price is told once all is counted. */
	#look(): void {
		const end = this.#looking.takeEnd();
		if (!end) return;
		const { of, task } = end;
		if (!task?.summary || task.summary.status === 'stopped')
			this.#context.flash('warn', 'What it costs was not found out.');
		else void this.#ask(of, task.job, task.summary);
	}

	async #ask(wanted: Wanted, job: string, { error, details, quote }: TaskSummary): Promise<void> {
		try {
			// What is wrong is told by the run itself.
			if (error || !quote || !asksFor(quote)) return await wanted.start(wanted.params);
			this.#asked = { wanted, cost: quote.requests };
			this.#context.open({
				kind: 'confirm',
				tag: AGREE,
				title: `Back up ${displayName(job)}: this costs money`,
				lines: [`New       ${newWords(found(details))}`, ...uploadQuoteLines(quote)],
				yes: 'Agree and start',
				chosen: 'yes',
			});
		} catch (error) {
			wanted.failed(error);
		}
	}

	async #agreed(): Promise<void> {
		const asked = this.#asked;
		this.#asked = undefined;
		if (asked) await asked.wanted.start({ ...asked.wanted.params, agreedCost: asked.cost });
	}
}

/** One for each app. */
const starts = new WeakMap<EffectContext, PaidStart>();

export function paidStartOf(context: EffectContext): PaidStart {
	const start = starts.get(context) ?? new PaidStart(context);
	starts.set(context, start);
	return start;
}
