/** The rows of runs as their manifests, or only their sidecars, tell them. */

import { counted } from '../../core/sizes.ts';
import type { RebuildStore } from '../../state/rebuild-store.ts';
import type { Manifest } from './manifest.ts';
import { startOf } from './run-numbers.ts';

/** A run that ended, and those before it that came to nothing. @param number the one it has here */
export function putFinishedRun(store: RebuildStore, number: number, { run, failedBefore, problems }: Manifest): void {
	const after = store.runs.lastFinished(number);
	for (const failed of failedBefore) {
		const known = store.runs.numberOf(failed.id);
		const place = known ?? failed.number;
		if (place <= after || place >= number || (known === undefined && store.runs.isTaken(place))) continue;
		const { id, started, full, scope, error } = failed;
		store.putRun({
			run: place,
			id,
			started: Date.parse(started),
			// Nobody goes on with it: the machine that could is lost, or has given it up.
			status: 'abandoned',
			full,
			scope,
			problems: failed.problems,
			...(error === undefined ? {} : { error: JSON.stringify(error) }),
		});
	}
	const { id, started, finished, status, full, scope, files, bytes, newFiles, newBytes, errors } = run;
	store.putRun({
		run: number,
		id,
		started: Date.parse(started),
		status,
		full,
		scope,
		problems,
		finished: { at: Date.parse(finished), files, bytes, newFiles, newBytes, errors },
	});
}

/** A run that left no manifest, as one of its sidecars tells it. */
export function putUnfinishedRun(
	store: RebuildStore,
	number: number,
	id: string,
	said: { runStarted?: string | undefined; full?: boolean | undefined },
): void {
	if (store.runs.has(id)) return;
	const started = said.runStarted === undefined ? startOf(id) : Date.parse(said.runStarted);
	store.putRun({ run: number, id, started, status: 'abandoned', full: said.full === true, problems: [] });
}

/** Ends the versions that a run, and those before it that came to nothing, have ended. */
export function endVersions(store: RebuildStore, number: number, { closed, ended, run }: Manifest): void {
	if (closed !== undefined && number === run.number) {
		for (const [path, first, last] of closed) if (last < number) store.closeVersion(path, first, last);
		return;
	}
	// Written before versions were told one by one, or by runs that were numbered otherwise.
	for (const path of closed?.map(([path]) => path) ?? ended) store.close(path, number);
}

/** The snapshot is not whole: what these archives held is not listed, or as an older version. */
export function noteLost(store: RebuildStore, number: number, lost: Manifest['archives']): void {
	if (lost.length === 0) return;
	for (const { key, files } of lost) {
		const message = `Its sidecar could not be read when the job was recovered: what it holds (${counted(files, 'file')}) is not listed, or only as an older version.`;
		store.runs.addProblem(number, { path: key, code: 'SIDECAR_MISSING', message });
	}
	store.addErrors(number, lost.length);
}
