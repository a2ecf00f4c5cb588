import type { Measured } from '../../../core/selection.ts';
import { counted, formatCount, formatSize } from '../../../core/sizes.ts';
import { Line, type Segment } from '../../components/line.tsx';
import { insideOf, Pane } from '../../components/pane.tsx';
import { displayPath, fit, padEnd, padStart, widthOf } from '../../components/text.ts';
import type { Size } from '../../state.ts';
import type { Glyphs } from '../../theme/glyphs.ts';
import { useLook } from '../../theme/look.ts';
import { isChanged, type Picker } from './picker.ts';

export interface Totals {
	/** False while something is still counted. */
	done: boolean;
	included: { files: number; bytes: number };
	excluded: { files: number; bytes: number };
	unreadable: number;
}

/** What a run would take of the sources, and what it leaves out, as far as they are counted. */
export function totalsOf({ selection, taken, sizes, epoch }: Picker): Totals {
	// Until the first count of new rules, what was counted by the old ones.
	const included = selection.sources.map((path) => taken.sources[path]);
	const there = selection.sources.map((path) => sizes[path]);
	const isDone = (all: (Measured | undefined)[]) => all.every((one) => one?.state === 'done');
	const sum = (all: (Measured | undefined)[], what: 'files' | 'bytes' | 'unreadable') =>
		all.reduce((total, one) => total + (one?.[what] ?? 0), 0);
	const done = taken.epoch === epoch && isDone(included) && isDone(there);
	const left = (what: 'files' | 'bytes') => (done ? Math.max(0, sum(there, what) - sum(included, what)) : 0);
	return {
		done,
		included: { files: sum(included, 'files'), bytes: sum(included, 'bytes') },
		excluded: { files: left('files'), bytes: left('bytes') },
		unreadable: sum(included, 'unreadable'),
	};
}

const LABEL = 10;

/** What is chosen: totals and sources. */
export function SelectionPane({ picker, width, height, bare }: { picker: Picker; bare: boolean } & Size) {
	const { glyphs } = useLook();
	const inside = insideOf({ width, height, bare });
	const lines = [...totalLines(picker, inside.width, glyphs), ...sourceLines(picker, inside, glyphs)];
	return (
		<Pane title="Selection" footer={isChanged(picker) ? '^S saves' : ''} width={width} height={height} bare={bare}>
			{lines.slice(0, inside.height).map((segments, at) => (
				<Line key={at} segments={segments} width={inside.width} />
			))}
		</Pane>
	);
}

function totalLines(picker: Picker, width: number, glyphs: Glyphs): Segment[][] {
	const { done, included, excluded, unreadable } = totalsOf(picker);
	if (picker.selection.sources.length === 0) {
		return [[{ text: 'Nothing is chosen yet.', tone: 'warn' }], [{ text: 'space chooses a folder.', tone: 'muted' }]];
	}
	const room = Math.max(0, width - LABEL - 10);
	const filesText = (files: number) => {
		const text = counted(files, 'file');
		return text.length < room ? text : formatCount(files);
	};
	const row = (label: string, { files, bytes }: { files: number; bytes: number }): Segment[] => [
		{ text: padEnd(label, LABEL), tone: 'muted' },
		{ text: padStart(formatSize(bytes), 10), ...(done ? { bold: true } : { tone: 'muted' as const }) },
		{
			text: padStart(filesText(files), room),
			...(done ? {} : { tone: 'muted' as const }),
		},
	];
	return [
		row('Included', included),
		done
			? row('Excluded', excluded)
			: [
					{ text: padEnd('Excluded', LABEL), tone: 'muted' },
					{ text: padStart(`counting${glyphs.ellipsis}`, 10), tone: 'muted' },
				],
		...(unreadable > 0
			? [[{ text: `${glyphs.warn} ${formatCount(unreadable)} cannot be read`, tone: 'error' as const }]]
			: []),
		[],
	];
}

function sourceLines({ selection, taken, epoch }: Picker, inside: Size, glyphs: Glyphs): Segment[][] {
	const { sources } = selection;
	if (sources.length === 0) return [];
	const heading: Segment[] = [{ text: sources.length === 1 ? '1 source' : `${sources.length} sources`, tone: 'muted' }];
	return [
		heading,
		...sources.map((path): Segment[] => {
			const measured = taken.epoch === epoch ? taken.sources[path] : undefined;
			const size = measured?.state === 'done' ? formatSize(measured.bytes) : glyphs.ellipsis;
			const name = fit(displayPath(path), inside.width - widthOf(size) - 1, 'middle', glyphs.ellipsis);
			return [{ text: name }, { text: padStart(size, inside.width - widthOf(name)), tone: 'muted' }];
		}),
	];
}
