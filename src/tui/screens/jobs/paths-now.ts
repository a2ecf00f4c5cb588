/** Paths that were pasted, dropped or typed are backed up at once with the job under the cursor, once that is agreed to. */

import { homedir } from 'node:os';
import { describeDecision } from '../../../core/describe-decision.ts';
import type { Explanation } from '../../../core/selection.ts';
import { counted } from '../../../core/sizes.ts';
import type { JobView, Params } from '../../../protocol/contract.ts';
import type { Action } from '../../actions.ts';
import { fieldOf } from '../../components/field.tsx';
import { displayPath } from '../../components/text.ts';
import type { EffectContext } from '../../screen.ts';
import { pastedPaths } from '../sources/pasted-paths.ts';
import { selectionOf } from '../sources/state.ts';
import { paidStartOf } from './paid-start.ts';

const ASK = 'jobs.paths';
const AGREED = 'jobs.pathsNow';
/** Paths that are shown one by one. */
const SHOWN = 6;
/** Paths that a paste may hold. */
const MOST = 1000;

/** @param job the one under the cursor */
export function pathsNowEffect(action: Action, job: JobView | undefined, context: EffectContext): void {
	if (action.type === 'paste' && job) void ask(action.text, job, context);
	if (action.type === 'command' && action.id === 'jobs.paths' && job) {
		context.open({
			kind: 'prompt',
			tag: `${ASK}:${job.name}`,
			title: `Back up paths now with job ${job.name}`,
			label: 'Files and folders, as for a shell; they can be pasted or dropped',
			field: fieldOf(''),
		});
	}
	if (action.type !== 'reply') return;
	const [what, rest] = action.tag.split(/:(.*)/s) as [string, string];
	if (what === ASK) {
		const named = context.state().jobs?.find(({ name }) => name === rest);
		if (named) void ask(action.value, named, context);
	}
	if (what !== AGREED || action.value !== 'yes') return;
	const { cwd, env, fail } = context;
	const params = { sources: JSON.parse(rest) as string[], cwd, options: {}, env };
	void paidStartOf(context).begin({ params, start: (agreed) => start(agreed, context), failed: fail });
}

async function ask(text: string, job: JobView, context: EffectContext): Promise<void> {
	const { whole, split } = pastedPaths(text, { home: homedir(), cwd: context.cwd });
	if (split.length === 0) return;
	const asked = whole === undefined ? split : [whole, ...split];
	if (asked.length > MOST)
		return context.flash('warn', `Those are more than ${MOST} paths: name a folder they are in.`);
	try {
		const { paths } = await context.call('explain', { paths: asked, selection: selectionOf(job) });
		const isWhole = whole !== undefined && paths[0]!.exists;
		const meant = isWhole ? paths.slice(0, 1) : paths.slice(asked.length - split.length);
		const missing = meant.filter(({ exists }) => !exists);
		if (missing.length > 0) {
			const remote = process.env.SSH_CONNECTION ? ' What is dropped over SSH has names of your own machine.' : '';
			const more = missing.length > 1 ? ` and ${missing.length - 1} more` : '';
			return context.flash('warn', `There is no ${displayPath(missing[0]!.path)}${more} here.${remote}`);
		}
		context.open({
			kind: 'confirm',
			tag: `${AGREED}:${JSON.stringify([job.name, ...meant.map(({ path }) => path)])}`,
			title: `Back up ${counted(meant.length, 'path')} now with job ${job.name}?`,
			lines: linesOf(meant, job),
			yes: 'Back up',
			chosen: 'yes',
		});
	} catch (error) {
		context.fail(error);
	}
}

function linesOf(paths: Explanation[], { name, layout }: JobView): string[] {
	const shown = paths.slice(0, SHOWN).map((one) => {
		const isOwn = one.mark === 'included' || one.mark === 'mixed';
		return `${displayPath(one.path)}${isOwn ? '' : ` (${describeDecision(one, one.path)})`}`;
	});
	const more = paths.length > SHOWN ? [`and ${counted(paths.length - SHOWN, 'other')}`] : [];
	const isExtra = paths.some(({ mark }) => mark === 'outside' || mark === 'excluded');
	const stays =
		layout === 'mirror'
			? 'They are copied; no deletion is taken over.'
			: `All else of the last snapshot stays as it is.${
					isExtra ? ` What the job does not take itself stays, too, until firn jobs edit ${name} --forget PATH.` : ''
				}`;
	return [...shown, ...more, '', stays];
}

async function start(params: Params<'backup'>, { call, go, fail, flash, refresh }: EffectContext): Promise<void> {
	try {
		const { task, job } = await call('backup', params);
		flash('info', `${job} backs up just these paths. It goes on when you leave.`);
		refresh();
		go('run', { task });
	} catch (error) {
		fail(error);
	}
}
