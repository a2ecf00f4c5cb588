import { counted } from '../../../core/sizes.ts';
import { spokenRow } from '../../components/form.tsx';
import type { Screen } from '../../screen.ts';
import { speakReport } from '../restore/report-view.tsx';
import { decryptEffect } from './effect.ts';
import { activeField, type DecryptState, initial, isGoing, reduce, STEPS, save } from './state.ts';
import { DecryptView, rowsOf, speakFound, TITLES } from './view.tsx';

export const decryptScreen: Screen<DecryptState> = {
	id: 'decrypt',
	title: 'Decrypt',
	initial,
	reduce,
	effect: decryptEffect,
	scopes: ({ step }) => [`decrypt.${step}`, 'list'],
	hasField: (state) => activeField(state) !== undefined,
	takesPaths: ({ step }) => step !== 'run' && step !== 'report',
	unsaved: (state) =>
		isGoing(state) ? 'The decrypt runs in this process and ends with it. What is finished stays.' : undefined,
	save,
	View: DecryptView,
	speak,
};

function speak(state: DecryptState): { summary: string[]; item?: string } {
	const { step, inputs, typing, row, going } = state;
	const summary = [`Step ${STEPS.indexOf(step) + 1} of ${STEPS.length}: ${TITLES[step]}.`];
	if (step === 'report') return speakReport(state.report, summary);
	if (step === 'run') {
		const progress = going?.progress;
		if (progress) summary.push(`${counted(progress.filesDone, 'file')}, ${counted(progress.errors, 'problem')}.`);
		return { summary };
	}
	summary.push(...speakFound(state));
	if (step === 'files') return { summary, item: typing ? `Path: ${typing.text}` : (inputs[row] ?? 'another path') };
	const one = rowsOf(state)[row];
	return { summary, ...(one ? { item: spokenRow(one) } : {}) };
}
