/** The options that define a job, as `backup` and `jobs add` take them. */

import { usageError } from '../core/errors.ts';
import { parseRate, parseSize } from '../core/sizes.ts';
import type { Params } from '../protocol/contract.ts';
import { wholeNumber } from './numbers.ts';

export interface JobOptions {
	/** False with --no-exclude: none. */
	exclude?: string[] | false;
	excludeDeveloper?: boolean;
	/** True where nothing was said, but for `jobs edit`, which can also switch things on again. */
	defaultExcludes?: boolean;
	oneFileSystem?: boolean;
	compression?: 'none' | 'gzip' | 'zstd';
	/** As defaultExcludes. */
	encrypt?: boolean;
	recipient?: string[];
	addRecipient?: string[];
	removeRecipient?: string[];
	splitSize?: string;
	partSize?: string;
	workers?: string;
	limitUpload?: string;
	storageClass?: string;
	endpoint?: string;
	region?: string;
	profile?: string;
	pathStyle?: boolean;
	/** False with --no-credentials: those of the AWS tools. */
	credentials?: string | false;
	layout?: 'archive' | 'mirror';
}

/** The options as the engine takes them: only those that were given. @throws FirnError (usage) BAD_OPTIONS, BAD_SIZE… */
export function jobOptions(given: JobOptions): Params<'backup'>['options'] {
	const {
		splitSize,
		partSize,
		workers,
		limitUpload,
		exclude,
		recipient,
		addRecipient,
		removeRecipient,
		defaultExcludes,
		excludeDeveloper,
		oneFileSystem,
	} = given;
	const { compression, storageClass, endpoint, region, profile, pathStyle, credentials, layout, encrypt } = given;
	if (encrypt === false && (recipient || addRecipient || removeRecipient)) {
		throw usageError('BAD_OPTIONS', '--no-encrypt excludes recipients.', 'Leave one of them out.');
	}
	const split = splitSize === undefined ? undefined : atLeast('--split-size', parseSize(splitSize), 64 * 1024);
	const part = partSize === undefined ? undefined : atLeast('--part-size', parseSize(partSize), 64 * 1024);
	const options = {
		exclude: exclude === false ? [] : exclude,
		excludeSystem: defaultExcludes === false ? false : undefined,
		excludeDeveloper,
		oneFileSystem,
		compression,
		encrypt: encrypt === false ? false : undefined,
		recipients: recipient,
		addRecipients: addRecipient,
		removeRecipients: removeRecipient,
		splitSize: split,
		partSize: part,
		workers: workers === undefined ? undefined : wholeNumber('--workers', workers, 1, 64),
		limitUpload: limitUpload === undefined ? undefined : parseRate(limitUpload),
		storageClass,
		endpoint,
		region,
		profile,
		pathStyle,
		credentials: credentials === false ? '' : credentials,
		layout,
	};
	return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

function atLeast(option: string, size: number, least: number): number {
	if (size >= least) return size;
	throw usageError('BAD_SIZE', `${option} of ${size} bytes is too small.`, `The least is ${least / 1024} KiB.`);
}
