import { Box, Text } from 'ink';
import SelectInput from 'ink-select-input';
import { counted, formatCount, formatSize } from '../../core/sizes.ts';
import type { Action } from '../actions.ts';
import type { AppState, LiveTask, MenuItem, Modal, Size } from '../state.ts';
import { mayConfirm } from '../store/modal.ts';
import { type Glyphs, punctuated } from '../theme/glyphs.ts';
import { useLook } from '../theme/look.ts';
import { FieldView, fieldOf } from './field.tsx';
import { HelpModal } from './help.tsx';
import { Line } from './line.tsx';
import { Overlay } from './overlay.tsx';
import { PaletteModal } from './palette.tsx';
import { insideOf } from './pane.tsx';
import { padEnd, widthOf, wrap } from './text.ts';
import { Wait } from './wait.tsx';

export type Of<K extends Modal['kind']> = Extract<Modal, { kind: K }>;

/** The modal in the middle of the area, over whatever is there. */
export function ModalLayer({
	app,
	modal,
	area,
	dispatch,
}: {
	app: AppState;
	modal: Modal;
	area: Size;
	dispatch: (action: Action) => void;
}) {
	switch (modal.kind) {
		case 'menu':
			return <MenuModal modal={modal} area={area} dispatch={dispatch} />;
		case 'confirm':
			return <ConfirmModal modal={modal} area={area} />;
		case 'prompt':
			return <PromptModal modal={modal} area={area} />;
		case 'wait':
			return <WaitModal app={app} modal={modal} area={area} />;
		case 'text':
			return <TextModal modal={modal} area={area} />;
		case 'help':
			return <HelpModal app={app} modal={modal} area={area} />;
		case 'palette':
			return <PaletteModal app={app} modal={modal} area={area} />;
	}
}

function MenuModal({ modal, area, dispatch }: { modal: Of<'menu'>; area: Size; dispatch: (action: Action) => void }) {
	const { glyphs } = useLook();
	const { title, items, tag } = modal;
	const labels = Math.max(...items.map(({ label }) => widthOf(label)));
	const notes = Math.max(0, ...items.map(({ note }) => widthOf(note ?? '')));
	const width = Math.min(area.width - 4, Math.max(widthOf(title) + 8, labels + (notes > 0 ? notes + 2 : 0) + 8, 30));
	const height = Math.min(area.height - 2, items.length + 2);
	const inside = width - 4;
	const choose = ({ value }: { value: string }) => {
		dispatch({ type: 'modal', modal: undefined });
		dispatch({ type: 'reply', tag, value });
	};
	const rows = items.map((item) => ({ ...item, key: item.value, label: menuRow(item, labels, inside - 2, glyphs) }));
	return (
		<Overlay area={area} size={{ width, height }} title={title}>
			<SelectInput
				items={rows}
				limit={height - 2}
				onSelect={choose}
				indicatorComponent={MenuIndicator}
				itemComponent={MenuRow}
			/>
		</Overlay>
	);
}

function menuRow({ label, note }: MenuItem, labels: number, width: number, glyphs: Glyphs): string {
	const text = note ? `${padEnd(label, labels)}  ${note}` : label;
	return padEnd(punctuated(text, glyphs), width, 'end', glyphs.ellipsis);
}

function MenuIndicator({ isSelected = false }: { isSelected?: boolean }) {
	const { tone, glyphs } = useLook();
	return <Text {...tone('accent')}>{isSelected ? `${glyphs.cursor} ` : '  '}</Text>;
}

function MenuRow({ isSelected = false, label }: { isSelected?: boolean; label: string }) {
	return (
		<Text inverse={isSelected} bold={isSelected} wrap="hard">
			{label}
		</Text>
	);
}

function ConfirmModal({ modal, area }: { modal: Of<'confirm'>; area: Size }) {
	const { tone, glyphs } = useLook();
	const width = Math.min(area.width - 4, 76);
	const inside = width - 4;
	const typed = modal.phrase === undefined ? 0 : 2;
	// The buttons are seen in any case.
	const room = Math.max(1, area.height - typed - 4);
	const all = modal.lines.flatMap((line) => wrap(line, inside));
	const lines = all.length <= room ? all : [...all.slice(0, room - 1), glyphs.ellipsis];
	const can = mayConfirm(modal);
	const yesMarked = modal.phrase === undefined ? modal.chosen === 'yes' : can;
	return (
		<Overlay area={area} size={{ width, height: lines.length + typed + 4 }} title={modal.title}>
			{lines.map((line, at) => (
				<Line key={at} segments={[line]} width={inside} />
			))}
			<Text> </Text>
			{modal.phrase === undefined ? null : (
				<>
					<Box>
						<Text {...tone('muted')}>{`Type  ${modal.phrase}  to confirm: `}</Text>
						<FieldView
							field={modal.typed ?? fieldOf('')}
							width={Math.max(8, inside - widthOf(modal.phrase) - 22)}
							focus
						/>
					</Box>
					<Text> </Text>
				</>
			)}
			<Box width={inside} justifyContent="flex-end">
				<Button text="Cancel" marked={!yesMarked} glyph={glyphs.cursor} />
				<Text>{'   '}</Text>
				<Button text={modal.yes} marked={yesMarked} glyph={glyphs.cursor} disabled={!can} />
			</Box>
		</Overlay>
	);
}

function Button(button: { text: string; marked: boolean; glyph: string; disabled?: boolean }) {
	const { tone } = useLook();
	const { text, marked, glyph, disabled = false } = button;
	return (
		<Text inverse={marked} bold={marked} {...(disabled ? tone('muted') : {})}>
			{`${marked ? glyph : ' '}[ ${text} ]`}
		</Text>
	);
}

function PromptModal({ modal, area }: { modal: Of<'prompt'>; area: Size }) {
	const { tone } = useLook();
	const width = Math.min(area.width - 4, 76);
	const inside = insideOf({ width, height: 0 }).width;
	const hint = modal.hint === undefined ? [] : wrap(modal.hint, inside);
	return (
		<Overlay area={area} size={{ width, height: 4 + (hint.length > 0 ? hint.length + 1 : 0) }} title={modal.title}>
			<Line segments={[modal.label]} width={inside} />
			<FieldView field={modal.field} width={inside} focus secret={modal.secret ?? false} />
			{hint.length === 0 ? null : <Text> </Text>}
			{hint.map((line) => (
				<Text key={line} {...tone('muted')} wrap="hard">
					{line}
				</Text>
			))}
		</Overlay>
	);
}

function WaitModal({ app, modal, area }: { app: AppState; modal: Of<'wait'>; area: Size }) {
	const width = Math.min(area.width - 4, 76);
	const inside = width - 4;
	const lines = wrap(modal.line, inside);
	return (
		<Overlay area={area} size={{ width, height: lines.length + 4 }} title={modal.title}>
			{lines.map((line) => (
				<Line key={line} segments={[line]} width={inside} />
			))}
			<Text> </Text>
			<Wait what={lookedAt(app.tasks[modal.task])} />
		</Overlay>
	);
}

/** How far a scan has come. */
export function lookedAt(task: LiveTask | undefined): string {
	if (task?.progress?.kind !== 'backup') return 'Beginning';
	const { scannedFiles, scannedBytes, plannedFiles, plannedBytes } = task.progress;
	const seen = `${counted(scannedFiles, 'file')}, ${formatSize(scannedBytes)}`;
	return `${seen} looked at; ${formatCount(plannedFiles)} new, ${formatSize(plannedBytes)}`;
}

function TextModal({ modal, area }: { modal: Of<'text'>; area: Size }) {
	const width = Math.min(area.width - 4, Math.max(40, ...modal.lines.map((line) => widthOf(line) + 4)));
	const inside = insideOf({ width, height: 0 }).width;
	const lines = modal.asIs ? modal.lines : modal.lines.flatMap((line) => wrap(line, inside));
	const height = Math.min(area.height - 2, lines.length + 2);
	const top = Math.min(modal.top, Math.max(0, lines.length - height + 2));
	const shown = lines.slice(top, top + height - 2);
	const footer = lines.length > shown.length ? `${top + 1}-${top + shown.length} of ${lines.length} lines` : '';
	return (
		<Overlay area={area} size={{ width, height }} title={modal.title} footer={footer}>
			{shown.map((line, at) => (
				<Line key={top + at} segments={[line]} width={inside} />
			))}
		</Overlay>
	);
}
