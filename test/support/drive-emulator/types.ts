import type { Hash } from 'node:crypto';
import type { BlobWriter } from '../s3-simulator/blobs.ts';
import type { BlobRef } from '../s3-simulator/types.ts';

export const FOLDER = 'application/vnd.google-apps.folder';
export const SCOPE = 'https://www.googleapis.com/auth/drive.file';
/** Chunks are multiples of this, and so is what the store has persisted of an unfinished upload. */
export const UNIT = 256 * 1024;
export const DAY = 24 * 60 * 60 * 1000;
export const WEEK = 7 * DAY;

export interface Content {
	/** Undefined for a file without bytes. */
	blob: BlobRef | undefined;
	size: number;
	md5: string;
	sha1: string;
	sha256: string;
}

export interface DriveFile {
	id: string;
	/** The Cloud project that made it: with the scope drive.file no other sees it. */
	project: string;
	name: string;
	mimeType: string;
	/** One, as Drive has had it since 2020. */
	parent: string;
	appProperties: Record<string, string>;
	description: string | undefined;
	createdTime: number;
	modifiedTime: number;
	/** Trashed itself; its descendants are trashed with it. */
	trashed: boolean;
	/** Undefined for folders. */
	content: Content | undefined;
	revision: number;
}

/** What a client may say of a file when it makes or changes one. */
export interface Metadata {
	id?: string;
	name?: string;
	mimeType?: string;
	parents?: string[];
	/** A null removes the property. */
	appProperties?: Record<string, string | null>;
	description?: string;
	createdTime?: string;
	modifiedTime?: string;
	trashed?: boolean;
}

export interface Session {
	/** What the log calls it; the address is a secret. */
	number: number;
	/** The part of its address that nobody can guess. */
	secret: string;
	project: string;
	begun: number;
	/** Undefined for a new file. */
	updates: string | undefined;
	metadata: Metadata;
	fields: string | null;
	/** From X-Upload-Content-Type and X-Upload-Content-Length, the latter also from the first chunk with a total. */
	contentType: string | undefined;
	total: number | undefined;
	persisted: number;
	/** Set when it came to its end: what the answer to a repeated last chunk or a status query is about. */
	finished: string | undefined;
	writer: BlobWriter;
	hashes: { md5: Hash; sha1: Hash; sha256: Hash };
	/** The request that may still add bytes: a newer one ends it. */
	owner: symbol | undefined;
}
