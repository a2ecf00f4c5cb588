import { Box } from 'ink';
import { formatDuration } from '../../../core/durations.ts';
import { etaOf, NO_PACE, type Pace, rateNow, totalsOf } from '../../../core/pace.ts';
import { formatRate, formatSize } from '../../../core/sizes.ts';
import type { TaskProgress } from '../../../core/task.ts';
import { bar } from '../../components/bar.ts';
import { Line, type Segment } from '../../components/line.tsx';
import { insideOf, Pane } from '../../components/pane.tsx';
import { displayName, padStart, widthOf } from '../../components/text.ts';
import { split } from '../../layout/layout.ts';
import type { AppState, LiveTask, Size } from '../../state.ts';
import { useLook } from '../../theme/look.ts';
import { Events } from './events.tsx';
import { newsLines, pleaLines } from './news.ts';
import { PacePanes } from './pace-panes.tsx';
import { runLayout } from './run-layout.ts';
import { figures, requestFigure, stateOf } from './run-words.ts';
import { isActive, type RunState, shownTask } from './state.ts';
import { Workers } from './workers.tsx';

/** The task that goes on, or went on last: how far it is, who does what, how fast, what has happened. */
export function RunView({ state, app, area }: { state: RunState; app: AppState; area: Size }) {
	const task = shownTask(app, state);
	if (!task) return <Nothing area={area} app={app} />;
	const lines = newsLines(app, task, area);
	const plea = pleaLines(app, task, area);
	const { bare, head, workers: rows, pace, events } = runLayout(area, workerRows(task), lines.length + plea.length);
	const own = state.paces[task.id] ?? NO_PACE;
	const [left, right] = split(area.width, [1, 1]) as [number, number];
	return (
		<Box flexDirection="column" width={area.width} height={area.height} overflow="hidden">
			<Head {...{ task, app, lines, plea, bare }} pace={own} width={area.width} height={head} isAlone={pace === 0} />
			{rows === 0 ? null : <Workers task={task} now={app.now} width={area.width} height={rows} bare={bare} />}
			{pace === 0 ? null : <PacePanes task={task} pace={own} widths={[left, right]} height={pace} />}
			{events < 3 ? null : <Events task={task} state={state} width={area.width} height={events} bare={bare} />}
		</Box>
	);
}

function Nothing({ area, app }: { area: Size; app: AppState }) {
	const { width } = insideOf(area);
	const lines = app.jobs?.length
		? ['Nothing has run since the engine started.', '', '1 leads to the jobs: s starts a backup there.']
		: ['There is no job yet.', '', '1 leads to the first steps.'];
	return (
		<Pane title="Run" width={area.width} height={area.height}>
			{lines.map((line, at) => (
				<Line key={`${at}`} segments={[{ text: line, tone: 'muted' }]} width={width} />
			))}
		</Pane>
	);
}

interface HeadProps {
	task: LiveTask;
	app: AppState;
	pace: Pace;
	width: number;
	height: number;
	bare: boolean;
	/** How it stands. */
	lines: readonly string[];
	/** What somebody has to do, and why. */
	plea: readonly string[];
	/** There is no room to say elsewhere what has gone over the wire. */
	isAlone: boolean;
}

function Head({ task, app, pace, width, height, bare, lines, plea, isAlone }: HeadProps) {
	const { glyphs } = useLook();
	const inside = insideOf({ width, height, bare }).width;
	const { word, sign, tone } = stateOf(task);
	const end = isActive(task) ? app.now : (task.ended ?? task.seen);
	const elapsed = formatDuration(Math.max(0, end - task.started) / 1000);
	const title = `${task.kind[0]!.toUpperCase()}${task.kind.slice(1)} ${glyphs.dot} ${displayName(task.job || 'archives')}`;
	const stale = app.engine.state === 'lost' ? `as of ${formatDuration((app.now - task.seen) / 1000)} ago` : '';
	const room = inside - widthOf(word) - 4;
	const started = `started ${new Date(task.started).toTimeString().slice(0, 8)}`;
	return (
		<Pane
			title={title}
			right={stale || `${started} ${glyphs.dot} ${elapsed}`}
			width={width}
			height={height}
			bare={bare}
			focus
		>
			{task.progress ? (
				<>
					<BarLine progress={task.progress} isDone={task.summary?.status === 'complete'} width={inside} />
					<FigureLine task={task} width={inside} withRequests={isAlone} />
				</>
			) : null}
			{lines.map((text, at) => (
				<Line
					key={`${at}`}
					segments={[
						{ text: at === 0 ? `${glyphs[sign]} ${word}` : ' '.repeat(widthOf(word) + 2), tone },
						{ text: text === '' ? '' : `  ${text}`, tone: task.reason && isActive(task) ? 'warn' : 'muted' },
						// When somebody will do something, nobody can tell.
						...(at === 0 && plea.length === 0 ? etaSegments(task, pace, room - widthOf(text)) : []),
					]}
					width={inside}
				/>
			))}
			{plea.map((text, at) => (
				<Line key={`${at}${text}`} segments={[{ text, tone: 'warn' }]} width={inside} />
			))}
		</Pane>
	);
}

/** A backup has workers at any time as long as it goes on; of what has none nothing is to be seen. */
function workerRows(task: LiveTask): number {
	if (!isActive(task)) return 0;
	const workers = task.progress?.workers.length ?? 0;
	return task.kind === 'backup' ? Math.max(1, workers) : workers;
}

/** Wide enough for `1023 MiB of 1023 MiB`, so that the bar does not jump. */
const AMOUNT = 22;

function BarLine({ progress, isDone, width }: { progress: TaskProgress; isDone: boolean; width: number }) {
	const { glyphs } = useLook();
	const { finished, total } = totalsOf(progress);
	const share = isDone ? 1 : total === undefined ? 0 : total === 0 ? 0 : finished / total;
	const percent = total === undefined && !isDone ? '' : `${Math.floor(Math.min(1, share) * 100)} %`;
	const amount =
		total !== undefined
			? `${formatSize(finished)} of ${formatSize(total)}`
			: finished === 0
				? ''
				: `${formatSize(finished)} so far`;
	const cells = Math.max(10, width - AMOUNT - 9);
	return (
		<Line
			segments={[
				{ text: bar(share, cells, glyphs), tone: 'accent' },
				{ text: ` ${padStart(percent, 5)}  `, bold: true },
				{ text: padStart(amount, AMOUNT) },
			]}
			width={width}
		/>
	);
}

function FigureLine({ task, width, withRequests }: { task: LiveTask; width: number; withRequests: boolean }) {
	const shown = figures(task);
	const requests = withRequests ? requestFigure(task) : [];
	// A number that is cut off would be another one.
	const cells = [...shown, ...requests].reduce((sum, [label, value]) => sum + label.length + value.length + 4, -3);
	const segments = [...shown, ...(cells <= width ? requests : [])].flatMap(([label, value], at): Segment[] => [
		{ text: `${at === 0 ? '' : '   '}${label} `, tone: 'muted' },
		{ text: value, tone: label === 'errors' && value !== '0' ? 'error' : 'normal' },
	]);
	return <Line segments={segments} width={width} />;
}

/** At the right end: how fast, and when it is done. None before the scan has ended. */
function etaSegments(task: LiveTask, pace: Pace, room: number): Segment[] {
	if (!task.progress || task.summary || !isActive(task) || task.state === 'paused') return [];
	const { finished, total } = totalsOf(task.progress);
	const rate = rateNow(pace.moved);
	const speed = rate === undefined ? '' : formatRate(rate);
	const eta = total === undefined ? undefined : etaOf(pace.finished, total - finished);
	const left = eta ? `  ETA ${formatDuration(eta.seconds)} ±${formatDuration(eta.margin)}` : '';
	const clock = eta ? ` (${new Date(Date.now() + eta.seconds * 1000).toTimeString().slice(0, 5)})` : '';
	const text = [speed + left + clock, speed + left, speed].find((one) => widthOf(one) < room - 2) ?? '';
	return [{ text: padStart(text, Math.max(0, room)) }];
}
