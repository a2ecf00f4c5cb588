import type { LogEntry } from '../../../core/log-entry.ts';
import { Line, type Segment } from '../../components/line.tsx';
import { displayName, displayPath, fit, padEnd, widthOf } from '../../components/text.ts';
import { useLook } from '../../theme/look.ts';
import { LEVELS, shortTime } from './words.ts';

const TIME = 13;
const LEVEL = 11;
const JOB = 14;
const CODE = 18;
/** A sentence has so many cells, or at least this many, or other columns go. */
const SENTENCE = 50;
const LEAST = 36;

interface Columns {
	job: number;
	code: number;
	sentence: number;
}

/** Which columns there is room for. The level has sign and word at any width. */
function columnsFor(width: number): Columns {
	const room = width - TIME - LEVEL;
	const job = room - JOB >= LEAST ? JOB : 0;
	const code = room - job - CODE >= SENTENCE ? CODE : 0;
	return { job, code, sentence: room - job - code };
}

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
}: {
	entry: LogEntry;
	now: number;
	width: number;
	selected: boolean;
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
	segments.push({ text: sentenceIn(entry, sentence, glyphs.ellipsis) });
	return <Line segments={segments} width={width} selected={selected} />;
}

/** What happened; of a path the end stays, and half the room at most if the sentence needs the rest. */
function sentenceIn({ path, message }: LogEntry, width: number, ellipsis: string): string {
	const text = displayName(message);
	if (path === undefined) return fit(text, width, 'end', ellipsis);
	const room = Math.max(Math.floor(width / 2), width - widthOf(text) - 2);
	return fit(`${fit(displayPath(path), room, 'start', ellipsis)}: ${text}`, width, 'end', ellipsis);
}
