import type { SidecarHeader } from '../archive/sidecar.ts';
import type { Job } from '../config/job.ts';
import type { StoredRow } from '../state/archive-store.ts';
import type { RunRow } from '../state/run-store.ts';

/** What the sidecar of a stored archive begins with: its row, and enough of the run and the job to recover both. */
export function sidecarHeader(row: StoredRow, run: RunRow, job: Job, version: string): SidecarHeader {
	return {
		firn: 'index',
		format: 1,
		version,
		job: job.id,
		settings: job,
		run: run.id,
		runNumber: run.run,
		runStarted: new Date(run.started).toISOString(),
		full: run.full,
		archive: row.key,
		number: row.archive,
		compression: row.compression,
		encrypted: row.encrypted === 1,
		size: row.size,
		rawSize: row.raw_size,
		payloadSize: row.payload_size,
		partSize: row.part_size,
		...(row.crc32 === null ? {} : { crc32: row.crc32 }),
		etag: row.etag,
		...(row.storage_class === null ? {} : { storageClass: row.storage_class }),
		...(row.recipients === null ? {} : { recipients: JSON.parse(row.recipients) as string[] }),
		files: row.files,
		bytes: row.bytes,
		...(row.age_header ? { ageHeader: Buffer.from(row.age_header).toString('base64') } : {}),
		...(row.frames ? { frames: Buffer.from(row.frames).toString('base64') } : {}),
		stored: new Date(row.stored).toISOString(),
	};
}
