import type { Selection } from '../../../core/selection.ts';
import type { JobView } from '../../../protocol/contract.ts';
import type { Picker, PickerNews } from './picker.ts';

export interface SourcesState {
	/** The one that is looked at. */
	job: string | undefined;
	/** By job; made when a job is first looked at. */
	pickers: Readonly<Record<string, Picker>>;
	/** Selections that were not saved in an earlier session, by job. */
	drafts: Readonly<Record<string, Selection>>;
}

export type SourcesAction = { type: 'sources/news'; job: string; news: PickerNews };

export function selectionOf(job: JobView): Selection {
	const { sources, excludes, excludeSystem, excludeDeveloper, oneFileSystem, destination } = job;
	return { sources, excludes, excludeSystem, excludeDeveloper, oneFileSystem, to: destination };
}
