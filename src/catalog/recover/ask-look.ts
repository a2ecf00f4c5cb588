import { Worker } from 'node:worker_threads';
import { besideModule } from '../../core/beside.ts';
import { FirnError, type PlainError, toFirnError } from '../../core/errors.ts';
import type { Found } from './look.ts';
import type { LookSpec } from './spec.ts';

/** Which jobs lie in a destination, asked in a thread of its own. @throws FirnError as lookForJobs() */
export function askLook({ env, ...spec }: LookSpec): Promise<Found> {
	return new Promise((resolve, reject) => {
		const worker = new Worker(besideModule(import.meta.url, 'look-thread'), {
			workerData: spec,
			env: { ...process.env, ...env } as Record<string, string>,
		});
		worker.on('message', ({ result, error }: { result?: Found; error?: PlainError }) => {
			if (error) reject(FirnError.fromPlain(error));
			else resolve(result!);
		});
		worker.on('error', (error) => reject(toFirnError(error)));
		worker.on('exit', () => reject(new FirnError('LOOK_DIED', 'The thread that looked for jobs ended unexpectedly.')));
	});
}
