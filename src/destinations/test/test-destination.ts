/** Tries out what can be done with a destination, leaving nothing behind. */

import type { DestinationTest } from '../../core/destination-test.ts';
import type { DestinationConfig } from '../destination.ts';
import { parseDestination } from '../parse-destination.ts';

export interface TestQuestion {
	destination: DestinationConfig;
	/** That of a job, which the store has to take. */
	storageClass?: string;
	/** Bytes after which the next archive begins, where there is a job. */
	splitSize?: number;
	/** What is backed up there, where there is a job. */
	sources: string[];
	env: Record<string, string>;
}

/** @throws FirnError usage BAD_DESTINATION; all else is part of the result */
export async function testDestination(question: TestQuestion): Promise<DestinationTest> {
	const parsed = parseDestination(question.destination.url);
	if (parsed.kind === 'folder') {
		const { testFolder } = await import('../folder/test-folder.ts');
		return testFolder(parsed.path, question);
	}
	if (parsed.kind === 'gdrive') {
		const { testDrive } = await import('../gdrive/test-drive.ts');
		return testDrive({ ...question.destination, folders: parsed.folders }, question.env);
	}
	const { testBucket } = await import('../s3/test-bucket.ts');
	const { destination, storageClass, env } = question;
	return testBucket({ ...destination, bucket: parsed.bucket, prefix: parsed.prefix }, env, storageClass);
}
