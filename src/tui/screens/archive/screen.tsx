import { counted, formatSize } from '../../../core/sizes.ts';
import { displayName } from '../../components/text.ts';
import type { Screen } from '../../screen.ts';
import { archiveEffect } from './effect.ts';
import { sumOfMarks } from './marks.ts';
import { currentRow, reduceArchive } from './reduce.ts';
import { marksOf } from './reduce-marks.ts';
import { type ArchiveState, initialArchive, savedArchive } from './state.ts';
import { ArchiveView } from './view.tsx';

export const archiveScreen: Screen<ArchiveState> = {
	id: 'archive',
	title: 'Archive',
	initial: initialArchive,
	reduce: reduceArchive,
	effect: archiveEffect,
	hasField: ({ search }) => search?.editing === true,
	scopes: ({ search }) => (search?.editing ? ['archive.filter'] : ['archive', 'marks', 'list']),
	save: savedArchive,
	View: ArchiveView,
	speak: (state) => {
		const row = currentRow(state);
		const marks = marksOf(state);
		const { count, bytes } = sumOfMarks(marks);
		const shown = state.view ? [`Snapshot ${state.view.number} of ${displayName(state.job ?? '')}`] : [];
		const marked = count > 0 ? [`${count} marked, ${formatSize(bytes)}`] : [];
		const { totals } = row ?? {};
		const size = totals ? `, ${counted(totals.files, 'file')}, ${formatSize(totals.bytes)}, ${totals.status}` : '';
		return {
			summary: [...shown, ...marked],
			...(row ? { item: `${displayName(row.path)}, ${row.type}${size}${marks[row.path] ? ', marked' : ''}` } : {}),
		};
	},
};
