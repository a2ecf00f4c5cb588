/** The thread that answers one question about a restore, a decrypt or the keys of them. */

import { parentPort, workerData } from 'node:worker_threads';
import { toFirnError } from '../core/errors.ts';
import { answerInspect } from './answer-inspect.ts';
import { answerPlan } from './answer-plan.ts';
import type { Question } from './ask.ts';

const question = workerData as Question;
try {
	parentPort!.postMessage({ result: await answer(question) });
} catch (error) {
	parentPort!.postMessage({ error: toFirnError(error).toPlain() });
}

async function answer(asked: Question): Promise<unknown> {
	switch (asked.about) {
		case 'plan':
			return answerPlan(asked);
		case 'inspect':
			return answerInspect(asked);
		case 'check': {
			// Opens stores, whose code the others need not wait for.
			const { answerCheck } = await import('./answer-check.ts');
			return answerCheck(asked);
		}
	}
}
