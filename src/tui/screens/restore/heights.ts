/** How many rows the lists of the wizards have. Pure; the reducers move by them and the views draw by them. */

import type { ReportAnswer, RestorePlanAnswer } from '../../../core/restore-answers.ts';
import { problemLines } from '../../components/form.tsx';
import type { WizardLayout } from '../../components/wizard.tsx';
import type { ReportState } from './report-state.ts';

/** Heading of the archives, and the line of what comes next with the blank one before it. */
const FIXED = 3;
/** Figures of a plan, above the archives where there is no pane beside them. */
export const PLAN_FIGURES = 8;
/** The figures of a report, above its rows. */
export const REPORT_FIGURES = 5;

/** Rows that problems and warnings of a plan take, an empty one before them included. */
export function complaintRows(
	answer: { problems: { message: string; guidance?: string }[]; warnings: string[] } | undefined,
	width: number,
): number {
	if (!answer) return 0;
	const { problems, warnings } = answer;
	const all = [...problems, ...warnings.map((message) => ({ message }))];
	const rows = all.reduce((sum, one) => sum + problemLines(one, width).length, 0);
	return rows === 0 ? 0 : rows + 1;
}

/** Rows of figures above the archives; where it is tight, fewer of them. */
export function figureRows(answer: RestorePlanAnswer | undefined, { inside, side }: WizardLayout): number {
	if (side) return 0;
	return Math.max(3, Math.min(PLAN_FIGURES, inside.height - FIXED - complaintRows(answer, inside.width) - 2));
}

export function archiveRows(answer: RestorePlanAnswer | undefined, place: WizardLayout): number {
	const { inside } = place;
	return Math.max(1, inside.height - figureRows(answer, place) - FIXED - complaintRows(answer, inside.width));
}

/** What to do about one that did not come to its end. */
export function adviceOf(report: ReportAnswer | undefined): { message: string; guidance?: string } | undefined {
	if (!report) return undefined;
	if (report.error) return report.error;
	const again = 'What is restored stays. Begun again, it goes on with what is missing: esc goes back.';
	if (report.status === 'interrupted') return { message: `Firn ended before it did. ${again}` };
	return report.status === 'stopped' ? { message: again } : undefined;
}

export function reportRows({ report }: ReportState, { inside }: WizardLayout): number {
	const advice = adviceOf(report);
	const rows = advice ? problemLines(advice, inside.width).length : 0;
	return Math.max(1, inside.height - REPORT_FIGURES - rows - 1);
}
