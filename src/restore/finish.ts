/** What is restored last, when all content is there: links, FIFOs, and what folders are to be like. */

import { spawn } from 'node:child_process';
import type { PlainObject, PlainType, RestorePlan } from '../state/restore-plan.ts';
import { fatalTargetError, toProblem } from '../target/errors.ts';
import type { Wanted } from '../target/existing.ts';
import type { Target } from '../target/target.ts';
import type { WorkReport } from './work-report.ts';

export interface FinishOptions {
	plan: RestorePlan;
	target: Target;
	report: WorkReport;
	/** Lets messages in; throws when the restore is to stop. */
	breathe: () => Promise<void>;
}

/** How many objects are made before others get a turn. */
const TURN = 500;

/** Symlinks, FIFOs, hard links, then the folders, each after all that is in it. @throws FirnError TARGET_FULL… */
export async function finish(options: FinishOptions): Promise<void> {
	const { target, report } = options;
	await each(options, 'symlink', (object, replace) => target.symlink(object.path, object.link, object, replace));
	await each(options, 'fifo', (object, replace) => target.special(object.path, { type: 'fifo' }, object, replace));
	await each(options, 'hardlink', (object, replace) => {
		const isMade = target.hardLink(object.path, object.link, object.mtimeNs, object, replace);
		if (isMade) report.restored(0, false);
		return isMade;
	});
	await each(options, 'dir', (object) => {
		target.finishFolder(object.path, object);
		return true;
	});
}

async function each(
	{ plan, target, report, breathe }: FinishOptions,
	type: PlainType,
	make: (object: PlainObject, replace: boolean) => boolean,
): Promise<void> {
	let count = 0;
	for (const object of plan.others(type)) {
		count += 1;
		if (count % TURN === 0) await breathe();
		try {
			const verdict = await verdictOn(target, type, object, breathe);
			if (verdict === 'right') {
				if (type === 'hardlink') report.restored(0, true);
			} else if (verdict === 'keep' || !make(object, verdict === 'replace')) {
				report.kept(object.path);
			}
		} catch (error) {
			const fatal = fatalTargetError(error, target.options.target);
			if (fatal) throw fatal;
			report.problem(toProblem(object.path, error));
		}
	}
}

async function verdictOn(target: Target, type: PlainType, object: PlainObject, breathe: () => Promise<void>) {
	// A folder that is there is filled, whatever it was like.
	if (type === 'dir') return 'free';
	if (type === 'hardlink' && target.isLinked(object.path, object.link)) return 'right';
	const wanted: Wanted = { type: type === 'hardlink' ? 'file' : type, size: -1, ...object };
	return target.lookAt(object.path, wanted, breathe);
}

/**
 * Has the system write everything to the disk. Done once at the end: a power cut before costs the restore a repetition,
 * which finds by their hashes the files that have arrived.
 * @returns whether it is known to be there
 */
export function syncTarget(target: string): Promise<boolean> {
	return new Promise((resolve) => {
		const args = process.platform === 'linux' ? ['-f', target] : [];
		const child = spawn('sync', args, { stdio: 'ignore' });
		// Without the tool, or with one that knows no -f, the system writes in its own time.
		child.once('error', () => resolve(false));
		child.once('exit', (code) => resolve(code === 0));
	});
}
