import { Box } from 'ink';
import { type Pace, rateNow } from '../../../core/pace.ts';
import { formatRate } from '../../../core/sizes.ts';
import { chart } from '../../components/chart.ts';
import { Line } from '../../components/line.tsx';
import { insideOf, Pane } from '../../components/pane.tsx';
import { padEnd, padStart } from '../../components/text.ts';
import type { LiveTask } from '../../state.ts';
import { useLook } from '../../theme/look.ts';
import { CHART_ROWS } from './run-layout.ts';
import { traffic } from './run-words.ts';

const AXIS = 13;
const LABEL = 12;

interface Props {
	task: LiveTask;
	pace: Pace;
	widths: [number, number];
	height: number;
}

/** The last minutes as a chart, and what has gone over the wire so far. */
export function PacePanes({ task, pace, widths, height }: Props) {
	const { glyphs } = useLook();
	const [left, right] = widths;
	const cells = insideOf({ width: left, height }).width;
	const inside = insideOf({ width: right, height }).width;
	const top = Math.max(0, ...pace.moved);
	const rows = chart(pace.moved, cells - AXIS, CHART_ROWS, glyphs);
	const now = rateNow(pace.moved);
	const average = pace.moved.length === 0 ? 0 : pace.moved.reduce((sum, value) => sum + value, 0) / pace.moved.length;
	const axis = (row: number) => (row === 0 ? formatRate(top) : row === CHART_ROWS - 1 ? '0' : '');
	return (
		<Box>
			<Pane title="Throughput" right="a column a second" width={left} height={height}>
				{rows.map((text, row) => (
					<Line
						key={`${row}`}
						segments={[
							{ text: `${padStart(axis(row), AXIS - 2)} ${glyphs.frame.v}`, tone: 'muted' },
							{ text, tone: 'accent' },
						]}
						width={cells}
					/>
				))}
				<Line
					segments={[
						{ text: 'now ', tone: 'muted' },
						{ text: padEnd(now === undefined ? '-' : formatRate(now), 14) },
						{ text: 'average ', tone: 'muted' },
						{ text: formatRate(average) },
					]}
					width={cells}
				/>
			</Pane>
			<Pane title="So far" width={right} height={height}>
				{traffic(task).map(([label, value]) => (
					<Line key={label} segments={[{ text: padEnd(label, LABEL), tone: 'muted' }, value]} width={inside} />
				))}
			</Pane>
		</Box>
	);
}
