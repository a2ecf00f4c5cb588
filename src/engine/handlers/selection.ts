import { CACHEDIR_TAG, DEVELOPER_CLUTTER, SYSTEM_CLUTTER } from '../../core/clutter.ts';
import type { SelectionResults } from '../../protocol/requests/selection.ts';
import type { Parts } from '../parts.ts';
import type { Handlers } from './handlers.ts';

export function selectionHandlers({ selections }: Parts): Handlers<keyof SelectionResults> {
	return {
		folders: (params) => selections.folders(params),
		explain: (params) => selections.explain(params),
		measure: (params) => selections.measure(params),
		excludes: () => ({
			system: [...SYSTEM_CLUTTER, `folders with a ${CACHEDIR_TAG}`],
			developer: [...DEVELOPER_CLUTTER],
		}),
	};
}
