import { toFirnError } from '../../../../core/errors.ts';
import { counted } from '../../../../core/sizes.ts';
import type { Action } from '../../../actions.ts';
import { identityParams } from '../../../components/identity-field.ts';
import type { EffectContext } from '../../../screen.ts';
import { openSignIn } from '../../../sign-in/effect.ts';
import { absolute } from '../../restore/paths.ts';
import type { JobsState } from '../state.ts';
import { mustSignIn, signInNameOf } from '../wizard/drive.ts';
import { chosenJob, placeOf, type RecoverState, SIGNED_IN } from './state.ts';

/** Looks for jobs, recovers one, and goes to it when it is back. */
export function recoverEffect(action: Action, context: EffectContext): void {
	const { recover } = context.screen<JobsState>('jobs');
	if (!recover) return;
	if (recover.busy === 'look') void look(recover, context);
	if (recover.busy === 'start') void start(recover, context);
	if (recover.task !== undefined && (action.type === 'done' || action.type === 'tasks')) end(recover.task, context);
}

function request(recover: RecoverState, { cwd, env }: EffectContext) {
	const place = placeOf(recover);
	const where = (['endpoint', 'region', 'profile'] as const).flatMap((name) => {
		const text = recover.fields[name].text.trim();
		return recover.kind === 's3' && text !== '' ? [[name, text] as const] : [];
	});
	const drive =
		recover.kind === 'gdrive' ? { credentials: signInNameOf(recover.fields.signIn.text), ...endpointOf(recover) } : {};
	return {
		...drive,
		from: recover.kind === 'folder' ? absolute(place, cwd) : place,
		cwd,
		...identityParams(recover, (path) => absolute(path, cwd)),
		...Object.fromEntries(where),
		env,
	};
}

async function look(recover: RecoverState, context: EffectContext): Promise<void> {
	const { call, dispatch } = context;
	dispatch({ type: 'recover/asked', what: 'looking' });
	try {
		dispatch({ type: 'recover/found', plan: await call('planRecover', request(recover, context)) });
	} catch (thrown) {
		const error = toFirnError(thrown);
		if (recover.kind === 'gdrive' && mustSignIn(error)) signIn(recover, context);
		else dispatch({ type: 'recover/failed', error: error.toPlain() });
	}
}

/** Looks again when somebody has signed in. */
function signIn(recover: RecoverState, context: EffectContext): void {
	context.dispatch({ type: 'recover/signIn' });
	const name = signInNameOf(recover.fields.signIn.text);
	openSignIn({ tag: SIGNED_IN, name, ...endpointOf(recover) }, context);
}

function endpointOf({ fields }: RecoverState): { endpoint?: string } {
	const endpoint = fields.driveEndpoint.text.trim();
	return endpoint === '' ? {} : { endpoint };
}

async function start(recover: RecoverState, context: EffectContext): Promise<void> {
	const { call, dispatch, refresh } = context;
	const { id, requests, bytes } = chosenJob(recover)!;
	const name = recover.fields.name.text.trim();
	dispatch({ type: 'recover/asked', what: 'starting' });
	try {
		const asked = { ...request(recover, context), job: id, name, most: { requests, bytes } };
		const { job, task } = await call('recover', asked);
		if (task === null) return arrive(job, `The job ${job} is back; its state database was here already.`, context);
		dispatch({ type: 'recover/started', task });
		refresh();
	} catch (error) {
		dispatch({ type: 'recover/failed', error: toFirnError(error).toPlain() });
	}
}

function end(id: string, context: EffectContext): void {
	const task = context.state().tasks[id];
	if (!task?.summary) return;
	const { error, errors, status, details } = task.summary;
	if (error || status === 'stopped') {
		const failed = error ?? { message: 'It was stopped; nothing was changed.' };
		context.dispatch({ type: 'recover/failed', error: failed });
		return;
	}
	const wrong = errors > 0 ? ` ${counted(errors, 'object')} could not be used: 3 lists them.` : '';
	arrive(
		task.job,
		`The job ${task.job} is back, with ${counted(Number(details.snapshots), 'snapshot')}.${wrong}`,
		context,
	);
}

function arrive(job: string, said: string, { dispatch, refresh, flash }: EffectContext): void {
	dispatch({ type: 'jobs/added' });
	dispatch({ type: 'job', name: job });
	refresh();
	flash('info', said);
}
