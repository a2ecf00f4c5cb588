import { expect, test } from 'vitest';
import type { LostFiles } from '../../../src/core/task.ts';
import type { Overview } from '../../../src/protocol/contract.ts';
import { deletionsQuestion, heldBack } from '../../../src/tui/deletions/held.ts';
import type { LiveTask } from '../../../src/tui/state.ts';
import { appState, jobView, NOW } from '../../support/app-state.ts';

const error = { code: 'DELETIONS_UNCONFIRMED', message: 'The source /srv/docs has lost 9 …', retry: 'later' as const };
const mirror = jobView('docs', { layout: 'mirror', deletions: 'move' });
const summary = { status: 'failed' as const, run: '', files: 0, bytes: 0, archives: 0, errors: 1, details: {} };

function app(change: { deletions?: 'keep' | 'follow'; tasks?: Partial<LiveTask>[]; code?: string }) {
	const run = { run: 'r', started: '', finished: '', status: 'failed', errors: 1, newBytes: 0 };
	const overview = { runs: [{ ...run, error: { ...error, kind: 'failure', code: change.code ?? error.code } }] };
	const state = appState({ jobs: [{ ...mirror, ...(change.deletions ? { deletions: change.deletions } : {}) }] });
	const tasks = (change.tasks ?? []).map((task, at) => ({
		...{ id: `${at}`, job: 'docs', kind: 'backup', state: 'failed', started: NOW + at, events: [], seen: NOW },
		...task,
	})) as LiveTask[];
	return {
		...state,
		tasks: Object.fromEntries(tasks.map((task) => [task.id, task])),
		screens: {
			...state.screens,
			jobs: { ...(state.screens.jobs as object), overviews: { docs: overview as Overview } },
		},
	};
}

const failed = (code: string): Partial<LiveTask> => ({
	summary: { ...summary, error: { ...error, kind: 'failure', code } },
});

test('an engine that was started since knows it by the books', () => {
	expect(heldBack(app({}), 'docs')?.code).toBe('DELETIONS_UNCONFIRMED');
	expect(heldBack(app({ code: 'DEST_FULL' }), 'docs')).toBeUndefined();
});

test('the newest run decides, and a dry run is none', () => {
	const held = failed('SOURCE_UNMOUNTED');
	const dry = { dryRun: true, summary: { ...summary, status: 'complete' as const } };
	expect(heldBack(app({ tasks: [held, dry] }), 'docs')?.code).toBe('SOURCE_UNMOUNTED');
	expect(heldBack(app({ tasks: [held, failed('DEST_FULL')] }), 'docs')).toBeUndefined();
	expect(heldBack(app({ tasks: [held, { state: 'running' }] }), 'docs')).toBeUndefined();
});

test('a mirror that keeps what was deleted holds nothing back', () => {
	expect(heldBack(app({ deletions: 'keep' }), 'docs')).toBeUndefined();
});

test('the question names hostile paths safely, and what a disk that looks unmounted lacks', () => {
	const lost: LostFiles = {
		...{ count: 5, strangers: 2, kept: 1, examples: [{ path: 'docs/\u001b[2J\n', files: 1 }] },
		doubt: 'A disk was mounted at /srv/docs/a in the source /srv/docs, and is not now; nothing was deleted.',
	};
	const question = deletionsQuestion('t', mirror, 'follow', lost);
	if (question.kind !== 'confirm') throw new Error('no question');
	expect(question).toMatchObject({ phrase: 'delete 5', chosen: 'cancel' });
	expect(question.lines.join('|')).toContain('5 of 6 files of the mirror are missing');
	expect(question.lines.join('|')).toContain('2 of these were not put there by this job');
	expect(question.lines).toContain('- docs/\\e[2J\\n');
	expect(question.lines).toContain('- and 4 files more');
	expect(deletionsQuestion('t', mirror, 'move', lost)).not.toHaveProperty('phrase');
});
