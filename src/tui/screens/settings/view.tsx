import { Box } from 'ink';
import { Notes, Problem } from '../../components/form.tsx';
import { Line, type Segment } from '../../components/line.tsx';
import { insideOf, Pane } from '../../components/pane.tsx';
import { displayName, fit, padEnd, wrap } from '../../components/text.ts';
import type { AppState, Size } from '../../state.ts';
import { useLook } from '../../theme/look.ts';
import type { Tone } from '../../theme/theme.ts';
import { accountLines, signInCells } from './drive-rows.ts';
import { settingsLayout } from './geometry.ts';
import { explainedKey, isKeyRow, keyCells } from './key-rows.ts';
import { canTurn, currentRow, type Row, rowsOf } from './rows.ts';
import { placeOf, SECTIONS, type SettingsState, TITLES } from './state.ts';
import { resultLines, testMark } from './test-lines.ts';

/** Sections at the left or above; the rows of one; beneath them what belongs to the row under the cursor. */
export function SettingsView({ state, app, area }: { state: SettingsState; app: AppState; area: Size }) {
	const rows = rowsOf(state);
	const { bare, side, list, below } = settingsLayout(state.section, rows.length, area);
	const stale = app.engine.state === 'lost' && state.answer ? 'as of before the engine was lost' : '';
	return (
		<Box width={area.width} height={area.height} overflow="hidden">
			{side === 0 ? null : <Sections state={state} width={side} height={area.height} />}
			<Box flexDirection="column" width={list.width}>
				<Rows state={state} rows={rows} size={list} bare={bare} stale={stale} withTabs={side === 0} />
				<Below state={state} size={below} bare={bare} />
			</Box>
		</Box>
	);
}

/** The sections in a line, where they have no pane; where they do not fit, the one that is shown and its number. */
function tabs({ section }: SettingsState, width: number): string {
	const all = SECTIONS.map((one) => (one === section ? `[${TITLES[one]}]` : TITLES[one])).join('  ');
	return all.length <= width ? all : `[${TITLES[section]}] ${SECTIONS.indexOf(section) + 1} of ${SECTIONS.length}`;
}

function Sections({ state, width, height }: { state: SettingsState; width: number; height: number }) {
	const { glyphs } = useLook();
	const inside = insideOf({ width, height }).width;
	return (
		<Pane title="Settings" width={width} height={height}>
			{SECTIONS.map((section) => {
				const isHere = section === state.section;
				return (
					<Line
						key={section}
						segments={[
							{ text: `${isHere ? glyphs.cursor : ' '} ${TITLES[section]}`, tone: isHere ? 'accent' : 'normal' },
						]}
						width={inside}
					/>
				);
			})}
		</Pane>
	);
}

interface RowsProps {
	state: SettingsState;
	rows: readonly Row[];
	size: Size;
	bare: boolean;
	stale: string;
	withTabs: boolean;
}

function Rows({ state, rows, size, bare, stale, withTabs }: RowsProps) {
	const { glyphs } = useLook();
	const inside = insideOf({ ...size, bare });
	const { section, lists, answer, problem } = state;
	const { cursor, top } = lists[section];
	const shown = problem ? [] : rows.slice(top, top + inside.height);
	const footer = rows.length > shown.length ? `${top + 1}-${top + shown.length} of ${rows.length}` : '';
	const isKnown = section === 'keys' ? state.keys : section === 'drive' ? state.drive : answer;
	const empty = isKnown ? EMPTY[section === 'drive' ? 'drive' : 'others'] : 'Asking the engine.';
	return (
		<Pane
			title={withTabs ? tabs(state, inside.width - 2) : TITLES[section]}
			right={stale}
			footer={footer}
			{...size}
			bare={bare}
			focus
		>
			{problem ? <Problem error={problem} width={inside.width} /> : null}
			{!problem && rows.length === 0 ? <Notes notes={[empty]} width={inside.width} /> : null}
			{shown.map((row, at) => {
				const selected = top + at === cursor;
				const sign = selected ? `${glyphs.cursor} ` : '  ';
				return (
					<Line
						key={top + at}
						segments={[sign, ...cells(row, state, inside.width - 2, glyphs, selected)]}
						width={inside.width}
						selected={selected}
					/>
				);
			})}
		</Pane>
	);
}

const EMPTY = {
	drive: 'Nobody is signed in to Google Drive: s signs in. With a code, on any device; nothing has to be opened here.',
	others: 'There is no job yet, so nothing is written anywhere. 1 leads to the first steps.',
};

type Glyphs = ReturnType<typeof useLook>['glyphs'];

const STATUS = 14;
const WHOSE = 18;
const NAME = 16;

function cells(row: Row, state: SettingsState, width: number, glyphs: Glyphs, selected: boolean): Segment[] {
	const cut = (text: string, room: number) => padEnd(text, room, 'middle', glyphs.ellipsis);
	switch (row.kind) {
		case 'destination': {
			const { url, jobs } = row.place;
			const { sign, word, tone } = testMark(state.tests[placeOf(row.place)], glyphs);
			const names = displayName(jobs.join(', '));
			const room = width - STATUS;
			const right = Math.min(names.length + 2, Math.floor(room / 3));
			return [
				{ text: padEnd(`${sign} ${word}`, STATUS), tone },
				{ text: cut(displayName(url), room - right) },
				{ text: `  ${fit(names, right - 2, 'end', glyphs.ellipsis)}`, tone: 'muted' },
			];
		}
		case 'setting':
		case 'job': {
			const whose = row.kind === 'job' ? displayName(row.job) : row.setting.group === 'new jobs' ? 'new jobs' : '';
			const turns = selected && canTurn(row) ? `  ${glyphs.left} ${glyphs.right}` : '';
			const tone: Tone = row.kind === 'setting' && !row.isSet ? 'muted' : 'normal';
			return [
				...(whose === '' ? [] : [{ text: `${cut(whose, WHOSE - 2)}  `, tone: 'muted' as const }]),
				{ text: padEnd(row.setting.name, NAME) },
				{ text: row.value + turns, tone },
			];
		}
		case 'key':
		case 'credentials':
		case 'secrets':
			return keyCells(row, width, glyphs);
		case 'signIn':
			return signInCells(row, width, glyphs);
		case 'path':
			return [{ text: padEnd(row.label, NAME) }, { text: cut(displayName(row.path), width - NAME) }];
	}
}

/** The result of a test, or what the row under the cursor means. */
function Below({ state, size, bare }: { state: SettingsState; size: Size; bare: boolean }) {
	const { glyphs } = useLook();
	const inside = insideOf({ ...size, bare });
	const row = currentRow(state);
	if (row?.kind === 'signIn') {
		return (
			<Pane title="Account" {...size} bare={bare}>
				{accountLines(row, inside.width, glyphs)
					.slice(0, inside.height)
					.map((segments, at) => (
						<Line key={at} segments={segments} width={inside.width} />
					))}
			</Pane>
		);
	}
	if (!row) return <Box {...size} />;
	if (row.kind !== 'destination') {
		const lines = explained(row).flatMap((text) => wrap(text, inside.width));
		return (
			<Pane title="What it is" {...size} bare={bare}>
				{lines.slice(0, inside.height).map((text) => (
					<Line key={text} segments={[{ text, tone: 'muted' }]} width={inside.width} />
				))}
			</Pane>
		);
	}
	const { endpoint, region, profile, credentials } = row.place;
	const who = credentials ? `stored credentials ${credentials}` : profile && `profile ${profile}`;
	const where = [endpoint, region && `region ${region}`, who].filter(Boolean).join(', ');
	const test = state.tests[placeOf(row.place)];
	const from: Segment[][] = where === '' ? [] : [[{ text: displayName(where), tone: 'muted' }]];
	const room = { width: inside.width, height: inside.height - from.length };
	const all = [...from, ...(test ? resultLines(test, room, glyphs) : untested(inside.width))];
	const isCut = all.length > inside.height;
	const shown = isCut ? all.slice(0, inside.height - 1) : all;
	const time = test ? new Date(test.at).toTimeString().slice(0, 8) : '';
	return (
		<Pane title="Test" right={test?.state === 'running' ? '' : time} {...size} bare={bare}>
			{shown.map((segments, at) => (
				<Line key={at} segments={segments} width={inside.width} />
			))}
			{isCut ? <Line segments={[{ text: 'i shows the whole result.', tone: 'muted' }]} width={inside.width} /> : null}
		</Pane>
	);
}

function untested(width: number): Segment[][] {
	const text = 'Not tested yet: t tries out what can be done there, and leaves nothing behind.';
	return wrap(text, width).map((line) => [{ text: line, tone: 'muted' }]);
}

/** What a row is for, in sentences. */
export function explained(row: Exclude<Row, { kind: 'destination' | 'signIn' }>): string[] {
	if (row.kind === 'path') return [row.holds];
	if (isKeyRow(row)) return explainedKey(row);
	const { help, allowed } = row.setting;
	const what = `${help[0]!.toUpperCase()}${help.slice(1)}. Give ${allowed}.`;
	if (row.kind === 'job') return [what, 'It holds from the next run on.'];
	const whose = row.setting.group === 'new jobs' ? ['New jobs begin with it.'] : [];
	return [what, [...whose, row.isSet ? 'It was set; u unsets it.' : 'It was not set.'].join(' ')];
}
