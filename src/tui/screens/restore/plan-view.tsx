import { Text } from 'ink';
import { formatUsd } from '../../../core/money.ts';
import type { PlannedArchive, RestorePlanAnswer } from '../../../core/restore-answers.ts';
import { counted, formatCount, formatSize } from '../../../core/sizes.ts';
import { Problem } from '../../components/form.tsx';
import { Line } from '../../components/line.tsx';
import type { ListState } from '../../components/list.ts';
import { displayName, fit, padEnd, padStart, widthOf, wrap } from '../../components/text.ts';
import { Wait } from '../../components/wait.tsx';
import { useLook } from '../../theme/look.ts';
import type { Tone } from '../../theme/theme.ts';
import { formatWhen } from '../jobs/job-rows.ts';
import { costOf } from './cost.ts';
import { PLAN_FIGURES } from './heights.ts';

export interface Figure {
	label: string;
	text: string;
	tone?: Tone;
}

const LABEL = 10;

/** The plan in numbers; where there is no room for all, the least telling ones go. */
export function planFigures(plan: RestorePlanAnswer, now: number, most = PLAN_FIGURES): Figure[] {
	const { files, bytes, fetchBytes, requests, target, existing, key, snapshot } = plan;
	const fits = target.freeBytes !== null && target.freeBytes >= bytes;
	const free =
		target.freeBytes === null ? 'not known' : `${formatSize(target.freeBytes)}, ${fits ? 'enough' : 'not enough'}`;
	const figures: Figure[] = [
		{ label: 'Snapshot', text: `${snapshot.number} of ${formatWhen(snapshot.time, now)}` },
		{ label: 'Restores', text: `${counted(files, 'file')}, ${formatSize(bytes)}` },
		{ label: 'Needs', text: `${needsText(plan)}${costText(plan)}` },
		{ label: 'Reads', text: `${formatSize(fetchBytes)} in ${counted(requests, 'request')}` },
		{ label: 'Target', text: displayName(target.path) },
		{ label: 'Free there', text: free, tone: fits ? 'ok' : 'warn' },
		{
			label: 'There now',
			text: thereNow(existing, target.exists, files),
			tone: existing.other > 0 ? 'warn' : 'normal',
		},
		{ label: 'Key', text: keyText(key), tone: key.fits ? 'ok' : 'error' },
	];
	const gone = LEAST_TELLING.slice(0, PLAN_FIGURES - most);
	return figures.filter(({ label }) => !gone.includes(label));
}

/** A mirror has no archives: each file lies there by itself. */
function needsText({ archives, fetchBytes, files }: RestorePlanAnswer): string {
	if (archives.count === 0 && files > 0) return `${formatSize(fetchBytes)} of a mirror`;
	return `${counted(archives.count, 'archive')} of ${formatSize(archives.bytes)}`;
}

/** What it costs at least, where it costs anything. */
function costText({ quote }: RestorePlanAnswer): string {
	const { tier, cost, asks } = costOf(quote, undefined);
	if (tier) return `; thaw ${cost === undefined ? 'at a cost not known' : `from ${formatUsd(cost)}`}`;
	return asks ? `; ${formatUsd(cost ?? 0)}` : '';
}

const LEAST_TELLING = ['Snapshot', 'Needs', 'Target', 'Reads', 'Free there'];

function thereNow({ looked, same, other }: RestorePlanAnswer['existing'], exists: boolean, files: number): string {
	if (!exists) return 'nothing: it will be made';
	if (same + other === 0) return 'nothing of it';
	const of = looked < files ? ` of the first ${formatCount(looked)}` : '';
	return `${formatCount(same)} look the same, ${formatCount(other)} differ${of}`;
}

function keyText({ needed, fits, recipients, atHand }: RestorePlanAnswer['key']): string {
	if (!needed) return 'none needed';
	if (fits) return `opens all (${counted(recipients, 'recipient')})`;
	return atHand.length === 0 ? 'missing' : 'does not fit';
}

/** Figures with their labels, one a line; `whole`: in as many lines as they take. */
export function Figures({
	figures,
	width,
	whole = false,
}: {
	figures: readonly Figure[];
	width: number;
	whole?: boolean;
}) {
	const { glyphs } = useLook();
	const room = width - LABEL - 1;
	return figures.flatMap(({ label, text, tone = 'normal' }) => {
		const said = `${signOf(tone, glyphs)}${text}`;
		// A long path reads better without its middle than in pieces.
		const isWords = said.split(' ').every((word) => widthOf(word) <= room);
		const lines = whole && isWords ? wrap(said, room) : [fit(said, room, 'middle', glyphs.ellipsis)];
		return lines.map((line, at) => (
			<Line
				key={`${label}${at}`}
				segments={[
					{ text: padEnd(at === 0 ? label : '', LABEL + 1), tone: 'muted' },
					{ text: line, tone },
				]}
				width={width}
			/>
		));
	});
}

/** State is a sign and a word, never a colour alone. */
function signOf(tone: Tone, glyphs: { ok: string; warn: string; error: string }): string {
	return tone === 'ok' || tone === 'warn' || tone === 'error' ? `${glyphs[tone]} ` : '';
}

interface Column {
	title: string;
	cells: number;
	text: (row: PlannedArchive) => string;
}

/** The last ones go first when there is no room. */
const COLUMNS: readonly Column[] = [
	{ title: 'FILES', cells: 9, text: ({ files }) => formatCount(files) },
	{ title: 'TO READ', cells: 10, text: ({ fetchBytes }) => formatSize(fetchBytes) },
	{ title: 'SIZE', cells: 10, text: ({ size }) => formatSize(size) },
	{ title: 'REQUESTS', cells: 10, text: ({ requests }) => formatCount(requests) },
];
const NAME_LEAST = 22;

function shownColumns(width: number): { columns: Column[]; name: number } {
	let left = width - 2 - NAME_LEAST;
	const columns = COLUMNS.filter(({ cells }) => {
		left -= cells;
		return left >= 0;
	});
	const used = columns.reduce((sum, { cells }) => sum + cells, 0);
	return { columns, name: width - 2 - used };
}

/** The archives that are read, and what is wrong; figures above where there is no pane for them. */
export function PlanView({
	plan,
	list,
	height,
	width,
	figures,
	now,
}: {
	plan: RestorePlanAnswer;
	list: ListState;
	/** Rows of archives. */
	height: number;
	width: number;
	/** How many figures stand above the archives. */
	figures: number;
	now: number;
}) {
	const { glyphs } = useLook();
	const { rows } = plan.archives;
	const shown = rows.slice(list.top, list.top + height);
	const { columns, name } = shownColumns(width);
	const complaints = [
		...plan.problems.map((one) => ({ error: one, tone: 'error' as const })),
		...plan.warnings.map((message) => ({ error: { message }, tone: 'warn' as const })),
	];
	return (
		<>
			{figures > 0 ? <Figures figures={planFigures(plan, now, figures)} width={width} /> : null}
			<Line
				segments={[
					{
						text: `  ${padEnd('ARCHIVE', name)}${columns.map(({ title, cells }) => padStart(title, cells)).join('')}`,
						tone: 'muted',
					},
				]}
				width={width}
			/>
			{plan.archives.count === 0 && plan.files > 0 ? (
				<Line segments={[{ text: '  None: in a mirror each file lies by itself.', tone: 'muted' }]} width={width} />
			) : null}
			{shown.map((row, at) => {
				const selected = list.top + at === list.cursor;
				const isThere = row.status === 'stored';
				const figures = columns.map(({ cells, text }) => padStart(text(row), cells)).join('');
				const key = padEnd(displayName(row.key.split('/').slice(-2).join('/')), name, 'middle', glyphs.ellipsis);
				return (
					<Line
						key={row.key}
						segments={[
							{ text: selected ? `${glyphs.cursor} ` : '  ', tone: 'accent' },
							{ text: key },
							{ text: isThere ? figures : '' },
							{ text: isThere ? '' : `  ${glyphs.error} ${row.status}`, tone: 'error' },
						]}
						width={width}
						selected={selected}
					/>
				);
			})}
			{Array.from({ length: Math.max(0, height - shown.length) }, (_, at) => (
				<Text key={`blank${at}`}> </Text>
			))}
			{complaints.length > 0 ? <Text> </Text> : null}
			{complaints.map(({ error, tone }, at) => (
				<Problem
					key={at}
					error={{
						message: displayName(error.message),
						...('guidance' in error && error.guidance ? { guidance: displayName(error.guidance) } : {}),
					}}
					width={width}
					tone={tone}
				/>
			))}
			<Text> </Text>
			<Line
				segments={[
					{
						text:
							plan.problems.length > 0
								? 'It cannot begin like this: esc goes back.'
								: 'enter asks once more, then begins.',
						tone: 'muted',
					},
				]}
				width={width}
			/>
		</>
	);
}

/** While the plan is made, or when there can be none. */
export function NoPlan({
	error,
	busy,
	width,
}: {
	error: { message: string; guidance?: string } | undefined;
	busy: boolean;
	width: number;
}) {
	if (busy || !error) return <Wait what="Making the plan" />;
	const clean = {
		message: displayName(error.message),
		...(error.guidance ? { guidance: displayName(error.guidance) } : {}),
	};
	return <Problem error={clean} width={width} />;
}

/** Which of the archives are shown. */
export function placeOf({ archives }: RestorePlanAnswer, { top }: ListState, height: number): string {
	const last = Math.min(top + height, archives.rows.length);
	const more =
		archives.count > archives.rows.length ? `; the first ${formatCount(archives.rows.length)} are listed` : '';
	return archives.count === 0
		? 'none'
		: `${formatCount(top + 1)}-${formatCount(last)} of ${counted(archives.count, 'archive')}${more}`;
}
