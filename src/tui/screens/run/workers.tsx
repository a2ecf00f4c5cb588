import { formatSize } from '../../../core/sizes.ts';
import type { WorkerRow } from '../../../core/task.ts';
import { causeFirst } from '../../components/event-text.ts';
import { Line, type Segment } from '../../components/line.tsx';
import { insideOf, Pane } from '../../components/pane.tsx';
import { displayName, displayPath, padEnd, padStart } from '../../components/text.ts';
import type { LiveTask } from '../../state.ts';
import { useLook } from '../../theme/look.ts';
import type { Tone } from '../../theme/theme.ts';

interface Props {
	task: LiveTask;
	now: number;
	width: number;
	height: number;
	bare: boolean;
}

const STATE = 11;
const ARCHIVE = 20;
const BYTES = 9;

const TONES: Record<WorkerRow['state'], Tone> = {
	idle: 'muted',
	pack: 'normal',
	upload: 'accent',
	verify: 'ok',
	fetch: 'accent',
	retry: 'warn',
};

/** One row a worker, in the order of their numbers, so that nothing jumps. */
export function Workers({ task, now, width, height, bare }: Props) {
	const { glyphs } = useLook();
	const inside = insideOf({ width, height, bare });
	const workers = task.progress?.workers ?? [];
	const shown = workers.slice(0, bare ? inside.height : inside.height - 1);
	// Names of archives, such as 000001.tar.zst.age: all are of the same run.
	const archive = Math.min(ARCHIVE, Math.floor(inside.width * 0.3));
	const path = inside.width - 4 - STATE - archive - 2 - BYTES - 2;
	const most = task.progress?.kind === 'backup' ? task.progress.most : workers.length;
	const title = `Workers ${most}`;
	return (
		<Pane title={title} width={width} height={height} bare={bare}>
			{bare ? null : (
				<Line
					segments={[
						{
							text: ` #  ${padEnd('STATE', STATE)}${padEnd('ARCHIVE', archive)}  ${padEnd('FILE', path)}  ${padStart('DONE', BYTES)}`,
							tone: 'muted',
						},
					]}
					width={inside.width}
				/>
			)}
			{shown.map((row) => (
				<Line key={row.worker} segments={cells(row)} width={inside.width} />
			))}
		</Pane>
	);

	function cells(row: WorkerRow): Segment[] {
		const { worker, state, bytes, retry } = row;
		const wait = retry ? Math.max(0, Math.ceil((retry.at - now) / 1000)) : 0;
		const word = state === 'retry' ? `retry ${wait < 100 ? `${wait} s` : `${Math.ceil(wait / 60)} m`}` : state;
		const name = row.archive === undefined ? '' : displayName(row.archive.split('/').at(-1)!);
		const file =
			state === 'retry' && retry
				? `try ${retry.attempt}: ${causeFirst(retry.reason)}`
				: row.path === undefined
					? ''
					: displayPath(row.path);
		return [
			{ text: `${padStart(String(worker), 2)}  `, tone: 'muted' },
			{ text: padEnd(word, STATE), tone: TONES[state] },
			{ text: padEnd(name, archive, 'start', glyphs.ellipsis) },
			{
				text: `  ${padEnd(file, path, state === 'retry' ? 'end' : 'middle', glyphs.ellipsis)}`,
				tone: state === 'retry' ? 'warn' : 'muted',
			},
			{ text: `  ${padStart(row.archive === undefined ? '' : formatSize(bytes), BYTES)}` },
		];
	}
}
