import { formatSize } from '../../../core/sizes.ts';
import { eventText } from '../../components/event-text.ts';
import { Line } from '../../components/line.tsx';
import { insideOf, Pane } from '../../components/pane.tsx';
import { displayName, padEnd, widthOf } from '../../components/text.ts';
import type { AppState } from '../../state.ts';
import type { Tone } from '../../theme/theme.ts';
import { formatWhen } from './job-rows.ts';
import type { JobsState } from './state.ts';

interface Happening {
	at: number;
	job: string;
	text: string;
	tone: Tone;
}

const RUN_TONE: Record<string, Tone> = { complete: 'ok', partial: 'warn', failed: 'error' };

/** What has happened, newest first: what running tasks tell, and how earlier runs ended. Pure. */
export function happenings(app: AppState): Happening[] {
	const live = Object.values(app.tasks).flatMap(({ job, events }) =>
		events.map(({ at, event }) => ({ at, job, ...eventText(event) })),
	);
	const { overviews } = app.screens.jobs as JobsState;
	const ended = Object.entries(overviews).flatMap(([job, { runs }]) =>
		runs.flatMap(({ finished, status, newBytes }) =>
			finished === null
				? []
				: [
						{
							at: Date.parse(finished),
							job,
							text: `run ${status}, ${formatSize(newBytes)} new`,
							tone: RUN_TONE[status] ?? 'muted',
						},
					],
		),
	);
	return [...live, ...ended].sort((a, b) => b.at - a.at);
}

const JOB = 14;

export function Activity({ app, width, height }: { app: AppState; width: number; height: number }) {
	const inside = insideOf({ width, height });
	const rows = happenings(app)
		.slice(0, inside.height)
		.map((row) => ({ ...row, when: formatWhen(row.at, app.now).replace('today ', ''), name: displayName(row.job) }));
	const times = Math.max(0, ...rows.map(({ when }) => widthOf(when)));
	const names = Math.min(JOB, Math.max(0, ...rows.map(({ name }) => widthOf(name))));
	return (
		<Pane title="Activity" width={width} height={height}>
			{rows.length === 0 ? (
				<Line segments={[{ text: 'Nothing has happened yet.', tone: 'muted' }]} width={inside.width} />
			) : null}
			{rows.map(({ at, when, name, text, tone }, index) => (
				<Line
					key={`${at}${name}${index}`}
					segments={[
						{ text: `${padEnd(when, times)}  `, tone: 'muted' },
						{ text: `${padEnd(name, names)}  ` },
						{ text, tone },
					]}
					width={inside.width}
				/>
			))}
		</Pane>
	);
}
