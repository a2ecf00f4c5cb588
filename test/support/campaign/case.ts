/** One case of the campaign: a few killed attempts at a backup, one that ends, and all the checks. */

import { existsSync, readFileSync, rmSync } from 'node:fs';
import type { Job } from '../../../src/config/job.ts';
import type { Compression } from '../../../src/core/object-names.ts';
import { differences, rebuild, rowsOf } from '../same-state.ts';
import { type AttemptOptions, attempt } from './attempt.ts';
import { checkBackup } from './check-backup.ts';
import type { Random } from './random.ts';
import { SameBytes } from './same-bytes.ts';
import { makeTestBackup } from './spec.ts';
import { type ArchiveView, StateView } from './state-view.ts';
import type { StoreView } from './store-view.ts';
import { changeTree, makeTree, pathsBelow, type TreeShape } from './tree.ts';

/** How an attempt is to be killed, and what that is called. */
export interface PlannedKill extends Pick<AttemptOptions, 'kill' | 'started' | 'under'> {
	name: string;
}

/** Where the backups of a case go. */
export interface Target {
	destination: Job['destination'];
	env: Record<string, string>;
	store: StoreView;
	splitSizes: readonly number[];
	partSizes: readonly number[];
	/** Bytes of a file of several parts, as TreeShape has it. */
	middling: number;
	kill(random: Random): PlannedKill;
	/** What else befalls the disk when an attempt was killed. @returns the story of it */
	afterKill?(): string[];
	/** Files change between attempts, unless this is false; then no archive may be given up. */
	changesTree?: boolean;
	/** Bytes of an unfinished archive as far as they can be seen. */
	partial(archive: ArchiveView): Buffer | undefined;
	/** Parts that were stored more than once, by upload id. */
	storedTwice(): { uploadId: string; part: string }[];
}

export interface CaseResult {
	kills: string[];
	wrong: string[];
	/** What was done, for whoever has to find out. */
	story: string[];
}

/** @param workDir is removed unless something was wrong */
export async function runCase(random: Random, workDir: string, target: Target): Promise<CaseResult> {
	const encrypt = random.chance(0.6);
	const splitSize = random.pick(target.splitSizes);
	const shape: TreeShape = {
		middling: target.middling,
		huge: Math.round(splitSize * 1.3),
		smallFiles: random.int(20, 100),
	};
	const { spec, source, secretsDir, stateFile, identityFile } = makeTestBackup(workDir, {
		destination: target.destination,
		compression: random.pick<Compression>(['none', 'gzip', 'zstd']),
		encrypt,
		splitSize,
		partSize: random.pick(target.partSizes),
		workers: random.int(1, 3),
	});
	const { compression, partSize, workers } = spec.job;
	const story = [`${compression}${encrypt ? ', encrypted' : ''}, parts of ${partSize}, ${workers} workers`];
	makeTree(source, random, shape);
	const everSeen = new Set(pathsBelow(source));
	const same = new SameBytes();
	const kills: string[] = [];
	const wrong: string[] = [];
	const uploads = new Map<number, string>();
	const { env } = target;
	const change = () => {
		story.push(...changeTree(source, random, shape));
		for (const path of pathsBelow(source)) everSeen.add(path);
	};

	if (random.chance(0.3)) {
		const { summary } = await attempt({ spec, workDir, env });
		if (summary?.status !== 'complete')
			return { kills, wrong: [`the first run ended ${JSON.stringify(summary)}`], story };
		story.push('a whole run before');
		change();
	}
	const changes = random.chance(0.5) && target.changesTree !== false;
	for (let left = random.int(1, 4); left > 0 && wrong.length === 0; left--) {
		const { name, ...how } = target.kill(random);
		const { killed, summary } = await attempt({ spec, workDir, env, ...how });
		story.push(`${name} ${JSON.stringify(how)} ${killed ? 'killed' : `ended ${JSON.stringify(summary)}`}`);
		if (killed) {
			kills.push(name);
			story.push(...(target.afterKill?.() ?? []));
		} else if (summary?.status !== 'complete') wrong.push('an attempt that was not killed failed');
		if (encrypt) await watch(stateFile, target, same);
		for (const { archive, upload_id: id } of archivesOf(stateFile)) if (id !== null) uploads.set(archive, id);
		if (changes && random.chance(0.7)) change();
	}
	const last = await attempt({ spec, workDir, env });
	story.push(`at last ${JSON.stringify(last.events)} ${JSON.stringify(last.summary)}`);
	if (last.summary?.status !== 'complete') wrong.push(`the last attempt ended ${last.summary?.status} ${last.stderr}`);
	const notices = last.events.filter((event) => event.event === 'notice' && event.message.includes('made anew'));
	if (target.changesTree === false && notices.length > 0)
		wrong.push(`given up for no reason: ${JSON.stringify(notices)}`);
	const options = { source, stateFile, secretsDir, identityFile, store: target.store, workDir, everSeen };
	if (wrong.length === 0) wrong.push(...(await checkBackup(options)));
	if (encrypt) await watch(stateFile, target, same);
	if (wrong.length === 0) wrong.push(...(await recoverAgain(spec.job, stateFile, identityFile, env)));
	wrong.push(...same.wrong, ...(encrypt ? sentTwice(stateFile, target, uploads) : []));
	if (wrong.length === 0 && random.chance(0.2)) {
		const { summary } = await attempt({ spec, workDir, env });
		if (summary?.archives !== 0 || summary.details.unchangedFiles !== last.summary?.files) {
			wrong.push(`a run after it was to find nothing new: ${JSON.stringify(summary)}`);
		}
	}
	if (wrong.length === 0) rmSync(workDir, { recursive: true });
	return { kills, wrong, story };
}

/** Whether manifests and sidecars alone give the same state database. */
async function recoverAgain(
	job: Job,
	stateFile: string,
	identityFile: string,
	env: Record<string, string>,
): Promise<string[]> {
	const file = `${stateFile}.again`;
	const { summary, problems } = await rebuild(job, file, [readFileSync(identityFile, 'utf8').trim()], env);
	if (summary.status !== 'complete') return [`recover ended ${JSON.stringify(summary)} ${JSON.stringify(problems)}`];
	return differences(rowsOf(stateFile), rowsOf(file)).map((line) => `recovered ${line}`);
}

/** Keeps what is there of each archive's bytes. */
async function watch(stateFile: string, target: Target, same: SameBytes): Promise<void> {
	const keys = new Set(target.store.keys());
	for (const archive of archivesOf(stateFile)) {
		const partial = target.partial(archive);
		if (partial) same.see(archive.key, partial);
		if (keys.has(archive.key)) same.see(archive.key, await target.store.content(archive.key));
	}
}

/**
 * @param uploads of archives that were open when an attempt was killed, by archive; the books forget them once it is stored.
 * Of an archive that is not encrypted, parts may be replaced where files have changed.
 */
function sentTwice(stateFile: string, target: Target, uploads: ReadonlyMap<number, string>): string[] {
	const stored = archivesOf(stateFile).filter(({ status }) => status === 'stored');
	const strict = new Set(stored.flatMap(({ archive }) => uploads.get(archive) ?? []));
	return target
		.storedTwice()
		.filter(({ uploadId }) => strict.has(uploadId))
		.map(({ uploadId, part }) => `sent twice: ${part} of ${uploadId}`);
}

function archivesOf(stateFile: string): ArchiveView[] {
	if (!existsSync(stateFile)) return [];
	const state = new StateView(stateFile);
	try {
		return state.archives();
	} finally {
		state.close();
	}
}
