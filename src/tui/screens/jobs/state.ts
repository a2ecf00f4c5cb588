import type { Overview } from '../../../protocol/contract.ts';
import type { ListState } from '../../components/list.ts';

export interface JobsState {
	list: ListState;
	/** What the state databases hold, by job. */
	overviews: Record<string, Overview>;
}

export type JobsAction = { type: 'jobs/overview'; job: string; overview: Overview };
