import type { RunScope } from '../state/run-store.ts';
import type { BackupSpec } from './spec.ts';

/** What a run is asked to look at, when it is not the job alone. */
export function wantedScope({ paths }: BackupSpec): RunScope | undefined {
	return paths && { whole: false, paths };
}

/** Both of what two runs look at: one that was interrupted, and one that goes on with it. */
export function together(one: RunScope | undefined, other: RunScope | undefined): RunScope | undefined {
	const paths = [...new Set([...(one?.paths ?? []), ...(other?.paths ?? [])])];
	return paths.length === 0 ? undefined : { whole: !one || !other || one.whole || other.whole, paths };
}
