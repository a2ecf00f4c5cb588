import { FirnError } from '../../../core/errors.ts';
import { counted } from '../../../core/sizes.ts';
import type { Params } from '../../../protocol/contract.ts';
import type { Action } from '../../actions.ts';
import { intoView, LIST_START, moveList } from '../../components/list.ts';
import { askForDeletions } from '../../deletions/agree.ts';
import { layout } from '../../layout/layout.ts';
import type { EffectContext, Screen } from '../../screen.ts';
import { signedInFor, signInFor } from '../../sign-in/of-job.ts';
import type { AppState } from '../../state.ts';
import { StoreWork } from '../archive/store-work.ts';
import { editEffect } from './edit/effect.ts';
import { activeField as activeEditField, isChanged, newEdit, reduceEdit } from './edit/state.ts';
import { EditView, speakEdit } from './edit/view.tsx';
import { historyEffect } from './history/effect.ts';
import { reduceHistory } from './history/reduce.ts';
import { newHistory } from './history/state.ts';
import { HistoryView, speakHistory } from './history/view.tsx';
import { beginsWords } from './job-facts.ts';
import { jobState, selectedJob } from './job-rows.ts';
import { JobsView, tableRows } from './jobs-view.tsx';
import { paidStartOf } from './paid-start.ts';
import { pathsNowEffect } from './paths-now.ts';
import { recoverEffect } from './recover/effect.ts';
import { activeField as activeRecoverField, newRecover, reduceRecover } from './recover/state.ts';
import { RecoverView, speakRecover } from './recover/view.tsx';
import type { JobsState } from './state.ts';
import { wizardEffect } from './wizard/effect.ts';
import { activeField, newWizard, reduceWizard } from './wizard/state.ts';
import { speakWizard, WizardView } from './wizard/view.tsx';

export const jobsScreen: Screen<JobsState> = {
	id: 'jobs',
	title: 'Jobs',
	initial: () => ({
		list: LIST_START,
		whole: false,
		overviews: {},
		wizard: undefined,
		recover: undefined,
		edit: undefined,
		history: undefined,
	}),
	reduce,
	effect,
	scopes: ({ wizard, recover, edit, history }) => {
		if (history) return ['history', 'list'];
		if (edit) return ['jobs.edit', 'list'];
		if (recover) return [`recover.${recover.step}`, 'list'];
		return wizard ? [`wizard.${wizard.step}`, 'list'] : ['jobs', 'list'];
	},
	hasField: ({ wizard, recover, edit }) => {
		if (edit) return activeEditField(edit) !== undefined;
		if (recover) return activeRecoverField(recover) !== undefined;
		return wizard !== undefined && activeField(wizard) !== undefined;
	},
	takesPaths: ({ edit, history }) => edit === undefined && history === undefined,
	unsaved: ({ edit }) =>
		edit && isChanged(edit) ? `What was changed in the form of ${edit.base.name} is not saved.` : undefined,
	View: (props) => {
		const { recover, wizard, edit, history } = props.state;
		if (history) return <HistoryView {...props} state={history} />;
		if (edit) return <EditView edit={edit} app={props.app} area={props.area} />;
		if (recover) return <RecoverView {...props} state={recover} />;
		return wizard ? <WizardView {...props} wizard={wizard} /> : <JobsView {...props} />;
	},
	speak: ({ wizard, recover, edit, history }, app) => {
		if (history) return speakHistory(history);
		if (edit) return speakEdit(edit, app.now);
		if (recover) return speakRecover(recover);
		if (wizard) return speakWizard(wizard);
		const job = selectedJob(app);
		return {
			summary: [app.jobs ? counted(app.jobs.length, 'job') : 'Asking the engine.'],
			...(job ? { item: `${job.name}, ${jobState(app, job.name).word}, ${beginsWords(job.schedule)}` } : {}),
		};
	},
};

function reduce(state: JobsState, action: Action, app: AppState): JobsState {
	if (action.type === 'command' && action.id === 'jobs.recover')
		return { ...state, recover: newRecover(), history: undefined };
	if (state.history) {
		const history = reduceHistory(state.history, action, app);
		if (history !== state.history) return { ...state, history };
		if (KEYS.has(action.type)) return state;
	}
	if (state.edit) {
		const edit = reduceEdit(state.edit, action);
		if (edit !== state.edit) return { ...state, edit };
		if (KEYS.has(action.type)) return state;
	}
	if (state.recover) {
		const recover = reduceRecover(state.recover, action);
		if (recover !== state.recover) return { ...state, recover };
		if (KEYS.has(action.type)) return state;
	}
	if (state.wizard) {
		const wizard = reduceWizard(state.wizard, action);
		// Without a job there is nothing else to see.
		if (wizard !== state.wizard) return { ...state, wizard: wizard ?? (app.jobs?.length ? undefined : state.wizard) };
		if (KEYS.has(action.type)) return state;
	}
	switch (action.type) {
		case 'jobs/added':
			return { ...state, wizard: undefined, recover: undefined };
		case 'jobs/overview':
			return { ...state, overviews: { ...state.overviews, [action.job]: action.overview } };
		case 'command': {
			if (action.id === 'jobs.edit') {
				const job = selectedJob(app);
				return job ? { ...state, edit: newEdit(job) } : state;
			}
			if (action.id === 'jobs.history') {
				const job = selectedJob(app);
				return job ? { ...state, history: newHistory(job.name) } : state;
			}
			if (action.id === 'jobs.details') return { ...state, whole: !state.whole };
			if (action.id === 'app.back') return state.whole ? { ...state, whole: false } : state;
			if (action.id === 'jobs.add') return { ...state, wizard: newWizard(false) };
			const list = moveList(state.list, action.id, app.jobs?.length ?? 0, heightOf(app));
			return list === state.list ? state : { ...state, list };
		}
		case 'jobs':
			// The cursor stays on the job that is in focus.
			return {
				...state,
				list: onJob(state, app),
				wizard:
					action.jobs.length === 0 ? (state.wizard ?? newWizard(true)) : state.wizard?.first ? undefined : state.wizard,
			};
		case 'resize':
			return { ...state, list: intoView(state.list, app.jobs?.length ?? 0, heightOf(app)) };
		default:
			return state;
	}
}

/** What a wizard alone gets while it is open. */
const KEYS = new Set(['command', 'field', 'paste']);

function heightOf({ columns, rows }: AppState): number {
	return tableRows(layout(columns, rows).content);
}

function onJob({ list }: JobsState, app: AppState): JobsState['list'] {
	const at = app.jobs?.findIndex(({ name }) => name === app.job) ?? -1;
	return intoView({ cursor: Math.max(0, at), top: list.top }, app.jobs?.length ?? 0, heightOf(app));
}

/** One for each app. */
const works = new WeakMap<EffectContext, StoreWork>();

function workOf(context: EffectContext): StoreWork {
	const work = works.get(context) ?? new StoreWork(context, 'jobs');
	works.set(context, work);
	return work;
}

function effect(action: Action, context: EffectContext): void {
	paidStartOf(context).on(action);
	wizardEffect(action, context);
	recoverEffect(action, context);
	editEffect(action, context);
	historyEffect(action, context);
	const { wizard, recover, edit, history } = context.screen<JobsState>('jobs');
	if (wizard || ((recover || edit || history) && KEYS.has(action.type))) return;
	pathsNowEffect(action, selectedJob(context.state()), context);
	workOf(context).on(action, selectedJob(context.state())?.name);
	if (action.type === 'jobs') for (const { name } of action.jobs) void load(name, context);
	if (action.type === 'done') {
		const { tasks, jobs } = context.state();
		const job = tasks[action.task]?.job;
		// What a dry run of a wizard was about is no job yet.
		if (job && jobs?.some(({ name }) => name === job)) void load(job, context);
	}
	if (action.type === 'reply') signedInFor(action.tag, context);
	if (action.type === 'reply' && action.value === 'yes') void answer(action.tag, context);
	if (action.type !== 'command') return;
	const job = selectedJob(context.state());
	if (job && job.name !== context.state().job) context.dispatch({ type: 'job', name: job.name });
	void command(action.id, job?.name, context);
}

async function load(job: string, { call, dispatch }: EffectContext): Promise<void> {
	try {
		dispatch({ type: 'jobs/overview', job, overview: await call('overview', { job }) });
	} catch (error) {
		// A job that has never run has no state database yet.
		if (!(error instanceof FirnError) || error.code !== 'STATE_MISSING') throw error;
	}
}

async function command(id: string, job: string | undefined, context: EffectContext): Promise<void> {
	const { go, open, fail, cwd, env } = context;
	if (id === 'app.reload') for (const { name } of context.state().jobs ?? []) void load(name, context);
	if (job === undefined) return;
	switch (id) {
		case 'list.open':
			return go(jobState(context.state(), job).active ? 'run' : 'archive');
		case 'jobs.enable':
			return void enable(job, context);
		case 'jobs.signIn':
			return void signInFor(job, context);
		case 'jobs.deletions':
			return askForDeletions(job, context);
		case 'jobs.restore':
			return go('restore', { job });
		case 'jobs.start':
			return void paidStartOf(context).begin({
				params: { job, cwd, options: {}, env },
				start: (params) => start(params, context),
				failed: fail,
			});
		case 'jobs.stop':
			return open({
				kind: 'confirm',
				tag: `jobs.stop:${job}`,
				title: `Stop ${job}?`,
				lines: ['What the store has confirmed is kept. s goes on with it, from the last part that was sent.'],
				yes: 'Stop',
			});
		case 'jobs.remove':
			return open({
				kind: 'confirm',
				tag: `jobs.remove:${job}`,
				title: `Remove the job ${job}?`,
				lines: ['The job is taken out of the config. Its archives stay where they are and can still be restored.'],
				yes: 'Remove',
			});
	}
}

async function start(params: Params<'backup'>, { call, go, fail, flash, refresh }: EffectContext): Promise<void> {
	try {
		const { job } = await call('backup', params);
		flash('info', `The backup of ${job} has begun. It goes on when you leave.`);
		refresh();
		go('run');
	} catch (error) {
		fail(error);
	}
}

/** Whether it begins by itself is turned round; its trigger stays. */
async function enable(job: string, { state, call, cwd, flash, fail, refresh }: EffectContext): Promise<void> {
	const enabled = !state().jobs?.find(({ name }) => name === job)?.schedule.enabled;
	try {
		const saved = await call('saveJob', { name: job, cwd, options: { enabled } });
		const begins = saved.job.schedule.nextRun === null ? 'is enabled' : 'begins by itself again';
		flash('info', enabled ? `${job} ${begins}.` : `${job} no longer begins by itself; s still starts it.`);
		refresh();
	} catch (error) {
		fail(error);
	}
}

async function answer(tag: string, { call, fail, flash, refresh }: EffectContext): Promise<void> {
	const [what, job] = tag.split(/:(.*)/s) as [string, string];
	try {
		if (what === 'jobs.remove') {
			const { destination } = await call('removeJob', { name: job });
			flash('info', `${job} is removed. What it has stored in ${destination} is still there.`);
			refresh();
		}
		if (what === 'jobs.stop') {
			await call('stop', { job });
			flash('info', `${job} stops at the next safe point.`);
			refresh();
		}
	} catch (error) {
		fail(error);
	}
}
