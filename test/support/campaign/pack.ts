/** Makes archives in memory with the real packer: for tests of where and how it goes on. */

import { lstatSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { createHeader } from '../../../src/archive/age/header.ts';
import { generateIdentity } from '../../../src/archive/age/identity.ts';
import { ArchivePacker } from '../../../src/backup/pack/archive-packer.ts';
import { PACK_STATUS, type ResultBlock } from '../../../src/backup/pack/messages.ts';
import { Owners } from '../../../src/backup/pack/owners.ts';
import { BatchEncoder, decodeBatch, type PlannedEntry } from '../../../src/backup/plan/batch-codec.ts';
import type { Compression } from '../../../src/core/object-names.ts';

export interface Encryption {
	header: Buffer;
	fileKey: Buffer;
	identity: string;
}

/** What a part says of an entry. */
export interface Packed {
	batch: number;
	index: number;
	offset: number;
	end: number;
	status: string;
	sha256: string;
	used: PlannedEntry;
}

export interface Made {
	number: number;
	bytes: Buffer;
	final: boolean;
	crc32: number;
	fingerprint: string;
	checkpoint: Buffer;
	batchesDone: number;
	entries: Packed[];
}

export interface PackOptions {
	compression: Compression;
	partSize: number;
	encryption?: Encryption | undefined;
	checkpoint?: Buffer;
	/** Called before each batch. */
	before?: (batch: number) => void;
}

export function makeEncryption(recipients = 1): Encryption {
	const { identity, recipient } = generateIdentity();
	const fileKey = Buffer.alloc(16, 7);
	const all = [recipient, ...Array.from({ length: recipients - 1 }, () => generateIdentity().recipient)];
	return { header: Buffer.concat([createHeader(all, fileKey), Buffer.alloc(16, 9)]), fileKey, identity };
}

/** Everything below `root` as the scan would plan it, in batches of `size`. */
export function planTree(root: string, size: number): { batches: Buffer[]; planned: PlannedEntry[] } {
	const planned: PlannedEntry[] = [];
	const inodes = new Map<bigint, string>();
	const dirs = new Map<string, number>();
	for (const name of (readdirSync(root, { recursive: true }) as string[]).sort()) {
		const stat = lstatSync(join(root, name), { bigint: true });
		const folder = join(root, name, '..').slice(1);
		const path = join(root, name).slice(1);
		const first = stat.isFile() && stat.nlink > 1n ? inodes.get(stat.ino) : undefined;
		if (stat.isFile() && stat.nlink > 1n && !first) inodes.set(stat.ino, path);
		const dir = dirs.get(folder) ?? dirs.size + 2;
		dirs.set(folder, dir);
		const type = stat.isDirectory() ? 'dir' : stat.isSymbolicLink() ? 'symlink' : first ? 'hardlink' : 'file';
		planned.push({
			dir,
			folder,
			name: path.slice(folder.length + 1),
			type,
			mode: Number(stat.mode) & 0o7777,
			uid: Number(stat.uid),
			gid: Number(stat.gid),
			size: type === 'file' ? Number(stat.size) : 0,
			mtimeNs: stat.mtimeNs,
			ctimeNs: stat.ctimeNs,
			ino: stat.ino,
			devMajor: 0,
			devMinor: 0,
			link: type === 'symlink' ? readlinkSync(join(root, name)) : (first ?? ''),
			replaces: false,
			sparse: type === 'file' && stat.size >= 128n * 1024n && stat.blocks * 512n < stat.size,
		});
	}
	const batches: Buffer[] = [];
	for (let at = 0; at < planned.length; at += size) {
		const encoder = new BatchEncoder();
		for (const entry of planned.slice(at, at + size)) encoder.add(entry);
		batches.push(encoder.take());
	}
	return { batches, planned };
}

/** All parts from the checkpoint (or the beginning) to the end. */
export async function packAll(
	batches: Buffer[],
	options: PackOptions,
): Promise<{ parts: Made[]; packer: ArchivePacker }> {
	const { compression, partSize, encryption, checkpoint, before } = options;
	const parts: Made[] = [];
	const packer = new ArchivePacker({
		compression,
		partSize,
		...(encryption ? { encryption } : {}),
		owners: new Owners(),
		...(checkpoint ? { checkpoint } : {}),
		acquire: () => Buffer.alloc(partSize),
		onPart: ({ part, results, ...rest }) => {
			const { bytes, fingerprint, number, final, crc32 } = part;
			parts.push({
				...rest,
				entries: rows(results, batches),
				number,
				final,
				crc32,
				bytes: Buffer.from(bytes),
				fingerprint: fingerprint.toString('hex'),
			});
		},
		pace: async () => {},
	});
	for (const [batch, data] of batches.entries()) {
		before?.(batch);
		await packer.addBatch(batch, data);
	}
	packer.finish();
	return { parts, packer };
}

function rows(block: ResultBlock, batches: Buffer[]): Packed[] {
	const decoded = new Map<number, PlannedEntry[]>();
	const actual = new Map(block.actual);
	return Array.from(block.batch, (batch, at) => {
		const planned = decoded.get(batch) ?? decodeBatch(batches[batch]!);
		decoded.set(batch, planned);
		const index = block.index[at]!;
		const offset = block.offset[at]!;
		const sha256 = Buffer.from(block.sha256.subarray(at * 32, at * 32 + 32)).toString('hex');
		const place = { batch, index, offset, end: offset + block.length[at]! };
		return { ...place, status: PACK_STATUS[block.status[at]!]!, sha256, used: actual.get(at) ?? planned[index]! };
	});
}
