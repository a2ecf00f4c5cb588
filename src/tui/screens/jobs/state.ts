import type { Overview } from '../../../protocol/contract.ts';
import type { ListState } from '../../components/list.ts';
import type { EditState } from './edit/form.ts';
import type { HistoryState } from './history/state.ts';
import type { RecoverState } from './recover/state.ts';
import type { WizardState } from './wizard/state.ts';

export interface JobsState {
	list: ListState;
	/** The details have the whole screen. */
	whole: boolean;
	/** What the state databases hold, by job. */
	overviews: Record<string, Overview>;
	/** Open while a job is made. */
	wizard: WizardState | undefined;
	/** Open while a job is brought back from its destination. */
	recover: RecoverState | undefined;
	/** Open while a job is changed. */
	edit: EditState | undefined;
	/** Open while somebody looks at what came of runs. */
	history: HistoryState | undefined;
}

export type JobsAction = { type: 'jobs/overview'; job: string; overview: Overview } | { type: 'jobs/added' };
