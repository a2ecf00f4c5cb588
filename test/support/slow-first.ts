/** Files that take long begin first: one of them at the end would keep one worker busy and the others idle. */

import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The longest first; all others begin after them in any order. */
const SLOW = [
	'e2e/thaw',
	'e2e/kill-campaign',
	'tui/key-chunks',
	'e2e/secrets',
	'e2e/gdrive-faults',
	'e2e/gdrive-sign-in',
	'e2e/stored-credentials',
	'tui/hostile-names',
	'e2e/engine',
	'e2e/gdrive',
	'catalog/prune',
	'e2e/watch',
	'backup/pack/changed-files',
	'e2e/control',
	'backup/pack/resume',
	'e2e/gdrive-beside-folder',
	'catalog/recover/rows',
	'destinations/s3/faults',
	'e2e/power-cut',
	'backup/interrupted',
	'e2e/named-paths',
	'engine/watch/watch',
	'e2e/credentials',
	'e2e/history',
	'e2e/schedule',
	'tui/gdrive-first-steps',
	'e2e/recover',
];

const rank = ({ moduleId }: TestSpecification): number => {
	const at = SLOW.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`));
	return at < 0 ? SLOW.length : at;
};

export class SlowFirst extends BaseSequencer {
	override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
		return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
	}
}
