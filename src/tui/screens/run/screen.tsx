import type { Action } from '../../actions.ts';
import { displayName } from '../../components/text.ts';
import { layout } from '../../layout/layout.ts';
import type { EffectContext, Screen } from '../../screen.ts';
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
	if (action.type === 'reply' && action.tag.startsWith('run.stop:') && action.value === 'yes')
		void stop(action.tag.slice('run.stop:'.length), context);
	if (action.type !== 'command') return;
	const app = context.state();
	const task = shownTask(app, context.screen<RunState>('run'));
	if (!task) return;
	if (action.id === 'run.stop') {
		const backup = task.kind === 'backup';
		context.open({
			kind: 'confirm',
			tag: `run.stop:${task.job}`,
			title: `Stop this ${task.kind}?`,
			lines: [
				backup
					? 'What the store has confirmed is kept. Starting the job again goes on from the last part that was sent.'
					: 'What is finished stays; nothing unfinished has got its name.',
			],
			yes: 'Stop',
		});
	}
	if (action.id === 'run.choose') {
		context.open({
			kind: 'menu',
			tag: 'run.choose',
			title: 'Which one?',
			items: tasksInOrder(app).map((one) => ({
				label: `${displayName(one.job || one.kind)}  ${one.kind}`,
				value: one.id,
				note: isActive(one) ? one.state : (one.summary?.status ?? one.state),
			})),
		});
	}
}

async function stop(job: string, { call, flash, fail, refresh }: EffectContext): Promise<void> {
	try {
		await call('stop', { job });
		flash('info', `${job} stops at the next safe point.`);
		refresh();
	} catch (error) {
		fail(error);
	}
}
