import { Box, Text } from 'ink';
import type { ReactNode } from 'react';
import type { Size } from '../state.ts';
import { Pane } from './pane.tsx';

/** A pane on an opaque ground: without a background colour what lies below would shine through. */
export function Overlay({
	area,
	size,
	title,
	footer = '',
	children,
}: {
	area: Size;
	size: Size;
	title: string;
	footer?: string;
	children: ReactNode;
}) {
	const width = Math.min(size.width, area.width);
	const height = Math.min(size.height, area.height);
	const left = Math.floor((area.width - width) / 2);
	const top = Math.floor((area.height - height) / 2);
	return (
		<Box position="absolute" left={left} top={top} width={width} height={height}>
			<Box position="absolute" flexDirection="column" width={width} height={height}>
				<Text>{Array(height).fill(' '.repeat(width)).join('\n')}</Text>
			</Box>
			<Pane title={title} footer={footer} width={width} height={height} focus>
				{children}
			</Pane>
		</Box>
	);
}
