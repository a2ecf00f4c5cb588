/** The options that define a job, as `backup` and `jobs add` take them. */

import { usageError } from '../core/errors.ts';
import { parseRate, parseSize } from '../core/sizes.ts';
import type { Params } from '../protocol/contract.ts';
import { type KeepOptions, keepRules } from './keep-options.ts';
import { wholeNumber } from './numbers.ts';

export interface JobOptions extends KeepOptions {
	/** False with --no-exclude: none. */
	exclude?: string[] | false;
	excludeDeveloper?: boolean;
	/** True where nothing was said, but for `jobs edit`, which can also switch things on again. */
	defaultExcludes?: boolean;
	oneFileSystem?: boolean;
	compression?: 'none' | 'gzip' | 'zstd';
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
	trash?: boolean;
	layout?: 'archive' | 'mirror';
	/** False with --no-schedule: by hand; so with the other ones. */
	schedule?: string | false;
	every?: string;
	onChange?: boolean;
	quietFor?: string;
	atMost?: string;
	jitter?: string | false;
	window?: string | false;
	catchUp?: boolean;
	hooks?: false;
	hookBefore?: string;
	hookAfter?: string;
	onSuccess?: string;
	onFailure?: string;
	onThaw?: string;
	notify?: string;
	hookTimeout?: string;
	pruneAfterRun?: boolean;
	deletions?: 'keep' | 'move' | 'follow';
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
	const { compression, storageClass, endpoint, region, profile, pathStyle, credentials, layout, deletions, encrypt } =
		given;
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
		encrypt,
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
		trash: given.trash,
		layout,
		...scheduleOptions(given),
		keep: keepRules(given),
		pruneAfterRun: given.pruneAfterRun,
		deletions,
	};
	return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

/** An empty text takes away what is there. @throws FirnError (usage) BAD_OPTIONS */
function scheduleOptions(given: JobOptions) {
	const { schedule, every, onChange, jitter, window, catchUp, notify } = given;
	if ([schedule, every, onChange].filter((one) => one !== undefined).length > 1) {
		const three = '--schedule, --every and --on-change exclude each other.';
		throw usageError('BAD_OPTIONS', three, 'Leave all but one of them out.');
	}
	if (!onChange && (given.quietFor !== undefined || given.atMost !== undefined)) {
		throw usageError('BAD_OPTIONS', '--quiet-for and --at-most say when a run begins on change.', 'Add --on-change.');
	}
	for (const [option, text] of Object.entries({ schedule, jitter, window })) {
		// Such as of a variable that is not set: it must not take the schedule away.
		if (typeof text === 'string' && text.trim() === '')
			throw usageError('BAD_OPTIONS', `--${option} is empty.`, `Say --no-${option} to take it away.`);
	}
	const none = given.hooks === false ? '' : undefined;
	const hooks = {
		before: given.hookBefore ?? none,
		after: given.hookAfter ?? none,
		success: given.onSuccess ?? notify ?? none,
		failure: given.onFailure ?? notify ?? none,
		thaw: given.onThaw ?? notify ?? none,
		timeout: given.hookTimeout ?? none,
	};
	const set = Object.entries(hooks).filter(([, value]) => value !== undefined);
	return {
		trigger: onChange ? onChangeTrigger(given) : every === undefined ? orNone(schedule) : `every ${every}`,
		jitter: orNone(jitter),
		window: orNone(window),
		catchUp,
		hooks: set.length === 0 ? undefined : Object.fromEntries(set),
	};
}

function onChangeTrigger({ quietFor, atMost }: JobOptions): string {
	return `on change${quietFor === undefined ? '' : ` quiet ${quietFor}`}${atMost === undefined ? '' : ` at most ${atMost}`}`;
}

const orNone = (text: string | false | undefined) => (text === false ? '' : text);

function atLeast(option: string, size: number, least: number): number {
	if (size >= least) return size;
	throw usageError('BAD_SIZE', `${option} of ${size} bytes is too small.`, `The least is ${least / 1024} KiB.`);
}
