import { expect, test } from 'vitest';
import { jobFacts } from '../../../../src/tui/screens/jobs/job-facts.ts';
import { jobView, NOW } from '../../../support/app-state.ts';

const schedule = { trigger: 'daily 22:00', catchUp: true, enabled: true, hooks: [], nextRun: NOW + 18_720_000 };
const fact = (label: string, job = jobView('a', { schedule })) =>
	jobFacts(job, undefined, NOW, '').find(([name]) => name === label)?.[1];

test('a job says when it begins next, and how long that is', () => {
	expect(fact('When')).toBe('daily at 22:00 · next in 5 h 12 min');
	const late = { ...schedule, jitter: '15m', catchUp: false, nextRun: NOW };
	expect(fact('When', jobView('a', { schedule: late }))).toBe(
		'daily at 22:00 · due now · up to 15m later · missed ones are left out',
	);
	const off = jobView('a', { schedule: { ...schedule, enabled: false } });
	expect(fact('When', off)).toBe('disabled (daily at 22:00); p enables it');
});

test('a job on change says how it is watched', () => {
	const onChange = { ...schedule, trigger: 'on change', nextRun: null };
	expect(fact('Watcher')).toBeUndefined();
	expect(fact('Watcher', jobView('a', { schedule: onChange }))).toContain('off');
	const watch = {
		state: 'scanning' as const,
		folders: 0,
		pending: 2,
		much: false,
		reason: 'there are too many folders',
	};
	expect(fact('Watcher', jobView('a', { schedule: { ...onChange, watch } }))).toBe(
		'scans every so often because there are too many folders; 2 changes pending',
	);
});

test('a job says what it keeps, a mirror what becomes of deletions', () => {
	expect(fact('Keep')).toBe('all snapshots');
	expect(fact('Keep', jobView('a', { keep: { last: 5, daily: 7, weekly: 1 }, pruneAfterRun: true }))).toBe(
		'last 5 · 7 days · 1 week, pruned after each run',
	);
	const mirror = jobView('m', { layout: 'mirror', deletions: 'move' });
	expect(fact('Keep', mirror)).toBeUndefined();
	expect(fact('Layout', mirror)).toBe('mirror, deletions are moved aside');
});
