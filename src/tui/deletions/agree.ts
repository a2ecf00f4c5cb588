/**
 * Agreeing to deletions that a mirror has held back: what is missing is looked for anew, shown with numbers and examples,
 * and a run that may take out so many, and not one more, begins once a person agrees.
 */

import { FirnError } from '../../core/errors.ts';
import type { LostFiles, TaskSummary } from '../../core/task.ts';
import type { Params } from '../../protocol/contract.ts';
import type { Action } from '../actions.ts';
import { displayName } from '../components/text.ts';
import { DryLook } from '../dry-look.ts';
import type { EffectContext } from '../screen.ts';
import { paidStartOf } from '../screens/jobs/paid-start.ts';
import type { LiveTask } from '../state.ts';
import { deletionsQuestion } from './held.ts';

const LOOKING = 'deletions.looking';
const AGREE = 'deletions.agree';
/** The screens that tell of it. */
const SCREENS = ['jobs', 'run'];
/** A dry run takes nothing out: it may count all of it, also where a disk looks unmounted. */
const ALL = Number.MAX_SAFE_INTEGER;

/** One is looked at, or asked about, at a time. */
class DeletionsAgreed {
	readonly #context: EffectContext;
	/** For the job of this name. */
	readonly #looking: DryLook<string>;
	#asked: { job: string; count: number; summary: TaskSummary } | undefined;

	constructor(context: EffectContext) {
		this.#context = context;
		this.#looking = new DryLook(context, LOOKING, SCREENS);
	}

	async begin(job: string): Promise<void> {
		const { call, open, fail, refresh } = this.#context;
		try {
			const { task } = await call('backup', { ...this.#params(job, ALL), dryRun: true });
			this.#looking.begin(job, task);
			const line = 'Looking for what the sources have no more. Nothing is deleted.';
			open({ kind: 'wait', tag: LOOKING, title: `Deletions of ${displayName(job)}`, line, task });
			refresh();
		} catch (error) {
			fail(error);
		}
	}

	/** Follows from every action. */
	on(action: Action): void {
		if (action.type === 'done' || action.type === 'tasks' || action.type === 'event') this.#look();
		if (action.type !== 'reply') return;
		if (action.tag === LOOKING) void this.#looking.giveUp('Nothing was deleted.');
		if (action.tag === AGREE && action.value === 'yes') void this.#agreed();
	}

	/** Asked once all is counted. */
	#look(): void {
		const { state, flash, fail } = this.#context;
		// The list may tell of its end before its events have come.
		const isWhole = (task: LiveTask) => lostOf(task) !== undefined || !Number(task.summary?.details.deletedFiles ?? 0);
		const end = this.#looking.takeEnd(isWhole);
		if (!end) return;
		const { of, task } = end;
		const summary = task?.summary;
		const lost = task && lostOf(task);
		const { jobs } = state();
		const job = jobs?.find(({ name }) => name === of);
		if (summary?.error) fail(FirnError.fromPlain(summary.error));
		else if (!summary || summary.status === 'stopped' || !job) flash('warn', 'What is missing was not found out.');
		else if (!lost?.doubt)
			flash('info', `Nothing of ${displayName(of)} is held back now: s on the screen Jobs starts it.`);
		else this.#ask(job, lost, summary);
	}

	#ask(job: { name: string; destination: string }, lost: LostFiles, summary: TaskSummary): void {
		const deletions = summary.details.deletions === 'follow' ? 'follow' : 'move';
		this.#asked = { job: job.name, count: lost.count, summary };
		this.#context.open(deletionsQuestion(AGREE, job, deletions, lost));
	}

	async #agreed(): Promise<void> {
		const asked = this.#asked;
		this.#asked = undefined;
		if (!asked) return;
		const { fail } = this.#context;
		const wanted = { params: this.#params(asked.job, asked.count), start: this.#start, failed: fail };
		await paidStartOf(this.#context).begin(wanted, asked.summary);
	}

	readonly #start = async (params: Params<'backup'>): Promise<void> => {
		const { call, go, fail, flash, refresh } = this.#context;
		try {
			const { job } = await call('backup', params);
			flash('info', `A run of ${displayName(job)} has begun, which takes out what was agreed to.`);
			refresh();
			go('run');
		} catch (error) {
			fail(error);
		}
	};

	#params(job: string, confirmDeletions: number): Params<'backup'> {
		const { cwd, env } = this.#context;
		return { job, cwd, options: {}, env, confirmDeletions };
	}
}

function lostOf({ events }: LiveTask): LostFiles | undefined {
	return events.map(({ event }) => event).find((event) => event.event === 'lost');
}

/** One for each app. */
const agreements = new WeakMap<EffectContext, DeletionsAgreed>();

/** Opens the question for a job. */
export function askForDeletions(job: string, context: EffectContext): void {
	void agreementOf(context).begin(job);
}

/** Follows from every action of the app. */
export function deletionsEffect(action: Action, context: EffectContext): void {
	agreementOf(context).on(action);
}

function agreementOf(context: EffectContext): DeletionsAgreed {
	const agreement = agreements.get(context) ?? new DeletionsAgreed(context);
	agreements.set(context, agreement);
	return agreement;
}
