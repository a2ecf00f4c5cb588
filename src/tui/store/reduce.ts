/** The state of the app after an action. Pure; each screen reduces its own part. */

import type { Action } from '../actions.ts';
import { ALL_SCREENS } from '../screens/index.ts';
import { newSignIn, reduceSignIn } from '../sign-in/state.ts';
import type { AppState, LiveTask } from '../state.ts';
import { ASCII, chooseGlyphs } from '../theme/glyphs.ts';
import { chooseTheme } from '../theme/theme.ts';

/** Events of a task that are kept. */
const EVENTS = 500;
/** An `info` goes by itself after this. */
const FLASH_MS = 6000;

/** Only the active screen gets these. */
const FOR_ACTIVE = new Set(['command', 'field', 'paste']);

export function reduceApp(before: AppState, action: Action): AppState {
	const shared = reduceShared(before, action);
	const signIn = withSignIn(shared, action);
	const app = signIn === shared.signIn ? shared : { ...shared, signIn };
	if (before.signIn && FOR_ACTIVE.has(action.type)) return app;
	let screens = app.screens;
	for (const screen of ALL_SCREENS) {
		if (FOR_ACTIVE.has(action.type) && screen.id !== app.screen) continue;
		const old = app.screens[screen.id];
		const state = screen.reduce(old, action, app);
		if (state !== old) screens = { ...screens, [screen.id]: state };
	}
	return screens === app.screens ? app : { ...app, screens };
}

function withSignIn({ signIn }: AppState, action: Action): AppState['signIn'] {
	if (action.type === 'signIn/open') return newSignIn(action);
	return signIn && reduceSignIn(signIn, action);
}

function reduceShared(app: AppState, action: Action): AppState {
	switch (action.type) {
		case 'tick':
			return { ...app, now: action.now, flash: isOver(app, action.now) ? undefined : app.flash };
		case 'resize':
			return { ...app, columns: action.columns, rows: action.rows };
		case 'engine':
			return { ...app, engine: action.engine };
		case 'jobs':
			return {
				...app,
				jobs: action.jobs,
				job: jobInFocus(
					app,
					action.jobs.map(({ name }) => name),
				),
			};
		case 'job':
			return { ...app, job: action.name };
		case 'tasks':
			return { ...app, tasks: mergeTasks(app.tasks, action) };
		case 'progress':
			return withTask(app, action.task, action.at, (task) => ({
				...task,
				progress: action.progress,
				state: action.state,
			}));
		case 'event':
			return withTask(app, action.task, action.at, (task) => ({
				...task,
				events: withEvent(task.events, { at: action.at, event: action.event }),
			}));
		case 'done':
			return withTask(app, action.task, action.at, (task) => ({ ...task, summary: action.summary }));
		case 'open':
			return { ...app, screen: action.screen };
		case 'flash':
			return { ...app, flash: action.flash };
		case 'modal':
			return { ...app, modal: action.modal };
		case 'look':
			return { ...app, look: newLook(app, action) };
		default:
			return app;
	}
}

function isOver({ flash }: AppState, now: number): boolean {
	return flash !== undefined && flash.level === 'info' && now - flash.at > FLASH_MS;
}

function jobInFocus({ job }: AppState, names: string[]): string | undefined {
	return job !== undefined && names.includes(job) ? job : names[0];
}

function newLook({ look }: AppState, { theme, glyphs }: Extract<Action, { type: 'look' }>): AppState['look'] {
	const inUse = look.glyphs === ASCII ? 'ascii' : 'unicode';
	return {
		theme: theme === undefined ? look.theme : chooseTheme(process.env, theme),
		glyphs: chooseGlyphs(process.env, glyphs ?? inUse),
	};
}

/** The engine's list, with what this client has heard of each. */
function mergeTasks(
	known: Record<string, LiveTask>,
	{ tasks, at }: Extract<Action, { type: 'tasks' }>,
): Record<string, LiveTask> {
	return Object.fromEntries(
		tasks.map((view) => [view.id, { ...view, events: known[view.id]?.events ?? [], seen: at } satisfies LiveTask]),
	);
}

/** In the order of their times, and once: after a lost connection the engine tells them again. */
function withEvent(known: LiveTask['events'], added: LiveTask['events'][number]): LiveTask['events'] {
	const place = known.findLastIndex(({ at }) => at <= added.at) + 1;
	const text = JSON.stringify(added.event);
	const isKnown = known.slice(0, place).some(({ at, event }) => at === added.at && JSON.stringify(event) === text);
	return isKnown ? known : [...known.slice(0, place), added, ...known.slice(place)].slice(-EVENTS);
}

function withTask(app: AppState, id: string, at: number, change: (task: LiveTask) => LiveTask): AppState {
	const task = app.tasks[id];
	return task ? { ...app, tasks: { ...app.tasks, [id]: { ...change(task), seen: Math.max(task.seen, at) } } } : app;
}
