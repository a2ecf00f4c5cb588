/** What the restore wizard asks of the engine, and what it asks people. */

import { FirnError, toFirnError } from '../../../core/errors.ts';
import { formatUsd } from '../../../core/money.ts';
import type { QuoteAnswer, RestorePlanAnswer, TierAnswer } from '../../../core/restore-answers.ts';
import { counted, formatSize } from '../../../core/sizes.ts';
import type { Action } from '../../actions.ts';
import { identityParams } from '../../components/identity-field.ts';
import { displayName } from '../../components/text.ts';
import type { EffectContext } from '../../screen.ts';
import type { MenuItem } from '../../state.ts';
import { formatWhen } from '../jobs/job-rows.ts';
import { costOf, tierText } from './cost.ts';
import { absolute } from './paths.ts';
import { nextPage, type ReportPage } from './report-state.ts';
import { type RestoreState, rowOf, type Snapshot } from './state.ts';

const PAGE = 500;
/** Snapshots and reports that a menu offers. */
const OFFERED = 200;

/** The newest question that was put to the engine, so that each is put once. */
let asked = 0;

export function restoreEffect(action: Action, context: EffectContext): void {
	const { state, screen, copy, flash } = context;
	const own = screen<RestoreState>('restore');
	if (own.plan.busy && own.plan.ask !== asked) void askPlan(own, context);
	switch (action.type) {
		case 'open':
			if (action.screen === 'restore') entered(own, context);
			return;
		case 'tasks':
			if (state().screen === 'restore') entered(own, context);
			return;
		case 'done':
			if (action.task === own.task) void loadReport(own.task, undefined, context);
			return;
		case 'reply':
			void replied(action.tag, action.value, own, context);
			return;
		case 'command':
			break;
		default:
			return;
	}
	if (action.id === 'app.copy' && own.step === 'report' && own.report.report) {
		copy(own.report.report.file);
		flash('info', `Copied: ${own.report.report.file}`);
	}
	if (own.step === 'report' && action.id.startsWith('list.')) {
		const cursor = nextPage(own.report);
		if (cursor !== undefined) void loadReport(own.report.report?.id, cursor, context);
	}
	if (action.id === 'restore.start') start(own, context);
	if (action.id === 'restore.reports') void offerReports(context);
	if (action.id === 'restore.stop' && own.task !== undefined) {
		context.open({
			kind: 'confirm',
			tag: 'restore.stop',
			title: 'Stop the restore?',
			lines: ['What is restored stays. The same restore, begun again, goes on with what is missing.'],
			yes: 'Stop',
		});
	}
	if (action.id === 'restore.choose') choose(own, context);
}

function entered(own: RestoreState, context: EffectContext): void {
	void loadSnapshots(own, context);
	lookAfterTask(own, context);
}

/** A restore that has ended while nobody looked has its report. */
function lookAfterTask({ step, task }: RestoreState, context: EffectContext): void {
	const { engine, tasks } = context.state();
	if (step !== 'run' || task === undefined || engine.state !== 'ok') return;
	const going = tasks[task];
	if (!going || going.summary) void loadReport(task, undefined, context);
}

/** Jobs whose snapshots are being asked for. */
const loading = new Set<string>();

async function loadSnapshots({ job, snapshots }: RestoreState, context: EffectContext): Promise<void> {
	if (job === undefined || snapshots[job] || loading.has(job)) return;
	loading.add(job);
	try {
		const { rows } = await context.call('show', { job, what: 'runs', cwd: context.cwd });
		context.dispatch({ type: 'restore/snapshots', job, snapshots: rows.flatMap(toSnapshot).reverse() });
	} catch (error) {
		// A job that has never run has none; the plan says so.
		if (!(error instanceof FirnError)) throw error;
	} finally {
		loading.delete(job);
	}
}

function toSnapshot({ snapshot, started, finished, status, files, bytes }: Record<string, unknown>): Snapshot[] {
	if (typeof snapshot !== 'number') return [];
	const time = Date.parse(String(finished ?? started));
	return [{ number: snapshot, time, status: String(status), files: Number(files), bytes: Number(bytes) }];
}

function request(own: RestoreState, cwd: string) {
	const { job, paths, snapshot, target } = own;
	return {
		job: job!,
		paths,
		cwd,
		target: absolute(target.text, cwd),
		...(snapshot === undefined ? {} : { snapshot }),
		...identityParams(own, (path) => absolute(path, cwd)),
	};
}

async function askPlan(own: RestoreState, { call, dispatch, cwd, env }: EffectContext): Promise<void> {
	const { ask } = own.plan;
	asked = ask;
	try {
		dispatch({ type: 'restore/planned', ask, answer: await call('planRestore', { ...request(own, cwd), env }) });
	} catch (error) {
		dispatch({ type: 'restore/refused', ask, error: toFirnError(error).toPlain() });
	}
}

const BACKGROUND = 'It goes on in the background when you leave.';

/** Asks how fast, where something has to be thawed. */
function start(own: RestoreState, context: EffectContext): void {
	const { answer, busy, error } = own.plan;
	const going = own.task === undefined ? undefined : context.state().tasks[own.task];
	if (going && going.summary === undefined) return;
	if (busy || error || !answer) return;
	const [problem] = answer.problems;
	if (problem) {
		context.flash('error', [problem.message, problem.guidance].filter(Boolean).join(' '));
		return;
	}
	const { tiers } = answer.quote;
	if (tiers.length === 0) {
		confirm(own, answer, undefined, context);
		return;
	}
	const items = tiers.map((one) => ({ label: one.tier, value: one.tier, note: tierText(one) }));
	context.open({ kind: 'menu', tag: 'restore.tier', title: 'The archives must be thawed. How fast?', items });
}

/** Asks before anything is fetched or paid, in numbers. */
function confirm(
	own: RestoreState,
	answer: RestorePlanAnswer,
	tier: TierAnswer | undefined,
	context: EffectContext,
): void {
	const { files, bytes, fetchBytes, requests, target, existing } = answer;
	const cost = costOf(answer.quote, tier?.tier);
	const policy = { keep: 'kept', overwrite: 'overwritten', newer: 'replaced where they are older' };
	const lines = [
		`${counted(files, 'file')}, ${formatSize(bytes)}, into ${displayName(target.path)}.`,
		`${formatSize(fetchBytes)} are read from the store in ${counted(requests, 'request')}.`,
		...(tier ? [`Thaws ${counted(tier.archives, 'archive')} with the tier ${tier.tier}: ${tierText(tier)}.`] : []),
		...(!tier && cost.asks ? [`It costs ${formatUsd(cost.cost ?? 0)}.`] : []),
		...(existing.other > 0 ? [`In the way: ${counted(existing.other, 'other file')}, ${policy[own.existing]}.`] : []),
		tier ? 'You may quit meanwhile: it goes on by itself, also after a restart.' : BACKGROUND,
	];
	context.open({
		kind: 'confirm',
		tag: 'restore.start',
		title: `Restore from ${displayName(answer.job)}?`,
		lines,
		yes: 'Restore',
	});
}

/** What was shown and said yes to. */
function agreement(quote: QuoteAnswer, tier: TierAnswer['tier'] | undefined) {
	const { cost, tier: chosen } = costOf(quote, tier);
	return { agreedCost: cost ?? 0, ...(chosen ? { tier: chosen.tier } : {}) };
}

async function replied(tag: string, value: string, own: RestoreState, context: EffectContext): Promise<void> {
	const { call, dispatch, refresh, fail, cwd, env } = context;
	if (tag === 'restore.job') await loadSnapshots(context.screen<RestoreState>('restore'), context);
	if (tag === 'restore.tier' && own.plan.answer) {
		const { answer } = own.plan;
		confirm(
			own,
			answer,
			answer.quote.tiers.find((one) => one.tier === value),
			context,
		);
	}
	if (tag === 'restore.reports') await loadReport(value, undefined, context);
	if (value !== 'yes') return;
	if (tag === 'restore.start') {
		try {
			const agreed = own.plan.answer ? agreement(own.plan.answer.quote, own.tier) : {};
			const { task } = await call('restore', { ...request(own, cwd), ...agreed, existing: own.existing, env });
			dispatch({ type: 'restore/begun', task });
			refresh();
		} catch (error) {
			dispatch({ type: 'restore/failed', error: toFirnError(error).toPlain() });
		}
	}
	if (tag === 'restore.stop' && own.task !== undefined) {
		try {
			await call('stop', { task: own.task });
		} catch (error) {
			fail(error);
		}
	}
}

/** Pages that are being asked for. */
const reading = new Set<string>();

async function loadReport(id: string | undefined, cursor: string | undefined, context: EffectContext): Promise<void> {
	const key = `${id}/${cursor}`;
	if (id === undefined || reading.has(key)) return;
	reading.add(key);
	try {
		const page: ReportPage = await context.call('report', {
			id,
			limit: PAGE,
			...(cursor === undefined ? {} : { cursor }),
		});
		context.dispatch({ type: 'restore/report', page });
	} catch (thrown) {
		const error = toFirnError(thrown);
		if (error.code !== 'ENGINE_LOST') context.dispatch({ type: 'restore/unreported', error: error.toPlain() });
	} finally {
		reading.delete(key);
	}
}

/** The menu behind the row under the cursor. */
function choose(own: RestoreState, { open, state }: EffectContext): void {
	const row = rowOf(own);
	if (row === 'job') {
		const items = (state().jobs ?? []).map(({ name, destination }) => ({
			label: displayName(name),
			value: name,
			note: displayName(destination),
		}));
		if (items.length > 0) open({ kind: 'menu', tag: 'restore.job', title: 'Restore from which job?', items });
	}
	if (row === 'snapshot') {
		const all = own.snapshots[own.job ?? ''] ?? [];
		const items: MenuItem[] = all.slice(0, OFFERED).map((one) => ({
			label: `${one.number}  ${formatWhen(one.time, state().now)}`,
			value: String(one.number),
			note: `${counted(one.files, 'file')}, ${formatSize(one.bytes)}${one.status === 'complete' ? '' : `, ${one.status}`}`,
		}));
		const newest = { label: 'newest', value: 'newest', note: 'whichever it is when the restore begins' };
		open({ kind: 'menu', tag: 'restore.snapshot', title: 'As it was when?', items: [newest, ...items] });
	}
}

async function offerReports({ call, open, state, flash, fail }: EffectContext): Promise<void> {
	try {
		const { reports } = await call('reports', { limit: OFFERED });
		if (reports.length === 0) return flash('info', 'There are no reports yet: restores and decrypts leave them.');
		const items = reports.map(({ id, kind, job, started, status, problems }) => ({
			label: `${formatWhen(started, state().now)}  ${kind} ${displayName(job)}`,
			value: id,
			note: problems > 0 ? `${status}, ${counted(problems, 'problem')}` : status,
		}));
		open({ kind: 'menu', tag: 'restore.reports', title: 'Reports', items });
	} catch (error) {
		fail(error);
	}
}
