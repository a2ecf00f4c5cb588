/** The thread that answers one question about a restore or a decrypt. */

import { parentPort, workerData } from 'node:worker_threads';
import { toFirnError } from '../core/errors.ts';
import { answerInspect } from './answer-inspect.ts';
import { answerPlan } from './answer-plan.ts';
import type { Question } from './ask.ts';

const question = workerData as Question;
try {
	const result = question.about === 'plan' ? answerPlan(question) : answerInspect(question);
	parentPort!.postMessage({ result });
} catch (error) {
	parentPort!.postMessage({ error: toFirnError(error).toPlain() });
}
