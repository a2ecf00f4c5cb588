/** Opens the app on the terminal and gives the exit code when it is left. */

import { hostname } from 'node:os';
import { join } from 'node:path';
import { type Instance, render } from 'ink';
import { createElement } from 'react';
import { credentialEnvironment } from '../client/environment.ts';
import type { AskPassphrase } from '../client/unlocking.ts';
import { FirnError } from '../core/errors.ts';
import { EXIT } from '../core/exit-codes.ts';
import type { Channel } from '../protocol/channel.ts';
import type { Results } from '../protocol/contract.ts';
import { showAsLines } from './accessible/line-view.ts';
import type { Action } from './actions.ts';
import { App } from './app.tsx';
import { fieldOf } from './components/field.tsx';
import { displayName } from './components/text.ts';
import { PassphrasePrompt } from './passphrase-prompt.ts';
import type { EffectContext } from './screen.ts';
import { ALL_SCREENS, shownScreen } from './screens/index.ts';
import { sheetEffect } from './sheet-effect.ts';
import { giveUpSignIn } from './sign-in/effect.ts';
import { type AppState, SCREENS, type ScreenId } from './state.ts';
import { EngineLink } from './store/engine-link.ts';
import { Keep } from './store/keep.ts';
import { Store } from './store/store.ts';
import { CLEAR, clipboard, ENTER, LEAVE, LEAVE_LINES, RETURN, restoreTerminal } from './terminal/modes.ts';
import { TtyInput } from './terminal/tty-input.ts';
import { TtyOutput } from './terminal/tty-output.ts';
import { chooseGlyphs } from './theme/glyphs.ts';
import { chooseTheme } from './theme/theme.ts';

export interface TuiOptions {
	/** A greeted channel; starts the engine if need be. */
	connect: (ask: AskPassphrase) => Promise<{ channel: Channel; hello: Results['hello'] }>;
	/** The engine's contract in this process. */
	local: (ask: AskPassphrase) => Promise<Channel>;
	/** Where the app keeps its own file. */
	stateDir: string;
	color: 'auto' | '16' | 'mono' | 'contrast';
	ascii: boolean;
	/** For screen readers: lines instead of a full screen. */
	accessible: boolean;
}

/** A resize comes in many steps. */
const RESIZE_MS = 60;
const TICK_MS = 1000;
/** A terminal that does not take the last bytes is left as it is after this. */
const LAST_MS = 1000;

export async function runTui(options: TuiOptions): Promise<number> {
	const tty = new TtyOutput(process.stdout);
	const keep = new Keep(join(options.stateDir, 'app.json'));
	const store = new Store(initialState(options, keep.read(), tty), tty);
	const passphrases = new PassphrasePrompt((modal) => store.dispatch({ type: 'modal', modal }));
	const link = new EngineLink({
		connect: () => options.connect(passphrases.ask),
		dispatch: (action) => store.dispatch(action),
	});
	let leave: (code: number) => void = () => {};
	const left = new Promise<number>((resolve) => {
		leave = resolve;
	});
	let keyed = false;
	const input = new TtyInput(process.stdin, {
		key: (key) => {
			keyed = true;
			if (options.accessible && store.state.modal?.kind === 'menu') chooseByNumber(store, key);
			else store.key(key);
		},
		paste: (text) => store.paste(text),
		isInk: () => !options.accessible && store.state.modal?.kind === 'menu',
		takesPaths: () => {
			const { takesPaths, state } = shownScreen(store.state);
			return takesPaths?.(state) ?? false;
		},
		lost: () => leave(EXIT.interrupted),
	});
	let ink: Instance | undefined;
	const repaint = () => {
		if (ink) {
			tty.write(CLEAR);
			ink.clear();
		}
		store.dispatch({ type: 'resize', columns: tty.columns, rows: tty.rows });
	};
	let local: Promise<Channel> | undefined;
	const context: EffectContext = {
		state: () => store.state,
		screen: (id) => store.state.screens[id] as never,
		dispatch: (action) => store.dispatch(action),
		call: (method, params) => link.call(method, params),
		refresh: () => link.refresh(),
		local: () => {
			local ??= options.local(passphrases.ask);
			return local;
		},
		follow: (channel, task, listener) => {
			channel.follow(task, listener).catch((error) => context.fail(error));
		},
		open: (modal) => store.dispatch({ type: 'modal', modal }),
		flash: (level, text) =>
			store.dispatch({ type: 'flash', flash: { level, text: displayName(text), at: Date.now() } }),
		fail: (thrown) => {
			const error = thrown instanceof FirnError ? thrown : new FirnError('INTERNAL', String(thrown));
			context.flash('error', [error.message, error.guidance].filter(Boolean).join(' '));
		},
		go: (screen, arg) => {
			store.dispatch({ type: 'open', screen, ...(arg === undefined ? {} : { arg }) });
		},
		copy: (text) => tty.write(clipboard(text, process.env)),
		cwd: process.cwd(),
		env: credentialEnvironment(),
	};
	const suspend = async () => {
		tty.write(options.accessible ? LEAVE_LINES : LEAVE);
		tty.muted = true;
		// Before the mode is changed: that waits, in the kernel, until all output has gone out.
		await tty.drained(LAST_MS);
		input.stop();
		const back = new Promise((resolve) => setTimeout(resolve, 100));
		// The whole group: npm, too, when it has started us.
		process.kill(0, 'SIGTSTP');
		await back;
		// While others had the terminal, they alone were told its size.
		process.emit('SIGWINCH', 'SIGWINCH');
		input.start();
		tty.muted = false;
		tty.write(options.accessible ? ENTER : RETURN);
		repaint();
	};
	store.connect(context, (action, { dispatch }) => {
		passphrases.effect(action);
		appEffect(action, { context, dispatch, leave, repaint, suspend });
	});

	const onSignal = () => leave(EXIT.interrupted);
	const onCrash = (error: unknown) => {
		restoreTerminal(tty.fd);
		console.error(error);
		process.exit(EXIT.failed);
	};
	process.on('SIGTERM', onSignal);
	process.on('SIGHUP', onSignal);
	process.on('SIGINT', onSignal);
	process.on('uncaughtException', onCrash);
	process.on('unhandledRejection', (error) => {
		// What the engine refuses is told; a fault of ours is not hidden.
		if (error instanceof FirnError) context.fail(error);
		else onCrash(error);
	});
	tty.on('lost', onSignal);
	let resizing: NodeJS.Timeout | undefined;
	tty.on('resize', () => {
		clearTimeout(resizing);
		resizing = setTimeout(repaint, RESIZE_MS);
	});
	input.start();
	tty.write(ENTER);
	let stopLines = () => {};
	if (options.accessible) {
		stopLines = showAsLines(store, tty, {
			pressed: () => {
				const was = keyed;
				keyed = false;
				return was;
			},
		});
	} else {
		ink = render(createElement(App, { store }), {
			stdout: tty.asStream(),
			stdin: input.inkStdin,
			alternateScreen: true,
			incrementalRendering: true,
			maxFps: 15,
			exitOnCtrlC: false,
			patchConsole: false,
			interactive: true,
		});
	}
	const ticker = setInterval(() => {
		store.dispatch({ type: 'tick', now: Date.now() });
		keep.save(store.state);
	}, TICK_MS);
	link.start();

	const code = await left;
	clearInterval(ticker);
	clearTimeout(resizing);
	giveUpSignIn(context);
	try {
		keep.save(store.state);
	} catch {
		// A draft that cannot be kept does not keep anybody here.
	}
	link.close();
	stopLines();
	ink?.unmount();
	tty.write(options.accessible ? LEAVE_LINES : LEAVE);
	if (!(await tty.drained(LAST_MS))) process.kill(process.pid, 'SIGKILL');
	input.stop();
	const going = Object.values(store.state.tasks).filter(({ state }) =>
		['running', 'waiting', 'queued'].includes(state),
	);
	if (going.length > 0 && code === EXIT.ok) {
		const jobs = [...new Set(going.map(({ job }) => job))].join(', ');
		process.stdout.write(`${jobs} goes on in the background. firn shows it again, firn status too.\n`);
	}
	process.exit(code);
}

function initialState({ color, ascii }: TuiOptions, kept: Record<string, unknown>, tty: TtyOutput): AppState {
	return {
		now: Date.now(),
		columns: tty.columns,
		rows: tty.rows,
		screen: 'jobs',
		engine: { state: 'starting' },
		host: hostname().split('.')[0]!,
		jobs: undefined,
		tasks: {},
		job: undefined,
		flash: undefined,
		modal: undefined,
		signIn: undefined,
		look: { theme: chooseTheme(process.env, color), glyphs: chooseGlyphs(process.env, ascii ? 'ascii' : 'auto') },
		screens: Object.fromEntries(ALL_SCREENS.map(({ id, initial }) => [id, initial(kept[id])])),
	};
}

/** Without ink-select-input a menu is answered by its numbers. */
function chooseByNumber(store: Store, key: string): void {
	const { modal } = store.state;
	const item = modal?.kind === 'menu' && /^[1-9]$/.test(key) ? modal.items[Number(key) - 1] : undefined;
	if (modal?.kind !== 'menu' || !item) {
		store.key(key);
		return;
	}
	store.dispatch({ type: 'modal', modal: undefined });
	store.dispatch({ type: 'reply', tag: modal.tag, value: item.value });
}

interface AppHands {
	context: EffectContext;
	dispatch: (action: Action) => void;
	leave: (code: number) => void;
	repaint: () => void;
	suspend: () => Promise<void>;
}

/** What follows from the commands that belong to no screen. */
function appEffect(action: Action, { context, dispatch, leave, repaint, suspend }: AppHands): void {
	sheetEffect(action, context);
	if (action.type === 'reply' && action.tag === 'app.quit' && action.value === 'yes') leave(EXIT.ok);
	if (action.type !== 'command' || !action.id.startsWith('app.')) return;
	const app = context.state();
	const name = action.id.slice(4);
	if (SCREENS.includes(name as ScreenId)) {
		context.go(name as ScreenId);
		return;
	}
	switch (name) {
		case 'help':
			context.open({ kind: 'help', field: fieldOf(''), filtering: false, top: 0 });
			return;
		case 'palette':
			context.open({ kind: 'palette', field: fieldOf(''), cursor: 0 });
			return;
		case 'redraw':
			repaint();
			return;
		case 'suspend':
			void suspend();
			return;
		case 'back':
			// Whoever has something to go back from has done it; from there it leads home.
			if (app.flash) dispatch({ type: 'flash', flash: undefined });
			return;
		case 'reload':
			dispatch({ type: 'flash', flash: { level: 'info', text: 'Read anew.', at: Date.now() } });
			return;
		case 'quit': {
			const unsaved = ALL_SCREENS.map((screen) => screen.unsaved?.(app.screens[screen.id])).find(Boolean);
			if (unsaved === undefined) leave(EXIT.ok);
			else context.open({ kind: 'confirm', tag: 'app.quit', title: 'Leave?', lines: [unsaved], yes: 'Leave' });
		}
	}
}
