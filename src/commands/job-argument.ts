import { resolve } from 'node:path';

/** Whether a job is named by the path of its state database. */
export function isStateFile(job: string): boolean {
	return job.includes('/') || job.endsWith('.sqlite3');
}

/** A job as the engine takes it: by name, or by the absolute path of its state database. */
export function jobArgument(job: string): string {
	return isStateFile(job) ? resolve(job) : job;
}
