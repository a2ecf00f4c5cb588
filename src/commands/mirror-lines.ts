import { counted, formatCount, formatSize } from '../core/sizes.ts';
import type { TaskSummary } from '../core/task.ts';

/** How it was proven that a copy is right. */
const PROOFS: Record<string, string> = { read: 'read back and compared', checksum: 'confirmed by its checksum' };

/** What a run of a mirror has done, in sentences. */
export function mirrorLines({ status, files, bytes, details }: TaskSummary): string[] {
	const [copied, deleted] = [Number(details.newFiles), Number(details.deletedFiles)];
	const size = formatSize(Number(details.newBytes));
	const gone =
		deleted > 0 ? [details.dryRun ? wouldBe(deleted, details.deletions) : was(deleted, details.deletions)] : [];
	if (details.dryRun) {
		return [
			`Dry run: ${counted(copied, 'file')}, ${size} would be copied; ${formatCount(Number(details.unchangedFiles))} are unchanged.`,
			...gone,
		];
	}
	const reused = Number(details.reusedBytes ?? 0);
	const there = reused > 0 ? ` ${formatSize(reused)} of that were there already.` : '';
	const same = `${formatCount(Number(details.unchangedFiles))} unchanged`;
	return [
		`Mirror ${status}: ${counted(files, 'file')}, ${formatSize(bytes)} (${same}).`,
		copied === 0
			? 'Nothing had to be copied.'
			: `Copied ${counted(copied, 'file')}, ${size}, each ${PROOFS[String(details.proof)] ?? PROOFS.read}.${there}`,
		...gone,
	];
}

function was(count: number, deletions: unknown): string {
	const files = counted(count, 'file');
	return deletions === 'move'
		? `${files} deleted at the source: moved to the folder .firn-deleted of the destination.`
		: `${files} deleted at the source: deleted in the mirror too.`;
}

function wouldBe(count: number, deletions: unknown): string {
	const files = counted(count, 'file');
	return deletions === 'move'
		? `${files} would be moved to the folder .firn-deleted of the destination.`
		: `${files} would be deleted in the mirror.`;
}
