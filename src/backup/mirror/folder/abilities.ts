/** What the file system of a mirror can keep, found by trying it. */

import { closeSync, constants, futimesSync, linkSync, lstatSync, openSync } from 'node:fs';
import { errnoCode } from '../../../core/errors.ts';
import { inFolder } from '../../../target/folders.ts';
import { removeIfThere, type Target } from '../../../target/target.ts';

export interface Abilities {
	hardLinks: boolean;
	/** Nanoseconds that a time may be off. */
	timeStep: bigint;
}

const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
/** An odd second, with a fraction: FAT keeps neither. */
const TRIAL_SECONDS = 1_700_000_001;
const TRIAL_NS = 1_700_000_001_123_456_000n;
/** Times come out up to 238 ns off (target/metadata.ts). */
const EXACT = 1_000n;
const COARSE = 2_000_000_000n;
const NO_LINKS = new Set(['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK']);

/** @throws the system's error where nothing can be written */
export function probeAbilities(target: Target): Abilities {
	const folder = target.folders.open('');
	const [file, second] = [target.partials.next(), target.partials.next()];
	const fd = openSync(inFolder(folder, file), CREATE, 0o600);
	try {
		futimesSync(fd, TRIAL_SECONDS, TRIAL_SECONDS + 0.123456);
		const { mtimeNs } = lstatSync(inFolder(folder, file), { bigint: true });
		const apart = mtimeNs > TRIAL_NS ? mtimeNs - TRIAL_NS : TRIAL_NS - mtimeNs;
		return {
			hardLinks: canLink(() => linkSync(inFolder(folder, file), inFolder(folder, second))),
			timeStep: apart < EXACT ? EXACT : COARSE,
		};
	} finally {
		closeSync(fd);
		removeIfThere(folder, file);
		removeIfThere(folder, second);
	}
}

function canLink(link: () => void): boolean {
	try {
		link();
		return true;
	} catch (error) {
		if (NO_LINKS.has(errnoCode(error) ?? '')) return false;
		throw error;
	}
}
