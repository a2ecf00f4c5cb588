import { Box, Text } from 'ink';
import { triggerWords } from '../../../../core/schedule/trigger-parts.ts';
import { counted, formatSize } from '../../../../core/sizes.ts';
import { FieldView } from '../../../components/field.tsx';
import { Line, type Segment } from '../../../components/line.tsx';
import { intoView } from '../../../components/list.ts';
import { insideOf, Pane } from '../../../components/pane.tsx';
import { displayName, fit, padEnd, padStart, widthOf, wrap } from '../../../components/text.ts';
import { Wait } from '../../../components/wait.tsx';
import { modeOf } from '../../../layout/layout.ts';
import type { Size } from '../../../state.ts';
import { type Glyphs, punctuated, UNICODE } from '../../../theme/glyphs.ts';
import { useLook } from '../../../theme/look.ts';
import { accountWords } from './drive.ts';
import {
	type Choice,
	chosenTotal,
	destinationOf,
	FIELDS,
	type FieldName,
	type FormRow,
	formRows,
	KIND_WORDS,
	STEPS as STEP_IDS,
	type Step,
	sourcesOf,
	triggerOf,
	triggerProblem,
	type WizardState,
} from './state.ts';

/** Rows of a list are easier to follow when they are not too long. */
const TABLE = 96;

const TITLES: Record<Step, string> = { what: 'What to keep safe', where: 'Where to', when: 'When', go: 'Start' };
const STEPS = STEP_IDS.map((step) => [step, TITLES[step]] as const);

const INTRO: Record<Step, string> = {
	what: 'Choose the folders that must not be lost. Paste or drop paths here, too. To bring back the backups of a lost machine, press v.',
	where:
		'A folder or disk needs no account. S3 is any store that speaks its language, Glacier included. Google Drive takes a sign-in.',
	when: 'The first backup begins as soon as you say so in the next step. And then?',
	go: 'Everything is ready. The backup runs in the background: you may leave, it goes on.',
};

/** Four steps from nothing to a running backup. */
export function WizardView({ wizard, area }: { wizard: WizardState; area: Size }) {
	const bare = modeOf(area) === 'narrow';
	const inside = insideOf({ ...area, bare });
	// Where there is little room the fields are worth more.
	const intro = bare && wizard.step !== 'what' ? [] : wrap(INTRO[wizard.step], inside.width);
	const errors = wizard.error
		? wrap([wizard.error.message, wizard.error.guidance].filter(Boolean).join(' '), inside.width - 2)
		: [];
	const height = inside.height - 3 - intro.length - (errors.length > 0 ? errors.length + 1 : 0);
	const title = wizard.first ? 'Welcome to Firn: your first backup' : 'A new job';
	return (
		<Pane title={title} width={area.width} height={area.height} bare={bare} focus>
			<Steps step={wizard.step} width={inside.width} />
			<Text> </Text>
			{intro.map((line) => (
				<Line key={line} segments={[{ text: line, tone: 'muted' }]} width={inside.width} />
			))}
			<Text> </Text>
			<Box flexDirection="column" height={Math.max(0, height)} overflow="hidden">
				{wizard.step === 'what' ? (
					<Choices wizard={wizard} width={inside.width} height={height} />
				) : (
					<Box flexDirection="column" flexShrink={0}>
						<Form wizard={wizard} width={inside.width} />
					</Box>
				)}
			</Box>
			{errors.length > 0 ? <Text> </Text> : null}
			<Problem lines={errors} width={inside.width} />
		</Pane>
	);
}

function Problem({ lines, width }: { lines: string[]; width: number }) {
	const { glyphs } = useLook();
	return lines.map((line, at) => (
		<Line
			key={line}
			segments={[{ text: `${at === 0 ? glyphs.error : ' '} ${displayName(line)}`, tone: 'error' }]}
			width={width}
		/>
	));
}

function Steps({ step, width }: { step: Step; width: number }) {
	const { glyphs } = useLook();
	const now = STEPS.findIndex(([id]) => id === step);
	const segments = STEPS.flatMap(([id, title], at): Segment[] => {
		const sign = at < now ? glyphs.ok : at === now ? glyphs.busy : glyphs.off;
		const tone = at === now ? 'accent' : at < now ? 'ok' : 'muted';
		const line = at === 0 ? [] : [{ text: ` ${glyphs.frame.h.repeat(2)} `, tone: 'muted' as const }];
		return [...line, { text: `${at + 1} ${title} ${sign}`, tone, bold: id === step }];
	});
	return <Line segments={segments} width={width} />;
}

function Choices({ wizard, width, height }: { wizard: WizardState; width: number; height: number }) {
	const { tone, glyphs } = useLook();
	const { choices, cursor, typing } = wizard;
	if (wizard.home === '') return <Wait what="Looking around on this machine" />;
	const room = Math.max(1, height - 2);
	const { top } = intoView({ cursor, top: 0 }, choices.length + 1, room);
	const rows: (Choice | undefined)[] = [...choices, undefined].slice(top, top + room);
	const chosen = sourcesOf(wizard).length;
	return (
		<>
			{rows.map((row, at) => {
				const selected = top + at === cursor && !typing;
				const mark = selected ? `${glyphs.cursor} ` : '  ';
				if (!row && typing) {
					return (
						<Box key="typing">
							<Text {...tone('accent')}>{`  Path: `}</Text>
							<FieldView field={typing} width={width - 8} focus placeholder="/srv/data or ~/photos, then enter" />
						</Box>
					);
				}
				const size = row ? sizeText(row) : '';
				const name = row ? `[${row.on ? 'x' : ' '}] ${displayName(row.path)}` : '    another folder';
				const text = padEnd(name, Math.min(width, TABLE) - 2 - widthOf(size), 'middle', glyphs.ellipsis) + size;
				return (
					<Line
						key={row?.path ?? 'another'}
						segments={[
							{ text: mark, tone: 'accent' },
							{ text, tone: row?.on ? 'accent' : row ? 'normal' : 'muted' },
						]}
						width={width}
						selected={selected}
					/>
				);
			})}
			<Text> </Text>
			<Line
				segments={[
					{
						text: chosen === 0 ? 'Nothing chosen yet.' : `${counted(chosen, 'folder')} chosen: ${totalText(wizard)}`,
						tone: 'muted',
					},
				]}
				width={width}
			/>
		</>
	);
}

/** Files and bytes at the right end of a row. */
function sizeText({ measured }: Choice): string {
	if (!measured || (measured.state === 'counting' && measured.files === 0)) return 'counting';
	const text = `${padStart(counted(measured.files, 'file'), 16)}  ${padStart(formatSize(measured.bytes), 9)}`;
	return measured.state === 'done' ? text : `counting ${text}`;
}

function totalText(wizard: WizardState): string {
	const { files, bytes, counting } = chosenTotal(wizard);
	return `${counted(files, 'file')}, ${formatSize(bytes)}${counting ? ' so far' : ''}`;
}

const LABELS: Record<FormRow, string> = {
	kind: 'Kind of place',
	folder: 'Folder',
	bucket: 'Bucket',
	endpoint: 'Endpoint',
	region: 'Region',
	profile: 'AWS profile',
	credentials: 'Stored keys',
	driveFolder: 'Folder there',
	account: 'Account',
	signIn: 'Sign-in',
	driveEndpoint: 'Endpoint',
	storageClass: 'Storage class',
	begins: 'Later ones begin',
	time: 'At',
	name: 'Name of the job',
	encrypt: 'Encryption',
	compression: 'Compression',
};

const PLACEHOLDERS: Partial<Record<FormRow, string>> = {
	bucket: 'my-bucket/prefix',
	endpoint: 'https://… only for stores that are not AWS',
	region: 'as in ~/.aws/config',
	profile: 'default',
	credentials: 'none; or a name from Settings, Keys',
	driveFolder: 'firn',
	signIn: 'gdrive',
	driveEndpoint: 'https://… only for a proxy in front of Google',
	time: '22:00',
	storageClass: 'DEEP_ARCHIVE on AWS, elsewhere the store’s own',
};

const LABEL = 18;

function Form({ wizard, width }: { wizard: WizardState; width: number }) {
	const { tone, glyphs } = useLook();
	const rows = formRows(wizard);
	const field = Math.min(60, width - LABEL - 4);
	return (
		<>
			{wizard.step === 'go' ? <Summary wizard={wizard} width={width} /> : null}
			{rows.map((row, at) => {
				const focus = at === wizard.row;
				return (
					<Box key={row}>
						<Text {...tone(focus ? 'accent' : 'muted')} bold={focus}>
							{`${focus ? glyphs.cursor : ' '} ${padEnd(LABELS[row], LABEL)}`}
						</Text>
						{FIELDS.includes(row as FieldName) ? (
							<FieldView
								field={wizard.fields[row as FieldName]}
								width={field}
								focus={focus}
								placeholder={PLACEHOLDERS[row] ?? ''}
							/>
						) : (
							<Text bold={focus} wrap="hard">
								{fit(choiceText(wizard, row, glyphs), field, 'end', glyphs.ellipsis)}
							</Text>
						)}
					</Box>
				);
			})}
			<Text> </Text>
			{wizard.begin === 'asked' ? <Wait what="Starting" /> : null}
			{wizard.drive.trial === 'going' ? <Wait what="Trying out Google Drive" /> : null}
			{notes(wizard)
				.flatMap((note) => wrap(note, width))
				.map((line) => (
					<Line key={line} segments={[{ text: line, tone: 'muted' }]} width={width} />
				))}
		</>
	);
}

function choiceText(wizard: WizardState, row: FormRow, glyphs: Glyphs): string {
	const { left, right } = glyphs;
	if (row === 'account') return punctuated(accountWords(wizard.drive), glyphs);
	const text = {
		kind: KIND_WORDS[wizard.kind],
		begins: { hand: 'by hand, when you start them', daily: 'daily', change: 'whenever files change' }[wizard.begins],
		encrypt: wizard.encrypt ? 'age, with a key made on this machine' : 'none',
		compression: { none: 'none', zstd: 'zstd', gzip: 'gzip' }[wizard.compression],
	}[row as 'kind'];
	return `${left} ${text} ${right}`;
}

function Summary({ wizard, width }: { wizard: WizardState; width: number }) {
	const rows: (readonly [string, string])[] = [
		['From', sourcesOf(wizard).map(displayName).join(', ')],
		['In all', totalText(wizard)],
		['To', displayName(destinationOf(wizard))],
		['Then', triggerWords(triggerOf(wizard))],
		...(wizard.quote.words === '' ? [] : [['Costs', wizard.quote.words] as const]),
	];
	return (
		<>
			{rows.map(([label, text]) => (
				<Line key={label} segments={[{ text: `  ${padEnd(label, LABEL)}`, tone: 'muted' }, text]} width={width} />
			))}
			<Text> </Text>
		</>
	);
}

/** What is worth knowing before going on. */
function notes(wizard: WizardState): string[] {
	if (wizard.step === 'where') {
		if (wizard.kind === 'folder')
			return [
				'The last folder of the path is made if it is missing; the one above it has to be there. A copy on another disk or machine outlives this one.',
			];
		if (wizard.kind === 'gdrive')
			return [
				'A folder that is missing is made. Firn sees no files of the account but those that it makes itself. It is tried out before the next step.',
			];
		return [
			'The usual AWS credentials are used: profile, environment, SSO or role. Firn stores none, unless you let it: 7 Settings, Keys.',
		];
	}
	if (wizard.step === 'when') return whenNotes(wizard);
	const key =
		'The key stays on this machine. Firn will ask you to keep a recovery sheet elsewhere: without the key nothing can be read.';
	return [
		'enter starts the backup.',
		...(wizard.encrypt ? [key] : ['Without encryption whoever can read the place can read your files.']),
	];
}

function whenNotes(wizard: WizardState): string[] {
	const more = 'Weekly, every few hours and more: e on Jobs changes it at any time.';
	const problem = triggerProblem(wizard);
	if (problem) return [`${problem.message} ${problem.guidance}`];
	if (wizard.begins === 'hand') return [more];
	return [
		`Then: ${triggerWords(triggerOf(wizard))}.`,
		'The engine has to run at that time; firn engine install keeps it going after logout and restart.',
		more,
	];
}

/** The same for screen readers. */
export function speakWizard(wizard: WizardState): { summary: string[]; item?: string } {
	const at = STEPS.findIndex(([id]) => id === wizard.step);
	const summary = [
		`Step ${at + 1} of ${STEPS.length}: ${STEPS[at]![1]}. ${INTRO[wizard.step]}`,
		...(wizard.error ? [wizard.error.message] : []),
	];
	if (wizard.step === 'what') {
		const choice = wizard.choices[wizard.cursor];
		return { summary, item: choice ? `${choice.path}, ${choice.on ? 'chosen' : 'not chosen'}` : 'another folder' };
	}
	const row = formRows(wizard)[wizard.row]!;
	const value = FIELDS.includes(row as FieldName)
		? wizard.fields[row as FieldName].text
		: choiceText(wizard, row, { ...UNICODE, left: '', right: '' }).trim();
	return { summary, item: `${LABELS[row]}: ${value}` };
}
