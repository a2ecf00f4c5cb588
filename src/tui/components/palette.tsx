import { Box, Text } from 'ink';
import { keyName } from '../keys/table.ts';
import type { AppState, Modal, Size } from '../state.ts';
import { paletteMatches } from '../store/modal.ts';
import { useLook } from '../theme/look.ts';
import { FieldView } from './field.tsx';
import { Line } from './line.tsx';
import { intoView } from './list.ts';
import { Overlay } from './overlay.tsx';
import { padEnd } from './text.ts';

/** Commands by name: the same as the keys have. */
export function PaletteModal(props: { app: AppState; modal: Extract<Modal, { kind: 'palette' }>; area: Size }) {
	const { app, modal, area } = props;
	const { tone, glyphs } = useLook();
	const width = Math.min(area.width - 4, 76);
	const height = Math.min(area.height - 2, 16);
	const inside = width - 4;
	const matches = paletteMatches(app, modal.field.text);
	const room = height - 4;
	const { top } = intoView({ cursor: modal.cursor, top: 0 }, matches.length, room);
	return (
		<Overlay area={area} size={{ width, height }} title="Commands" footer={`${matches.length} found`}>
			<Box>
				<Text {...tone('accent')}>: </Text>
				<FieldView field={modal.field} width={inside - 2} focus placeholder="type a part of a name" />
			</Box>
			<Text> </Text>
			{matches.slice(top, top + room).map(({ id, label, help, keys }, at) => (
				<Line
					key={id}
					selected={top + at === modal.cursor}
					width={inside}
					segments={[
						top + at === modal.cursor ? `${glyphs.cursor} ` : '  ',
						padEnd(label, 16),
						{ text: `${padEnd(keyName(keys[0]!), 7)} `, tone: 'key' },
						{ text: help, tone: 'muted' },
					]}
				/>
			))}
		</Overlay>
	);
}
