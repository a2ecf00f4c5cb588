/** A line of text that is edited: a pure state and its view. */

import { Text } from 'ink';
import type { Key } from '../terminal/key-decoder.ts';
import { punctuated } from '../theme/glyphs.ts';
import { useLook } from '../theme/look.ts';
import { displayName, fit, padEnd, widthOf } from './text.ts';

export interface Field {
	text: string;
	/** Position in `text`, in UTF-16 units. */
	cursor: number;
}

export function fieldOf(text: string): Field {
	return { text, cursor: text.length };
}

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** The field after a key; the same field for keys that mean nothing to it (enter, esc, tab, up, down…). */
export function editField(field: Field, key: Key): Field {
	const { text, cursor } = field;
	const before = text.slice(0, cursor);
	const after = text.slice(cursor);
	switch (key) {
		case 'left':
			return { text, cursor: cursor - lastOf(before).length };
		case 'right':
			return { text, cursor: cursor + firstOf(after).length };
		case 'home':
		case 'ctrl+a':
			return { text, cursor: 0 };
		case 'end':
		case 'ctrl+e':
			return { text, cursor: text.length };
		case 'alt+b':
		case 'ctrl+left':
			return { text, cursor: wordStart(before) };
		case 'alt+f':
		case 'ctrl+right':
			return { text, cursor: cursor + /^[\s/]*[^\s/]*/.exec(after)![0].length };
		case 'backspace': {
			const kept = before.slice(0, before.length - lastOf(before).length);
			return { text: kept + after, cursor: kept.length };
		}
		case 'delete':
		case 'ctrl+d':
			return { text: before + after.slice(firstOf(after).length), cursor };
		case 'ctrl+w':
		case 'alt+backspace': {
			const kept = before.slice(0, wordStart(before));
			return { text: kept + after, cursor: kept.length };
		}
		case 'ctrl+u':
			return { text: after, cursor: 0 };
		case 'ctrl+k':
			return { text: before, cursor };
		default: {
			const typed = typedText(key);
			return typed === undefined ? field : insertText(field, typed);
		}
	}
}

/** The field with text at its cursor. Line ends in a paste become spaces. */
export function insertText({ text, cursor }: Field, given: string): Field {
	const inserted = given.replace(/[\r\n]+$/, '').replace(/[\r\n\t]+/g, ' ');
	return { text: text.slice(0, cursor) + inserted + text.slice(cursor), cursor: cursor + inserted.length };
}

/** What a key types, if it types anything. */
export function typedText(key: Key): string | undefined {
	if (key === 'space') return ' ';
	return [...graphemes.segment(key)].length === 1 && !/[\x00-\x1f\x7f]/.test(key) ? key : undefined;
}

function firstOf(text: string): string {
	return graphemes.segment(text)[Symbol.iterator]().next().value?.segment ?? '';
}

function lastOf(text: string): string {
	// The last grapheme lies within the last few units.
	const near = text.slice(-32);
	return [...graphemes.segment(near)].at(-1)?.segment ?? '';
}

function wordStart(before: string): number {
	return before.length - /[^\s/]*[\s/]*$/.exec(before)![0].length;
}

/** The field in `width` cells, scrolled so that the cursor is seen. The cursor is an inverse cell. */
export function FieldView({
	field,
	width,
	focus,
	secret = false,
	placeholder: given = '',
}: {
	field: Field;
	width: number;
	focus: boolean;
	secret?: boolean;
	placeholder?: string;
}) {
	const { tone, glyphs } = useLook();
	const placeholder = punctuated(given, glyphs);
	const show = (text: string) => (secret ? '*'.repeat(text.length) : displayName(text));
	if (!focus) {
		const text = field.text === '' ? placeholder : show(field.text);
		return (
			<Text wrap="hard" {...(field.text === '' ? tone('muted') : {})}>
				{padEnd(text, width, field.text === '' ? 'end' : 'start', glyphs.ellipsis)}
			</Text>
		);
	}
	const before = fit(show(field.text.slice(0, field.cursor)), width - 1, 'start', glyphs.ellipsis);
	const next = firstOf(field.text.slice(field.cursor));
	const under = next === '' ? ' ' : show(next);
	const after = show(field.text.slice(field.cursor + next.length));
	const room = width - widthOf(before) - widthOf(under);
	const ghost = field.text === '' ? placeholder.slice(1) : after;
	return (
		<Text wrap="hard">
			{before}
			<Text inverse>{field.text === '' && placeholder !== '' ? placeholder.slice(0, 1) : under}</Text>
			<Text {...(field.text === '' ? tone('muted') : {})}>
				{padEnd(ghost, Math.max(0, room), 'end', glyphs.ellipsis)}
			</Text>
		</Text>
	);
}
