import { eventText } from '../../components/event-text.ts';
import { Line } from '../../components/line.tsx';
import { insideOf, Pane } from '../../components/pane.tsx';
import type { LiveTask } from '../../state.ts';
import { useLook } from '../../theme/look.ts';
import { type RunState, shownEvents } from './state.ts';

interface Props {
	task: LiveTask;
	state: RunState;
	width: number;
	height: number;
	bare: boolean;
}

/** What has happened, oldest first; the newest stays in sight while it is followed. */
export function Events({ task, state, width, height, bare }: Props) {
	const { glyphs } = useLook();
	const inside = insideOf({ width, height, bare });
	const events = shownEvents(task, state);
	const last = Math.max(0, events.length - inside.height);
	const top = state.follow ? last : Math.min(state.events.top, last);
	const shown = events.slice(top, top + inside.height);
	const footer = [state.errorsOnly ? 'errors only' : '', state.follow ? 'following' : `${top + 1} of ${events.length}`]
		.filter(Boolean)
		.join(` ${glyphs.dot} `);
	return (
		<Pane title="Events" footer={footer} width={width} height={height} bare={bare}>
			{shown.length === 0 ? (
				<Line
					segments={[{ text: state.errorsOnly ? 'No errors.' : 'Nothing yet.', tone: 'muted' }]}
					width={inside.width}
				/>
			) : null}
			{shown.map(({ at, event }, row) => {
				const { text, tone } = eventText(event);
				return (
					<Line
						key={`${top + row}`}
						segments={[
							{ text: `${new Date(at).toTimeString().slice(0, 8)}  `, tone: 'muted' },
							{ text, tone },
						]}
						width={inside.width}
						selected={!state.follow && top + row === state.events.cursor}
					/>
				);
			})}
		</Pane>
	);
}
