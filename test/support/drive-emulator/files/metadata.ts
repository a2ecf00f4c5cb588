/** What a client says of a file, checked by Drive's rules. */

import { badRequest, DriveError } from '../errors.ts';
import type { Metadata } from '../types.ts';

const STRINGS = ['id', 'name', 'mimeType', 'description', 'createdTime', 'modifiedTime'];
const MAX_PROPERTIES = 30;
const MAX_PROPERTY_BYTES = 124;

/**
 * @param mode `update` takes no id and no parents, which have parameters of their own
 * @throws DriveError for a field that the emulator does not know, has the wrong type or is beyond Drive's limits
 */
export function checkedMetadata(said: Record<string, unknown>, mode: 'create' | 'update'): Metadata {
	for (const [name, value] of Object.entries(said)) {
		if (STRINGS.includes(name)) {
			if (typeof value !== 'string') throw badRequest(`Invalid value for ${name}.`, name);
		} else if (name === 'parents') {
			if (!Array.isArray(value) || value.some((id) => typeof id !== 'string'))
				throw badRequest('Invalid parents.', name);
			if (value.length > 1) throw badRequest('A file can have one parent only.', name);
		} else if (name === 'trashed') {
			if (typeof value !== 'boolean') throw badRequest('Invalid value for trashed.', name);
		} else if (name === 'appProperties') checkProperties(value);
		else throw badRequest(`Unknown name "${name}": Cannot find field.`, name);
		if (name.endsWith('Time') && Number.isNaN(Date.parse(String(value)))) throw badRequest(`Invalid ${name}.`, name);
	}
	const metadata = said as Metadata;
	if (mode === 'update' && (metadata.id !== undefined || metadata.createdTime !== undefined)) {
		throw new DriveError(403, 'fieldNotWritable', 'The resource body includes fields which are not directly writable.');
	}
	if (mode === 'update' && metadata.parents !== undefined) {
		const text = 'The parents field is not directly writable in update requests. Use the addParents and removeParents ';
		throw new DriveError(403, 'fieldNotWritable', `${text}parameters instead.`);
	}
	if (mode === 'create' && metadata.trashed) throw badRequest('A new file cannot be in the trash.', 'trashed');
	return metadata;
}

/** @throws DriveError when the properties of a file have become too many */
export function mergedProperties(before: Record<string, string>, said: Metadata['appProperties']) {
	const merged = { ...before };
	for (const [key, value] of Object.entries(said ?? {})) {
		if (value === null) delete merged[key];
		else merged[key] = value;
	}
	if (Object.keys(merged).length > MAX_PROPERTIES) {
		throw new DriveError(403, 'numAppPropertiesLimitExceeded', 'The app properties limit for this file is exceeded.');
	}
	return merged;
}

function checkProperties(value: unknown): void {
	if (typeof value !== 'object' || value === null || Array.isArray(value)) throw badRequest('Invalid appProperties.');
	for (const [key, text] of Object.entries(value)) {
		if (text === null) continue;
		if (typeof text !== 'string') throw badRequest(`Invalid value for appProperties.${key}.`, 'appProperties');
		if (Buffer.byteLength(key) + Buffer.byteLength(text) > MAX_PROPERTY_BYTES) {
			throw new DriveError(403, 'propertyTooLong', `The property ${key} has more than ${MAX_PROPERTY_BYTES} bytes.`);
		}
	}
}
