import { Box, Text } from 'ink';
import { counted, formatSize } from '../../../core/sizes.ts';
import { FieldView } from '../../components/field.tsx';
import { FormLine, type FormRow, Notes, Problem } from '../../components/form.tsx';
import { identityRow } from '../../components/identity-field.ts';
import { Line } from '../../components/line.tsx';
import { intoView } from '../../components/list.ts';
import { displayName, fit, padEnd, padStart } from '../../components/text.ts';
import { Wait } from '../../components/wait.tsx';
import { WizardFrame, type WizardLayout, wizardLayout } from '../../components/wizard.tsx';
import type { AppState, Size } from '../../state.ts';
import { useLook } from '../../theme/look.ts';
import { formatWhen } from '../jobs/job-rows.ts';
import { figureRows } from './heights.ts';
import { type Figure, Figures, NoPlan, PlanView, placeOf, planFigures } from './plan-view.tsx';
import { ProgressView } from './progress-view.tsx';
import { ReportView, reportPlace } from './report-view.tsx';
import { formRows, heightOf, PATHS_AT, type RestoreState, STEPS, type Step } from './state.ts';

export const TITLES: Record<Step, string> = {
	what: 'What',
	where: 'Where to',
	plan: 'Plan',
	run: 'Restore',
	report: 'Report',
};

const MAIN: Record<Step, string> = {
	what: 'What to get back',
	where: 'Where to',
	plan: 'Archives that are read',
	run: 'Progress',
	report: 'Report',
};

/** Five steps from a snapshot to files. */
export function RestoreView({ state, app, area }: { state: RestoreState; app: AppState; area: Size }) {
	const place = wizardLayout(area, state.step !== 'run' && state.step !== 'report');
	const { inside } = place;
	return (
		<WizardFrame
			title="Restore"
			steps={STEPS.map((step) => TITLES[step])}
			at={STEPS.indexOf(state.step)}
			area={area}
			layout={place}
			main={{
				title: MAIN[state.step],
				right: state.job === undefined ? '' : displayName(state.job),
				footer: footerOf(state, app),
				children: <Main state={state} app={app} size={inside} place={place} />,
			}}
			{...(place.side
				? { side: { title: 'Selected', children: <Side state={state} app={app} width={place.side.width - 4} /> } }
				: {})}
		/>
	);
}

function footerOf(state: RestoreState, app: AppState): string {
	const { answer, busy } = state.plan;
	if (state.step === 'plan') return answer && !busy ? placeOf(answer, state.list, heightOf(state, app)) : '';
	return state.step === 'report' ? reportPlace(state.report) : '';
}

function Main({ state, app, size, place }: { state: RestoreState; app: AppState; size: Size; place: WizardLayout }) {
	const { width } = size;
	switch (state.step) {
		case 'what':
			return <What state={state} app={app} size={size} />;
		case 'where':
			return <Where state={state} size={size} />;
		case 'plan': {
			const { answer, error, busy } = state.plan;
			if (!answer || busy || error) return <NoPlan error={error} busy={busy} width={width} />;
			const height = heightOf(state, app);
			return (
				<PlanView
					plan={answer}
					list={state.list}
					height={height}
					width={width}
					figures={figureRows(answer, place)}
					now={app.now}
				/>
			);
		}
		case 'run': {
			const task = state.task === undefined ? undefined : app.tasks[state.task];
			const progress = task?.progress?.kind === 'restore' ? task.progress : undefined;
			return (
				<ProgressView
					progress={progress}
					samples={state.samples}
					events={task?.events ?? []}
					started={task?.started ?? app.now}
					now={app.now}
					reason={task?.state === 'waiting' ? task.reason : undefined}
					notes={['You may leave: the restore goes on in the background, and 5 shows it again.']}
					size={size}
				/>
			);
		}
		case 'report':
			return <ReportView state={state.report} size={size} height={heightOf(state, app)} now={app.now} />;
	}
}

function What({ state, app, size }: { state: RestoreState; app: AppState; size: Size }) {
	const { tone, glyphs } = useLook();
	const { width, height } = size;
	const { paths, row, typing, job } = state;
	if (job === undefined && app.engine.state === 'lost') {
		const notes = ['Archives that you have as files are opened by 6 Decrypt, which needs no engine.'];
		return (
			<>
				<Problem error={{ message: `The engine cannot be reached: ${displayName(app.engine.reason)}` }} width={width} />
				<Notes notes={notes} width={width} />
			</>
		);
	}
	if (job === undefined && app.jobs === undefined) return <Wait what="Asking the engine" />;
	if (job === undefined) {
		const notes = [
			'There is no job to restore from on this machine yet.',
			'Archives that you have as files are opened by 6 Decrypt.',
		];
		return <Notes notes={notes} width={width} />;
	}
	const notes =
		paths.length === 0
			? ['Without paths all files of the snapshot come back. 4 Archive shows them: mark some there and press r.']
			: [];
	const room = Math.max(1, height - 4 - (state.error ? 2 : 0) - notes.length * 2);
	const rows = formRows(state);
	const list = rows.slice(PATHS_AT);
	const { top } = intoView({ cursor: Math.max(0, row - PATHS_AT), top: 0 }, list.length, room);
	return (
		<>
			<FormLine row={{ label: 'Job', choice: displayName(job) }} width={width} focus={row === 0 && !typing} />
			<FormLine
				row={{ label: 'Snapshot', choice: snapshotText(state, app.now) }}
				width={width}
				focus={row === 1 && !typing}
			/>
			<Text> </Text>
			<Line
				segments={[
					{
						text: `  ${paths.length === 0 ? 'Everything of the snapshot' : counted(paths.length, 'path')}`,
						bold: true,
					},
				]}
				width={width}
			/>
			{list.slice(top, top + room).map((kind, at) => {
				const index = top + at;
				const selected = row === index + PATHS_AT && !typing;
				const mark = selected ? `${glyphs.cursor} ` : '  ';
				if (kind === 'another' && typing) {
					return (
						<Box key="typing" width={width}>
							<Text {...tone('accent')}>{'  Path: '}</Text>
							<FieldView field={typing} width={width - 8} focus placeholder="/srv/data/photos, then enter" />
						</Box>
					);
				}
				const text = kind === 'another' ? 'a path…' : displayName(paths[index]!);
				return (
					<Line
						key={index}
						segments={[
							mark,
							{
								text: fit(text.replace('…', glyphs.ellipsis), width - 2, 'middle', glyphs.ellipsis),
								tone: kind === 'another' ? 'muted' : 'normal',
							},
						]}
						width={width}
						selected={selected}
					/>
				);
			})}
			<Text> </Text>
			<Notes notes={notes} width={width} />
			{state.error ? <Problem error={state.error} width={width} /> : null}
		</>
	);
}

function snapshotText({ snapshot, snapshots, job }: RestoreState, now: number): string {
	const all = snapshots[job ?? ''];
	const one = snapshot === undefined ? all?.[0] : all?.find(({ number }) => number === snapshot);
	const name = snapshot === undefined ? 'newest' : String(snapshot);
	if (!one) return all && snapshot === undefined ? 'none: no run has finished yet' : name;
	const number = snapshot === undefined ? `${name} (${one.number})` : name;
	return `${number}, ${formatWhen(one.time, now)}, ${formatSize(one.bytes)}, ${counted(one.files, 'file')}`;
}

const EXISTING_TEXT = {
	keep: 'keep what is there',
	overwrite: 'overwrite what differs',
	newer: 'overwrite only what is older',
};

/** Rows of the second step. */
export function whereRows(state: RestoreState): FormRow[] {
	const { target, existing } = state;
	return [
		{ label: 'Folder', field: target, placeholder: '/srv/restored' },
		{ label: 'Existing files', choice: EXISTING_TEXT[existing] },
		identityRow(state),
	];
}

function Where({ state, size }: { state: RestoreState; size: Size }) {
	const { width } = size;
	const { target, plan, row, error } = state;
	const path = (state.paths[0] ?? '/home/u/a').slice(1);
	const notes = [
		`Paths are kept below the folder: /${displayName(path)} comes to ${displayName(target.text.replace(/\/+$/, ''))}/${displayName(path)}. It is made if it is missing.`,
		'Files that are right already stay in any case; each restored file is checked against its recorded hash.',
		'An identity is only needed for encrypted archives: a file, or pasted as it is. Firn keeps no copy.',
	];
	const complaint = error ?? plan.error;
	return (
		<>
			{whereRows(state).map((one, at) => (
				<FormLine key={one.label} row={one} width={width} focus={row === at} />
			))}
			<Text> </Text>
			<Notes notes={notes} width={width} />
			{complaint ? <Text> </Text> : null}
			{complaint ? (
				<Problem
					error={{
						message: displayName(complaint.message),
						...(complaint.guidance ? { guidance: displayName(complaint.guidance) } : {}),
					}}
					width={width}
				/>
			) : null}
		</>
	);
}

/** What is chosen, and the plan as far as it is known. */
function Side({ state, app, width }: { state: RestoreState; app: AppState; width: number }) {
	const { job, paths, existing, plan } = state;
	const chosen: Figure[] = [
		{ label: 'Job', text: displayName(job ?? '-') },
		{ label: 'Paths', text: paths.length === 0 ? 'everything' : counted(paths.length, 'path') },
		{ label: 'Existing', text: EXISTING_TEXT[existing] },
	];
	const isKnown = state.step !== 'what' && plan.answer !== undefined;
	return (
		<>
			<Figures figures={chosen} width={width} whole />
			<Text> </Text>
			{isKnown ? <Figures figures={planFigures(plan.answer!, app.now)} width={width} whole /> : null}
			{state.step !== 'what' && plan.busy && !plan.answer ? <Wait what="Making the plan" /> : null}
			{state.step === 'what' ? <Snapshots state={state} app={app} width={width} /> : null}
			{state.step === 'what' ? (
				<Notes notes={['Nothing is fetched before the plan is shown and you have said yes to it.']} width={width} />
			) : null}
		</>
	);
}

/** Snapshots that are shown beside the first step. */
const SHOWN = 10;

function Snapshots({ state, app, width }: { state: RestoreState; app: AppState; width: number }) {
	const { glyphs } = useLook();
	const all = state.snapshots[state.job ?? ''] ?? [];
	const at = state.snapshot === undefined ? 0 : all.findIndex(({ number }) => number === state.snapshot);
	const { top } = intoView({ cursor: Math.max(0, at), top: 0 }, all.length, SHOWN);
	return (
		<>
			<Line segments={[{ text: counted(all.length, 'snapshot'), bold: true }]} width={width} />
			{all.slice(top, top + SHOWN).map((one, index) => {
				const chosen = top + index === at;
				const sign = one.status === 'complete' ? '' : ` ${glyphs.warn} ${one.status}`;
				const text = `${padStart(String(one.number), 3)}  ${padEnd(formatWhen(one.time, app.now), 16)}${padStart(formatSize(one.bytes), 10)}`;
				return (
					<Line
						key={one.number}
						segments={[
							{ text: chosen ? `${glyphs.cursor} ` : '  ', tone: 'accent' },
							{ text, bold: chosen },
							{ text: sign, tone: 'warn' },
						]}
						width={width}
					/>
				);
			})}
			<Text> </Text>
		</>
	);
}
