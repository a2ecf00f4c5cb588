import { FirnError } from '../../../../core/errors.ts';
import type { Action } from '../../../actions.ts';
import type { EffectContext } from '../../../screen.ts';
import type { JobsState } from '../state.ts';
import type { EditState } from './form.ts';
import { optionsOf } from './options.ts';
import { rowsOf } from './rows.ts';
import { snapshotsOf } from './runs.ts';
import { FIELD_COMMANDS, isChanged } from './state.ts';

const LEAVE = 'edit.leave';

/** Asks for the snapshots when a form opens, saves it, and asks before it is thrown away. */
export function editEffect(action: Action, context: EffectContext): void {
	const { edit } = context.screen<JobsState>('jobs');
	if (!edit) return;
	if (action.type === 'reply' && action.tag === LEAVE && action.value === 'yes') {
		context.dispatch({ type: 'edit/left' });
		return;
	}
	if (edit.saving === 'wanted') void save(edit, context);
	const id = action.type === 'field' ? FIELD_COMMANDS[action.key] : action.type === 'command' ? action.id : undefined;
	if (id === 'jobs.edit' && edit.base.layout !== 'mirror') void loadRuns(edit, context);
	if (id === 'list.open' && rowsOf(edit)[edit.row] === 'sources' && action.type === 'command') context.go('sources');
	if (id === LEAVE && isChanged(edit))
		context.open({
			kind: 'confirm',
			tag: LEAVE,
			title: `Leave ${edit.base.name} as it was?`,
			lines: ['What was changed in the form is not saved. ^S saves it.'],
			yes: 'Leave',
		});
}

async function loadRuns({ base }: EditState, { call, dispatch, cwd, fail }: EffectContext): Promise<void> {
	const job = base.name;
	try {
		const { rows } = await call('show', { job, what: 'runs', cwd });
		dispatch({ type: 'edit/runs', job, runs: snapshotsOf(rows) });
	} catch (error) {
		if (error instanceof FirnError && error.code === 'STATE_MISSING') dispatch({ type: 'edit/runs', job, runs: [] });
		else fail(error);
	}
}

async function save(edit: EditState, context: EffectContext): Promise<void> {
	const { call, dispatch, flash, refresh, cwd } = context;
	dispatch({ type: 'edit/asked' });
	try {
		const { job, notes } = await call('saveJob', { name: edit.base.name, cwd, options: optionsOf(edit) });
		dispatch({ type: 'edit/left' });
		flash('info', notes.length > 0 ? notes.join(' ') : `Job ${job.name} is like that already.`);
		refresh();
	} catch (thrown) {
		const { message, guidance } = thrown instanceof FirnError ? thrown : new FirnError('INTERNAL', String(thrown));
		dispatch({ type: 'edit/refused', message, ...(guidance ? { guidance } : {}) });
	}
}
