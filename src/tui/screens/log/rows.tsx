import type { LogEntry } from '../../../core/log-entry.ts';
import { Line, type Segment } from '../../components/line.tsx';
import { displayName, padEnd } from '../../components/text.ts';
import { useLook } from '../../theme/look.ts';
import { columnsFor, LEVEL, messageLines, sentenceIn, TIME } from './columns.ts';
import { LEVELS, shortTime } from './words.ts';

export function Heading({ width }: { width: number }) {
	const { job, code } = columnsFor(width);
	const text = `${padEnd('TIME', TIME)}${padEnd('LEVEL', LEVEL)}${padEnd('JOB', job)}${padEnd('CODE', code)}MESSAGE`;
	return <Line segments={[{ text, tone: 'muted' }]} width={width} />;
}

export function Row({
	entry,
	now,
	width,
	selected,
	most,
}: {
	entry: LogEntry;
	now: number;
	width: number;
	selected: boolean;
	/** Lines for the whole message; absent: it is cut to one. */
	most?: number;
}) {
	const { glyphs } = useLook();
	const { job, code, sentence } = columnsFor(width);
	const { sign, word, tone } = LEVELS[entry.level];
	const segments: Segment[] = [
		{ text: padEnd(shortTime(entry.time, now), TIME), tone: 'muted' },
		{ text: padEnd(`${glyphs[sign]} ${word}`, LEVEL), tone },
	];
	const cell = (text: string, cells: number) => `${padEnd(text, cells - 2, 'end', glyphs.ellipsis)}  `;
	if (job > 0) segments.push({ text: cell(displayName(entry.job ?? ''), job) });
	if (code > 0) segments.push({ text: cell(displayName(entry.code ?? ''), code), tone: 'muted' });
	const [first, ...rest] =
		most === undefined
			? [sentenceIn(entry, sentence, glyphs.ellipsis)]
			: messageLines(entry, sentence).slice(0, Math.max(1, most));
	segments.push({ text: first! });
	return (
		<>
			<Line segments={segments} width={width} selected={selected} />
			{rest.map((text, at) => (
				<Line key={at} segments={[`${' '.repeat(width - sentence)}${text}`]} width={width} selected={selected} />
			))}
		</>
	);
}
