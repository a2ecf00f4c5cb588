import { Text } from 'ink';
import type { InspectAnswer, InspectedArchive, InspectedIdentity } from '../../../core/restore-answers.ts';
import { counted, formatCount, formatSize } from '../../../core/sizes.ts';
import { Problem, problemLines } from '../../components/form.tsx';
import { Line, type Segment } from '../../components/line.tsx';
import { displayName, fit, padEnd, padStart } from '../../components/text.ts';
import { Wait } from '../../components/wait.tsx';
import type { Size } from '../../state.ts';
import type { Glyphs } from '../../theme/glyphs.ts';
import { useLook } from '../../theme/look.ts';
import type { LookState } from './state.ts';

/** The archives that were found, with what is wrong first; in at most the size given. */
export function Found({ look, size }: { look: LookState; size: Size }) {
	const { glyphs } = useLook();
	const { width, height } = size;
	const { answer, busy } = look;
	if (!answer) return busy ? <Wait what="Looking for archives" /> : null;
	const { totals, companions, foreign } = answer;
	const rows = [...answer.archives].sort((a, b) => rank(a) - rank(b));
	const others = companions + foreign.count;
	const room = Math.max(1, height - 2 - (others > 0 ? 1 : 0));
	const shown = rows.slice(0, rows.length > room ? room - 1 : room);
	const more = shown.length === 0 ? 0 : totals.archives - shown.length;
	return (
		<>
			<Line
				segments={[
					{ text: `${counted(totals.archives, 'archive')}, ${formatSize(totals.bytes)}`, bold: true },
					busy ? ' looking again' : '',
				]}
				width={width}
			/>
			{shown.map((archive) => (
				<Line key={archive.path} segments={archiveSegments(archive, width, glyphs)} width={width} />
			))}
			{more > 0 ? <Line segments={[{ text: `  and ${formatCount(more)} more`, tone: 'muted' }]} width={width} /> : null}
			{others > 0 ? (
				<Line
					segments={[
						{
							text: `${formatCount(companions)} of Firn's own notes, ${formatCount(foreign.count)} other files left alone`,
							tone: 'muted',
						},
					]}
					width={width}
				/>
			) : null}
		</>
	);
}

const rank = ({ problem, opens }: InspectedArchive): number => (problem ? 0 : opens ? 2 : 1);

function archiveSegments(archive: InspectedArchive, width: number, glyphs: Glyphs): Segment[] {
	const { name, folder, size, encrypted, opens, problem } = archive;
	const state = problem ? 'damaged' : opens ? (encrypted ? 'opens' : 'plain') : 'locked';
	const sign = problem ? glyphs.error : opens ? glyphs.ok : glyphs.warn;
	const tone = problem ? 'error' : opens ? 'ok' : 'warn';
	const room = width - 2 - 10 - 9;
	const path = displayName(folder === '' ? name : `${folder}/${name}`);
	return [
		{ text: `${sign} `, tone },
		{ text: padEnd(path, room, 'start', glyphs.ellipsis) },
		{ text: `${padStart(formatSize(size), 10)} ` },
		{ text: padEnd(state, 8), tone },
	];
}

/** Which identity opens how many. */
export function Identities({ answer, width }: { answer: InspectAnswer; width: number }) {
	const { glyphs } = useLook();
	const { identities, totals } = answer;
	if (totals.encrypted === 0) {
		return <Line segments={[{ text: `${glyphs.ok} None of the archives is encrypted.`, tone: 'ok' }]} width={width} />;
	}
	return identities.flatMap((identity) => [
		<Line
			key={identity.file}
			segments={[{ text: fit(displayName(identity.file), width, 'middle', glyphs.ellipsis) }]}
			width={width}
		/>,
		...identity.recipients.map((recipient) => (
			<Line
				key={`${identity.file}${recipient}`}
				segments={[
					{ text: '  public ', tone: 'muted' },
					{ text: fit(recipient, width - 9, 'middle', glyphs.ellipsis) },
				]}
				width={width}
			/>
		)),
		<Line key={`${identity.file} opens`} segments={[opensSegment(identity, totals.encrypted, glyphs)]} width={width} />,
	]);
}

function opensSegment({ opens, problem }: InspectedIdentity, encrypted: number, glyphs: Glyphs): Segment {
	if (problem) return { text: `  ${glyphs.error} cannot be used`, tone: 'error' };
	if (opens === encrypted) return { text: `  ${glyphs.ok} opens all ${formatCount(encrypted)}`, tone: 'ok' };
	const text = `opens ${formatCount(opens)} of ${formatCount(encrypted)}`;
	return { text: `  ${opens === 0 ? glyphs.error : glyphs.warn} ${text}`, tone: opens === 0 ? 'error' : 'warn' };
}

type Complaint = { error: { message: string; guidance?: string }; tone: 'error' | 'warn' };

/** What speaks against going on, and what should be known. */
export function complaintsOf(look: LookState, error: { message: string; guidance?: string } | undefined): Complaint[] {
	const own = error ?? look.error;
	const all: Complaint[] = [
		...(own ? [{ error: own, tone: 'error' as const }] : []),
		...(look.answer?.problems ?? []).map((problem) => ({ error: problem, tone: 'error' as const })),
		...(look.answer?.warnings ?? []).map((message) => ({ error: { message }, tone: 'warn' as const })),
	];
	return all.map(({ error: { message, guidance }, tone }) => ({
		error: { message: displayName(message), ...(guidance === undefined ? {} : { guidance: displayName(guidance) }) },
		tone,
	}));
}

/** Complaints in their own rows, an empty one before them. */
export function Complaints({ complaints, width }: { complaints: readonly Complaint[]; width: number }) {
	if (complaints.length === 0) return null;
	return (
		<>
			<Text> </Text>
			{complaints.map(({ error, tone }, at) => (
				<Problem key={at} error={error} width={width} tone={tone} />
			))}
		</>
	);
}

export function complaintHeight(complaints: readonly Complaint[], width: number): number {
	const rows = complaints.reduce((sum, { error }) => sum + problemLines(error, width).length, 0);
	return rows === 0 ? 0 : rows + 1;
}
