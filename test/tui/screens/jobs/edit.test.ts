import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseTrigger } from '../../../../src/core/schedule/trigger.ts';
import type { JobView } from '../../../../src/protocol/contract.ts';
import type { Action } from '../../../../src/tui/actions.ts';
import { fieldOf } from '../../../../src/tui/components/field.tsx';
import type { EditState, FieldName } from '../../../../src/tui/screens/jobs/edit/form.ts';
import { optionsOf } from '../../../../src/tui/screens/jobs/edit/options.ts';
import { keepPreview, whenPreview } from '../../../../src/tui/screens/jobs/edit/preview.ts';
import { problemsOf } from '../../../../src/tui/screens/jobs/edit/problems.ts';
import { type RowId, rowsOf } from '../../../../src/tui/screens/jobs/edit/rows.ts';
import { snapshotsOf } from '../../../../src/tui/screens/jobs/edit/runs.ts';
import { isChanged, newEdit, reduceEdit } from '../../../../src/tui/screens/jobs/edit/state.ts';
import { choiceText, LABELS, placeholderOf } from '../../../../src/tui/screens/jobs/edit/words.ts';
import { jobView, NOW } from '../../../support/app-state.ts';

const ZONE = 'UTC';
const HAND = { trigger: 'by hand', catchUp: true, enabled: true, hooks: [], nextRun: null };
const command = (id: string): Action => ({ type: 'command', id });

function at(state: EditState, row: RowId): EditState {
	return { ...state, row: rowsOf(state).indexOf(row) };
}
const turned = (state: EditState, row: RowId, times = 1): EditState =>
	Array.from({ length: times }).reduce<EditState>((now) => reduceEdit(at(now, row), command('list.unfold'))!, state);
function typed(state: EditState, name: FieldName, text: string): EditState {
	const empty = { ...state, fields: { ...state.fields, [name]: fieldOf('') } };
	return [...text].reduce((now, key) => reduceEdit(at(now, name), { type: 'field', key })!, empty);
}
const scheduled = (trigger: string, more: Partial<JobView['schedule']> = {}) =>
	newEdit(jobView('a', { schedule: { ...HAND, trigger, ...more } }));

describe('the form of a job', () => {
	test('as it was opened it changes nothing, and is left without a question', () => {
		for (const state of [
			newEdit(jobView('a')),
			scheduled('Weekly SUN,mon 22:00', { jitter: '15m', window: '22:00-06:00', catchUp: false, enabled: false }),
			newEdit(jobView('m', { layout: 'mirror', deletions: 'move' })),
			newEdit(jobView('k', { keep: { last: 5, yearly: 2 }, pruneAfterRun: true, workers: 7, limitUpload: 1024 })),
		]) {
			expect(problemsOf(state)).toEqual({});
			expect(optionsOf(state)).toEqual({});
			expect(reduceEdit(state, command('edit.leave'))).toBeUndefined();
			expect(reduceEdit(state, command('edit.save'))).toBeUndefined();
		}
	});

	test('a trigger is chosen and its fields are typed; only what was changed is sent', () => {
		const daily = turned(newEdit(jobView('a')), 'begins');
		expect(rowsOf(daily).slice(0, 6)).toEqual(['begins', 'time', 'window', 'jitter', 'catchUp', 'enabled']);
		const ready = typed(typed(daily, 'time', '06:30'), 'jitter', '15m');
		expect(isChanged(ready)).toBe(true);
		expect(reduceEdit(ready, command('edit.leave'))).toMatchObject({ base: { name: 'a' } });
		const saved = reduceEdit(ready, command('edit.save'))!;
		expect(saved.saving).toBe('wanted');
		expect(optionsOf(saved)).toEqual({ trigger: 'daily 06:30', jitter: '15m' });
	});

	test('by hand takes the trigger away, and what belongs to it goes along', () => {
		const state = turned(scheduled('daily 22:00', { jitter: '15m' }), 'begins', 6);
		expect(state.choices.begins).toBe('hand');
		expect(optionsOf(state)).toEqual({ trigger: '' });
	});

	test('what was typed and is wrong is said as one types, and saving leads to it', () => {
		const daily = turned(newEdit(jobView('a')), 'begins');
		const wrong = typed(daily, 'time', '25:00');
		expect(problemsOf(wrong).time).toEqual({
			message: '"daily 25:00" is no trigger.',
			guidance: 'Give a time of the day, such as 22:00.',
		});
		const refused = reduceEdit(at(wrong, 'workers'), command('edit.save'))!;
		expect([refused.saving, rowsOf(refused)[refused.row]]).toEqual(['no', 'time']);
	});

	test.each<[FieldName, string, string]>([
		['window', '22:00', '"22:00" is no window.'],
		['jitter', 'soon', '"soon" is no span of time.'],
		['jitter', '25h', 'The jitter 25h is longer than 1d, the shortest time between two runs of "daily 22:00".'],
		['workers', '0', '"0" cannot be the setting workers.'],
		['limitUpload', 'fast', '"fast" cannot be the setting limit-upload.'],
		['failure', 'ftp://host/x', 'A hook is a URL that cannot be used.'],
		['timeout', '5', '"5" is no span of time.'],
	])('%s %s is wrong', (name, text, message) => {
		expect(problemsOf(typed(scheduled('daily 22:00'), name, text))[name]?.message).toBe(message);
	});

	test('weekly, monthly, every, on change and cron name the field that is wrong', () => {
		const broken: [string, FieldName, string][] = [
			['weekly sun 22:00', 'days', 'someday'],
			['weekly sun 22:00', 'time', '24:00'],
			['monthly 1 22:00', 'day', '31'],
			['every 6h', 'span', '10s'],
			['on change', 'atMost', '1s'],
			['on change', 'quiet', 'x'],
			['0 22 * * *', 'cron', '0 0 30 2 *'],
		];
		for (const [trigger, name, text] of broken)
			expect(problemsOf(typed(scheduled(trigger), name, text))[name]?.message).toBeTruthy();
	});

	test('keeping by rules offers five, needs one rule, and turns off again', () => {
		const rules = turned(newEdit(jobView('a')), 'keeps');
		expect(optionsOf(rules)).toEqual({ keep: { last: 5 } });
		expect(problemsOf(typed(rules, 'last', '')).last?.message).toBe('No rule keeps anything.');
		expect(problemsOf(typed(rules, 'daily', 'many')).daily?.message).toBe('"many" is no number of snapshots.');
		expect(optionsOf(turned(typed(rules, 'daily', '7'), 'prunes'))).toEqual({
			keep: { last: 5, daily: 7 },
			pruneAfterRun: true,
		});
		const kept = newEdit(jobView('a', { keep: { last: 5, daily: 7 }, pruneAfterRun: true }));
		expect(optionsOf(turned(kept, 'keeps'))).toEqual({ keep: { last: 0, daily: 0 }, pruneAfterRun: false });
	});

	test('a mirror has deletions in place of rules', () => {
		const mirror = newEdit(jobView('m', { layout: 'mirror' }));
		expect(rowsOf(mirror)).not.toContain('keeps');
		expect(optionsOf(turned(mirror, 'deletions', 2))).toEqual({ deletions: 'follow' });
	});

	test('hooks are replaced without being shown, and none takes one away', () => {
		const set = scheduled('by hand', { hooks: ['failure'], hookTimeout: '1m' });
		expect(placeholderOf('failure', set.base)).toContain('not shown');
		expect(optionsOf(typed(typed(set, 'failure', 'none'), 'success', 'curl https://x'))).toEqual({
			hooks: { failure: '', success: 'curl https://x' },
		});
		expect(optionsOf(typed(set, 'timeout', ''))).toEqual({ hooks: { timeout: '' } });
	});

	test('what the engine refuses stands in the form, which stays', () => {
		const asked = { ...typed(newEdit(jobView('a')), 'workers', '3'), saving: 'asked' as const };
		const refused = reduceEdit(asked, { type: 'edit/refused', message: 'No.', guidance: 'Do.' })!;
		expect(refused).toMatchObject({ saving: 'no', error: { message: 'No.', guidance: 'Do.' } });
		expect(optionsOf(refused)).toEqual({ workers: 3 });
	});

	test('whatever is pressed: each row has words, and what has no problem makes a trigger', () => {
		const keys = fc.constantFrom(
			...['down', 'up', 'tab', 'shift+tab', 'backspace', '1', ':', ' ', 'x', 'left', 'enter'],
		);
		const ids = fc.constantFrom('list.down', 'list.up', 'list.fold', 'list.unfold', 'list.open', 'list.nextPane');
		const action = fc.oneof(
			ids.map(command),
			keys.map((key): Action => ({ type: 'field', key })),
		);
		fc.assert(
			fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
				let state = newEdit(jobView('a'));
				for (const one of actions) {
					const row = rowsOf(state)[state.row]!;
					if (one.type === 'field' && !(row in state.fields)) continue;
					state = reduceEdit(state, one)!;
				}
				for (const row of rowsOf(state)) {
					expect(LABELS[row]).toBeTruthy();
					if (!(row in state.fields)) expect(choiceText(state, row as 'begins')).toBeTruthy();
				}
				expect(rowsOf(state)[state.row]).toBeDefined();
				if (Object.keys(problemsOf(state)).length === 0) {
					const { trigger } = optionsOf(state);
					if (trigger) parseTrigger(trigger);
				}
				whenPreview(state, NOW, ZONE);
			}),
		);
	});
});

describe('the preview', () => {
	test('names the next runs, by the clock on the wall', () => {
		expect(whenPreview(scheduled('weekly sun,wed 22:00', { jitter: '15m' }), NOW, 'Europe/Berlin')).toEqual({
			words: 'Next in 33 h 00 min, each up to 15m later.',
			items: [
				{ text: 'Sun 22 Nov 22:00' },
				{ text: 'Wed 25 Nov 22:00' },
				{ text: 'Sun 29 Nov 22:00' },
				{ text: 'Wed 2 Dec 22:00' },
				{ text: 'Sun 6 Dec 22:00' },
			],
		});
		const words = (trigger: string, more = {}) => whenPreview(scheduled(trigger, more), NOW, ZONE).words;
		expect(words('by hand')).toBe('Only when you start it.');
		expect(words('every 6h')).toBe('6h after each run. First: Sat 21 Nov 18:00.');
		expect(words('on change')).toBe('On change, once quiet for 30 s, within 10 min.');
		expect(words('daily 22:00', { enabled: false })).toBe('Disabled: only when you start it.');
		expect(whenPreview(scheduled('daily 14:00', { window: '22:00-06:00' }), NOW, ZONE).items[0]?.text).toBe(
			'Sat 21 Nov 22:00',
		);
	});

	test('says which snapshots would stay, as one types', () => {
		const rows = [1, 2, 3, 4].map((number) => ({
			snapshot: number,
			started: new Date(NOW - (5 - number) * 86_400_000).toISOString(),
			status: number === 2 ? 'partial' : number === 1 ? 'dropped' : 'complete',
		}));
		const runs = snapshotsOf([...rows, { snapshot: null, started: rows[0]!.started, status: 'failed' }]);
		expect(runs.map(({ run }) => run)).toEqual([2, 3, 4]);
		const rules = { ...turned(newEdit(jobView('a')), 'keeps'), runs };
		expect(keepPreview(typed(rules, 'last', '1'), ZONE)).toEqual({
			words: 'Of 3 snapshots, 2 would go once you prune (P on Jobs).',
			items: [
				{ sign: 'ok', text: 'stays  4  Fri 20 Nov 12:00' },
				{ sign: 'off', text: 'goes   3  Thu 19 Nov 12:00' },
				{ sign: 'off', text: 'goes   2  Wed 18 Nov 12:00  partial' },
			],
		});
		expect(keepPreview(turned(rules, 'keeps'), ZONE).words).toContain('All snapshots stay');
	});
});
