import type { BrowseRow } from '../../../core/browse.ts';
import { counted, formatSize } from '../../../core/sizes.ts';
import { Line, type Segment } from '../../components/line.tsx';
import { insideOf, Pane } from '../../components/pane.tsx';
import { displayName, fit, padEnd } from '../../components/text.ts';
import { useLook } from '../../theme/look.ts';
import { formatWhen } from '../jobs/job-rows.ts';
import { classesText, rangeText, statusText, thawText } from './columns.ts';
import { snapshotsOf } from './effect.ts';
import { currentRow } from './reduce.ts';
import type { ArchiveState } from './state.ts';
import { shownVersion } from './stored-at.ts';

const LABEL = 10;

/** What is known of the row under the cursor. */
export function Details(props: { state: ArchiveState; now: number; width: number; height: number; bare: boolean }) {
	const { state, now, width, height, bare } = props;
	const { glyphs } = useLook();
	const inside = insideOf({ width, height, bare });
	const row = currentRow(state);
	const title = row ? displayName(row.name.slice(row.name.lastIndexOf('/') + 1)) : 'Details';
	const lines = row ? linesOf(row, state, now) : [];
	return (
		<Pane title={title} width={width} height={height} bare={bare}>
			{lines.slice(0, inside.height).map(([label, text, tone]) => (
				<Line
					key={label}
					segments={[
						{ text: padEnd(label, LABEL), tone: 'muted' },
						{ text: fit(text, inside.width - LABEL, 'middle', glyphs.ellipsis), ...(tone ? { tone } : {}) },
					]}
					width={inside.width}
				/>
			))}
		</Pane>
	);

	function linesOf(
		{ path, type, time, totals }: BrowseRow,
		{ versions, storage }: ArchiveState,
		at: number,
	): DetailLine[] {
		const lines: DetailLine[] = [['Local', displayName(path)]];
		const age = time === null ? '' : `${type === 'dir' ? '   newest ' : '   changed '}${formatWhen(time, at)}`;
		if (!totals) return [...lines, ['Holds', 'counting…']];
		const view = storage?.path === path ? storage.view : undefined;
		const thaw = view && thawText(view, at);
		if (type === 'dir') {
			lines.push(['Holds', `${counted(totals.files, 'file')}   ${formatSize(totals.bytes)}${age}`]);
			const inArchives = `${counted(totals.archives, 'archive')}   ${rangeText(totals, glyphs.ellipsis)}`;
			lines.push(['Stored', totals.firstArchive === 0 ? IN_MIRROR : inArchives]);
			lines.push(['State', statusText(totals, glyphs), totals.status === 'stored' ? 'ok' : 'warn']);
			if (view && view.classes.length > 0) {
				const which = `archive${totals.firstArchive === totals.lastArchive ? '' : 's'} ${rangeText(totals, glyphs.ellipsis)}`;
				lines.push(['Class', `${classesText(view)}${thaw ? `   ${which}: ${thaw}` : ''}`]);
			}
			return lines;
		}
		lines.push(['Size', `${type === 'file' ? formatSize(totals.bytes) : type}${age}`]);
		const own = versions?.path === path ? versions.rows : undefined;
		const current = shownVersion(state);
		const place = current ? `   ${current.storageClass ?? ''}${thaw ? `, ${thaw}` : ''}   ${current.key}` : '';
		const where = totals.firstArchive === 0 ? IN_MIRROR : `archive ${totals.firstArchive}${place}`;
		lines.push(['Stored', `${statusText(totals, glyphs)}   ${where}`]);
		if (current?.link) lines.push(['Link', displayName(current.link)]);
		if (own && current) {
			const more = own.length > 1 ? `   enter lists all ${own.length} versions` : '';
			lines.push(['Versions', `${snapshotsOf(current)}${more}`]);
		}
		if (current?.sha256) lines.push(['SHA-256', current.sha256]);
		return lines;
	}
}

/** What a mirror has lies in no archive. */
const IN_MIRROR = 'in a mirror, each file by itself';

type DetailLine = [label: string, text: string, tone?: NonNullable<Segment['tone']>];
