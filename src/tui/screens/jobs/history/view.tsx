import { Box } from 'ink';
import { counted, formatCount } from '../../../../core/sizes.ts';
import { FactsPane } from '../../../components/facts-pane.tsx';
import { Line } from '../../../components/line.tsx';
import { Pane } from '../../../components/pane.tsx';
import { displayName } from '../../../components/text.ts';
import type { AppState, Size } from '../../../state.ts';
import { geometryOf } from './geometry.ts';
import { Heading, Row } from './rows.tsx';
import { type Choice, currentRow, type HistoryState } from './state.ts';
import { factsBeside, LABEL, rowTitle, STATUS } from './words.ts';

/** What came of all runs and other work, the newest first, with all that is known of the one under the cursor. */
export function HistoryView({ state, app, area }: { state: HistoryState; app: AppState; area: Size }) {
	const { bare, list, inside, rows: height, details } = geometryOf(area, state);
	const { rows = [], allJobs } = state;
	const { cursor, top } = state.list;
	const { width } = inside;
	return (
		<Box flexDirection="column" width={area.width} height={area.height}>
			<Pane title={titleOf(state)} footer={footerOf(state)} width={list.width} height={list.height} focus bare={bare}>
				{rows.length === 0 ? (
					<Line segments={[{ text: emptyText(state), tone: 'muted' }]} width={width} />
				) : (
					<Heading width={width} allJobs={allJobs} />
				)}
				{rows.slice(top, top + height).map((row, at) => (
					<Row key={row.id} row={row} now={app.now} width={width} allJobs={allJobs} selected={top + at === cursor} />
				))}
			</Pane>
			{details > 0 ? <Details state={state} now={app.now} width={area.width} height={details} /> : null}
		</Box>
	);
}

function Details({ state, now, width, height }: { state: HistoryState; now: number; width: number; height: number }) {
	const row = currentRow(state);
	return (
		<FactsPane
			title={row ? rowTitle(row) : 'Details'}
			facts={row ? factsBeside(row, now) : []}
			label={LABEL}
			isMore={row !== undefined}
			width={width}
			height={height}
		/>
	);
}

const SHOWN: Record<Choice, string> = {
	all: '',
	wrong: 'what went wrong',
	complete: 'complete',
	dropped: 'dropped',
};

function titleOf({ of, allJobs, allWork, choice }: HistoryState): string {
	const whose = allJobs ? 'all jobs' : displayName(of);
	return ['History', whose, allWork ? '' : 'backups only', SHOWN[choice]].filter(Boolean).join(' · ');
}

/** Where one is, and how much more there is. */
function footerOf({ rows, list, cursor, trouble }: HistoryState): string {
	if (trouble !== undefined) return displayName(trouble);
	if (!rows || rows.length === 0) return '';
	const more = cursor === undefined ? '' : ' and older ones';
	return `${formatCount(list.cursor + 1)} of ${formatCount(rows.length)}${more}`;
}

function emptyText({ trouble, stale, choice }: HistoryState): string {
	if (trouble !== undefined) return `The history cannot be read: ${displayName(trouble)}`;
	if (stale) return 'Asking the engine.';
	return choice === 'all' ? 'Nothing has run yet.' : 'There is nothing of that. s shows more.';
}

export function speakHistory(state: HistoryState): { summary: string[]; item?: string } {
	const row = currentRow(state);
	const { rows } = state;
	const summary = [titleOf(state), rows ? counted(rows.length, 'row') : 'Asking the engine.'];
	if (!row) return { summary };
	return {
		summary,
		item: [STATUS[row.status].word, rowTitle(row), displayName(row.error ?? '')].filter(Boolean).join(', '),
	};
}
