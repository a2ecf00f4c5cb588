import { Worker } from 'node:worker_threads';
import { besideModule } from '../core/beside.ts';
import { FirnError, type PlainError, toFirnError } from '../core/errors.ts';
import type { InspectAnswer, KeyCheck, RestorePlanAnswer } from '../core/restore-answers.ts';
import type { CheckQuestion } from './answer-check.ts';
import type { InspectQuestion } from './answer-inspect.ts';
import type { PlanQuestion } from './answer-plan.ts';

export type Question =
	| ({ about: 'plan' } & PlanQuestion)
	| ({ about: 'inspect' } & InspectQuestion)
	| ({ about: 'check' } & CheckQuestion);

/** What a restore would do. @throws FirnError as answerPlan() */
export function askPlan(question: PlanQuestion): Promise<RestorePlanAnswer> {
	return ask({ about: 'plan', ...question });
}

/** What a decrypt would find. @throws FirnError as answerInspect() */
export function askInspect(question: InspectQuestion): Promise<InspectAnswer> {
	return ask({ about: 'inspect', ...question });
}

/** Whether identities open what was stored last. @param env credentials, for the thread only */
export function askCheck(question: CheckQuestion, env: Record<string, string>): Promise<KeyCheck[]> {
	return ask({ about: 'check', ...question }, env);
}

/** In a thread of its own: a million files take seconds, and whoever asks goes on meanwhile. */
function ask<T>(question: Question, env: Record<string, string> = {}): Promise<T> {
	return new Promise((resolve, reject) => {
		const worker = new Worker(besideModule(import.meta.url, 'answer-thread'), {
			workerData: question,
			env: { ...process.env, ...env } as Record<string, string>,
		});
		worker.on('message', ({ result, error }: { result?: T; error?: PlainError }) => {
			if (error) reject(FirnError.fromPlain(error));
			else resolve(result as T);
		});
		worker.on('error', (error) => reject(toFirnError(error)));
		worker.on('exit', () => reject(new FirnError('ANSWER_DIED', 'The thread that made the plan ended unexpectedly.')));
	});
}
