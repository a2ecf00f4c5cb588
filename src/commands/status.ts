import { existsSync } from 'node:fs';
import { EXIT } from '../core/exit-codes.ts';
import { localMinute } from '../core/local-time.ts';
import { safePrint } from '../core/safe-print.ts';
import { watchWords } from '../core/schedule/watch-view.ts';
import { counted, formatSize } from '../core/sizes.ts';
import type { TaskKind, TaskSummary } from '../core/task.ts';
import type { Channel } from '../protocol/channel.ts';
import type { Results, TaskView } from '../protocol/contract.ts';
import type { Context } from './context.ts';
import { transferOf } from './progress-lines.ts';

/** `firn status`: what goes on, and what can be resumed. */
export async function status(context: Context): Promise<number> {
	const { out } = context;
	const { tasks, schedule } = await context.ask((engine) => engine.call('status', {}));
	for (const task of tasks) out.record({ ...task });
	for (const { job, at } of schedule.next) out.record({ event: 'scheduled', job, at, survives: schedule.survives });
	const shown = tasks.filter((task, at) => !task.summary || !tasks.slice(at + 1).some((later) => isSame(task, later)));
	if (tasks.length === 0) out.line('Nothing is going on.');
	else out.table(['job', 'kind', 'state', 'done', 'what'], shown.map(cells));
	for (const { job, guidance } of shown)
		if (guidance) out.line(safePrint(job === '' ? guidance : `${job}: ${guidance}`));
	for (const one of schedule.watched) out.record({ event: 'watched', ...one });
	for (const trouble of schedule.troubles) out.record({ event: 'trouble', ...trouble });
	const thaws = tasks.filter(({ thaw, summary }) => thaw && !summary).length;
	const { next, watched, troubles } = schedule;
	if (next.length + watched.length + troubles.length + thaws === 0) return EXIT.ok;
	out.line();
	if (next.length > 0) {
		const rows = next.map(({ job, at }) => [job, localMinute(at)]);
		out.table(['begins by itself', 'next'], rows);
	}
	if (watched.length > 0) {
		const rows = watched.map(({ job, ...view }) => [job, safePrint(watchWords(view))]);
		out.table(['begins on change', 'watcher'], rows);
	}
	for (const { message, guidance } of troubles) out.line(safePrint(`${message} ${guidance}`));
	if (next.length + watched.length + thaws > 0 && !schedule.survives) out.line(withoutService(schedule, thaws));
	return EXIT.ok;
}

/** Of what has ended the last of each kind is enough for people; firn history has all. */
const isSame = (a: TaskView, b: TaskView) => a.job === b.job && a.kind === b.kind;

/** What will not happen after a logout, and what changes that. */
function withoutService({ next, watched }: Results['status']['schedule'], thaws: number): string {
	const jobs = [...new Set([...next, ...watched].map(({ job }) => job))];
	const what = [
		...(jobs.length === 0 ? [] : [`${jobs.join(', ')} will not begin`]),
		...(thaws === 0 ? [] : [`${counted(thaws, 'restore')} out of cold storage will not go on`]),
	].join(', and ');
	// As sd_booted(3) looks.
	const how = existsSync('/run/systemd/system')
		? 'firn engine install changes that.'
		: 'There is no systemd here: let the system start "firn engine start --foreground" with FIRN_SERVICE=1.';
	return `No service outlives your login: after a restart, or once a logout ends the engine, ${what} until somebody starts Firn. ${how}`;
}

function cells(task: TaskView): string[] {
	return [
		task.job === '' ? '-' : task.job,
		task.kind,
		task.state,
		done(task),
		safePrint(task.reason ?? (task.summary ? outcome(task.kind, task.summary) : (task.progress?.phase ?? ''))),
	];
}

/** What came of one that has ended and did not fail. */
function outcome(kind: TaskKind, { status, files, bytes, errors, run }: TaskSummary): string {
	if (status === 'stopped') return kind === 'backup' && run === '' ? 'stopped before it began' : 'stopped';
	// Of the other kinds these figures count archives and what they hold.
	if (kind !== 'backup' && kind !== 'restore') return '';
	const what = `${counted(files, 'file')}, ${formatSize(bytes)}`;
	return status === 'partial' ? `${what}; ${counted(errors, 'problem')}: firn history ${run}` : what;
}

function done({ progress, summary }: TaskView): string {
	// The last progress that was told is not how it ended.
	if (!progress || summary) return '-';
	const { done, total } = transferOf(progress);
	return total === undefined ? formatSize(done) : `${formatSize(done)} of ${formatSize(total)}`;
}

/** `firn stop JOB`: stops it and waits until it has stopped. */
export async function stop(context: Context, [job]: string[]): Promise<number> {
	return context.ask(async (engine) => {
		const { tasks } = await engine.call('stop', { job: job! });
		const ended = await Promise.all(tasks.map((task) => endOf(engine, task)));
		context.out.record({ event: 'stopped', job: job!, tasks });
		const isResumable = ended.some(({ kind, thaw, run }) => thaw || (kind === 'backup' && run !== ''));
		context.out.line(`${job} is stopped.${isResumable ? ` firn resume ${job} goes on with it.` : ''}`);
		return EXIT.ok;
	});
}

async function endOf(engine: Channel, id: string): Promise<{ kind: TaskKind; thaw: boolean; run: string }> {
	const ended = Promise.withResolvers<TaskSummary>();
	const { task } = await engine.follow(id, { progress: () => {}, event: () => {}, done: ended.resolve });
	const { run } = task.summary ?? (await ended.promise);
	return { kind: task.kind, thaw: task.thaw === true, run };
}
