/**
 * The app in lines, for screen readers: what is new since the last time, said once, in the order it matters. No frames,
 * no bars, nothing that is drawn over. Pure but for what it has said already.
 */

import { formatDuration } from '../../core/durations.ts';
import { formatSize } from '../../core/sizes.ts';
import { eventText } from '../components/event-text.ts';
import { displayName } from '../components/text.ts';
import { activeBindings, keyName } from '../keys/table.ts';
import { shownScreen } from '../screens/index.ts';
import type { AppState, LiveTask, Modal } from '../state.ts';
import { paletteMatches } from '../store/modal.ts';

/** Progress is told at most this often. */
const PROGRESS_MS = 10_000;

export interface Said {
	/** Whole lines, for good. */
	lines: string[];
	/** The line that is being edited, to be shown in place; undefined when no field has the keys. */
	editing: string | undefined;
}

export class Speaker {
	#before: AppState | undefined;
	#item: string | undefined;
	#summary = '';
	#summaryAt = 0;
	readonly #progress = new Map<string, { at: number; tenth: number }>();

	/** What is to be said of the state as it is now. `keyed`: a key was pressed since. */
	say(app: AppState, keyed: boolean): Said {
		const before = this.#before;
		this.#before = app;
		const lines = [
			...this.#engine(before, app),
			...this.#screen(before, app, keyed),
			...this.#modal(before, app),
			...(app.flash && app.flash !== before?.flash ? [app.flash.text] : []),
			...this.#tasks(before, app),
		];
		return { lines, editing: this.#editing(app) };
	}

	#engine(before: AppState | undefined, { engine }: AppState): string[] {
		if (engine.state === before?.engine.state) return [];
		if (engine.state === 'ok') return before?.engine.state === 'lost' ? ['The engine is back.'] : [];
		return engine.state === 'lost' ? [`The engine is lost: ${displayName(engine.reason)}`] : [];
	}

	#screen(before: AppState | undefined, app: AppState, keyed: boolean): string[] {
		const { title, speak, state } = shownScreen(app);
		const { summary, item } = speak(state, app);
		const opened = before?.screen !== app.screen || (before.signIn === undefined) !== (app.signIn === undefined);
		const text = summary.join('\n');
		const isNews = text !== this.#summary && (opened || keyed || app.now - this.#summaryAt >= PROGRESS_MS);
		const lines = opened ? [`${title}.`] : [];
		if (isNews) {
			lines.push(...summary);
			this.#summary = text;
			this.#summaryAt = app.now;
		}
		if (item !== undefined && (item !== this.#item || opened) && !this.#inField(app)) lines.push(item);
		if (!this.#inField(app)) this.#item = item;
		if (opened) lines.push(`Keys: ${hints(app)}`);
		return lines;
	}

	#modal(before: AppState | undefined, app: AppState): string[] {
		const { modal } = app;
		if (!modal || modal.kind === before?.modal?.kind) return modal ? this.#inModal(before!, app, modal) : [];
		switch (modal.kind) {
			case 'menu':
				return [
					`${modal.title}. Press a number, or escape.`,
					...modal.items.map(({ label, note }, at) => `${at + 1}: ${label}${note ? `, ${note}` : ''}`),
				];
			case 'confirm':
				return [
					modal.title,
					...modal.lines,
					modal.phrase === undefined
						? `y: ${modal.yes}. n or escape: cancel.`
						: `Type ${modal.phrase} and press enter to ${modal.yes.toLowerCase()}; escape cancels.`,
				];
			case 'prompt':
				return [modal.title, ...(modal.hint ? [modal.hint] : [])];
			case 'wait':
				return [modal.title, `${modal.line} Escape stops it.`];
			case 'text':
				return [modal.title, ...modal.lines];
			case 'help':
				return [
					'Keys:',
					...activeBindings(app).map(
						({ keys, help }) => `${keys.map((key) => keyName(key, true)).join(' or ')}: ${help}`,
					),
				];
			case 'palette':
				return ['Type a part of the name of a command; arrows choose, enter does it.'];
		}
	}

	#inModal(before: AppState, app: AppState, modal: Modal): string[] {
		if (modal.kind !== 'palette' || modal === before.modal) return [];
		const matches = paletteMatches(app, modal.field.text);
		const chosen = matches[modal.cursor];
		return [chosen ? `${chosen.label}, ${modal.cursor + 1} of ${matches.length}` : 'Nothing found.'];
	}

	#inField(app: AppState): boolean {
		const { hasField, state } = shownScreen(app);
		return hasField?.(state) === true;
	}

	#editing(app: AppState): string | undefined {
		const { modal } = app;
		if (modal?.kind === 'prompt')
			return `${modal.label}: ${modal.secret ? '*'.repeat(modal.field.text.length) : displayName(modal.field.text)}`;
		if (modal?.kind === 'confirm' && modal.phrase !== undefined) return `> ${displayName(modal.typed?.text ?? '')}`;
		if (modal?.kind === 'palette') return `: ${displayName(modal.field.text)}`;
		if (modal || !this.#inField(app)) return undefined;
		const { speak, state } = shownScreen(app);
		return speak(state, app).item;
	}

	#tasks(before: AppState | undefined, app: AppState): string[] {
		return Object.values(app.tasks).flatMap((task) => {
			const old = before?.tasks[task.id];
			// What happened before this client came is no news.
			if (!old) return [];
			const name = displayName(task.job || task.kind);
			const known = old.events.at(-1);
			const news = known ? task.events.slice(task.events.lastIndexOf(known) + 1) : task.events;
			const lines = news.map(({ event }) => `${name}: ${eventText(event).text}`);
			if (task.summary && !old.summary) lines.push(`${name}: ${ended(task)}`);
			return [...lines, ...this.#progressOf(task, name, app.now)];
		});
	}

	/** Each tenth, and not more than one line in ten seconds. */
	#progressOf(task: LiveTask, name: string, now: number): string[] {
		const { progress } = task;
		if (!progress || task.summary) return [];
		const [done, total] =
			progress.kind === 'backup'
				? [progress.finishedBytes, progress.scanDone ? progress.plannedBytes : 0]
				: [progress.bytesDone, progress.bytes];
		const tenth = total === 0 ? 0 : Math.floor((done * 10) / total);
		const told = this.#progress.get(task.id);
		if (told && (tenth === told.tenth || now - told.at < PROGRESS_MS)) return [];
		this.#progress.set(task.id, { at: now, tenth });
		if (!told) return [];
		return [`${name}: ${tenth * 10} percent, ${formatSize(done)} of ${formatSize(total)}`];
	}
}

function ended({ kind, summary, started, seen, ended: at = seen }: LiveTask): string {
	const { status, files, errors } = summary!;
	const how = `${kind} ${status}, ${files} files, ${errors} errors`;
	return `${how}, in ${formatDuration(Math.max(0, at - started) / 1000)}.`;
}

function hints(app: AppState): string {
	return activeBindings(app)
		.filter(({ hint }) => hint !== undefined)
		.sort((a, b) => a.hint! - b.hint!)
		.map(({ keys, label }) => `${keyName(keys[0]!, true)} ${label}`)
		.join(', ');
}
