import { Line } from '../../components/line.tsx';
import { insideOf, Pane } from '../../components/pane.tsx';
import { currentEntry, type LogState } from './state.ts';
import { entryLines, entryTitle, LABEL } from './words.ts';

/** What the entry under the cursor means and what can be done about it. */
export function Details({ state, width, height }: { state: LogState; width: number; height: number }) {
	const entry = currentEntry(state);
	const inside = insideOf({ width, height });
	const lines = entry ? entryLines(entry, inside.width) : [];
	const isCut = lines.length > inside.height;
	return (
		<Pane
			title={entry ? entryTitle(entry) : 'Details'}
			footer={isCut ? 'enter shows all of it' : ''}
			width={width}
			height={height}
		>
			{lines.slice(0, inside.height).map((line, at) => (
				<Line
					key={at}
					segments={[{ text: line.slice(0, LABEL), tone: 'muted' }, line.slice(LABEL)]}
					width={inside.width}
				/>
			))}
		</Pane>
	);
}
