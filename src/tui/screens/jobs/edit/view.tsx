import { Box, Text } from 'ink';
import { FormLine, type FormRow, Problem, problemLines, spokenRow } from '../../../components/form.tsx';
import { Line } from '../../../components/line.tsx';
import { intoView } from '../../../components/list.ts';
import { insideOf, Pane } from '../../../components/pane.tsx';
import { displayName, fit, padEnd, widthOf, wrap } from '../../../components/text.ts';
import { modeOf } from '../../../layout/layout.ts';
import type { AppState, Size } from '../../../state.ts';
import { useLook } from '../../../theme/look.ts';
import type { Choices, EditState } from './form.ts';
import { keepPreview, type Preview, whenPreview } from './preview.ts';
import { problemsOf } from './problems.ts';
import { isField, type RowId, rowsOf, sectionOf, sectionsOf } from './rows.ts';
import { isChanged } from './state.ts';
import { choiceText, HELP, LABELS, placeholderOf } from './words.ts';

/** Rows for what the row under the cursor means, or what is wrong with it. */
const HELP_ROWS = 2;
const SIDE = 42;
/** Where the values of the rows begin. */
const LABEL = 18;

const zone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

export function EditView({ edit, app, area }: { edit: EditState; app: AppState; area: Size }) {
	const mode = modeOf(area);
	const bare = mode === 'narrow';
	const side = mode === 'wide' ? Math.max(SIDE, Math.floor(area.width * 0.4)) : 0;
	const main = { width: area.width - side, height: area.height };
	const inside = insideOf({ ...main, bare });
	const id = rowsOf(edit)[edit.row]!;
	const preview = side > 0 ? undefined : previewOf(edit, id, app.now);
	const below = HELP_ROWS + (preview ? 2 : 0) + 1;
	return (
		<Box width={area.width} height={area.height} overflow="hidden">
			<Pane
				title={`Job ${displayName(edit.base.name)}`}
				right={edit.saving !== 'no' ? 'saving' : isChanged(edit) ? 'not saved' : ''}
				footer={`${edit.row + 1} of ${rowsOf(edit).length}`}
				{...main}
				bare={bare}
				focus
			>
				<Rows edit={edit} width={inside.width} height={Math.max(1, inside.height - below)} />
				<Text> </Text>
				{preview ? <ShortPreview preview={preview} width={inside.width} /> : null}
				<Help edit={edit} id={id} width={inside.width} />
			</Pane>
			{side > 0 ? <Side edit={edit} now={app.now} width={side} height={area.height} /> : null}
		</Box>
	);
}

function previewOf(edit: EditState, id: RowId, now: number): Preview {
	return sectionOf(edit, id) === 'Keep' ? keepPreview(edit, zone()) : whenPreview(edit, now, zone());
}

interface FormItem {
	title?: string;
	fact?: string;
	row?: RowId;
	at?: number;
}

function Rows({ edit, width, height }: { edit: EditState; width: number; height: number }) {
	const { tone, glyphs } = useLook();
	const problems = problemsOf(edit);
	let at = 0;
	const items = sectionsOf(edit).flatMap(({ title, rows }): FormItem[] => [
		{ title },
		...(title === 'What and where' ? [{ fact: placeOf(edit) }] : []),
		...rows.map((row) => ({ row, at: at++ })),
	]);
	const cursor = items.findIndex((item) => item.at === edit.row);
	// The title of the first section is seen again at the top.
	const { top } = intoView({ cursor: edit.row === 0 ? 0 : cursor, top: 0 }, items.length, height);
	return (
		<Box flexDirection="column" height={height} overflow="hidden">
			{items.slice(top, top + height).map(({ title, fact, row, at: index }) => {
				if (fact !== undefined) return <Fact key={fact} text={fact} width={width} />;
				if (row === undefined) return <Title key={title} title={title!} width={width} />;
				const focus = index === edit.row;
				return (
					<Box key={row} width={width}>
						<FormLine row={formRow(edit, row)} width={width - 2} focus={focus} />
						<Text {...tone('error')}>{problems[row] ? ` ${glyphs.error}` : '  '}</Text>
					</Box>
				);
			})}
		</Box>
	);
}

function Title({ title, width }: { title: string; width: number }) {
	const { glyphs } = useLook();
	const { h } = glyphs.frame;
	const rest = Math.max(0, width - 4 - widthOf(title));
	return <Line segments={[{ text: `${h.repeat(2)} ${title} ${h.repeat(rest)}`, tone: 'muted' }]} width={width} />;
}

/** What cannot be changed any more. */
function Fact({ text, width }: { text: string; width: number }) {
	const { glyphs } = useLook();
	const label = padEnd('  Where', LABEL);
	const room = width - LABEL - 2;
	return (
		<Line segments={[{ text: label + fit(text, room, 'middle', glyphs.ellipsis), tone: 'muted' }]} width={width} />
	);
}

/** What a job is for good. */
function placeOf({ base }: EditState): string {
	const what = base.layout === 'mirror' ? 'a mirror' : `${base.encrypted ? 'encrypted' : 'plain'} archives`;
	return `${displayName(base.destination)}, ${what}`;
}

function formRow(edit: EditState, row: RowId): FormRow {
	if (isField(row)) return { label: LABELS[row], field: edit.fields[row], placeholder: placeholderOf(row, edit.base) };
	return { label: LABELS[row], choice: choiceText(edit, row as keyof Choices | 'sources') };
}

function Help({ edit, id, width }: { edit: EditState; id: RowId; width: number }) {
	const problem = edit.error ?? problemsOf(edit)[id];
	if (problem) {
		const lines = problemLines(problem, width);
		// Where both do not fit, what is wrong goes before what to do.
		return <Problem error={lines.length > HELP_ROWS ? { message: problem.message } : problem} width={width} />;
	}
	return wrap(HELP[id] ?? '', width)
		.slice(0, HELP_ROWS)
		.map((text) => <Line key={text} segments={[{ text, tone: 'muted' }]} width={width} />);
}

/** In two lines: the sentence, and as much as fits of the rest. */
function ShortPreview({ preview, width }: { preview: Preview; width: number }) {
	const { glyphs } = useLook();
	const { words, items } = preview;
	const rest = items.map(({ text }) => text.replace(/\s+/g, ' ')).join(', ');
	const lines = items.length > 0 ? [words, rest] : wrap(words, width);
	return [0, 1].map((at) => (
		<Line key={at} segments={[{ text: fit(lines[at] ?? '', width, 'end', glyphs.ellipsis) }]} width={width} />
	));
}

function Side({ edit, now, width, height }: { edit: EditState; now: number; width: number; height: number }) {
	const hasKeep = edit.base.layout !== 'mirror';
	const upper = hasKeep ? Math.min(height, 10) : height;
	return (
		<Box flexDirection="column" width={width}>
			<PreviewPane title="Next runs" preview={whenPreview(edit, now, zone())} width={width} height={upper} />
			{hasKeep ? (
				<PreviewPane title="What stays" preview={keepPreview(edit, zone())} width={width} height={height - upper} />
			) : null}
		</Box>
	);
}

function PreviewPane(props: { title: string; preview: Preview; width: number; height: number }) {
	const { title, preview, width, height } = props;
	const { glyphs } = useLook();
	const inside = insideOf({ width, height });
	const words = wrap(preview.words, inside.width);
	const room = Math.max(0, inside.height - words.length);
	const more = preview.items.length - room;
	return (
		<Pane title={title} width={width} height={height} footer={more > 0 ? `and ${more} more` : ''}>
			{words.map((text) => (
				<Line key={text} segments={[text]} width={inside.width} />
			))}
			{preview.items.slice(0, room).map(({ text, sign }) => (
				<Line
					key={text}
					segments={[
						{ text: sign === undefined ? '  ' : `${glyphs[sign]} `, tone: sign === 'ok' ? 'ok' : 'muted' },
						{ text, tone: sign === 'off' ? 'muted' : 'normal' },
					]}
					width={inside.width}
				/>
			))}
		</Pane>
	);
}

/** The form for screen readers. */
export function speakEdit(edit: EditState, now: number): { summary: string[]; item?: string } {
	const id = rowsOf(edit)[edit.row]!;
	const problem = edit.error ?? problemsOf(edit)[id];
	return {
		summary: [
			`Job ${edit.base.name}, ${sectionOf(edit, id)}.`,
			previewOf(edit, id, now).words,
			...(problem ? [problem.message] : []),
		],
		item: spokenRow(formRow(edit, id)),
	};
}
