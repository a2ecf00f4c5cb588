/** Large files of a mirror whose process is killed: the next run goes on with the parts that are there, if the file is the same. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Job } from '../../../../src/config/job.ts';
import { attempt } from '../../../support/campaign/attempt.ts';
import { type StoreMirrorCase, storeMirrorCase } from '../../../support/store-mirror-case.ts';
import { removeTree, scratchFolder } from '../../../support/trees.ts';

/** The least that S3 takes. */
const PART = 5 * 1024 * 1024;
const PARTS = 5;
const FILM = 'pre/source/film';
const SIZE = PARTS * PART - 1000;

let root: string;
let mirror: StoreMirrorCase;
beforeEach(() => {
	root = scratchFolder('store-resume');
});
afterEach(async () => {
	await mirror.close();
	removeTree(root);
});

/** A content in which each part is another one. */
function content(seed: number): Buffer {
	const parts = Array.from({ length: PARTS }, (_, part) => Buffer.alloc(PART, `${seed} ${part}`));
	return Buffer.concat(parts).subarray(0, SIZE);
}

async function begin(job: Partial<Job> = {}): Promise<void> {
	mirror = await storeMirrorCase(root, { partSize: PART, workers: 1, deletions: 'follow', ...job });
	writeFileSync(join(mirror.source, 'film'), content(1));
}

/** Kills a run as soon as so many requests of a kind were answered. */
async function killedAfter(operation: string, count: number): Promise<void> {
	const { simulator, spec } = mirror;
	const done = () =>
		simulator.log.of(operation).filter(({ status, key }) => status === 200 && key.startsWith(FILM)).length;
	const { killed, stderr } = await attempt({
		spec,
		workDir: root,
		started: (kill, ended) => {
			const timer = setInterval(() => {
				if (done() >= count) kill();
			}, 1);
			void ended.then(() => clearInterval(timer));
		},
	});
	expect(stderr).toBe('');
	expect(killed).toBe(true);
}

/** Bytes of parts that the store has taken. */
function sent(): number {
	const parts = mirror.simulator.log
		.of('UploadPart')
		.filter(({ status, key }) => status === 200 && key.startsWith(FILM));
	return parts.reduce((sum, { bytesIn }) => sum + bytesIn, 0);
}

async function expectRight(): Promise<void> {
	expect(await mirror.differences()).toEqual([]);
	expect(mirror.simulator.openUploads('pre/source')).toEqual([]);
	expect(await mirror.run()).toMatchObject({ status: 'complete', details: { newFiles: 0, sentBytes: 0 } });
}

it('killed three times, it sends no byte twice', async () => {
	await begin();
	for (const parts of [1, 2, 4]) await killedAfter('UploadPart', parts);
	const ended = await mirror.run();
	expect(ended).toMatchObject({ status: 'complete', details: { newFiles: 1, newBytes: SIZE } });
	const { sentBytes, reusedBytes } = ended.details;
	expect(Number(reusedBytes)).toBeGreaterThanOrEqual(4 * PART);
	expect(Number(sentBytes) + Number(reusedBytes)).toBe(SIZE);
	expect(mirror.simulator.log.partsStoredTwice()).toEqual([]);
	expect(sent()).toBe(SIZE);
	await expectRight();
});

it('goes on after a stop, too', async () => {
	await begin();
	const stopped = await mirror.run({}, (run) => {
		const timer = setInterval(() => {
			if (mirror.simulator.log.of('UploadPart').length < 3) return;
			clearInterval(timer);
			run.stop();
		}, 1);
	});
	expect(stopped.status).toBe('stopped');
	expect(await mirror.run({ mode: 'resume' })).toMatchObject({ status: 'complete' });
	expect(mirror.simulator.log.partsStoredTwice()).toEqual([]);
	await expectRight();
});

it('begins anew, and gives the old upload up, when the file is another one now', async () => {
	await begin();
	await killedAfter('UploadPart', 2);
	expect(mirror.simulator.openUploads('pre/source')).toHaveLength(1);
	writeFileSync(join(mirror.source, 'film'), content(2));
	expect(await mirror.run()).toMatchObject({ status: 'complete', details: { sentBytes: SIZE, reusedBytes: 0 } });
	await expectRight();
});

it('begins anew when the store does not know the upload any more', async () => {
	await begin();
	await killedAfter('UploadPart', 2);
	const { simulator } = mirror;
	const { S3Client, AbortMultipartUploadCommand } = await import('@aws-sdk/client-s3');
	const { key, bucket, uploadId } = simulator.log.of('UploadPart').at(-1)!;
	const client = new S3Client({ endpoint: simulator.endpoint, region: simulator.region, forcePathStyle: true });
	await client.send(new AbortMultipartUploadCommand({ Bucket: bucket, Key: key, UploadId: uploadId! }));
	client.destroy();
	expect(await mirror.run()).toMatchObject({ status: 'complete', details: { sentBytes: SIZE } });
	await expectRight();
});

it('gives up what was begun of a file that is gone', async () => {
	await begin();
	await killedAfter('UploadPart', 2);
	removeTree(join(mirror.source, 'film'));
	expect(await mirror.run()).toMatchObject({ status: 'complete' });
	await expectRight();
});

it('sends nothing again when only the note of a complete upload was lost', async () => {
	await begin();
	mirror.simulator.faults.add({
		operation: 'CompleteMultipartUpload',
		fault: { kind: 'cut', when: 'after' },
		times: 9,
	});
	const done = () => mirror.simulator.keys().includes(FILM);
	const { killed } = await attempt({
		spec: mirror.spec,
		workDir: root,
		started: (kill, ended) => {
			const timer = setInterval(() => {
				if (done()) kill();
			}, 1);
			void ended.then(() => clearInterval(timer));
		},
	});
	expect(killed).toBe(true);
	mirror.simulator.faults.clear();
	expect(await mirror.run()).toMatchObject({ status: 'complete' });
	expect(sent()).toBe(SIZE);
	await expectRight();
});

it('encrypted: begins anew, as keys are never written down, and leaves nothing over', async () => {
	await begin({ encrypt: true });
	await killedAfter('UploadPart', 2);
	expect(await mirror.run()).toMatchObject({ status: 'complete', details: { reusedBytes: 0 } });
	await expectRight();
});
