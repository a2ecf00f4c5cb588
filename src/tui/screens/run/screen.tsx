import { formatRate, formatSize, parseRate } from '../../../core/sizes.ts';
import type { Params } from '../../../protocol/contract.ts';
import type { Action } from '../../actions.ts';
import { fieldOf } from '../../components/field.tsx';
import { displayName } from '../../components/text.ts';
import { askForDeletions } from '../../deletions/agree.ts';
import { layout } from '../../layout/layout.ts';
import type { EffectContext, Screen } from '../../screen.ts';
import { signInFor } from '../../sign-in/of-job.ts';
import type { AppState, LiveTask, Modal } from '../../state.ts';
import { eventRows } from './run-layout.ts';
import { RunView } from './run-view.tsx';
import { headline } from './run-words.ts';
import { isActive, RUN_START, type RunState, reduceRun, shownTask, tasksInOrder } from './state.ts';

export const runScreen: Screen<RunState> = {
	id: 'run',
	title: 'Run',
	initial: () => RUN_START,
	reduce: (state, action, app) => reduceRun(state, action, app, eventRows(layout(app.columns, app.rows).content)),
	effect,
	View: RunView,
	speak: (state, app) => {
		const task = shownTask(app, state);
		if (!task) return { summary: ['Nothing has run yet.'] };
		return { summary: [headline(task), task.reason ?? ''].filter(Boolean).map(displayName) };
	},
};

function effect(action: Action, context: EffectContext): void {
	if (action.type === 'reply') void answered(action.tag, action.value, context);
	if (action.type !== 'command') return;
	const app = context.state();
	const task = shownTask(app, context.screen<RunState>('run'));
	if (!task) return;
	const progress = task.progress?.kind === 'backup' ? task.progress : undefined;
	switch (action.id) {
		case 'run.stop':
			context.open(stopQuestion(task));
			return;
		case 'run.again':
			void change({ task: task.id, pause: false }, context);
			return;
		case 'run.signIn':
			void signInFor(task.job, context);
			return;
		case 'run.deletions':
			askForDeletions(task.job, context);
			return;
		case 'run.choose':
			context.open(chooseMenu(app));
			return;
		case 'run.bandwidth':
			context.open(bandwidthPrompt(task.id, progress?.limitUpload ?? 0));
			return;
	}
	if (!progress) return;
	if (action.id === 'run.pause') void change({ task: task.id, pause: !progress.paused }, context);
	if (action.id === 'run.moreWorkers')
		void change({ task: task.id, workers: Math.min(MOST, progress.most + 1) }, context);
	if (action.id === 'run.fewerWorkers')
		void change({ task: task.id, workers: Math.max(1, progress.most - 1) }, context);
}

const MOST = 64;

function stopQuestion(task: LiveTask): Modal {
	const kept =
		task.kind === 'backup'
			? 'What the store has confirmed is kept. Starting the job again goes on from the last part that was sent.'
			: 'What is finished stays; nothing unfinished has got its name.';
	return { kind: 'confirm', tag: `run.stop:${task.job}`, title: `Stop this ${task.kind}?`, lines: [kept], yes: 'Stop' };
}

function chooseMenu(app: AppState): Modal {
	const items = tasksInOrder(app).map((one) => ({
		label: `${displayName(one.job || one.kind)}  ${one.kind}`,
		value: one.id,
		note: isActive(one) ? one.state : (one.summary?.status ?? one.state),
	}));
	return { kind: 'menu', tag: 'run.choose', title: 'Which one?', items };
}

function bandwidthPrompt(task: string, limit: number): Modal {
	return {
		kind: 'prompt',
		tag: `run.bandwidth:${task}`,
		title: 'Upload limit of this run',
		label: 'Bytes a second, for all workers together:',
		field: fieldOf(limit === 0 ? 'off' : `${formatSize(limit).replace(' ', '')}`),
		hint: 'Such as 10MiB, or 80mbit, or off. It takes effect at once.',
	};
}

async function answered(tag: string, value: string, context: EffectContext): Promise<void> {
	const [what, which] = tag.split(/:(.*)/s) as [string, string];
	const { call, fail, flash, refresh } = context;
	try {
		if (what === 'run.stop' && value === 'yes') {
			await call('stop', { job: which });
			flash('info', `${which} stops at the next safe point.`);
			refresh();
		}
		if (what === 'run.bandwidth') {
			const limitUpload = parseRate(value);
			await change({ task: which, limitUpload }, context);
			flash(
				'info',
				limitUpload === 0 ? 'No upload limit any more.' : `At most ${formatRate(limitUpload)} from now on.`,
			);
		}
	} catch (error) {
		fail(error);
	}
}

async function change(what: Params<'control'>, { call, fail, refresh }: EffectContext): Promise<void> {
	try {
		await call('control', what);
		refresh();
	} catch (error) {
		fail(error);
	}
}
