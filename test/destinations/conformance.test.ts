import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { openDestination } from '../../src/destinations/open-destination.ts';
import { startDriveEmulator } from '../support/drive-emulator/emulator.ts';
import { type SimulatorOptions, startS3Simulator } from '../support/s3-simulator/simulator.ts';
import { CEPH, PICKY } from '../support/s3-simulator/types.ts';
import { destinationConformance, type Subject } from './conformance.ts';

destinationConformance('a folder', async () => {
	const parent = await mkdtemp(join(tmpdir(), 'firn-folder-'));
	const url = join(parent, 'backup');
	return {
		open: () => openDestination({ url }),
		leftovers: () => readdir(url),
		close: () => rm(parent, { recursive: true }),
		partSize: 100_000,
		atomic: true,
		classes: false,
		longestName: 254,
	};
});

const simulated = (options: SimulatorOptions, atomic: boolean) => async (): Promise<Subject> => {
	const simulator = await startS3Simulator({ minPartSize: 64 * 1024, maxPageSize: 2, ...options });
	return {
		open: () => openDestination({ url: 's3://bucket/some/prefix', endpoint: simulator.endpoint }, simulator.env),
		leftovers: async () => simulator.openUploads(),
		close: () => simulator.close(),
		partSize: 100_000,
		atomic,
		classes: true,
		metadata: true,
		longestName: 1024,
		...(simulator.quirks.archiveClasses === 'kept'
			? { pass: (hours: number) => simulator.clock.advance(hours * 3_600_000) }
			: {}),
	};
};

destinationConformance('S3 as AWS has it', simulated({}, true));
destinationConformance('S3 as Ceph has it', simulated({ quirks: CEPH }, true));
destinationConformance('S3 of a store that refuses what it does not know', simulated({ quirks: PICKY }, false));
destinationConformance('S3 without a prefix, of a store that checks nothing', async () => {
	const quirks = { ...PICKY, checksums: 'ignored', conditionalPut: 'ignored', conditionalComplete: 'ignored' } as const;
	const simulator = await startS3Simulator({
		minPartSize: 1000,
		quirks: { ...quirks, contentMd5: 'ignored', etags: 'md5', completeEtag: 'empty' },
	});
	return {
		open: () => openDestination({ url: 's3://bucket', endpoint: simulator.endpoint }, simulator.env),
		leftovers: async () => simulator.openUploads(),
		close: () => simulator.close(),
		partSize: 100_000,
		atomic: false,
		classes: true,
		metadata: true,
		longestName: 1024,
	};
});

destinationConformance('Google Drive', async () => {
	const drive = await startDriveEmulator({ maxPageSize: 3 });
	return {
		open: () => openDestination({ url: 'gdrive:some/folder', endpoint: drive.endpoint }, drive.env),
		leftovers: async () => drive.files().flatMap(({ content, name }) => (content ? [name] : [])),
		close: () => drive.close(),
		partSize: 256 * 1024,
		// Within a process: Drive itself takes any number of files of one name.
		atomic: true,
		classes: false,
		inOrder: true,
		metadata: true,
	};
});

/** A real store, when the environment names one. */
const { S3_ENDPOINT: endpoint, S3_ACCESS_KEY, S3_SECRET_KEY, S3_REGION = 'us-east-1' } = process.env;
if (endpoint && S3_ACCESS_KEY && S3_SECRET_KEY) {
	destinationConformance(`the store at ${endpoint}`, async () => {
		const bucket = `firn-conformance-${Date.now()}`;
		const credentials = { accessKeyId: S3_ACCESS_KEY, secretAccessKey: S3_SECRET_KEY };
		const client = new S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true, credentials });
		await client.send(new CreateBucketCommand({ Bucket: bucket }));
		client.destroy();
		const env = { AWS_ACCESS_KEY_ID: S3_ACCESS_KEY, AWS_SECRET_ACCESS_KEY: S3_SECRET_KEY };
		return {
			open: () => openDestination({ url: `s3://${bucket}/prefix`, endpoint, region: S3_REGION }, env),
			close: async () => undefined,
			partSize: 5 * 1024 * 1024,
			atomic: true,
			classes: true,
			metadata: true,
			longestName: 1024,
		};
	});
}
