import { z } from 'zod';
import { parseRecipient } from '../../archive/age/identity.ts';
import { type Job, jobSchema } from '../../config/job.ts';
import { withoutSchedule } from '../../config/job-schedule.ts';

/** The settings of a job as a record has them; undefined when they are none of this job. */
export function readJobSettings(settings: unknown, jobId: string): Job | undefined {
	if (typeof settings !== 'object') return undefined;
	// Where it wrote to is not asked of the record: it was found where it lies now. What later versions add is passed over.
	const parsed = z.object(jobSchema.shape).safeParse({
		...withoutSchedule({ ...settings }),
		destination: { url: '' },
	});
	if (!parsed.success || parsed.data.id !== jobId) return undefined;
	const job = parsed.data;
	if (job.encrypt && job.recipients.length === 0) return undefined;
	try {
		for (const recipient of job.recipients) parseRecipient(recipient);
	} catch {
		return undefined;
	}
	return job;
}
