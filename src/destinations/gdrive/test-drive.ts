/** Tries out a folder of Google Drive: is somebody signed in, what is free, can it be written, read, deleted in. */

import { conclude, type DestinationTest, type Space } from '../../core/destination-test.ts';
import { toFirnError } from '../../core/errors.ts';
import { newJobId } from '../../core/ids.ts';
import { formatSize } from '../../core/sizes.ts';
import type { Destination, DestinationConfig } from '../destination.ts';
import { storeMismatch } from '../refusals.ts';
import { StepLog } from '../test/step-log.ts';
import { driveAccount } from './about.ts';
import { DriveClient } from './client.ts';
import { openDriveDestination } from './gdrive-destination.ts';
import { GRANULE } from './session.ts';

const LONGEST_MS = 45_000;
const PROBE = Buffer.from('probe');
const CANNOT = 'Nothing can be backed up.';

export async function testDrive(
	config: DestinationConfig & { folders: string[] },
	env: Record<string, string>,
): Promise<DestinationTest> {
	const log = new StepLog();
	const destination = openDriveDestination({ ...config, trash: false }, env, {});
	const { url } = destination;
	const client = new DriveClient({ url, endpoint: config.endpoint }, env);
	const signal = AbortSignal.timeout(LONGEST_MS);
	const notes: string[] = [];
	const left: string[] = [];
	let space: Space | undefined;
	const reached = await log.try('reach', {}, async () => {
		const { email, limit, free, trashed } = await driveAccount(client, signal);
		if (limit !== undefined && free !== undefined) space = { free, total: limit };
		if (trashed > 0) notes.push(`${formatSize(trashed)} lie in the trash of Drive, where they take space.`);
		return `${client.place.store} answers; signed in as ${email}.`;
	});
	if (reached) {
		const found = space ? `${formatSize(space.free)} of ${formatSize(space.total)} free.` : 'There is no limit.';
		await log.try('space', {}, async () => found);
		await log.try('list', { cost: CANNOT }, async () => {
			for await (const _object of destination.list('', { signal })) break;
			return 'What is stored can be listed.';
		});
		left.push(...(await tryFiles(destination, log, signal)));
	}
	await destination.close();
	const where = client.place.store;
	return { url, kind: 'gdrive', where, ...conclude(log.steps), notes, left, ...(space ? { space } : {}) };
}

/** @returns what could not be removed again */
async function tryFiles(destination: Destination, log: StepLog, signal: AbortSignal): Promise<string[]> {
	const key = `.firn-probe-${newJobId()}`;
	const wrote = await log.try('write', { cost: CANNOT }, async () => {
		await destination.put(key, PROBE, { signal });
		return 'A file can be stored.';
	});
	if (!wrote) return [];
	await log.try('parts', { cost: CANNOT }, async () => {
		const upload = await destination.beginUpload(`${key}-2`, { partSize: GRANULE, signal });
		await destination.listParts(upload, { partSize: GRANULE, signal });
		await destination.abortUpload(upload);
		return 'An upload that can be resumed was begun, and given up again.';
	});
	await log.try('read', { cost: 'Nothing can be restored.' }, async () => {
		const chunks: Uint8Array[] = [];
		for await (const chunk of destination.get(key, { signal })) chunks.push(chunk);
		if (!Buffer.concat(chunks).equals(PROBE)) throw storeMismatch(key, destination.url, 'other bytes');
		return 'What was written was read back.';
	});
	await log.try('delete', { cost: 'No space can be freed.' }, async () => {
		await destination.delete(key);
		return 'It was deleted again.';
	});
	try {
		return (await destination.head(key)) ? [`${destination.url}/${key}, ${PROBE.length} bytes; delete it.`] : [];
	} catch (error) {
		return [`Perhaps ${destination.url}/${key}: ${toFirnError(error).message}`];
	}
}
