import { describe, expect, test } from 'vitest';
import type { Action } from '../../src/tui/actions.ts';
import { accountWords, type DriveState } from '../../src/tui/screens/jobs/wizard/drive.ts';
import {
	destinationOf,
	formRows,
	nameOf,
	newWizard,
	reduceWizard,
	sourcesOf,
	triggerOf,
	type WizardState,
} from '../../src/tui/screens/jobs/wizard/state.ts';

const steps = {
	home: '/home/u',
	sources: ['/home/u', '/home/u/photos', '/etc'],
	target: '/home/u/firn-archives',
	targetOutside: '/var/tmp/firn',
};
const command = (id: string): Action => ({ type: 'command', id });
const field = (key: string): Action => ({ type: 'field', key });

function after(...actions: Action[]): WizardState {
	return actions.reduce(
		(wizard, action) => reduceWizard(wizard, action)!,
		reduceWizard(newWizard(true), { type: 'wizard/offer', steps })!,
	);
}

describe('Google Drive as the place', () => {
	const where = () => after(command('wizard.toggle'), command('wizard.next'), command('list.top'));
	const run = (wizard: WizardState, ...actions: Action[]) =>
		actions.reduce((one, action) => reduceWizard(one, action)!, wizard);
	const chosen = () => run(where(), command('list.unfold'), command('list.unfold'));

	test('stands beside folder and S3, with the folder firn and the sign-in gdrive', () => {
		expect(chosen()).toMatchObject({ kind: 'gdrive' });
		expect(formRows(chosen())).toEqual(['kind', 'driveFolder', 'account', 'signIn', 'driveEndpoint']);
		expect(destinationOf(chosen())).toBe('gdrive:firn');
		expect(run(where(), command('list.fold')).kind).toBe('gdrive');
		expect(run(chosen(), command('list.unfold')).kind).toBe('folder');
	});

	test('is tried out before the next step, and who is not signed in is led there', () => {
		const wanted = run(chosen(), command('wizard.next'));
		expect(wanted).toMatchObject({ step: 'where', drive: { trial: 'wanted' } });
		const going = run(wanted, { type: 'wizard/trial', trial: 'going' });
		expect(run(going, { type: 'wizard/tried' })).toMatchObject({ step: 'when', drive: { trial: 'no' } });
		const left = run(going, { type: 'wizard/trial', trial: 'no' });
		expect(run(left, { type: 'reply', tag: 'wizard.signedInAndOn', value: 'gdrive' }).drive.trial).toBe('wanted');
		expect(run(left, { type: 'reply', tag: 'wizard.signedIn', value: 'gdrive' }).drive).toMatchObject({
			trial: 'no',
			of: '',
		});
	});

	test('whoever has gone back is not taken on, and what failed is said where it was asked', () => {
		const going = run(chosen(), command('wizard.next'), { type: 'wizard/trial', trial: 'going' });
		const back = run(going, command('wizard.back'));
		expect(run(back, { type: 'wizard/tried' }).step).toBe('what');
		const failed = run(going, { type: 'wizard/failed', step: 'where', message: 'No.' });
		expect(failed).toMatchObject({ step: 'where', drive: { trial: 'no' }, error: { message: 'No.' } });
	});

	test('says whose account it is', () => {
		const account = { email: 'ada@example.org', used: 1024 ** 3, limit: 4 * 1024 ** 3 };
		const words = (known: DriveState['account']) => accountWords({ of: 'gdrive', account: known, trial: 'no' });
		expect(words(account)).toBe('ada@example.org, 3.00 GiB free of 4.00 GiB');
		expect(words(undefined)).toBe('asking');
		const error = { code: 'NOT_SIGNED_IN', message: 'No.', retry: 'no' as const, kind: 'usage' as const };
		expect(words({ error })).toContain('nobody is signed in');
		expect(words({ error: { ...error, code: 'BAD_CREDENTIALS' } })).toContain('signs in anew');
		expect(words({ error: { ...error, code: 'NETWORK' } })).toBe('No.');
	});
});

describe('making a job', () => {
	test('takes four steps from nothing to the start', () => {
		const done = after(
			command('list.down'),
			command('wizard.toggle'),
			command('wizard.next'),
			command('wizard.next'),
			command('wizard.next'),
			command('wizard.next'),
		);
		expect(sourcesOf(done)).toEqual(['/home/u/photos']);
		expect(destinationOf(done)).toBe('/home/u/firn-archives');
		expect(done.fields.name.text).toBe('photos');
		expect(done.begin).toBe('wanted');
	});

	test('does not go on without a folder, and says so', () => {
		const wizard = after(command('wizard.next'));
		expect(wizard.step).toBe('what');
		expect(wizard.error?.message).toContain('Nothing is chosen');
	});

	test('offers a place outside of what is chosen, until somebody has chosen another', () => {
		expect(destinationOf(after(command('wizard.toggle')))).toBe('/var/tmp/firn');
		const typed = after(
			command('list.down'),
			command('wizard.toggle'),
			command('wizard.next'),
			field('x'),
			command('wizard.back'),
			command('list.top'),
			command('wizard.toggle'),
		);
		expect(destinationOf(typed)).toBe('/home/u/firn-archivesx');
	});

	test('takes typed and pasted paths, and knows the home', () => {
		const typed = after(command('wizard.add'), ...[...'~/docs'].map(field), field('enter'));
		expect(sourcesOf(typed)).toEqual(['/home/u/docs']);
		const pasted = after({ type: 'paste', text: "'/srv/a b' /etc\n" });
		expect(sourcesOf(pasted).sort()).toEqual(['/etc', '/srv/a b']);
		expect(pasted.choices.length).toBe(4);
	});

	test('asks of S3 what S3 needs', () => {
		const where = after(command('wizard.toggle'), command('wizard.next'));
		const s3 = reduceWizard({ ...where, row: 0 }, command('list.unfold'))!;
		expect(formRows(s3)).toEqual(['kind', 'bucket', 'endpoint', 'region', 'profile', 'credentials', 'storageClass']);
		expect(reduceWizard({ ...s3, row: 1 }, field('enter'))?.error?.message).toBe('Which bucket?');
		const named = [...'s3://b/p'].reduce((wizard, key) => reduceWizard(wizard, field(key))!, { ...s3, row: 1 });
		expect(destinationOf(named)).toBe('s3://b/p');
	});

	test('asks when later ones begin, and does not go on with what is no time', () => {
		const when = after(command('wizard.toggle'), command('wizard.next'), command('wizard.next'));
		expect([when.step, triggerOf(when)]).toEqual(['when', 'by hand']);
		const daily = reduceWizard(when, command('list.unfold'))!;
		expect([formRows(daily), triggerOf(daily)]).toEqual([['begins', 'time'], 'daily 22:00']);
		const wrong = reduceWizard(reduceWizard({ ...daily, row: 1 }, field('x'))!, field('enter'))!;
		expect([wrong.step, wrong.error?.message]).toEqual(['when', '"daily 22:00x" is no trigger.']);
		expect(reduceWizard(reduceWizard(wrong, field('backspace'))!, field('enter'))!.step).toBe('go');
		expect(triggerOf(reduceWizard(daily, command('list.unfold'))!)).toBe('on change');
	});

	test('goes back step by step, and is left from the first', () => {
		const where = after(command('wizard.toggle'), command('wizard.next'));
		const what = reduceWizard(where, field('esc'))!;
		expect(what.step).toBe('what');
		expect(sourcesOf(what)).toEqual(['/home/u']);
		expect(reduceWizard(what, command('wizard.back'))).toBeUndefined();
	});

	test('returns to the step where what is wrong was said', () => {
		const failed = after({ type: 'wizard/failed', step: 'where', message: 'No such bucket.' });
		expect(failed).toMatchObject({ step: 'where', begin: 'not yet', error: { message: 'No such bucket.' } });
	});

	test.each([
		[['/srv/my photos/'], 'my-photos'],
		[['/'], 'backup'],
		[['/home/u/.config'], 'config'],
	])('names a job of %j %s', (sources, name) => expect(nameOf(sources)).toBe(name));
});

describe('the folder that is offered', () => {
	const at = () => after(command('wizard.toggle'), command('wizard.next'));
	const folder = (wizard: WizardState) => wizard.fields.folder.text;
	const run = (wizard: WizardState, ...actions: Action[]) =>
		actions.reduce((one, action) => reduceWizard(one, action)!, wizard);

	test('gives way to a path that is typed or pasted', () => {
		expect(folder(run(at(), field('/'), field('/')))).toBe('//');
		expect(folder(run(at(), field('~'), field('/')))).toBe('~/');
		expect(folder(run(at(), { type: 'paste', text: '/mnt/disk\n' }))).toBe('/mnt/disk');
	});

	test('can be changed at its end', () => {
		expect(folder(run(at(), field('2')))).toBe('/var/tmp/firn2');
		expect(folder(run(at(), field('end'), field('/'), field('a')))).toBe('/var/tmp/firn/a');
	});
});
