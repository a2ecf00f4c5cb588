/** What keys do to a modal. Pure: gives the modal after it, or what it was answered. */

import { editField, fieldOf, insertText, typedText } from '../components/field.tsx';
import type { Binding } from '../keys/binding.ts';
import { activeBindings } from '../keys/table.ts';
import type { AppState, Modal } from '../state.ts';
import type { Key } from '../terminal/key-decoder.ts';

export type ModalStep =
	| { modal: Modal }
	/** Closed; with what follows. */
	| { modal: undefined; reply?: { tag: string; value: string }; command?: string };

const CLOSED: ModalStep = { modal: undefined };

export function keyInModal(app: AppState, modal: Modal, key: Key): ModalStep {
	switch (modal.kind) {
		case 'menu':
			// The rest is ink-select-input's.
			return key === 'esc' || key === 'q' ? CLOSED : { modal };
		case 'confirm':
			return inConfirm(modal, key);
		case 'prompt':
			if (key === 'esc') return CLOSED;
			if (key === 'enter') return { modal: undefined, reply: { tag: modal.tag, value: modal.field.text } };
			return { modal: { ...modal, field: editField(modal.field, key) } };
		case 'wait':
			if (key !== 'esc' && key !== 'q') return { modal };
			return { modal: undefined, reply: { tag: modal.tag, value: 'cancel' } };
		case 'text':
			return inText(app, modal, key);
		case 'help':
			return inHelp(app, modal, key);
		case 'palette':
			return inPalette(app, modal, key);
	}
}

/** A paste into a modal that has a field. */
export function pasteInModal(modal: Modal, text: string): Modal {
	if (modal.kind === 'prompt' || modal.kind === 'palette')
		return { ...modal, field: insertText(modal.field, text) } as Modal;
	return modal;
}

type Of<K extends Modal['kind']> = Extract<Modal, { kind: K }>;

/** Whether the question may be answered with yes: its phrase is typed. */
export function mayConfirm({ phrase, typed }: Of<'confirm'>): boolean {
	return phrase === undefined || typed?.text.trim() === phrase;
}

function inConfirm(modal: Of<'confirm'>, key: Key): ModalStep {
	const yes: ModalStep = { modal: undefined, reply: { tag: modal.tag, value: 'yes' } };
	if (key === 'esc') return CLOSED;
	if (['left', 'right', 'tab', 'shift+tab', 'up', 'down'].includes(key)) {
		const other = modal.chosen === 'yes' || !mayConfirm(modal) ? 'cancel' : 'yes';
		return { modal: { ...modal, chosen: other } };
	}
	if (key === 'enter') {
		if (modal.phrase !== undefined) return mayConfirm(modal) ? yes : { modal };
		return modal.chosen === 'yes' ? yes : CLOSED;
	}
	if (modal.phrase !== undefined) return { modal: { ...modal, typed: editField(modal.typed ?? fieldOf(''), key) } };
	if (key === 'y') return yes;
	return key === 'n' || key === 'q' ? CLOSED : { modal };
}

const SCROLL: Record<Key, number> = { up: -1, k: -1, down: 1, j: 1, pageUp: -10, pageDown: 10, g: -1e6, G: 1e6 };

function inText(app: AppState, modal: Of<'text'>, key: Key): ModalStep {
	if (['esc', 'enter', 'q'].includes(key)) return CLOSED;
	const last = Math.max(0, modal.lines.length - (app.rows - 8));
	return { modal: { ...modal, top: Math.max(0, Math.min(last, modal.top + (SCROLL[key] ?? 0))) } };
}

function inHelp(app: AppState, modal: Of<'help'>, key: Key): ModalStep {
	if (modal.filtering) {
		if (key === 'esc') return { modal: { ...modal, filtering: false, field: fieldOf('') } };
		if (key === 'enter') return { modal: { ...modal, filtering: false } };
		return { modal: { ...modal, field: editField(modal.field, key), top: 0 } };
	}
	if (['esc', '?', 'q', 'enter'].includes(key)) return CLOSED;
	if (key === '/') return { modal: { ...modal, filtering: true } };
	const last = Math.max(0, activeBindings(app).length - 4);
	return { modal: { ...modal, top: Math.max(0, Math.min(last, modal.top + (SCROLL[key] ?? 0))) } };
}

/** The commands that fit what was typed, best first. */
export function paletteMatches(app: AppState, typed: string): Binding[] {
	const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
	const text = ({ label, help, id }: Binding) => `${label} ${help} ${id}`.toLowerCase();
	const commands = activeBindings(app).filter(
		({ id }) => !/^list\.(up|down|page|half|top|bottom|fold|unfold|next|previous)|^app\.palette/.test(id),
	);
	const found = commands.filter((binding) => words.every((word) => text(binding).includes(word)));
	const inLabel = ({ label }: Binding) => (words.some((word) => label.toLowerCase().startsWith(word)) ? 0 : 1);
	return found.sort((a, b) => inLabel(a) - inLabel(b));
}

function inPalette(app: AppState, modal: Of<'palette'>, key: Key): ModalStep {
	const matches = paletteMatches(app, modal.field.text);
	if (key === 'esc') return CLOSED;
	if (key === 'enter') {
		const command = matches[modal.cursor]?.id;
		return command === undefined ? { modal } : { modal: undefined, command };
	}
	const step = key === 'up' || key === 'ctrl+p' ? -1 : key === 'down' || key === 'ctrl+n' || key === 'tab' ? 1 : 0;
	if (step !== 0)
		return { modal: { ...modal, cursor: Math.max(0, Math.min(matches.length - 1, modal.cursor + step)) } };
	const field = editField(modal.field, key);
	return { modal: { ...modal, field, cursor: typedText(key) === undefined ? modal.cursor : 0 } };
}
