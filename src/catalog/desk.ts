import type { FirnError } from '../core/errors.ts';
import type { CatalogProgress, Outcome, TaskReporter } from '../core/task.ts';
import type { Destination } from '../destinations/destination.ts';
import type { openState } from '../state/open-state.ts';
import type { CatalogSpec } from './spec.ts';

/** What all work on the catalog has at hand. */
export interface Desk {
	db: ReturnType<typeof openState>;
	/** With repetitions. */
	destination: Destination;
	spec: CatalogSpec;
	signal: AbortSignal;
	report: TaskReporter['event'];
	/** Counted up by the work, told now and then. */
	progress: CatalogProgress;
}

/** How work on the catalog ended. */
export interface Ending {
	status: Outcome;
	/** Archives and their bytes that it was about. */
	archives: number;
	bytes: number;
	errors: number;
	details: Record<string, number | string>;
	error?: FirnError;
}
