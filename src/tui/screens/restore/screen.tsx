import { counted, formatSize } from '../../../core/sizes.ts';
import { spokenRow } from '../../components/form.tsx';
import type { Screen } from '../../screen.ts';
import type { AppState } from '../../state.ts';
import { restoreEffect } from './effect.ts';
import { speakReport } from './report-view.tsx';
import { activeField, initial, PATHS_AT, type RestoreState, reduce, rowOf, STEPS, save } from './state.ts';
import { RestoreView, TITLES, whereRows } from './view.tsx';

export const restoreScreen: Screen<RestoreState> = {
	id: 'restore',
	title: 'Restore',
	initial,
	reduce,
	effect: restoreEffect,
	scopes: ({ step }) => [`restore.${step}`, 'list'],
	hasField: (state) => activeField(state) !== undefined,
	takesPaths: ({ step }) => step === 'what' || step === 'where',
	save,
	View: RestoreView,
	speak,
};

function speak(state: RestoreState, app: AppState): { summary: string[]; item?: string } {
	const { step, plan, job, paths } = state;
	const summary = [`Step ${STEPS.indexOf(step) + 1} of ${STEPS.length}: ${TITLES[step]}.`];
	const complaint = state.error ?? plan.error;
	if (complaint) summary.push([complaint.message, complaint.guidance].filter(Boolean).join(' '));
	if (step === 'what') {
		const row = rowOf(state);
		const item =
			row === 'path'
				? paths[state.row - PATHS_AT]!
				: row === 'job'
					? `Job: ${job ?? 'none'}`
					: row === 'snapshot'
						? `Snapshot: ${state.snapshot ?? 'newest'}`
						: 'Type a path';
		return { summary, item };
	}
	if (step === 'where') {
		const row = whereRows(state)[state.row];
		return { summary, item: row ? spokenRow(row) : '' };
	}
	if (step === 'plan' && plan.answer) {
		const { files, bytes, fetchBytes, problems, warnings } = plan.answer;
		summary.push(`${counted(files, 'file')}, ${formatSize(bytes)}; ${formatSize(fetchBytes)} are read from the store.`);
		summary.push(...problems.map(({ message }) => message), ...warnings);
		const row = plan.answer.archives.rows[state.list.cursor];
		return { summary, ...(row ? { item: `${row.key}, ${counted(row.files, 'file')}` } : {}) };
	}
	if (step === 'run') {
		const progress = app.tasks[state.task ?? '']?.progress;
		if (progress?.kind === 'restore')
			summary.push(
				`${counted(progress.filesDone, 'file')} of ${progress.files}, ${counted(progress.errors, 'problem')}.`,
			);
		return { summary };
	}
	return step === 'report' ? speakReport(state.report, summary) : { summary };
}
