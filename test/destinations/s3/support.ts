import type { Destination } from '../../../src/destinations/destination.ts';
import { openS3Destination } from '../../../src/destinations/s3/s3-destination.ts';
import { type RetryNotice, withRetry } from '../../../src/destinations/with-retry.ts';
import { type S3Simulator, type SimulatorOptions, startS3Simulator } from '../../support/s3-simulator/simulator.ts';

export const PART = 70_000;

export interface Bench {
	simulator: S3Simulator;
	/** Without repetition. */
	plain: Destination;
	/** With repetition that hardly waits. */
	patient: Destination;
	notices: RetryNotice[];
	/** Another one, as a new process would open it. */
	reopen(): Promise<Destination>;
	close(): Promise<void>;
}

/** Longer than this machine does nothing because it is busy with other things. */
const IDLE_MS = 5000;

/** @param idleMs after how long a store that is silent is given up */
export async function startBench(options: SimulatorOptions = {}, idleMs = IDLE_MS): Promise<Bench> {
	const simulator = await startS3Simulator({ minPartSize: 64 * 1024, ...options });
	const reopen = () =>
		openS3Destination(
			{ url: 's3://bucket/pre', bucket: 'bucket', prefix: 'pre', endpoint: simulator.endpoint },
			simulator.env,
			{ connectMs: 5000, idleMs, joinIdleMs: idleMs },
		);
	const plain = await reopen();
	const notices: RetryNotice[] = [];
	const patient = withRetry(plain, { firstMs: 1, longestMs: 3, onRetry: (notice) => notices.push(notice) });
	const close = async () => {
		await plain.close();
		await simulator.close();
	};
	return { simulator, plain, patient, notices, reopen, close };
}
