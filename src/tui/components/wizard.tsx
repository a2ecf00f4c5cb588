/** The frame of a wizard: its steps at the top, the step's own pane, and beside it what is known so far. */

import { Box } from 'ink';
import type { ReactNode } from 'react';
import { modeOf } from '../layout/layout.ts';
import type { Size } from '../state.ts';
import { useLook } from '../theme/look.ts';
import { Line, type Segment } from './line.tsx';
import { insideOf, Pane } from './pane.tsx';
import { widthOf } from './text.ts';

export interface WizardLayout {
	/** Without frames. */
	bare: boolean;
	/** Height of the steps: a pane of three rows, or one line. */
	steps: number;
	main: Size;
	/** Absent where there is no room beside the main pane. */
	side?: Size;
	/** Cells inside the main pane. */
	inside: Size;
}

const STEPS_PANE = 3;

/** Where a wizard's parts stand. */
export function wizardLayout(area: Size, hasSide: boolean): WizardLayout {
	const mode = modeOf(area);
	const bare = mode === 'narrow';
	const steps = bare ? 1 : STEPS_PANE;
	const height = area.height - steps;
	const sideWidth = hasSide && mode === 'wide' ? Math.max(40, Math.floor(area.width * 0.4)) : 0;
	const main = { width: area.width - sideWidth, height };
	return {
		bare,
		steps,
		main,
		...(sideWidth > 0 ? { side: { width: sideWidth, height } } : {}),
		inside: insideOf({ ...main, bare }),
	};
}

export function WizardFrame({
	title,
	steps,
	at,
	area,
	layout,
	main,
	side,
}: {
	/** Of the whole wizard. */
	title: string;
	steps: readonly string[];
	/** Index of the step that is shown. */
	at: number;
	area: Size;
	layout: WizardLayout;
	main: { title: string; right?: string; footer?: string; children: ReactNode };
	side?: { title: string; children: ReactNode };
}) {
	const { bare } = layout;
	return (
		<Box flexDirection="column" width={area.width} height={area.height}>
			{bare ? (
				<StepLine steps={steps} at={at} width={area.width} />
			) : (
				<Pane title={title} width={area.width} height={layout.steps}>
					<StepLine steps={steps} at={at} width={area.width - 4} />
				</Pane>
			)}
			<Box height={layout.main.height}>
				<Pane {...main} {...layout.main} bare={bare} focus>
					{main.children}
				</Pane>
				{layout.side && side ? (
					<Pane title={side.title} {...layout.side}>
						{side.children}
					</Pane>
				) : null}
			</Box>
		</Box>
	);
}

/** `1 What ✓ ── 2 Where ● ── 3 Plan ◌`; where it does not fit, only the step that is shown has its name. */
function StepLine({ steps, at, width }: { steps: readonly string[]; at: number; width: number }) {
	const { glyphs } = useLook();
	const long = steps.reduce((sum, step) => sum + widthOf(step) + 8, 0) <= width + 4;
	const segments = steps.flatMap((step, index): Segment[] => {
		const sign = index < at ? glyphs.ok : index === at ? glyphs.busy : glyphs.off;
		const tone = index === at ? 'accent' : index < at ? 'ok' : 'muted';
		const name = long || index === at ? ` ${step}` : '';
		const line = index === 0 ? [] : [{ text: ` ${glyphs.frame.h.repeat(2)} `, tone: 'muted' as const }];
		return [...line, { text: `${index + 1}${name} ${sign}`, tone, bold: index === at }];
	});
	return <Line segments={segments} width={width} />;
}
