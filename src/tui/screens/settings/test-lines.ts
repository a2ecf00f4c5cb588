/** What a test of a destination has found, in lines: the verdict, what is missing and what to do, then what works. Pure. */

import type { DestinationTest, TestStep } from '../../../core/destination-test.ts';
import type { Segment } from '../../components/line.tsx';
import { displayName, padEnd, padStart, widthOf, wrap } from '../../components/text.ts';
import type { Size } from '../../state.ts';
import type { Glyphs } from '../../theme/glyphs.ts';
import type { Tone } from '../../theme/theme.ts';
import type { TestState } from './state.ts';

interface Mark {
	sign: string;
	word: string;
	tone: Tone;
}

const VERDICTS: Record<DestinationTest['verdict'], [sign: 'ok' | 'warn' | 'error', word: string]> = {
	ready: ['ok', 'ready'],
	writeOnly: ['ok', 'write-only'],
	keepOnly: ['ok', 'no deleting'],
	limited: ['warn', 'limited'],
	failed: ['error', 'failed'],
};

/** The state of a destination in a sign and a word. */
export function testMark(test: TestState | undefined, glyphs: Glyphs): Mark {
	if (!test) return { sign: glyphs.off, word: 'not tested', tone: 'muted' };
	if (test.state === 'running') return { sign: glyphs.busy, word: 'testing', tone: 'busy' };
	if (test.state === 'error') return { sign: glyphs.error, word: 'failed', tone: 'error' };
	const [sign, word] = VERDICTS[test.found.verdict];
	return { sign: glyphs[sign], word, tone: sign };
}

type Lines = Segment[][];

/** Cells from which on what was found stands beside each step. */
const ROOMY = 70;

/** In at most `height` lines if they can be; what went well is what gives way. */
export function resultLines(test: TestState, { width, height }: Size, glyphs: Glyphs): Lines {
	const mark = testMark(test, glyphs);
	if (test.state === 'running') return paragraph('It is being tried out.', width, { ...mark, tone: 'muted' });
	if (test.state === 'error') {
		return paragraph([test.error.message, test.error.guidance].filter(Boolean).join(' '), width, mark);
	}
	const { summary, steps, notes, left, verdict } = test.found;
	const isPraised = verdict === 'writeOnly' || verdict === 'keepOnly';
	const wrong = steps.filter(({ status }) => status !== 'ok' && status !== 'skipped');
	const lines: Lines = [
		// That nothing can be backed up is in the steps already.
		...(verdict === 'failed' ? [] : paragraph(summary, width, mark)),
		...wrong.flatMap((step) => wrongStep(step, width, glyphs, isPraised)),
		...[...notes, ...left.map(leftBehind)].flatMap((text) =>
			paragraph(text, width, { sign: glyphs.warn, word: '', tone: 'warn' }),
		),
	];
	const good = workingLines(steps, glyphs);
	const isRoomy = width >= ROOMY && lines.length + good.length <= height;
	return [...lines, ...(isRoomy ? good : workingFlow(steps, width, glyphs))];
}

/** All of it, for a window of its own: how long each step took, and its whole sentence. */
export function resultText(test: TestState, glyphs: Glyphs): string[] {
	if (test.state === 'running') return [];
	if (test.state === 'error') return [displayName(test.error.message), displayName(test.error.guidance ?? '')];
	const { url, where, summary, steps, notes, left } = test.found;
	return [
		where === url ? url : `${url} at ${where}`,
		'',
		...steps.flatMap((step) => [
			`${stepMark(step, glyphs).sign} ${nameOf(step)}: ${step.status}, ${step.ms} ms. ${step.detail}`,
			...[step.cost, step.guidance].flatMap((text) => (text === undefined ? [] : [`  ${text}`])),
		]),
		...notes.map((text) => `${glyphs.warn} ${text}`),
		...left.map((text) => `${glyphs.warn} ${leftBehind(text)}`),
		'',
		summary,
	].map(displayName);
}

function wrongStep(step: TestStep, width: number, glyphs: Glyphs, isPraised: boolean): Lines {
	// What protects is no fault.
	const isWanted = isPraised && step.status === 'denied';
	const mark: Mark = isWanted ? { sign: glyphs.off, word: '', tone: 'muted' } : stepMark(step, glyphs);
	// Of a denial the cost says enough; the sentence of the store is in the whole result.
	const text =
		step.status === 'denied' ? (step.cost ?? step.detail) : [step.detail, step.cost].filter(Boolean).join(' ');
	const head = step.name === 'reach' ? text : `${nameOf(step)} ${step.status}: ${text}`;
	const more =
		step.guidance === undefined ? [] : paragraph(step.guidance, width, { sign: ' ', word: '', tone: 'normal' });
	return [...paragraph(head, width, mark), ...more];
}

/** The steps that went well, a line each. */
function workingLines(steps: readonly TestStep[], glyphs: Glyphs): Lines {
	const good = steps.filter(({ status }) => status === 'ok');
	const name = Math.max(0, ...good.map((step) => widthOf(nameOf(step))));
	return good.map((step) => [
		{ text: `${glyphs.ok} `, tone: 'ok' },
		{ text: padEnd(nameOf(step), name + 2) },
		{ text: `${padStart(`${step.ms} ms`, 8)}  ${displayName(step.detail)}`, tone: 'muted' },
	]);
}

/** The same one after the other: name and time. */
function workingFlow(steps: readonly TestStep[], width: number, glyphs: Glyphs): Lines {
	const lines: Lines = [];
	let left = 0;
	for (const step of steps.filter(({ status }) => status === 'ok')) {
		const text = `${nameOf(step)} ${step.ms} ms   `;
		const cells = widthOf(text) + 2;
		if (cells - 3 > left) {
			lines.push([]);
			left = width;
		}
		lines.at(-1)!.push({ text: `${glyphs.ok} `, tone: 'ok' }, { text });
		left -= cells;
	}
	return lines;
}

function stepMark({ status }: TestStep, glyphs: Glyphs): Mark {
	if (status === 'ok') return { sign: glyphs.ok, word: 'ok', tone: 'ok' };
	if (status === 'failed') return { sign: glyphs.error, word: 'failed', tone: 'error' };
	return { sign: glyphs.warn, word: status, tone: 'warn' };
}

const leftBehind = (text: string): string => `Left behind: ${text}`;

const nameOf = ({ right, name }: TestStep): string => right ?? name;

/** Text in lines, the sign before the first. */
function paragraph(text: string, width: number, { sign, tone }: Mark): Lines {
	return wrap(displayName(text), width - 2).map((line, at) => [{ text: `${at === 0 ? sign : ' '} ${line}`, tone }]);
}
