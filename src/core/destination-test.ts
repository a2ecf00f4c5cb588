/** What a test of a destination found, and what that means for whoever backs up there. Pure. */

/**
 * `reach`: it answers. `parts`: the parts of an interrupted upload can be listed. `class`: it takes the storage class.
 * `thaw`: it can be asked for an archived object. `space`: what is free in a folder.
 */
export type StepName = 'reach' | 'list' | 'write' | 'parts' | 'abort' | 'read' | 'delete' | 'class' | 'thaw' | 'space';

export interface TestStep {
	name: StepName;
	/** The right that S3 asks for. */
	right?: string;
	/** `absent`: the store has no such thing. `skipped`: it was not tried. */
	status: 'ok' | 'denied' | 'failed' | 'absent' | 'skipped';
	ms: number;
	/** What was found, a sentence. */
	detail: string;
	/** What it costs that this is not possible. */
	cost?: string;
	guidance?: string;
}

/**
 * `ready`: all is possible. `writeOnly`: neither reading nor deleting; `keepOnly`: no deleting: both protect what is
 * stored. `limited`: backups work, something else does not. `failed`: no backup can be made.
 */
export type Verdict = 'ready' | 'writeOnly' | 'keepOnly' | 'limited' | 'failed';

export interface DestinationTest {
	url: string;
	kind: 'folder' | 's3' | 'gdrive';
	/** The store that answered, or the folder. */
	where: string;
	verdict: Verdict;
	/** The verdict in words. */
	summary: string;
	steps: TestStep[];
	/** What is worth knowing beside. */
	notes: string[];
	/** What the test had to leave behind, and what becomes of it. */
	left: string[];
	space?: Space;
}

export interface Space {
	free: number;
	total: number;
	fileSystem?: string;
	mountedAt?: string;
}

/** Without these no backup begins. */
const NEEDED: readonly StepName[] = ['reach', 'list', 'write', 'parts', 'abort'];

function verdictOf(steps: readonly TestStep[]): Verdict {
	const status = (name: StepName) => steps.find((step) => step.name === name)?.status;
	const isOk = (name: StepName) => status(name) === undefined || status(name) === 'ok';
	if (!NEEDED.every(isOk) || status('class') === 'failed') return 'failed';
	const reads = status('read');
	const deletes = status('delete');
	if (reads === 'denied' && deletes === 'denied') return 'writeOnly';
	const isWhole = isOk('read') && status('class') !== 'absent' && status('thaw') !== 'denied';
	if (isWhole && deletes === 'denied') return 'keepOnly';
	return isWhole && isOk('delete') ? 'ready' : 'limited';
}

/** What the steps come to. Where a refusal protects what is stored, no step says how to lift it. */
export function conclude(steps: TestStep[]): Pick<DestinationTest, 'verdict' | 'summary' | 'steps'> {
	const verdict = verdictOf(steps);
	const isPraised = verdict === 'writeOnly' || verdict === 'keepOnly';
	const shown = steps.map(({ guidance, ...step }) =>
		guidance === undefined || (isPraised && step.status === 'denied') ? step : { ...step, guidance },
	);
	return { verdict, summary: summaryOf(verdict, steps), steps: shown };
}

/** One or two sentences for people. */
function summaryOf(verdict: Verdict, steps: readonly TestStep[]): string {
	switch (verdict) {
		case 'ready':
			return steps.some(({ name }) => name === 'read')
				? 'Ready: backups, restores and deletions work.'
				: 'Ready: the first backup makes it.';
		case 'writeOnly':
			return (
				'A good set-up: backups work, and whoever takes over this machine can neither read nor delete what is stored. ' +
				'Restores need other credentials.'
			);
		case 'keepOnly':
			return 'A good set-up: backups and restores work, and nothing that is stored can be deleted from here.';
		case 'limited':
			return 'Backups work, but not everything else does.';
		case 'failed': {
			const wrong = steps.find(({ status }) => status === 'failed' || status === 'denied');
			return `No backup can be made here. ${wrong?.detail ?? ''}`.trim();
		}
	}
}
