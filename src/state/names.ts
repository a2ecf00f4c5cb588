import { decodePath, encodePath } from '../core/path-bytes.ts';

/** A name or path as SQLite holds it: TEXT where it is valid UTF-8, else its bytes. */
export function toSqlName(name: string): string | Buffer {
	return name.isWellFormed() ? name : encodePath(name);
}

/** What SQLite gave for a name, back as our string. */
export function fromSqlName(value: unknown): string {
	return typeof value === 'string' ? value : decodePath(value as Uint8Array);
}
