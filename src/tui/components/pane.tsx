import { Box, Text } from 'ink';
import type { ReactNode } from 'react';
import { punctuated } from '../theme/glyphs.ts';
import { useLook } from '../theme/look.ts';
import type { Tone } from '../theme/theme.ts';
import { fit, widthOf } from './text.ts';

export interface PaneProps {
	title: string;
	/** In the top line, at its right end. */
	right?: string;
	/** In the bottom line, at its right end. */
	footer?: string;
	width: number;
	height: number;
	/** The pane that has the keys. */
	focus?: boolean;
	/** Without a frame (narrow screens): a title line and the content, over the whole width. */
	bare?: boolean;
	children?: ReactNode;
}

/** Cells inside a pane. */
export function insideOf({ width, height, bare }: { width: number; height: number; bare?: boolean }) {
	return bare ? { width, height: Math.max(0, height - 1) } : { width: width - 4, height: Math.max(0, height - 2) };
}

/** A framed area with its title in the frame. Content that is too high is cut off. */
export function Pane({
	title,
	right = '',
	footer = '',
	width,
	height,
	focus = false,
	bare = false,
	children,
}: PaneProps) {
	const { tone, glyphs } = useLook();
	const { frame } = glyphs;
	const style = tone(focus ? 'accent' : 'muted');
	const inside = insideOf({ width, height, bare });
	if (bare) {
		const end = punctuated(right || footer, glyphs);
		const name = fit(punctuated(title, glyphs), width - widthOf(end) - 2, 'end', glyphs.ellipsis);
		return (
			<Box flexDirection="column" width={width} height={height} overflow="hidden">
				<Text wrap="hard">
					<Text {...tone('title')}>{name}</Text>
					<Text {...tone('muted')}>{' '.repeat(Math.max(1, width - widthOf(name) - widthOf(end))) + end}</Text>
				</Text>
				<Box flexDirection="column" height={inside.height} overflow="hidden">
					{children}
				</Box>
			</Box>
		);
	}
	return (
		<Box flexDirection="column" width={width} height={height} overflow="hidden">
			<Edge
				left={frame.tl}
				right={frame.tr}
				start={title}
				end={right}
				width={width}
				style={focus ? 'accent' : 'muted'}
			/>
			<Box height={inside.height}>
				<Side height={inside.height} text={frame.v} style={style} />
				<Box flexDirection="column" width={inside.width + 2} height={inside.height} paddingX={1} overflow="hidden">
					{children}
				</Box>
				<Side height={inside.height} text={frame.v} style={style} />
			</Box>
			<Edge left={frame.bl} right={frame.br} start="" end={footer} width={width} style={focus ? 'accent' : 'muted'} />
		</Box>
	);
}

function Side({ height, text, style }: { height: number; text: string; style: object }) {
	return (
		<Box width={1} height={height}>
			<Text {...style}>{Array(height).fill(text).join('\n')}</Text>
		</Box>
	);
}

function Edge(edge: { left: string; right: string; start: string; end: string; width: number; style: Tone }) {
	const { tone, glyphs } = useLook();
	const { h } = glyphs.frame;
	const { left, right, width } = edge;
	// Corners, a dash beside each text, a space on both its sides.
	const start = edge.start === '' ? '' : ` ${fit(punctuated(edge.start, glyphs), width - 6, 'end', glyphs.ellipsis)} `;
	const room = width - 4 - widthOf(start) - 2;
	const end = edge.end === '' || room < 6 ? '' : ` ${fit(punctuated(edge.end, glyphs), room, 'end', glyphs.ellipsis)} `;
	const fill = h.repeat(Math.max(0, width - 4 - widthOf(start) - widthOf(end)));
	const style = tone(edge.style);
	return (
		<Text wrap="hard">
			<Text {...style}>{left + h}</Text>
			<Text {...tone('title')}>{start}</Text>
			<Text {...style}>{fill}</Text>
			<Text {...tone('muted')}>{end}</Text>
			<Text {...style}>{h + right}</Text>
		</Text>
	);
}
