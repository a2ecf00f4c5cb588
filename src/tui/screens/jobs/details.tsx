import { Line } from '../../components/line.tsx';
import { insideOf, Pane } from '../../components/pane.tsx';
import { displayName, padEnd, wrap } from '../../components/text.ts';
import { heldBack } from '../../deletions/held.ts';
import { modeOf } from '../../layout/layout.ts';
import { lacksSignIn } from '../../sign-in/of-job.ts';
import type { AppState, Size } from '../../state.ts';
import type { Glyphs } from '../../theme/glyphs.ts';
import { useLook } from '../../theme/look.ts';
import { jobFacts } from './job-facts.ts';
import { jobState, overviewOf, selectedJob } from './job-rows.ts';

const LABEL = 13;

/** What is known of the job under the cursor. `whole`: over the whole area, nothing cut off. */
export function Details({ app, area, whole = false }: { app: AppState; area: Size; whole?: boolean }) {
	const { glyphs } = useLook();
	const bare = whole && modeOf(area) === 'narrow';
	const inside = insideOf({ ...area, bare });
	const job = selectedJob(app);
	if (!job) return <Pane title="Job" {...area} bare={bare} />;
	const state = jobState(app, job.name);
	const overview = overviewOf(app, job.name);
	const facts = jobFacts(job, overview, app.now, overview ? runSigns(overview, glyphs) : '');
	const held = Object.values(app.tasks).find((task) => task.job === job.name && task.reason);
	const deletions = heldBack(app, job.name);
	const reason = deletions
		? `A shows what is missing, and asks. ${deletions.message}`
		: held && (lacksSignIn(app, held) ? `L signs in anew. ${held.reason}` : held.reason);
	const news = reason
		? shortened(wrap(displayName(reason), inside.width - 2), whole ? Infinity : 2, glyphs.ellipsis)
		: [];
	const room = inside.height - news.length;
	const lines = facts.flatMap(([label, text]) =>
		shortened(wrap(text, inside.width - LABEL), whole ? Infinity : 2, glyphs.ellipsis).map(
			(line, at) => [at === 0 ? label : '', line] as const,
		),
	);
	const isCut = lines.length > room;
	return (
		<Pane
			title={displayName(job.name)}
			right={`${glyphs[state.sign]} ${state.word}`}
			footer={isCut && !whole ? 'i: all of it' : ''}
			{...area}
			bare={bare}
			focus={whole}
		>
			{news.map((text) => (
				<Line key={text} segments={[{ text, tone: 'warn' }]} width={inside.width} />
			))}
			{lines.slice(0, room).map(([label, line], at) => (
				<Line key={at} segments={[{ text: padEnd(label, LABEL), tone: 'muted' }, line]} width={inside.width} />
			))}
		</Pane>
	);
}

/** No more than `most` lines; that there are more is seen at the end of the last. */
function shortened(lines: readonly string[], most: number, ellipsis: string): readonly string[] {
	return lines.length <= most ? lines : [...lines.slice(0, most - 1), `${lines[most - 1]} ${ellipsis}`];
}

/** How the last runs ended, the newest at the right. */
function runSigns({ runs }: { runs: { status: string }[] }, glyphs: Glyphs): string {
	const sign: Record<string, string> = { complete: glyphs.ok, partial: glyphs.warn, failed: glyphs.error };
	return runs
		.slice(-20)
		.map(({ status }) => sign[status] ?? glyphs.off)
		.join(' ');
}
