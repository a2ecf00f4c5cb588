/** Sync, verify, delete and prune from a screen: a plan is made first, shown, and done once it is confirmed. */

import { catalogWords, type PlanItem } from '../../../core/catalog.ts';
import { FirnError } from '../../../core/errors.ts';
import type { TaskSummary } from '../../../core/task.ts';
import type { Action } from '../../actions.ts';
import { fieldOf } from '../../components/field.tsx';
import type { EffectContext } from '../../screen.ts';
import type { MenuItem, ScreenId } from '../../state.ts';
import {
	deleteLines,
	droppedOf,
	isDeleting,
	nothingToDo,
	pruneChoices,
	prunedCount,
	pruneLines,
	type SyncChoice,
	syncChoices,
	syncLines,
	verifyLines,
} from './store-words.ts';

/** What waits for its plan, and what the plan is then for. */
type Planning = { job: string } & (
	| { kind: 'sync' }
	| { kind: 'delete' }
	| { kind: 'prune'; pay: boolean }
	| { kind: 'verify'; readData: number }
);

/** Items of a plan that a question names. */
const NAMED = 4;

const DELETE_MENU: MenuItem[] = [
	{ label: 'What no snapshot needs', value: 'unneeded', note: 'their files are elsewhere, or gone from all snapshots' },
	{ label: 'Some by number', value: 'named', note: 'firn show --archives lists them' },
	{ label: 'All archives of the job', value: 'all', note: 'nothing is left to restore' },
];

const VERIFY_MENU: MenuItem[] = [
	{ label: 'Without reading', value: '0', note: 'is all there, as large as it was; do the sidecars agree' },
	{ label: 'And read 5 %', value: '5', note: 'what was proven longest ago first' },
	{ label: 'And read everything', value: '100', note: 'decrypt and hash each file' },
];

export class StoreWork {
	readonly #context: EffectContext;
	/** Its commands and questions are called after it. */
	readonly #screen: ScreenId;
	readonly #planning = new Map<string, Planning>();
	/** The plan that a question is about. */
	#asked: { planning: Planning; summary: TaskSummary } | undefined;

	constructor(context: EffectContext, screen: ScreenId) {
		this.#context = context;
		this.#screen = screen;
	}

	on(action: Action, job: string | undefined): void {
		if (action.type === 'done' || action.type === 'tasks') this.#look();
		if (job === undefined) return;
		const own = (name: string) => (name.startsWith(`${this.#screen}.`) ? name.slice(this.#screen.length + 1) : '');
		if (action.type === 'command') this.#command(own(action.id), job);
		if (action.type === 'reply') void this.#reply(own(action.tag), action.value, job);
	}

	#tag(name: string): string {
		return `${this.#screen}.${name}`;
	}

	#command(id: string, job: string): void {
		const { open } = this.#context;
		if (id === 'sync') void this.#plan({ job, kind: 'sync' });
		if (id === 'prune') void this.#plan({ job, kind: 'prune', pay: false });
		if (id === 'delete')
			open({ kind: 'menu', tag: this.#tag('delete'), title: `Delete archives of ${job}`, items: DELETE_MENU });
		if (id === 'verify') open({ kind: 'menu', tag: this.#tag('verify'), title: `Verify ${job}`, items: VERIFY_MENU });
	}

	async #reply(tag: string, value: string, job: string): Promise<void> {
		const { open } = this.#context;
		if (tag === 'verify') await this.#plan({ job, kind: 'verify', readData: Number(value) });
		if (tag === 'delete' && value === 'named')
			open({
				kind: 'prompt',
				tag: this.#tag('deleteNamed'),
				title: `Delete archives of ${job}`,
				label: 'Numbers or names, with spaces between them',
				field: fieldOf(''),
				hint: 'The column ARCHIVES has the numbers. What it frees and loses is shown before anything is deleted.',
			});
		else if (tag === 'delete') await this.#plan({ job, kind: 'delete' }, { [value]: true });
		if (tag === 'deleteNamed' && value.trim() !== '')
			await this.#plan({ job, kind: 'delete' }, { archives: value.trim().split(/[\s,]+/) });
		if (tag === 'syncHow') this.#confirmSync(value as SyncChoice);
		if (tag === 'pruneHow' && value === 'pay') await this.#plan({ job, kind: 'prune', pay: true });
		if (tag === 'pruneHow' && value === 'free') await this.#confirmPrune();
		if (tag.startsWith('do:')) await this.#act(tag.slice('do:'.length) as SyncChoice);
	}

	async #plan(
		planning: Planning,
		what: { archives?: string[]; all?: boolean; unneeded?: boolean } = {},
	): Promise<void> {
		const { call, env, fail, flash, refresh } = this.#context;
		const { job } = planning;
		try {
			const begun =
				planning.kind === 'sync'
					? await call('planSync', { job, env })
					: planning.kind === 'delete'
						? await call('planDelete', { job, env, ...what })
						: planning.kind === 'prune'
							? await call('planPrune', { job, env, pay: planning.pay })
							: await call('verify', { job, env, readData: planning.readData, dryRun: true });
			this.#planning.set(begun.task, planning);
			flash('info', `Making a plan of what the ${planning.kind} of ${job} would do.`);
			refresh();
		} catch (error) {
			fail(error);
		}
	}

	/** Asks about plans that are there now; not over another question, nor on another screen. */
	#look(): void {
		const { tasks, modal, screen } = this.#context.state();
		if (modal || screen !== this.#screen) return;
		for (const [task, planning] of this.#planning) {
			const summary = tasks[task]?.summary;
			if (!summary) continue;
			this.#planning.delete(task);
			if (summary.error) this.#context.fail(FirnError.fromPlain(summary.error));
			else if (summary.status !== 'stopped') void this.#ask(planning, summary);
		}
	}

	async #ask(planning: Planning, summary: TaskSummary): Promise<void> {
		const { flash, fail, open } = this.#context;
		const { job, kind } = planning;
		this.#asked = { planning, summary };
		const nothing = nothingToDo(kind, summary);
		if (nothing !== undefined) {
			flash('info', `${job}: ${nothing}`);
			return;
		}
		if (kind === 'verify') {
			open({
				kind: 'confirm',
				tag: this.#tag('do:keep'),
				title: `Verify ${job}?`,
				lines: verifyLines(summary),
				yes: 'Verify',
			});
			return;
		}
		if (kind === 'prune') {
			const items = planning.pay ? [] : pruneChoices(summary);
			const title = catalogWords('prune', summary);
			if (items.length > 0) open({ kind: 'menu', tag: this.#tag('pruneHow'), title, items });
			else await this.#confirmPrune();
			return;
		}
		try {
			const rows = await this.#items(job, summary);
			if (kind === 'delete') this.#confirmDelete(job, summary, rows);
			else {
				const items = syncChoices(summary);
				if (items.length > 1)
					open({ kind: 'menu', tag: this.#tag('syncHow'), title: catalogWords('sync', summary), items });
				else this.#confirmSync('keep', rows);
			}
		} catch (error) {
			fail(error);
		}
	}

	#confirmDelete(job: string, summary: TaskSummary, rows: PlanItem[]): void {
		this.#context.open({
			kind: 'confirm',
			tag: this.#tag('do:delete'),
			title: `Delete archives of ${job}?`,
			lines: deleteLines(summary, rows),
			yes: 'Delete',
			phrase: `delete ${summary.archives}`,
		});
	}

	/** Some items of a plan, for a question. */
	async #items(job: string, { details }: TaskSummary): Promise<PlanItem[]> {
		const { rows } = await this.#context.call('plan', { job, of: { plan: String(details.plan) }, limit: NAMED });
		return rows;
	}

	async #confirmPrune(): Promise<void> {
		const { open, fail } = this.#context;
		const asked = this.#asked;
		if (!asked) return;
		const { planning, summary } = asked;
		try {
			open({
				kind: 'confirm',
				tag: this.#tag('do:delete'),
				title: `Prune ${planning.job}?`,
				lines: pruneLines(summary, await this.#items(planning.job, summary)),
				yes: 'Prune',
				phrase: `prune ${prunedCount(summary)}`,
			});
		} catch (error) {
			fail(error);
		}
	}

	#confirmSync(choice: SyncChoice, rows: PlanItem[] = []): void {
		const asked = this.#asked;
		if (!asked) return;
		const { planning, summary } = asked;
		const deleting = isDeleting(choice, summary);
		this.#context.open({
			kind: 'confirm',
			tag: this.#tag(`do:${choice}`),
			title: `Sync ${planning.job}?`,
			lines: syncLines(summary, choice, rows),
			yes: 'Sync',
			...(deleting > 0 ? { phrase: `delete ${deleting}` } : {}),
		});
	}

	/** Exactly what was shown; the engine refuses a plan that the books have gone on from. */
	async #act(choice: SyncChoice | 'delete'): Promise<void> {
		const { call, env, fail, go, refresh } = this.#context;
		const asked = this.#asked;
		this.#asked = undefined;
		if (!asked) return;
		const { planning, summary } = asked;
		const { job } = planning;
		const plan = String(summary.details.plan);
		try {
			const begun =
				planning.kind === 'verify'
					? await call('verify', { job, env, readData: planning.readData })
					: planning.kind === 'delete'
						? await call('delete', { job, env, plan, archives: summary.archives })
						: planning.kind === 'prune'
							? await call('prune', { job, env, plan, archives: summary.archives, dropped: droppedOf(summary) })
							: await call('sync', {
									...{ job, env, plan },
									unknown: choice === 'unknown' || choice === 'both' ? 'delete' : 'keep',
									abortUploads: choice === 'uploads' || choice === 'both',
								});
			refresh();
			go('run', { task: begun.task });
		} catch (error) {
			fail(error);
		}
	}
}
