import { addSample, NO_PACE, type Pace, totalsOf } from '../../../core/pace.ts';
import type { Action } from '../../actions.ts';
import { intoView, LIST_START, type ListState, moveList } from '../../components/list.ts';
import type { AppState, LiveTask } from '../../state.ts';

export interface RunState {
	/** The task that somebody has chosen; else the one that says most. */
	chosen: string | undefined;
	/** The task that went on while somebody looked: its end is shown, too. */
	watched: string | undefined;
	/** By task. */
	paces: Record<string, Pace>;
	events: ListState;
	/** The newest event stays in sight. */
	follow: boolean;
	errorsOnly: boolean;
}

export const RUN_START: RunState = {
	chosen: undefined,
	watched: undefined,
	paces: {},
	events: LIST_START,
	follow: true,
	errorsOnly: false,
};

const ACTIVE = new Set(['queued', 'running', 'waiting', 'stopping']);

/** A backup that stands still is active, too; one that was interrupted has no progress any more. */
export function isActive({ state, progress, summary }: LiveTask): boolean {
	return ACTIVE.has(state) || (state === 'paused' && progress !== undefined && summary === undefined);
}

/** Tasks in the order they matter: what goes on, then what was last. */
export function tasksInOrder({ tasks }: AppState): LiveTask[] {
	return Object.values(tasks).sort((a, b) => Number(isActive(b)) - Number(isActive(a)) || b.started - a.started);
}

/** The task that is shown: the chosen one, else what goes on, else what has just gone on, else of the job in focus. */
export function shownTask(app: AppState, { chosen, watched }: RunState): LiveTask | undefined {
	const all = tasksInOrder(app);
	const ofJob = all.filter(({ job }) => job === app.job);
	const active = ofJob.find(isActive) ?? all.find(isActive);
	return all.find(({ id }) => id === chosen) ?? active ?? all.find(({ id }) => id === watched) ?? ofJob[0] ?? all[0];
}

export function shownEvents(task: LiveTask, { errorsOnly }: RunState): LiveTask['events'] {
	if (!errorsOnly) return task.events;
	return task.events.filter(
		({ event }) =>
			event.event === 'problem' ||
			event.event === 'waiting' ||
			event.event === 'lost' ||
			(event.event === 'notice' && event.level === 'warn'),
	);
}

/** @param height rows of events that are seen */
export function reduceRun(state: RunState, action: Action, app: AppState, height: number): RunState {
	switch (action.type) {
		case 'open': {
			const arg = action.screen === 'run' ? (action.arg as { task?: string } | undefined) : undefined;
			return action.screen === 'run' ? { ...state, chosen: arg?.task } : state;
		}
		case 'job':
			return { ...state, chosen: undefined, watched: undefined };
		case 'reply':
			return action.tag === 'run.choose' ? { ...state, chosen: action.value } : state;
		case 'followed':
			return atEnd({ ...state, paces: { ...state.paces, [action.task]: action.pace } }, app, height);
		case 'tick':
			return withSamples(watching(state, app), app);
		case 'event':
		case 'progress': {
			const next = watching(state, app);
			return next.follow ? atEnd(next, app, height) : next;
		}
		case 'command':
			return commanded(state, action.id, app, height);
		default:
			return state;
	}
}

function watching(state: RunState, app: AppState): RunState {
	const task = app.screen === 'run' ? shownTask(app, state) : undefined;
	return task && isActive(task) && task.id !== state.watched ? { ...state, watched: task.id } : state;
}

function withSamples(state: RunState, app: AppState): RunState {
	const live = Object.values(app.tasks).filter((task) => isActive(task) && task.progress);
	if (live.length === 0) return state;
	const paces = { ...state.paces };
	for (const { id, progress } of live) {
		const { moved, finished } = totalsOf(progress!);
		paces[id] = addSample(paces[id] ?? NO_PACE, app.now, moved, finished);
	}
	return { ...state, paces };
}

function atEnd(state: RunState, app: AppState, height: number): RunState {
	const task = shownTask(app, state);
	const count = task ? shownEvents(task, state).length : 0;
	const events = intoView({ cursor: count - 1, top: count }, count, height);
	return events.cursor === state.events.cursor && events.top === state.events.top ? state : { ...state, events };
}

function commanded(state: RunState, id: string, app: AppState, height: number): RunState {
	if (id === 'run.follow') return atEnd({ ...state, follow: true }, app, height);
	if (id === 'run.errors') return atEnd({ ...state, errorsOnly: !state.errorsOnly, follow: true }, app, height);
	const task = shownTask(app, state);
	const count = task ? shownEvents(task, state).length : 0;
	const events = moveList(state.events, id, count, height);
	return events === state.events ? state : { ...state, events, follow: events.cursor >= count - 1 };
}
