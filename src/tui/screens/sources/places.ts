/** Where the parts of the picker stand, from its area alone. Pure. */

import { insideOf } from '../../components/pane.tsx';
import { modeOf } from '../../layout/layout.ts';
import type { Size } from '../../state.ts';
import type { Picker } from './picker.ts';
import { ruleRows } from './rules.ts';

export interface Places {
	/** Without frames. */
	bare: boolean;
	tree: Size | undefined;
	/** Beside the tree where there is room, else below it or in its place. */
	selection: Size | undefined;
	rules: Size | undefined;
	beside: boolean;
}

const SIDE_WIDTH = 36;
/** Lines of the selection: totals, the sources' heading, and some sources. */
const SELECTION_HEIGHT = 11;
const BELOW_HEIGHT = 9;

export function placesOf(area: Size, { pane, details, selection }: Picker): Places {
	const mode = modeOf(area);
	const bare = mode === 'narrow';
	const { width, height } = area;
	if (mode === 'wide') {
		const beside = { width: Math.min(60, Math.max(SIDE_WIDTH, Math.floor(width * 0.36))), height: 0 };
		const wanted = Math.min(SELECTION_HEIGHT + selection.sources.length - 1, Math.floor(height * 0.6));
		const top = Math.min(wanted, Math.max(SELECTION_HEIGHT, height - 2 - ruleRows(selection).length));
		return {
			bare,
			tree: { width: width - beside.width, height },
			selection: { ...beside, height: top },
			rules: { ...beside, height: height - top },
			beside: true,
		};
	}
	const whole = { width, height };
	const open = pane === 'rules' ? 'rules' : details ? 'selection' : undefined;
	const none = { selection: undefined, rules: undefined, beside: false, bare };
	if (open === undefined) return { ...none, tree: whole };
	if (bare) return { ...none, tree: undefined, [open]: whole };
	return { ...none, tree: { width, height: height - BELOW_HEIGHT }, [open]: { width, height: BELOW_HEIGHT } };
}

/** Rows of the tree that are shown; its last line says why the row under the cursor is what it is. */
export function treeHeight(area: Size, picker: Picker): number {
	const { tree, bare } = placesOf(area, picker);
	return tree ? Math.max(1, insideOf({ ...tree, bare }).height - 1) : 1;
}
