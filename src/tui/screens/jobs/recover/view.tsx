import { Text } from 'ink';
import { localDay, localMinute } from '../../../../core/local-time.ts';
import { formatUsd } from '../../../../core/money.ts';
import type { RecoverableJob } from '../../../../core/recover-answers.ts';
import { counted, formatCount, formatSize } from '../../../../core/sizes.ts';
import { FormLine, type FormRow, Notes, Problem, problemLines, spokenRow } from '../../../components/form.tsx';
import { identityRow } from '../../../components/identity-field.ts';
import { Line } from '../../../components/line.tsx';
import { intoView } from '../../../components/list.ts';
import { displayName, fit, padEnd, padStart } from '../../../components/text.ts';
import { Wait } from '../../../components/wait.tsx';
import { WizardFrame, wizardLayout } from '../../../components/wizard.tsx';
import type { AppState, LiveTask, Size } from '../../../state.ts';
import { useLook } from '../../../theme/look.ts';
import { KIND_WORDS } from '../wizard/state.ts';
import { chosenJob, type FormRowName, type RecoverState, rowsOf, STEPS, type Step } from './state.ts';

const TITLES: Record<Step, string> = { where: 'Where the backups are', which: 'Which job', go: 'Recover' };

/** Three steps from a place with backups to a job. */
export function RecoverView({ state, app, area }: { state: RecoverState; app: AppState; area: Size }) {
	const layout = wizardLayout(area, state.step === 'which');
	const { inside, side } = layout;
	const job = chosenJob(state);
	return (
		<WizardFrame
			title="Recover a job from its destination"
			steps={STEPS.map((step) => TITLES[step])}
			at={STEPS.indexOf(state.step)}
			area={area}
			layout={layout}
			main={{ title: TITLES[state.step], children: <Main state={state} app={app} size={inside} hasSide={!!side} /> }}
			{...(side && job
				? { side: { title: displayName(job.name ?? job.id), children: <Facts job={job} width={side.width - 4} /> } }
				: {})}
		/>
	);
}

interface Part {
	state: RecoverState;
	app: AppState;
	size: Size;
	hasSide: boolean;
}

function Main({ state, app, size, hasSide }: Part) {
	const { width, height } = size;
	const job = chosenJob(state);
	const task = state.task === undefined ? undefined : app.tasks[state.task];
	// What keeps the job under the cursor from coming back is said at once.
	const error = state.error ?? (state.step === 'which' ? job?.problem : undefined);
	const wrong = error ? problemLines(error, width).length + 1 : 0;
	const most = Math.max(1, height - wrong - (hasSide ? 3 : 12));
	return (
		<>
			{state.step === 'which' ? <Jobs state={state} width={width} height={most} /> : null}
			{state.step !== 'where' && job && !hasSide ? (
				<>
					{state.step === 'which' ? <Text> </Text> : null}
					<Facts job={job} width={width} />
					<Text> </Text>
				</>
			) : null}
			{rowsOf(state).map((row, at) => (
				<FormLine key={row} row={formRow(state, row)} width={width} focus={at === state.row} />
			))}
			{state.step === 'which' ? null : <Text> </Text>}
			<Notes notes={notesOf(state)} width={width} />
			{state.busy === 'look' || state.busy === 'looking' ? <Wait what="Looking for jobs there" /> : null}
			{state.busy === 'start' || state.busy === 'starting' ? <Wait what="Starting" /> : null}
			{state.task === undefined ? null : <Wait what={progressText(task)} />}
			{error ? <Text> </Text> : null}
			{error ? <Problem error={error} width={width} /> : null}
		</>
	);
}

const NOTES: Record<Step, string[]> = {
	where: [
		'Nothing is needed but the place and the identity of the lost machine: a line that begins with AGE-SECRET-KEY-1, in a file or pasted. Nothing there is changed, and no archive is read or thawed.',
	],
	which: [],
	go: ['enter brings the job back, with all its snapshots. The identity is then kept on this machine.'],
};

const SAME_PROJECT =
	'Sign in with a client of the same project of the Google Cloud console as the lost machine did: another one sees nothing.';

function notesOf({ step, kind }: RecoverState): string[] {
	return step === 'where' && kind === 'gdrive' ? [...NOTES.where, SAME_PROJECT] : NOTES[step];
}

const LABELS: Record<Exclude<FormRowName, 'identity'>, string> = {
	kind: 'Kind of place',
	folder: 'Folder',
	bucket: 'Bucket',
	endpoint: 'Endpoint',
	region: 'Region',
	profile: 'AWS profile',
	driveFolder: 'Folder there',
	signIn: 'Sign-in',
	driveEndpoint: 'Endpoint',
	name: 'Name here',
};

const PLACEHOLDERS: Partial<Record<FormRowName, string>> = {
	folder: '/mnt/disk/backups',
	bucket: 'my-bucket/prefix',
	endpoint: 'https://… only for stores that are not AWS',
	region: 'as in ~/.aws/config',
	profile: 'default',
	driveFolder: 'firn',
	signIn: 'gdrive',
	driveEndpoint: 'https://… only for a proxy in front of Google',
};

function formRow(state: RecoverState, row: FormRowName): FormRow {
	if (row === 'identity') return identityRow(state);
	const label = LABELS[row];
	if (row === 'kind') return { label, choice: KIND_WORDS[state.kind] };
	return { label, field: state.fields[row], placeholder: PLACEHOLDERS[row] ?? '' };
}

const SIZES = 24;

function Jobs({ state, width, height }: { state: RecoverState; width: number; height: number }) {
	const { glyphs } = useLook();
	const jobs = state.plan?.jobs ?? [];
	const { top } = intoView({ cursor: state.cursor, top: 0 }, jobs.length, height);
	return jobs.slice(top, top + height).map((job, at) => {
		const selected = top + at === state.cursor;
		const { sign, word, tone } = verdict(job);
		const name = padEnd(displayName(job.name ?? job.id), Math.max(8, width - SIZES - 24), 'end', glyphs.ellipsis);
		const sizes = padStart(`${localDay(Date.parse(job.newest))}  ${padStart(formatSize(job.archiveBytes), 9)}`, SIZES);
		return (
			<Line
				key={job.id}
				segments={[
					{ text: selected ? `${glyphs.cursor} ` : '  ', tone: 'accent' },
					{ text: name, bold: true },
					{ text: sizes },
					{ text: `  ${glyphs[sign]} ${word}`, tone },
				]}
				width={width}
				selected={selected}
			/>
		);
	});
}

function verdict({ problem, here }: RecoverableJob) {
	if (problem?.code === 'WRONG_IDENTITY') return { sign: 'error', word: 'another identity', tone: 'error' } as const;
	if (problem) return { sign: 'error', word: 'cannot be read', tone: 'error' } as const;
	if (here === 'known') return { sign: 'off', word: 'here already', tone: 'muted' } as const;
	return { sign: 'ok', word: 'opens', tone: 'ok' } as const;
}

const LABEL = 12;

/** What is known of a job, and what recovering it reads. */
function Facts({ job, width }: { job: RecoverableJob; width: number }) {
	const { glyphs } = useLook();
	return facts(job).map(([label, text]) => (
		<Line
			key={label}
			segments={[{ text: padEnd(label, LABEL), tone: 'muted' }, fit(text, width - LABEL, 'end', glyphs.ellipsis)]}
			width={width}
		/>
	));
}

function facts(job: RecoverableJob): [label: string, text: string][] {
	const { runs, finished, archives, archiveBytes, recipients, encrypted, problem, requests, bytes, cost, newest } = job;
	const whole = recipients.map((recipient) => (problem ? `${recipient}…` : recipient)).join(', ');
	return [
		['Sources', job.sources.length === 0 ? '?' : job.sources.map(displayName).join(', ')],
		['Newest run', localMinute(Date.parse(newest))],
		['Runs', `${formatCount(runs)}, ${formatCount(finished)} of them finished`],
		['Stored', `${formatSize(archiveBytes)} in ${counted(archives, 'archive')}`],
		['Encrypted', encrypted ? whole || 'yes' : 'no'],
		['Reads', `${formatSize(bytes)} in ${counted(requests, 'request')}${cost ? `, ${formatUsd(cost.total)}` : ''}`],
		...(job.here === 'books' ? [['Here', 'its state database: only the job is missing'] as [string, string]] : []),
		...(job.here === 'settings' ? [['Here', 'the job: only its state database is missing'] as [string, string]] : []),
	];
}

function progressText(task: LiveTask | undefined): string {
	const progress = task?.progress;
	if (progress?.kind !== 'recover' || progress.phase === 'plan') return 'Recovering';
	const { filesDone, files, bytesDone } = progress;
	return `Recovering: ${formatCount(filesDone)} of ${counted(files, 'object')} read, ${formatSize(bytesDone)}`;
}

/** The same for screen readers. */
export function speakRecover(state: RecoverState): { summary: string[]; item?: string } {
	const at = STEPS.indexOf(state.step);
	const summary = [
		`Recover a job. Step ${at + 1} of ${STEPS.length}: ${TITLES[state.step]}.`,
		...notesOf(state),
		...(state.busy === 'no' && state.task === undefined ? [] : ['Please wait.']),
		...(state.error ? [[state.error.message, state.error.guidance].filter(Boolean).join(' ')] : []),
	];
	const job = chosenJob(state);
	const row = rowsOf(state)[state.row];
	if (state.step !== 'which') return { summary, ...(row ? { item: spokenRow(formRow(state, row)) } : {}) };
	if (!job) return { summary };
	const words = facts(job).map(([label, text]) => `${label}: ${text}`);
	return { summary, item: `${displayName(job.name ?? job.id)}, ${verdict(job).word}. ${words.join('. ')}` };
}
