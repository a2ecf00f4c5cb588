import { Text } from 'ink';
import { formatDuration } from '../../../core/durations.ts';
import type { ReportAnswer, ReportRow } from '../../../core/restore-answers.ts';
import { counted, formatCount, formatSize } from '../../../core/sizes.ts';
import { Problem } from '../../components/form.tsx';
import { Line, type Segment } from '../../components/line.tsx';
import { displayName, displayPath, fit } from '../../components/text.ts';
import { Wait } from '../../components/wait.tsx';
import type { Size } from '../../state.ts';
import type { Glyphs } from '../../theme/glyphs.ts';
import { useLook } from '../../theme/look.ts';
import type { Tone } from '../../theme/theme.ts';
import { formatWhen } from '../jobs/job-rows.ts';
import { adviceOf, REPORT_FIGURES } from './heights.ts';
import type { ReportState } from './report-state.ts';

/** What came of it, and every file that did not simply come back; in exactly the size given. */
export function ReportView({
	state,
	size,
	height,
	now,
}: {
	state: ReportState;
	size: Size;
	height: number;
	now: number;
}) {
	const { glyphs } = useLook();
	const { width } = size;
	const { report, rows, list, error } = state;
	if (error) return <Problem error={clean(error)} width={width} />;
	if (!report) return <Wait what="Reading the report" />;
	const head = headLines(report, glyphs, now).slice(0, REPORT_FIGURES - 1);
	const shown = rows.slice(list.top, list.top + height);
	const advice = adviceOf(report);
	return (
		<>
			{head.map((segments, at) => (
				<Line key={at} segments={segments} width={width} />
			))}
			{advice ? <Problem error={clean(advice)} width={width} tone={report.error ? 'error' : 'warn'} /> : null}
			<Text> </Text>
			{rows.length === 0 ? (
				<Line segments={[{ text: 'Nothing else to report.', tone: 'muted' }]} width={width} />
			) : (
				shown.map((row, at) => {
					const index = list.top + at;
					return <Row key={index} row={row} width={width} selected={index === list.cursor} />;
				})
			)}
			{Array.from({ length: Math.max(0, height - Math.max(1, shown.length)) }, (_, at) => (
				<Text key={`blank${at}`}> </Text>
			))}
			<Line
				segments={[{ text: fit(displayName(report.file), width, 'middle', glyphs.ellipsis), tone: 'muted' }]}
				width={width}
			/>
		</>
	);
}

const clean = ({ message, guidance }: { message: string; guidance?: string }) => ({
	message: displayName(message),
	...(guidance === undefined ? {} : { guidance: displayName(guidance) }),
});

const SIGNS: Record<ReportAnswer['status'], ['ok' | 'warn' | 'error' | 'busy' | 'off', Tone]> = {
	complete: ['ok', 'ok'],
	partial: ['warn', 'warn'],
	failed: ['error', 'error'],
	stopped: ['off', 'warn'],
	running: ['busy', 'busy'],
	interrupted: ['error', 'error'],
};

/** Restored, right before, kept, problems: each with sign and word. */
function headLines(report: ReportAnswer, glyphs: Glyphs, now: number): (Segment | string)[][] {
	const { kind, job, status, files, bytes, alreadyRight, kept, problems, mismatches, target, started, finished } =
		report;
	const [sign, tone] = SIGNS[status];
	const what = `${kind} ${displayName(job)}`.trimEnd();
	const took = finished === null ? '' : `, ${formatDuration((finished - started) / 1000)}`;
	const checked = kind === 'restore' ? 'each checked against its recorded hash' : 'each archive proven by its own seal';
	return [
		[{ text: `${glyphs[sign]} ${status}`, tone, bold: true }, `  ${what}, ${formatWhen(started, now)}${took}`],
		[
			{ text: `${glyphs.ok} ${counted(files, 'file')}, ${formatSize(bytes)}`, tone: 'ok' },
			`, ${checked}${alreadyRight > 0 ? `; ${formatCount(alreadyRight)} were right already` : ''}`,
		],
		[
			{
				text: `${problems > 0 ? glyphs.error : glyphs.ok} ${counted(problems, 'problem')}`,
				tone: problems > 0 ? 'error' : 'ok',
			},
			`, ${mismatches === 1 ? '1 mismatch' : `${formatCount(mismatches)} mismatches`}`,
			...(kept === 0
				? []
				: [{ text: `    ${glyphs.warn} ${counted(kept, 'file')} kept that were in the way`, tone: 'warn' as const }]),
		],
		[{ text: 'into ', tone: 'muted' }, displayName(target === '' ? 'the folders of the archives' : target)],
	];
}

function Row({ row, width, selected }: { row: ReportRow; width: number; selected: boolean }) {
	const { glyphs } = useLook();
	const mark = selected ? `${glyphs.cursor} ` : '  ';
	return <Line segments={[mark, ...segmentsOf(row, width - 2, glyphs)]} width={width} selected={selected} />;
}

function segmentsOf(row: ReportRow, width: number, glyphs: Glyphs): Segment[] {
	switch (row.kind) {
		case 'problem': {
			const name = fit(displayPath(row.path), Math.max(20, Math.floor(width * 0.5)), 'middle', glyphs.ellipsis);
			return [{ text: `${glyphs.error} ${name}`, tone: 'error' }, { text: `  ${displayName(row.message)}` }];
		}
		case 'kept':
			return [
				{ text: `${glyphs.warn} kept `, tone: 'warn' },
				{ text: fit(displayPath(row.path), width - 7, 'middle', glyphs.ellipsis) },
			];
		case 'notice':
			return [{ text: `${glyphs.dot} ${displayName(row.message)}`, tone: row.level === 'warn' ? 'warn' : 'muted' }];
	}
}

/** Where the cursor is among the rows. */
export function reportPlace({ rows, list, cursor }: ReportState): string {
	if (rows.length === 0) return '';
	return `${formatCount(list.cursor + 1)} of ${formatCount(rows.length)}${cursor === undefined ? '' : ' and more'}`;
}

/** The same for screen readers. */
export function speakReport(
	{ report, rows, list, error }: ReportState,
	summary: string[],
): { summary: string[]; item?: string } {
	if (error) return { summary: [...summary, error.message] };
	if (!report) return { summary };
	const { status, files, problems, kept, file } = report;
	const figures = `${status}: ${counted(files, 'file')}, ${counted(problems, 'problem')}, ${formatCount(kept)} kept. ${file}`;
	const row = rows[list.cursor];
	const item = row
		? row.kind === 'notice'
			? row.message
			: row.kind === 'kept'
				? `kept ${row.path}`
				: `${row.path}: ${row.message}`
		: undefined;
	return { summary: [...summary, figures], ...(item === undefined ? {} : { item }) };
}
