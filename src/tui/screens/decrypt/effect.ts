/** What the decrypt wizard does. All of it in this process: it needs neither the engine nor a network. */

import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { toFirnError } from '../../../core/errors.ts';
import { counted, formatSize } from '../../../core/sizes.ts';
import type { TaskSummary } from '../../../core/task.ts';
import type { Action } from '../../actions.ts';
import { identityParams } from '../../components/identity-field.ts';
import { displayName } from '../../components/text.ts';
import type { EffectContext } from '../../screen.ts';
import { absolute } from '../restore/paths.ts';
import { nextPage, type ReportPage } from '../restore/report-state.ts';
import { pastedPaths } from '../sources/pasted-paths.ts';
import { activeField, type DecryptState, isGoing } from './state.ts';

const PAGE = 500;

/** The newest question about the archives, so that each is put once. */
let asked = 0;

export function decryptEffect(action: Action, context: EffectContext): void {
	const { screen, dispatch, copy, flash, state } = context;
	const own = screen<DecryptState>('decrypt');
	if (own.look.busy && own.look.ask !== asked) void look(own, context);
	if (own.look.purpose === 'start' && !own.look.busy) {
		dispatch({ type: 'decrypt/settled' });
		confirm(own, context);
		return;
	}
	if (action.type === 'paste' && state().screen === 'decrypt') {
		const field = activeField(own);
		if (own.step === 'files' && (field === undefined || field === 'typing')) add(action.text, context);
	}
	if (action.type === 'field' && action.key === 'enter' && own.step === 'files') {
		const typed = own.typing?.text.trim() ?? '';
		if (typed !== '') addTyped(typed, context);
	}
	if (action.type === 'reply' && action.value === 'yes') {
		if (action.tag === 'decrypt.start') void start(own, context);
		if (action.tag === 'decrypt.stop') void stop(own, context);
	}
	if (action.type !== 'command') return;
	if (action.id === 'decrypt.stop' && isGoing(own)) {
		const lines = ['What is finished stays, and is found again next time. Nothing unfinished has got its name.'];
		context.open({ kind: 'confirm', tag: 'decrypt.stop', title: 'Stop the decrypt?', lines, yes: 'Stop' });
	}
	if (action.id === 'app.copy' && own.step === 'report' && own.report.report) {
		copy(own.report.report.file);
		flash('info', `Copied: ${own.report.report.file}`);
	}
	if (own.step === 'report' && action.id.startsWith('list.')) {
		const cursor = nextPage(own.report);
		if (cursor !== undefined) void loadReport(own.report.report!.id, cursor, context);
	}
}

/** Pasted or dropped: several at once, quoted in one way or another. */
function add(text: string, { dispatch, flash, cwd }: EffectContext): void {
	const { whole, split } = pastedPaths(text, { home: homedir(), cwd });
	const wanted = whole !== undefined && existsSync(whole) ? [whole] : split;
	const found = wanted.filter((path) => existsSync(path));
	if (found.length > 0) dispatch({ type: 'decrypt/add', paths: found });
	const missing = wanted.length - found.length;
	if (missing === 0) return;
	const remote = process.env.SSH_CONNECTION ? ' What is dropped over SSH is a path of your own machine.' : '';
	flash('warn', `${counted(wanted.length, 'path')}: ${found.length} added, ${missing} not found here.${remote}`);
}

function addTyped(typed: string, { dispatch, cwd }: EffectContext): void {
	const path = absolute(typed, cwd);
	if (existsSync(path)) dispatch({ type: 'decrypt/add', paths: [path] });
	else {
		const message = `There is no ${path}.`;
		dispatch({ type: 'decrypt/failed', error: { code: 'INPUT_MISSING', message, retry: 'no', kind: 'usage' } });
	}
}

function what(own: DecryptState, cwd: string) {
	const { inputs, state, extract, target } = own;
	const database = state.text.trim();
	const isPath = database.includes('/') || database.endsWith('.sqlite3');
	const out = target.text.trim();
	return {
		inputs,
		...identityParams(own, (path) => absolute(path, cwd)),
		...(database === '' ? {} : { job: isPath ? absolute(database, cwd) : database }),
		...(out === '' && !extract ? {} : { out: absolute(out, cwd) }),
	};
}

async function look(own: DecryptState, { local, dispatch, cwd }: EffectContext): Promise<void> {
	const { ask } = own.look;
	asked = ask;
	try {
		const { out, ...asking } = what(own, cwd);
		const withOut = own.step === 'target' && out !== undefined ? { out } : {};
		const answer = await (await local()).call('inspect', { ...asking, ...withOut });
		dispatch({ type: 'decrypt/looked', ask, answer });
	} catch (error) {
		dispatch({ type: 'decrypt/refused', ask, error: toFirnError(error).toPlain() });
	}
}

/** Asks once more; what deletes wants the number typed. */
function confirm(own: DecryptState, { open, cwd }: EffectContext): void {
	const { answer } = own.look;
	if (!answer) return;
	const { archives, bytes, encrypted, opens } = answer.totals;
	const { out = '' } = what(own, cwd);
	const where = out === '' ? 'beside the archives' : `into ${displayName(out)}`;
	const lines = [
		`${counted(archives, 'archive')}, ${formatSize(bytes)}, ${own.extract ? 'unpacked to files' : 'to TAR files'} ${where}.`,
		...(opens < archives ? [`${counted(archives - opens, 'archive')} cannot be opened and will be reported.`] : []),
		'It runs in this process: leaving Firn ends it.',
	];
	const title = 'Decrypt?';
	if (!own.deleteEncrypted) {
		open({ kind: 'confirm', tag: 'decrypt.start', title, lines, yes: 'Decrypt' });
		return;
	}
	const phrase = `delete ${encrypted}`;
	const each = encrypted === 1 ? 'The encrypted archive' : `Each of the ${counted(encrypted, 'encrypted archive')}`;
	const irreversible = `${each} is deleted once its content is safely on the disk. This cannot be undone.`;
	open({
		kind: 'confirm',
		tag: 'decrypt.start',
		title,
		lines: [...lines, irreversible],
		yes: 'Decrypt and delete',
		phrase,
	});
}

async function start(own: DecryptState, context: EffectContext): Promise<void> {
	const { local, dispatch, follow, cwd } = context;
	const { extract, existing, deleteEncrypted } = own;
	const done = (summary: TaskSummary, task: string) => {
		dispatch({ type: 'decrypt/done', summary });
		void loadReport(task, undefined, context, summary);
	};
	try {
		const channel = await local();
		const { task } = await channel.call('decrypt', { ...what(own, cwd), extract, existing, deleteEncrypted });
		dispatch({ type: 'decrypt/begun', task, at: Date.now() });
		follow(channel, task, {
			progress: (progress) => {
				if (progress.kind === 'restore' || progress.kind === 'decrypt')
					dispatch({ type: 'decrypt/progress', progress, at: Date.now() });
			},
			event: (event) => dispatch({ type: 'decrypt/event', event, at: Date.now() }),
			done: (summary) => done(summary, task),
		});
	} catch (error) {
		dispatch({ type: 'decrypt/failed', error: toFirnError(error).toPlain() });
	}
}

async function stop({ going }: DecryptState, { local, fail }: EffectContext): Promise<void> {
	if (!going) return;
	try {
		await (await local()).call('stop', { task: going.task });
	} catch (error) {
		fail(error);
	}
}

/** Pages that are being asked for. */
const reading = new Set<string>();

async function loadReport(
	id: string,
	cursor: string | undefined,
	{ local, dispatch }: EffectContext,
	summary?: TaskSummary,
): Promise<void> {
	const key = `${id}/${cursor}`;
	if (reading.has(key)) return;
	reading.add(key);
	try {
		const more = cursor === undefined ? {} : { cursor };
		const page: ReportPage = await (await local()).call('report', { id, limit: PAGE, ...more });
		dispatch({ type: 'decrypt/report', page });
	} catch (thrown) {
		// Where no report could be kept, what it failed with says more.
		dispatch({ type: 'decrypt/unreported', error: summary?.error ?? toFirnError(thrown).toPlain() });
	} finally {
		reading.delete(key);
	}
}
