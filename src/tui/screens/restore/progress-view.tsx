import { Text } from 'ink';
import { formatDuration } from '../../../core/durations.ts';
import { counted, formatCount, formatRate, formatSize } from '../../../core/sizes.ts';
import type { RestoreProgress, TaskEvent, ThawProgress } from '../../../core/task.ts';
import { bar, sparkline } from '../../components/bar.ts';
import { causeFirst, eventText } from '../../components/event-text.ts';
import { Line } from '../../components/line.tsx';
import { displayName, displayPath, fit, padEnd, wrap } from '../../components/text.ts';
import { Wait } from '../../components/wait.tsx';
import type { Size } from '../../state.ts';
import { useLook } from '../../theme/look.ts';
import { rateOf, ratesOf, type Samples } from './samples.ts';

const PHASES = {
	plan: 'looking for what is to be done',
	thaw: 'waiting for the thaw',
	fetch: 'reading and writing',
	finish: 'folders, links and times',
};
const LABEL = 10;
const REASON_ROWS = 3;

/** How far a restore or decrypt has come, in exactly the size given. */
export function ProgressView({
	progress,
	samples,
	events,
	started,
	now,
	reason,
	notes,
	size,
}: {
	progress: RestoreProgress | undefined;
	samples: Samples;
	events: readonly { at: number; event: TaskEvent }[];
	started: number;
	now: number;
	/** Why it waits. */
	reason: string | undefined;
	notes: readonly string[];
	size: Size;
}) {
	const { glyphs } = useLook();
	const { width, height } = size;
	if (!progress) return <Wait what="Beginning" />;
	const { bytes, bytesDone, files, filesDone, fetchedBytes, fetchBytes, phase, workers, errors } = progress;
	const share = bytes === 0 ? (phase === 'finish' ? 1 : 0) : bytesDone / bytes;
	const rate = rateOf(samples);
	const left = rate && phase === 'fetch' ? (bytes - bytesDone) / rate : undefined;
	const barWidth = Math.max(10, width - LABEL - 8);
	const figures: [string, string][] = [
		['Files', `${formatCount(filesDone)} of ${formatCount(files)}`],
		['Content', `${formatSize(bytesDone)} of ${formatSize(bytes)}`],
		...(progress.kind === 'restore'
			? [['Read', `${formatSize(fetchedBytes)} of ${formatSize(fetchBytes)} from the store`] as [string, string]]
			: []),
		...(progress.thaw ? [['Thaw', thawText(progress.thaw, now)] as [string, string]] : []),
		...(phase === 'thaw'
			? []
			: [['Rate', rate === undefined ? 'not known yet' : `${formatRate(rate)}${eta(left)}`] as [string, string]]),
		['Time', `${formatDuration(Math.max(0, now - started) / 1000)}; ${PHASES[phase]}`],
		['Problems', errors === 0 ? 'none so far' : formatCount(errors)],
	];
	const shownWorkers = workers.slice(0, Math.max(1, height - figures.length - 8));
	const held = reason ?? (phase === 'thaw' ? thawReason(events) : undefined);
	const why = held ? wrap(`waiting: ${causeFirst(held)}`, width - 2).slice(0, REASON_ROWS) : [];
	const room = height - 2 - figures.length - shownWorkers.length - why.length - 1 - notes.length - 1;
	// What it waits for stands above already.
	const told = held ? events.filter(({ event }) => event.event !== 'waiting' || event.reason !== held) : events;
	const shown = room > 0 ? told.slice(-room) : [];
	const percent = `${Math.floor(Math.min(1, share) * 100)} %`.padStart(6);
	return (
		<>
			<Line
				segments={[
					{ text: padEnd(displayPhase(phase), LABEL) },
					{ text: bar(share, barWidth, glyphs), tone: 'busy' },
					percent,
				]}
				width={width}
			/>
			<Line
				segments={[
					{ text: ' '.repeat(LABEL) },
					{ text: sparkline(ratesOf(samples), Math.min(60, barWidth), glyphs), tone: 'accent' },
				]}
				width={width}
			/>
			{figures.map(([label, text]) => (
				<Line
					key={label}
					segments={[
						{ text: padEnd(label, LABEL), tone: 'muted' },
						{ text, tone: label === 'Problems' && errors > 0 ? 'error' : 'normal' },
					]}
					width={width}
				/>
			))}
			{why.map((line, at) => (
				<Line key={line} segments={[{ text: `${at === 0 ? glyphs.warn : ' '} ${line}`, tone: 'warn' }]} width={width} />
			))}
			{shownWorkers.map(({ worker, archive = '', path = '' }) => {
				const name = padEnd(
					archive.split('/').slice(-2).join('/'),
					Math.min(40, Math.floor(width / 3)),
					'start',
					glyphs.ellipsis,
				);
				const rest = width - LABEL - name.length - 2;
				return (
					<Line
						key={worker}
						segments={[
							{ text: padEnd(`Worker ${worker + 1}`, LABEL), tone: 'muted' },
							`${displayName(name)}  `,
							{ text: path === '' ? '' : fit(displayPath(path), rest, 'middle', glyphs.ellipsis), tone: 'muted' },
						]}
						width={width}
					/>
				);
			})}
			<Text> </Text>
			{shown.map(({ at, event }, index) => {
				const { text, tone } = lineOf(event, progress.kind);
				return (
					<Line
						key={`${at}${index}`}
						segments={[
							{ text: `${clock(at)}  `, tone: 'muted' },
							{ text, tone },
						]}
						width={width}
					/>
				);
			})}
			{Array.from({ length: Math.max(0, room - shown.length) }, (_, at) => (
				<Text key={`blank${at}`}> </Text>
			))}
			{notes.map((note) => (
				<Line key={note} segments={[{ text: note, tone: 'muted' }]} width={width} />
			))}
		</>
	);
}

/** A decrypt stores nothing: it writes TAR files. */
function lineOf(event: TaskEvent, kind: RestoreProgress['kind']): ReturnType<typeof eventText> {
	if (event.event !== 'archive' || kind === 'restore') return eventText(event);
	return { text: `wrote ${displayName(event.key)}, ${formatSize(event.bytes)}`, tone: 'ok' };
}

/** What was told of a thaw, until the task itself is asked why it waits. */
function thawReason(events: readonly { event: TaskEvent }[]): string | undefined {
	const last = events.at(-1)?.event;
	return last?.event === 'waiting' ? last.reason : undefined;
}

/** Archives, and when they can all be read. */
function thawText({ archives, settled, thawing, warm, failed, readyBy }: ThawProgress, now: number): string {
	const parts = [`${formatCount(settled)} of ${counted(archives, 'archive')} done`];
	if (thawing > 0) parts.push(`${formatCount(thawing)} thawing`);
	if (warm > 0) parts.push(`${formatCount(warm)} warm`);
	if (failed > 0) parts.push(`${formatCount(failed)} failed`);
	if (readyBy !== undefined) parts.push(`ready within ${formatDuration(Math.max(0, readyBy - now) / 1000)}`);
	return parts.join(', ');
}

const displayPhase = (phase: RestoreProgress['phase']): string =>
	({ plan: 'Plan', thaw: 'Total', fetch: 'Total', finish: 'Finish' })[phase];

/** Only an estimate, and said to be one. */
function eta(seconds: number | undefined): string {
	return seconds === undefined ? '' : `, about ${formatDuration(seconds)} left`;
}

function clock(time: number): string {
	return new Date(time).toTimeString().slice(0, 8);
}
