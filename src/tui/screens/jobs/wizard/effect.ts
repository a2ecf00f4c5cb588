import { FirnError } from '../../../../core/errors.ts';
import { BY_HAND } from '../../../../core/schedule/trigger.ts';
import { uploadPriceWords } from '../../../../core/upload-quote.ts';
import type { Params } from '../../../../protocol/contract.ts';
import type { Action } from '../../../actions.ts';
import type { EffectContext } from '../../../screen.ts';
import { offerNewSheet } from '../../../sheet-effect.ts';
import { paidStartOf } from '../paid-start.ts';
import type { JobsState } from '../state.ts';
import { driveEffect } from './drive-effect.ts';
import { chosenTotal, destinationOf, type Step, signInName, sourcesOf, triggerOf, type WizardState } from './state.ts';

/** Offers folders when the wizard opens; makes the job and starts it when all is said. */
export function wizardEffect(action: Action, context: EffectContext): void {
	const { wizard } = context.screen<JobsState>('jobs');
	if (!wizard) return;
	const opens = action.type === 'jobs' || (action.type === 'command' && action.id === 'jobs.add');
	if (opens && wizard.home === '') void offer(context);
	if (action.type === 'tick' || action.type === 'wizard/offer') void measure(wizard, context);
	if (action.type === 'tick' && wizard.step === 'go' && wizard.kind === 's3') void quote(wizard, context);
	driveEffect(wizard, context);
	if (wizard.begin === 'wanted') void begin(wizard, context);
}

async function offer({ call, dispatch, fail, cwd }: EffectContext): Promise<void> {
	try {
		dispatch({ type: 'wizard/offer', steps: await call('firstSteps', { cwd }) });
	} catch (error) {
		fail(error);
	}
}

/** Counts what lies in the folders offered, a little further with every second. */
async function measure({ choices }: WizardState, { call, dispatch }: EffectContext): Promise<void> {
	const open = choices.filter(({ measured }) => measured?.state !== 'done').map(({ path }) => path);
	if (open.length === 0) return;
	const rules = { excludes: [], excludeSystem: true, excludeDeveloper: false, oneFileSystem: false };
	try {
		const { paths } = await call('measure', {
			paths: open,
			selection: { sources: choices.map(({ path }) => path), ...rules },
		});
		dispatch({ type: 'wizard/measured', measured: paths });
	} catch {
		// Sizes are a help, not a condition; a path that is wrong is told when the backup begins.
	}
}

/** What the choices ask for, as a request for a backup. */
function requestOf(wizard: WizardState, { cwd, env }: EffectContext) {
	const { fields, kind, encrypt, compression } = wizard;
	const given = (['endpoint', 'region', 'profile', 'credentials', 'storageClass'] as const).flatMap((name) => {
		const text = fields[name].text.trim();
		return kind === 's3' && text !== '' ? [[name, text] as const] : [];
	});
	if (kind === 'gdrive') {
		const endpoint = fields.driveEndpoint.text.trim();
		given.push(['credentials', signInName(wizard)], ...(endpoint === '' ? [] : [['endpoint', endpoint] as const]));
	}
	const job = fields.name.text.trim();
	const trigger = triggerOf(wizard);
	const schedule = trigger === BY_HAND ? {} : { trigger };
	const options = { encrypt, compression, ...schedule, ...Object.fromEntries(given) };
	return { job, sources: sourcesOf(wizard), to: destinationOf(wizard), cwd, options, env };
}

/** What it costs, as far as it has been counted; asked for again when something has changed. */
async function quote(wizard: WizardState, context: EffectContext): Promise<void> {
	const { files, bytes } = chosenTotal(wizard);
	const request = { ...requestOf(wizard, context), files, bytes };
	const { env: _env, ...of } = request;
	const text = JSON.stringify(of);
	if (text === wizard.quote.of) return;
	try {
		context.dispatch({
			type: 'wizard/quote',
			of: text,
			words: uploadPriceWords(await context.call('quoteBackup', request)),
		});
	} catch {
		// What is wrong is told when the backup begins.
		context.dispatch({ type: 'wizard/quote', of: text, words: '' });
	}
}

async function begin(wizard: WizardState, context: EffectContext): Promise<void> {
	const { dispatch } = context;
	dispatch({ type: 'wizard/asked' });
	await paidStartOf(context).begin({
		params: requestOf(wizard, context),
		start: (params) => start(params, wizard.encrypt, context),
		failed: (error) => failed(error, context),
		onAsk: () => dispatch({ type: 'wizard/priced' }),
	});
}

async function start(params: Params<'backup'>, encrypt: boolean, context: EffectContext): Promise<void> {
	const { call, dispatch, refresh, go, flash } = context;
	dispatch({ type: 'wizard/asked' });
	try {
		const { job } = await call('backup', params);
		dispatch({ type: 'jobs/added' });
		dispatch({ type: 'job', name: job });
		refresh();
		flash('info', `The backup of ${job} has begun. It goes on when you leave.`);
		go('run');
		if (encrypt) await offerNewSheet(context);
	} catch (error) {
		failed(error, context);
	}
}

function failed(thrown: unknown, { dispatch }: EffectContext): void {
	const error = thrown instanceof FirnError ? thrown : new FirnError('INTERNAL', String(thrown));
	const { code, message, guidance } = error;
	dispatch({ type: 'wizard/failed', step: stepOf(code), message, ...(guidance ? { guidance } : {}) });
}

/** Where what is wrong was said. */
function stepOf(code: string): Step {
	if (/^SOURCE/.test(code)) return 'what';
	if (code === 'BAD_TRIGGER') return 'when';
	return /^(DEST|BAD_DEST|S3|BUCKET|BAD_BUCKET|CREDENTIALS|BAD_CREDENTIALS|NOT_SIGNED_IN|GDRIVE|DRIVE)/.test(code)
		? 'where'
		: 'go';
}
