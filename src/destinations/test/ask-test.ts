import { Worker } from 'node:worker_threads';
import { besideModule } from '../../core/beside.ts';
import type { DestinationTest } from '../../core/destination-test.ts';
import { FirnError, type PlainError, toFirnError } from '../../core/errors.ts';
import type { TestQuestion } from './test-destination.ts';

/** Longer than all time limits inside together: what is left then is a file system that hangs. */
const LONGEST_MS = 90_000;

/**
 * Tests a destination in a thread of its own: the AWS SDK takes its time to load, and a share that is gone may hang.
 * @throws FirnError usage BAD_DESTINATION; DEST_LOST when it hangs
 */
export function askTest(question: TestQuestion): Promise<DestinationTest> {
	return new Promise((resolve, reject) => {
		const worker = new Worker(besideModule(import.meta.url, 'test-thread'), { workerData: question });
		const { url } = question.destination;
		const timer = setTimeout(() => {
			reject(
				new FirnError('DEST_LOST', `${url} has not answered for ${LONGEST_MS / 1000} s.`, {
					retry: 'later',
					guidance: 'Look at its disk or server: a share whose server is gone hangs like that.',
				}),
			);
			void worker.terminate();
		}, LONGEST_MS);
		worker.on('message', ({ result, error }: { result?: DestinationTest; error?: PlainError }) => {
			if (error) reject(FirnError.fromPlain(error));
			else resolve(result!);
		});
		worker.on('error', (error) => reject(toFirnError(error)));
		worker.on('exit', () => {
			clearTimeout(timer);
			reject(new FirnError('TEST_DIED', `The thread that tested ${url} ended unexpectedly.`));
		});
	});
}
