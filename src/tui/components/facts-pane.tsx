/** Beneath a list: what is known of the row under the cursor, in labelled lines. */

import { Line } from './line.tsx';
import { insideOf, Pane } from './pane.tsx';
import { padEnd, wrap } from './text.ts';

/** Both safe to print. */
export type LabelledText = readonly [label: string, text: string];

/** Each text after its label, broken into lines of at most `width` cells; the label takes `cells` of them. */
export function labelledLines(facts: readonly LabelledText[], cells: number, width: number): string[] {
	return facts.flatMap(([label, text]) =>
		wrap(text, width - cells).map((line, at) => `${padEnd(at === 0 ? label : '', cells)}${line}`),
	);
}

/** The lines that there is room for; where more is to be read, enter shows all of it. */
export function FactsPane({
	title,
	facts,
	label,
	isMore = false,
	width,
	height,
}: {
	title: string;
	facts: readonly LabelledText[];
	/** Cells of a label. */
	label: number;
	/** There is more to be read than the facts. */
	isMore?: boolean;
	width: number;
	height: number;
}) {
	const inside = insideOf({ width, height });
	const lines = labelledLines(facts, label, inside.width);
	const footer = isMore || lines.length > inside.height ? 'enter shows all of it' : '';
	return (
		<Pane title={title} footer={footer} width={width} height={height}>
			{lines.slice(0, inside.height).map((line, at) => (
				<Line
					key={at}
					segments={[{ text: line.slice(0, label), tone: 'muted' }, line.slice(label)]}
					width={inside.width}
				/>
			))}
		</Pane>
	);
}
