import { Box } from 'ink';
import type { LogEntry } from '../../../core/log-entry.ts';
import { counted, formatCount } from '../../../core/sizes.ts';
import { FieldView } from '../../components/field.tsx';
import { Line } from '../../components/line.tsx';
import { Pane } from '../../components/pane.tsx';
import { displayName, widthOf } from '../../components/text.ts';
import type { AppState, Size } from '../../state.ts';
import { columnsFor, messageLines } from './columns.ts';
import { Details } from './details.tsx';
import { geometryOf } from './geometry.ts';
import { Heading, Row } from './rows.tsx';
import { type LogState, MOST_HELD, wordsOf } from './state.ts';

/** What went on and went wrong, the newest first, with what each entry means. */
export function LogView({ state, app, area }: { state: LogState; app: AppState; area: Size }) {
	const { bare, list, inside, rows: height, details } = geometryOf(area, state);
	const { rows = [], search } = state;
	const { cursor, top } = state.list;
	const { width } = inside;
	const shown = shownRows(state, width, height);
	return (
		<Box flexDirection="column" width={area.width} height={area.height}>
			<Pane title={titleOf(state)} footer={footerOf(state)} width={list.width} height={list.height} focus bare={bare}>
				{search ? <FilterLine state={state} search={search} width={width} /> : null}
				{bare || rows.length === 0 ? null : <Heading width={width} />}
				{rows.length === 0 ? <Line segments={[{ text: emptyText(state), tone: 'muted' }]} width={width} /> : null}
				{shown.map(({ entry, most }, at) => (
					<Row
						key={entry.place}
						{...{ entry, width }}
						now={app.now}
						selected={top + at === cursor}
						{...(most === undefined ? {} : { most })}
					/>
				))}
			</Pane>
			{details > 0 ? <Details state={state} width={area.width} height={details} /> : null}
		</Box>
	);
}

/** The entries from the first one that is shown; of whole messages as many lines as there is room for. */
function shownRows({ rows = [], list, wrap }: LogState, width: number, height: number) {
	if (!wrap) return rows.slice(list.top, list.top + height).map((entry) => ({ entry, most: undefined }));
	const { sentence } = columnsFor(width);
	const shown: { entry: LogEntry; most: number }[] = [];
	let left = height;
	for (let at = list.top; at < rows.length && left > 0; at++) {
		shown.push({ entry: rows[at]!, most: left });
		left -= messageLines(rows[at]!, sentence).length;
	}
	return shown;
}

function FilterLine({
	state,
	search,
	width,
}: {
	state: LogState;
	search: NonNullable<LogState['search']>;
	width: number;
}) {
	const note = isSearching(state)
		? 'searching…'
		: counted(state.rows?.length ?? 0, 'match').replace('matchs', 'matches');
	const room = Math.max(20, width - 4 - widthOf(note));
	return (
		<Box width={width} height={1}>
			<Line segments={[{ text: '/ ', tone: 'key' }]} width={2} />
			<FieldView
				field={search.field}
				width={room}
				focus={search.editing}
				placeholder="words of message, path, job or code"
			/>
			<Line segments={[{ text: `  ${note}`, tone: 'muted' }]} width={width - 2 - room} />
		</Box>
	);
}

const SHOWN = { warning: 'warnings and errors', info: 'everything', error: 'errors only' };

function titleOf({ level, search }: LogState): string {
	const words = search && !search.editing ? [`"${displayName(search.field.text)}"`] : [];
	return ['Log', SHOWN[level], ...words].join(' · ');
}

/** Where one is, and how much more there is. */
function footerOf(state: LogState): string {
	const { rows, list, cursor, damaged, follow, error, seek, sought } = state;
	if (error !== undefined) return displayName(error);
	if (!rows || rows.length === 0) return '';
	const more =
		cursor !== undefined ? ' and older ones' : rows.length >= MOST_HELD ? '; a filter leads further back' : '';
	const lost = damaged === 0 ? [] : [`${counted(damaged, 'damaged line')} left out`];
	if (seek === 'none') lost.push(`no other "${displayName(sought)}" this way`);
	else if (seek) lost.push(`looking for "${displayName(sought)}"`);
	const place = follow ? 'following' : `${formatCount(list.cursor + 1)} of ${formatCount(rows.length)}${more}`;
	return [...lost, place].join(' · ');
}

const isSearching = ({ rows, stale, cursor, list }: LogState): boolean =>
	stale || rows === undefined || (cursor !== undefined && rows.length <= list.top);

function emptyText(state: LogState): string {
	if (state.error !== undefined) return `The log cannot be read: ${displayName(state.error)}`;
	if (isSearching(state)) return 'Reading the log…';
	if (wordsOf(state).trim() !== '') return 'No entry has all these words.';
	return {
		info: 'Nothing has happened yet.',
		warning: 'Nothing has gone wrong. l shows everything that went on.',
		error: 'There are no errors. l shows everything that went on.',
	}[state.level];
}
