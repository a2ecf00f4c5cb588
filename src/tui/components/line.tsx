import { Text } from 'ink';
import { punctuated } from '../theme/glyphs.ts';
import { useLook } from '../theme/look.ts';
import type { Tone } from '../theme/theme.ts';
import { fit, widthOf } from './text.ts';

export interface Segment {
	text: string;
	tone?: Tone;
	bold?: boolean;
}

/**
 * One row of exactly `width` cells. The row under the cursor is inverse and carries no other colour, so that it reads
 * the same in every theme.
 */
export function Line({
	segments,
	width,
	selected = false,
}: {
	segments: readonly (Segment | string)[];
	width: number;
	selected?: boolean;
}) {
	const { tone, glyphs } = useLook();
	const pieces: Segment[] = [];
	let left = width;
	for (const given of segments) {
		const segment = typeof given === 'string' ? { text: given } : given;
		const text = fit(punctuated(segment.text, glyphs), left, 'end', glyphs.ellipsis);
		left -= widthOf(text);
		if (text !== '') pieces.push({ ...segment, text });
		if (left <= 0) break;
	}
	const rest = ' '.repeat(Math.max(0, left));
	if (selected) {
		return (
			<Text inverse bold wrap="hard">
				{pieces.map(({ text }) => text).join('') + rest}
			</Text>
		);
	}
	return (
		<Text wrap="hard">
			{pieces.map(({ text, tone: name = 'normal', bold }, at) => (
				<Text key={at} {...tone(name)} {...(bold ? { bold } : {})}>
					{text}
				</Text>
			))}
			{rest}
		</Text>
	);
}
