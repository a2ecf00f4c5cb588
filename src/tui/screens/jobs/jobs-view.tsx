import { Box } from 'ink';
import { counted, formatCount, formatSize } from '../../../core/sizes.ts';
import type { JobView } from '../../../protocol/contract.ts';
import { Line, type Segment } from '../../components/line.tsx';
import { insideOf, Pane } from '../../components/pane.tsx';
import { displayName, padEnd, padStart } from '../../components/text.ts';
import { modeOf, split } from '../../layout/layout.ts';
import type { AppState, Size } from '../../state.ts';
import { useLook } from '../../theme/look.ts';
import { Activity } from './activity.tsx';
import { Details } from './details.tsx';
import { formatWhen, jobState, overviewOf } from './job-rows.ts';
import type { JobsState } from './state.ts';

/** Height of the table's pane: the rest is for details and activity. */
function tableHeight(area: Size): number {
	return modeOf(area) === 'narrow' ? area.height : Math.max(6, Math.ceil(area.height * 0.45));
}

/** Rows of jobs that are shown at once. */
export function tableRows(area: Size): number {
	const bare = modeOf(area) === 'narrow';
	return insideOf({ ...area, height: tableHeight(area), bare }).height - 1;
}

export function JobsView({ state, app, area }: { state: JobsState; app: AppState; area: Size }) {
	const mode = modeOf(area);
	const bare = mode === 'narrow';
	if (state.whole && app.jobs?.length) return <Details app={app} area={area} whole />;
	const height = tableHeight(area);
	const jobs = app.jobs ?? [];
	const inside = insideOf({ ...area, height, bare });
	const rows = jobs.slice(state.list.top, state.list.top + inside.height - 1);
	const left = area.height - height;
	const [first, second] = split(area.width, mode === 'wide' ? [1, 1] : [1]) as [number, number | undefined];
	return (
		<Box flexDirection="column">
			<Pane
				title="Jobs"
				width={area.width}
				height={height}
				focus
				bare={bare}
				footer={app.jobs ? counted(jobs.length, 'job') : 'asking the engine'}
			>
				<Line segments={[{ text: heading(inside.width), tone: 'muted' }]} width={inside.width} />
				{rows.map((row, at) => (
					<Row
						key={row.id}
						job={row}
						app={app}
						width={inside.width}
						selected={state.list.top + at === state.list.cursor}
					/>
				))}
			</Pane>
			{left < 3 ? null : (
				<Box>
					<Details app={app} area={{ width: first, height: left }} />
					{second === undefined ? null : <Activity app={app} width={second} height={left} />}
				</Box>
			)}
		</Box>
	);
}

interface Column {
	title: string;
	width: number;
	right?: boolean;
	text: (job: JobView, app: AppState) => string;
}

const STATE_WIDTH = 18;

/** Left to right; the last ones go first when there is no room. */
const COLUMNS: readonly Column[] = [
	{ title: 'LAST RUN', width: 16, text: lastRun },
	{ title: 'SIZE', width: 9, right: true, text: (job, app) => sizeOf(job, app) },
	{ title: 'FILES', width: 10, right: true, text: (job, app) => filesOf(job, app) },
	{ title: 'NEXT RUN', width: 16, text: nextRun },
	{ title: 'SOURCES', width: 7, right: true, text: (job) => formatCount(job.sources.length) },
];

const NAME_LEAST = 14;

function shownColumns(width: number): { columns: Column[]; name: number } {
	const columns: Column[] = [];
	let left = width - 2 - STATE_WIDTH - 2 - NAME_LEAST;
	for (const column of COLUMNS) {
		if (column.width + 2 > left) break;
		left -= column.width + 2;
		columns.push(column);
	}
	return { columns, name: NAME_LEAST + left };
}

function heading(width: number): string {
	const { columns, name } = shownColumns(width);
	const titles = columns.map((column) => `  ${(column.right ? padStart : padEnd)(column.title, column.width)}`);
	return `  ${padEnd('NAME', name)}  ${padEnd('STATE', STATE_WIDTH)}${titles.join('')}`;
}

function Row({ job, app, width, selected }: { job: JobView; app: AppState; width: number; selected: boolean }) {
	const { glyphs } = useLook();
	const { columns, name } = shownColumns(width);
	const state = jobState(app, job.name);
	const rest = columns.map((column) => `  ${(column.right ? padStart : padEnd)(column.text(job, app), column.width)}`);
	const segments: Segment[] = [
		{ text: selected ? `${glyphs.cursor} ` : '  ', tone: 'accent' },
		{ text: padEnd(displayName(job.name), name), bold: true },
		{ text: `  ${padEnd(`${glyphs[state.sign]} ${state.word}`, STATE_WIDTH)}`, tone: state.tone },
		{ text: rest.join('') },
	];
	return <Line segments={segments} width={width} selected={selected} />;
}

function lastRun(job: JobView, app: AppState): string {
	const last = overviewOf(app, job.name)?.runs.at(-1);
	return last ? formatWhen(Date.parse(last.started), app.now) : '-';
}

function nextRun({ schedule }: JobView, app: AppState): string {
	const { enabled, nextRun: at, trigger } = schedule;
	if (!enabled) return 'disabled';
	return at === null ? trigger : formatWhen(at, app.now);
}

function sizeOf(job: JobView, app: AppState): string {
	const overview = overviewOf(app, job.name);
	return overview ? formatSize(job.layout === 'mirror' ? overview.bytes : overview.storedBytes) : '-';
}

function filesOf(job: JobView, app: AppState): string {
	const overview = overviewOf(app, job.name);
	return overview ? formatCount(overview.files) : '-';
}
