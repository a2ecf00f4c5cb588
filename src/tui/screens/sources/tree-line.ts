/** A row of the tree as text in columns. Pure. */

import type { Measured } from '../../../core/selection.ts';
import { counted, formatCount, formatSize } from '../../../core/sizes.ts';
import type { Segment } from '../../components/line.tsx';
import { displayName, padEnd, padStart } from '../../components/text.ts';
import type { Glyphs } from '../../theme/glyphs.ts';
import type { Tone } from '../../theme/theme.ts';
import { type Picker, verdictOf } from './picker.ts';
import type { TreeItem, TreeRow } from './tree.ts';
import { MARK_SIGNS, shortReason } from './words.ts';

const SIZE_WIDTH = 9;
/** `12,345 files`. */
const FILES_WIDTH = 12;
/** Cells that a name keeps, however deep it is. */
const NAME_LEAST = 14;
/** Fold, mark and the space between name and size. */
const SIGNS_WIDTH = 7;

export function treeLine(picker: Picker, row: TreeRow, width: number, glyphs: Glyphs): Segment[] {
	const infoWidth = width >= 90 ? 20 : width >= 70 ? 14 : width >= 50 ? FILES_WIDTH : 0;
	const tail = SIZE_WIDTH + (infoWidth > 0 ? infoWidth + 1 : 0);
	const room = width - tail - SIGNS_WIDTH;
	const indent = ' '.repeat(Math.max(0, Math.min(row.depth * 2, room - NAME_LEAST)));
	if (row.kind === 'note')
		return [
			{
				text: `${indent}  ${row.text === 'reading' ? `reading${glyphs.ellipsis}` : row.text}`,
				tone: row.text === 'reading' || row.text === 'empty' ? 'muted' : 'error',
			},
		];
	if (row.kind === 'more') return [{ text: `${indent}  ${glyphs.dot} ${formatCount(row.count)} more`, tone: 'muted' }];
	const { item, folder } = row;
	const verdict = verdictOf(picker, item);
	const fold = item.type !== 'dir' ? ' ' : folder?.open ? glyphs.unfolded : glyphs.folded;
	const sign = item.problem ? '[!]' : MARK_SIGNS[verdict.mark];
	const name = padEnd(displayName(item.name), Math.max(1, room - indent.length), 'middle', glyphs.ellipsis);
	const isOut = verdict.mark === 'excluded';
	return [
		{ text: `${indent}${fold} `, tone: 'muted' },
		{ text: `${sign} `, tone: toneOf(item, verdict.mark) },
		{
			text: `${name} `,
			tone: isOut || verdict.mark === 'outside' ? 'muted' : 'normal',
			bold: picker.selection.sources.includes(item.path),
		},
		...columns(picker, item, infoWidth, glyphs),
	];
}

function toneOf({ problem }: TreeItem, mark: keyof typeof MARK_SIGNS): Tone {
	if (problem) return 'error';
	return mark === 'included' ? 'ok' : mark === 'mixed' ? 'warn' : 'muted';
}

/** Size, and number of files or why it is not backed up. */
function columns(picker: Picker, item: TreeItem, infoWidth: number, glyphs: Glyphs): Segment[] {
	const verdict = verdictOf(picker, item);
	const both = SIZE_WIDTH + (infoWidth > 0 ? infoWidth + 1 : 0);
	if (item.problem) return [{ text: padStart(item.problem, both, 'end', glyphs.ellipsis), tone: 'error' }];
	const measured = picker.sizes[item.path];
	const noData = ['pseudo-fs', 'socket'].includes(verdict.decided.by);
	const size = noData || item.path === '/' ? '' : sizeText(item, measured, glyphs);
	const sizeSegment: Segment = {
		text: padStart(size, SIZE_WIDTH),
		tone: measured?.state === 'counting' ? 'muted' : 'normal',
	};
	if (infoWidth === 0) return [sizeSegment];
	const reason = verdict.mark === 'excluded' || noData ? displayName(shortReason(verdict.decided)) : '';
	if (noData) return [{ text: padStart(reason, both, 'end', glyphs.ellipsis), tone: 'muted' }];
	const info = reason || (item.type === 'dir' ? filesText(measured, item, infoWidth) : typeText(item));
	return [
		sizeSegment,
		{ text: ` ${padStart(info, infoWidth, 'end', glyphs.ellipsis)}`, tone: reason ? 'warn' : 'muted' },
	];
}

function sizeText(item: TreeItem, measured: Measured | undefined, glyphs: Glyphs): string {
	if (item.type !== 'dir') return item.type === 'file' ? formatSize(item.bytes) : '';
	return measured?.state === 'done' ? formatSize(measured.bytes) : `counting${glyphs.ellipsis}`;
}

function filesText(measured: Measured | undefined, { path }: TreeItem, width: number): string {
	if (path === '/') return '';
	// A count that has not begun says nothing.
	if (!measured || (measured.state !== 'done' && measured.files === 0)) return '';
	const text = counted(measured.files, 'file');
	return text.length <= width ? text : formatCount(measured.files);
}

function typeText({ type }: TreeItem): string {
	return type === undefined || type === 'file' || type === 'dir' ? '' : type === 'symlink' ? 'link' : type;
}
