/** Rows of a form: a label, and a field that is typed or a choice that is turned with ← →. */

import { Box, Text } from 'ink';
import { useLook } from '../theme/look.ts';
import { type Field, FieldView } from './field.tsx';
import { Line } from './line.tsx';
import { fit, padEnd, widthOf, wrap } from './text.ts';

export interface FormRow {
	label: string;
	/** Typed. */
	field?: Field;
	placeholder?: string;
	/** Not to be seen. */
	secret?: boolean;
	/** Chosen. */
	choice?: string;
}

const LABEL = 16;
const FIELD = 72;

/** One row, exactly `width` cells. */
export function FormLine({ row, width, focus }: { row: FormRow; width: number; focus: boolean }) {
	const { tone, glyphs } = useLook();
	const room = Math.min(FIELD, width - LABEL - 2);
	const choice = fit(row.choice ?? '', room - 2 - widthOf(glyphs.left + glyphs.right) - 1, 'end', glyphs.ellipsis);
	return (
		<Box width={width} height={1}>
			<Text {...tone(focus ? 'accent' : 'muted')} bold={focus}>
				{`${focus ? glyphs.cursor : ' '} ${padEnd(row.label, LABEL)}`}
			</Text>
			{row.field ? (
				<FieldView
					field={row.field}
					width={room}
					focus={focus}
					secret={row.secret ?? false}
					placeholder={row.placeholder ?? ''}
				/>
			) : (
				<Text bold={focus} wrap="hard">
					{padEnd(focus ? `${choice}  ${glyphs.left} ${glyphs.right}` : choice, room)}
				</Text>
			)}
		</Box>
	);
}

/** The row for screen readers. */
export function spokenRow({ label, field, placeholder, choice, secret }: FormRow): string {
	const typed = secret ? 'typed, not read out' : field?.text || placeholder;
	return `${label}: ${(field ? typed : choice) ?? ''}`;
}

/** Running text, muted, in whole lines. */
export function Notes({ notes, width }: { notes: readonly string[]; width: number }) {
	const lines = notes.flatMap((note) => wrap(note, width));
	return lines.map((line, at) => (
		<Line key={`${at}${line}`} segments={[{ text: line, tone: 'muted' }]} width={width} />
	));
}

/** What is wrong and what to do about it, with its sign on the first line. */
export function Problem({
	error,
	width,
	tone = 'error',
}: {
	error: { message: string; guidance?: string };
	width: number;
	tone?: 'error' | 'warn';
}) {
	const { glyphs } = useLook();
	const sign = tone === 'error' ? glyphs.error : glyphs.warn;
	return problemLines(error, width).map((line, at) => (
		<Line key={`${at}${line}`} segments={[{ text: `${at === 0 ? sign : ' '} ${line}`, tone }]} width={width} />
	));
}

/** How many rows a problem takes is how many lines it has. */
export function problemLines({ message, guidance }: { message: string; guidance?: string }, width: number): string[] {
	const text = [message, guidance].filter(Boolean).join(' ');
	return wrap(text, width - 2);
}
