/** The emulated Google Drive as destination; killed when the n-th request of a kind has come, done or not, or at its books. */

import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { DriveEmulator } from '../drive-emulator/emulator.ts';
import type { Fault } from '../drive-emulator/faults.ts';
import { namesIn } from '../drive-emulator/names.ts';
import type { PlannedKill, Target } from './case.ts';
import type { Random } from './random.ts';
import type { StoreView } from './store-view.ts';

const KiB = 1024;
const MiB = 1024 * KiB;

const OPERATIONS: readonly [string, number][] = [
	['ListFiles', 30],
	['GenerateIds', 2],
	['CreateFile', 3],
	['StartUpload', 5],
	['UploadChunk', 16],
	['UploadChunk', 16],
	['UploadChunk', 16],
	['UploadStatus', 4],
	['GetFile', 5],
	['UpdateFile', 4],
	['UpdateFile', 4],
	['UploadMultipart', 8],
	['UploadMultipart', 8],
	['DeleteFile', 3],
	['CancelUpload', 2],
];

/** What one case has stored in its folder. */
class DriveView implements StoreView {
	readonly #drive: DriveEmulator;
	readonly #folder: string;
	readonly #sessionsFolder: string;

	constructor(drive: DriveEmulator, folder: string, sessionsFolder: string) {
		this.#drive = drive;
		this.#folder = folder;
		this.#sessionsFolder = sessionsFolder;
	}

	/** Every file that is there, whatever it is: of a name that is there twice, both. */
	keys(): string[] {
		const seen = new Set<string>();
		return this.#files().map(({ key, id }) => {
			const isSecond = seen.has(key);
			seen.add(key);
			return isSecond ? `${key} a second time (${id})` : key;
		});
	}

	content(key: string): Promise<Buffer> {
		const found = this.#files().find((file) => file.key === key);
		if (!found) throw new Error(`There is no ${key} on Drive.`);
		return this.#drive.content(found.id);
	}

	/** Sessions that Drive holds bytes of, and what is left in the book. One without a byte is nothing to Drive. */
	uploads(): string[] {
		const parents = new Set(this.#drive.files().flatMap(({ id, name }) => (name === this.#folder ? [id] : [])));
		const isBelow = (id: string | undefined): boolean =>
			id !== undefined && (parents.has(id) || isBelow(this.#drive.state.files.get(id)?.parent));
		const sessions = [...this.#drive.state.sessions.values()].filter(
			({ finished, persisted, metadata }) => finished === undefined && persisted > 0 && isBelow(metadata.parents?.[0]),
		);
		return [
			...sessions.map(({ number, persisted }) => `session ${number} with ${persisted} bytes`),
			...readdirSync(this.#sessionsFolder).map((id) => `${id} in the book`),
		];
	}

	#files() {
		return namesIn(this.#drive, this.#folder).map(({ path, id }) => ({ key: path.slice(this.#folder.length + 1), id }));
	}
}

/** @param folder of its own in Drive */
export function driveTarget(drive: DriveEmulator, workDir: string, folder: string): Target {
	const sessionsFolder = join(workDir, 'sessions');
	mkdirSync(sessionsFolder, { recursive: true });
	const before = drive.log.entries.length;
	return {
		destination: { url: `gdrive:${folder}`, endpoint: drive.endpoint },
		env: { FIRN_GDRIVE: JSON.stringify({ ...drive.signIn(), sessionsFolder }) },
		store: new DriveView(drive, folder, sessionsFolder),
		splitSizes: [MiB, 1.5 * MiB],
		partSizes: [256 * KiB, 512 * KiB],
		middling: 600 * KiB,
		kill: (random) => planKill(drive, random),
		partial: () => undefined,
		storedTwice: () => {
			const uploads = new Map([...drive.state.sessions.values()].map(({ number, metadata }) => [number, metadata]));
			return drive.log.entries.slice(before).flatMap(({ session, contentRange, bytesTwice }) => {
				const uploadId = session === undefined ? undefined : uploads.get(session)?.appProperties?.upload;
				return bytesTwice > 0 && uploadId ? [{ uploadId, part: `${bytesTwice} bytes of ${contentRange}` }] : [];
			});
		},
	};
}

function planKill(drive: DriveEmulator, random: Random): PlannedKill {
	if (random.chance(0.1)) return { name: 'delay', kill: { afterMs: random.int(200, 1500) } };
	// The book of an upload is written before a part leaves.
	if (random.chance(0.15)) {
		const point = random.pick(['renameSync', 'fsyncSync'] as const);
		const when = random.pick(['before', 'after'] as const);
		return { name: `${when} ${point}`, kill: { point, nth: random.int(1, 16), when } };
	}
	const [operation, most] = random.pick(OPERATIONS);
	const half = operation === 'UploadChunk' && random.chance(0.4);
	const when = random.pick(['before', 'after'] as const);
	const fault: Fault = half ? { kind: 'persist', units: random.int(0, 1), ends: 'cut' } : { kind: 'hang', when };
	const nth = random.int(1, most);
	// It may have been done when the kill comes, and may not: both are to be survived.
	const delay = random.int(0, 60);
	return {
		name: `${half ? 'half' : when} ${operation}`,
		started: (kill, ended) => {
			drive.faults.clear();
			const waits = drive.faults.add({ operation, skip: nth - 1, fault });
			const timer = setInterval(() => {
				if (waits() > 0) return;
				clearInterval(timer);
				setTimeout(kill, delay);
			}, 3);
			void ended.then(() => {
				clearInterval(timer);
				drive.faults.clear();
			});
		},
	};
}
