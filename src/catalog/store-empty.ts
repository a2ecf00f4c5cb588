import { FirnError } from '../core/errors.ts';
import type { Desk } from './desk.ts';

/**
 * @returns how many archives the books have in the store
 * @throws FirnError STORE_EMPTY when they have some, and it holds nothing at all of the job: rather a disk that is not
 * mounted than so many archives gone
 */
export async function mustHoldSomething(desk: Desk): Promise<number> {
	const stored = desk.db.prepare(`SELECT count(*) AS n FROM archives WHERE status = 'stored'`).get()!;
	const archives = Number(stored.n);
	if (archives > 0 && !(await holdsAnything(desk))) throw nothingThere(desk, archives);
	return archives;
}

async function holdsAnything({ destination, spec, signal }: Desk): Promise<boolean> {
	for await (const _ of destination.list(`${spec.job.id}/`, { signal })) return true;
	return false;
}

function nothingThere({ destination, spec }: Desk, archives: number): FirnError {
	const { name, id } = spec.job;
	return new FirnError(
		'STORE_EMPTY',
		`${destination.url} holds nothing of job ${name} (${id}/), and the books have ${archives} archives there.`,
		{
			guidance: `Is its disk mounted, its bucket the right one? Nothing was changed. If all of it is lost, firn backup ${name} --full stores everything again.`,
			retry: 'later',
		},
	);
}
