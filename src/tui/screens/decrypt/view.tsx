import { Box, Text } from 'ink';
import { counted } from '../../../core/sizes.ts';
import { FieldView } from '../../components/field.tsx';
import { FormLine, type FormRow, Notes } from '../../components/form.tsx';
import { identityRow } from '../../components/identity-field.ts';
import { Line } from '../../components/line.tsx';
import { intoView } from '../../components/list.ts';
import { displayName, fit, wrap } from '../../components/text.ts';
import { Wait } from '../../components/wait.tsx';
import { WizardFrame, type WizardLayout, wizardLayout } from '../../components/wizard.tsx';
import type { AppState, Size } from '../../state.ts';
import { useLook } from '../../theme/look.ts';
import { ProgressView } from '../restore/progress-view.tsx';
import { ReportView, reportPlace } from '../restore/report-view.tsx';
import { Complaints, complaintHeight, complaintsOf, Found, Identities } from './found-view.tsx';
import { type DecryptState, formRows, heightOf, STEPS, type Step } from './state.ts';

export const TITLES: Record<Step, string> = {
	files: 'Files',
	key: 'Key',
	target: 'Target',
	run: 'Decrypt',
	report: 'Report',
};

const MAIN: Record<Step, string> = {
	files: 'Files (type, paste or drop paths)',
	key: 'Key',
	target: 'Target',
	run: 'Progress',
	report: 'Report',
};

/** Five steps from archives on the disk to files, without engine and network. */
export function DecryptView({ state, app, area }: { state: DecryptState; app: AppState; area: Size }) {
	const place = wizardLayout(area, hasSide(state.step));
	const side = place.side;
	return (
		<WizardFrame
			title="Decrypt archives that lie on this machine"
			steps={STEPS.map((step) => TITLES[step])}
			at={STEPS.indexOf(state.step)}
			area={area}
			layout={place}
			main={{
				title: MAIN[state.step],
				footer: footerOf(state, place),
				children: <Main state={state} app={app} place={place} />,
			}}
			{...(side
				? {
						side: {
							title: 'Found',
							children: <Found look={state.look} size={{ width: side.width - 4, height: side.height - 2 }} />,
						},
					}
				: {})}
		/>
	);
}

function footerOf({ step, report }: DecryptState, { bare }: WizardLayout): string {
	if (step === 'report') return reportPlace(report);
	return bare || step === 'run' ? '' : 'works without engine and network';
}

const hasSide = (step: Step): boolean => step === 'key' || step === 'target';

function Main({ state, app, place }: { state: DecryptState; app: AppState; place: WizardLayout }) {
	const size = place.inside;
	switch (state.step) {
		case 'files':
			return <Files state={state} size={size} withFound={!place.side} />;
		case 'key':
		case 'target':
			return <Form state={state} size={size} withFound={!place.side} />;
		case 'run': {
			const { going } = state;
			return (
				<ProgressView
					progress={going?.progress}
					samples={state.samples}
					events={going?.events ?? []}
					started={going?.started ?? app.now}
					now={app.now}
					reason={undefined}
					notes={['It runs in this process: leaving Firn ends it. What is finished is found again next time.']}
					size={size}
				/>
			);
		}
		case 'report':
			return <ReportView state={state.report} size={size} height={heightOf(state, app)} now={app.now} />;
	}
}

function Files({ state, size, withFound }: { state: DecryptState; size: Size; withFound: boolean }) {
	const { tone, glyphs } = useLook();
	const { width, height } = size;
	const { inputs, row, typing, look } = state;
	const complaints = complaintsOf({ ...look, answer: undefined }, state.error);
	const notes =
		inputs.length === 0
			? [
					'Archives end in .tar, .tar.gz or .tar.zst, and .age when they are encrypted. A folder is searched with all below it.',
				]
			: [];
	const left = height - complaintHeight(complaints, width) - notes.flatMap((note) => wrap(note, width)).length - 1;
	const most = Math.max(1, withFound && look.answer ? Math.min(Math.floor(left / 2), 6) : left);
	const rows = formRows(state);
	const { top } = intoView({ cursor: typing ? rows.length - 1 : row, top: 0 }, rows.length, most);
	const shown = rows.slice(top, top + most);
	return (
		<>
			{shown.map((kind, at) => {
				const index = top + at;
				if (kind === 'another' && typing) {
					return (
						<Box key="typing" width={width}>
							<Text {...tone('accent')}>{`${glyphs.cursor} Path: `}</Text>
							<FieldView field={typing} width={width - 8} focus placeholder="/mnt/usb/archives, then enter" />
						</Box>
					);
				}
				const selected = row === index && !typing;
				const text = kind === 'another' ? `another path${glyphs.ellipsis}` : displayName(inputs[index]!);
				return (
					<Line
						key={index}
						segments={[
							selected ? `${glyphs.cursor} ` : '  ',
							{ text: fit(text, width - 2, 'middle', glyphs.ellipsis), tone: kind === 'another' ? 'muted' : 'normal' },
						]}
						width={width}
						selected={selected}
					/>
				);
			})}
			<Text> </Text>
			<Notes notes={notes} width={width} />
			{withFound ? <Found look={look} size={{ width, height: Math.max(1, left - shown.length) }} /> : null}
			<Complaints complaints={complaints} width={width} />
		</>
	);
}

const EXISTING_TEXT = {
	keep: 'keep what is there',
	overwrite: 'overwrite what differs',
	newer: 'overwrite only what is older',
};

/** Rows of the second and third step. */
export function rowsOf(state: DecryptState): FormRow[] {
	if (state.step === 'key') {
		return [
			identityRow(state),
			{ label: 'State database', field: state.state, placeholder: 'none: notes beside the archives do' },
		];
	}
	const beside = state.extract ? '/srv/decrypted' : 'beside the archives';
	return [
		{ label: 'Make', choice: state.extract ? 'files: unpack everything' : 'TAR files, for other tools' },
		{ label: 'Folder', field: state.target, placeholder: beside },
		...(state.extract ? [{ label: 'Existing files', choice: EXISTING_TEXT[state.existing] }] : []),
		{ label: 'Then', choice: state.deleteEncrypted ? 'delete each archive that is done' : 'keep the archives' },
	];
}

const NOTES: Record<'key' | 'target', readonly string[]> = {
	key: [
		'An identity is a line AGE-SECRET-KEY-1…: give its file, or paste it as it is. Firn keeps no copy.',
		'With the state database of the job (its name or path), sizes and checksums are compared with it.',
	],
	target: ['It runs in this process: leaving Firn ends it. What is finished is found again next time.'],
};

function Form({ state, size, withFound }: { state: DecryptState; size: Size; withFound: boolean }) {
	const { width, height } = size;
	const { look } = state;
	const step = state.step as 'key' | 'target';
	const rows = rowsOf(state);
	const complaints = complaintsOf(look, state.error);
	const notes = [
		...NOTES[step],
		...(step === 'target' && state.deleteEncrypted
			? ['An archive is deleted once all that it holds is safely on the disk. You will be asked to type how many.']
			: []),
	];
	const noteRows = notes.flatMap((note) => wrap(note, width)).length;
	const used = rows.length + 2 + noteRows + complaintHeight(complaints, width);
	const identities = step === 'key' && look.answer ? identityRows(look.answer) + 1 : 0;
	const left = height - used - identities;
	return (
		<>
			{rows.map((row, at) => (
				<FormLine key={row.label} row={row} width={width} focus={state.row === at} />
			))}
			<Text> </Text>
			{identities > 0 ? <Identities answer={look.answer!} width={width} /> : null}
			{identities > 0 ? <Text> </Text> : null}
			<Notes notes={notes} width={width} />
			{look.busy ? <Wait what={look.answer ? 'Looking again' : 'Looking at the archives'} /> : null}
			<Complaints complaints={complaints} width={width} />
			{withFound && left >= 4 && !look.busy ? <Text> </Text> : null}
			{withFound && left >= 4 && !look.busy ? <Found look={look} size={{ width, height: left - 1 }} /> : null}
		</>
	);
}

function identityRows({ identities, totals }: NonNullable<DecryptState['look']['answer']>): number {
	if (totals.encrypted === 0) return 1;
	return identities.reduce((sum, { recipients }) => sum + recipients.length + 2, 0);
}

/** The same for screen readers. */
export function speakFound({ look, error }: DecryptState): string[] {
	const { answer } = look;
	const complaints = complaintsOf(look, error).map((one) =>
		[one.error.message, one.error.guidance].filter(Boolean).join(' '),
	);
	if (!answer) return complaints;
	return [`${counted(answer.totals.archives, 'archive')} found, ${answer.totals.opens} can be opened.`, ...complaints];
}
