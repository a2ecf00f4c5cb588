import { FactsPane } from '../../components/facts-pane.tsx';
import { currentEntry, type LogState } from './state.ts';
import { detailsOf, entryTitle, LABEL } from './words.ts';

/** What the entry under the cursor means and what can be done about it. */
export function Details({ state, width, height }: { state: LogState; width: number; height: number }) {
	const entry = currentEntry(state);
	return (
		<FactsPane
			title={entry ? entryTitle(entry) : 'Details'}
			facts={entry ? detailsOf(entry) : []}
			label={LABEL}
			width={width}
			height={height}
		/>
	);
}
