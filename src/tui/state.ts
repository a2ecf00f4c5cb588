/** The state of the whole app. */

import type { TaskEvent } from '../core/task.ts';
import type { JobView, TaskView } from '../protocol/contract.ts';
import type { Field } from './components/field.tsx';
import type { SignInState } from './sign-in/state.ts';
import type { Look } from './theme/look.ts';

export const SCREENS = ['jobs', 'sources', 'run', 'archive', 'restore', 'decrypt', 'settings', 'log'] as const;
export type ScreenId = (typeof SCREENS)[number];

export interface Size {
	width: number;
	height: number;
}

export type EngineState =
	| { state: 'starting' }
	| { state: 'ok'; pid: number; version: string }
	/** `retryAt` in ms since 1970. */
	| { state: 'lost'; reason: string; since: number; retryAt: number };

/** A task as far as this client has seen it. */
export interface LiveTask extends TaskView {
	events: { at: number; event: TaskEvent }[];
	/** When something was last heard of it. */
	seen: number;
}

/** `info` goes by itself, `warn` with the next key, `error` stays until it is dismissed. */
export interface Flash {
	level: 'info' | 'warn' | 'error';
	text: string;
	at: number;
}

export interface MenuItem {
	label: string;
	value: string;
	note?: string;
}

export type Modal =
	| { kind: 'menu'; tag: string; title: string; items: MenuItem[] }
	/** `phrase` has to be typed before `yes` can be chosen. */
	| {
			kind: 'confirm';
			tag: string;
			title: string;
			lines: string[];
			yes: string;
			phrase?: string;
			typed?: Field;
			chosen?: 'yes' | 'cancel';
	  }
	| { kind: 'prompt'; tag: string; title: string; label: string; field: Field; hint?: string; secret?: boolean }
	/** `asIs`: lines that are not to be broken, cut where they are too long. */
	| { kind: 'text'; title: string; lines: string[]; top: number; asIs?: true }
	/** A task is waited for: how far it has looked is told; esc answers with `cancel`. */
	| { kind: 'wait'; tag: string; title: string; line: string; task: string }
	| { kind: 'help'; field: Field; filtering: boolean; top: number }
	| { kind: 'palette'; field: Field; cursor: number };

export interface AppState {
	/** ms since 1970; moves once a second. */
	now: number;
	columns: number;
	rows: number;
	screen: ScreenId;
	engine: EngineState;
	host: string;
	/** Undefined until the engine has told. */
	jobs: JobView[] | undefined;
	tasks: Record<string, LiveTask>;
	/** Name of the job that Sources, Run, Archive and Restore are about. */
	job: string | undefined;
	flash: Flash | undefined;
	modal: Modal | undefined;
	/** Over the screen that has asked for it, beneath a modal. */
	signIn: SignInState | undefined;
	look: Look;
	screens: Record<string, unknown>;
}
