/** What a restore and a decrypt are started with; plain data that crosses into their threads. */

import type { DestinationConfig } from '../destinations/destination.ts';
import type { ExistingPolicy } from '../target/existing-policy.ts';

export interface RestoreSpec {
	stateFile: string;
	/** Archive paths (no leading slash) of files or of folders with all below them; [] is the whole snapshot. */
	paths: string[];
	/** Absolute folder path; made if it is missing. `home/u/a` comes to `<target>/home/u/a`. */
	target: string;
	/** Number of a run; the newest finished one if left out. */
	snapshot?: number;
	/** `AGE-SECRET-KEY-1…`; only needed for encrypted archives. */
	identities: string[];
	existing: ExistingPolicy;
	/** Plan only: count files, bytes, archives and requests; neither fetch nor write anything. */
	dryRun: boolean;
	/** Threads that fetch and write; 2 if left out. */
	workers?: number;
	/** Where to read, if not where the job writes. */
	destination?: DestinationConfig;
	/** Keys of archives in cold classes that are thawed already, or will be for another restore. */
	warm?: string[];
	/** Archives that it has been begun with: it reads no others. */
	archives?: number[];
	/** Where problems and kept files are written down, all of them. */
	reportFile?: string;
	/** The record of a restore out of cold storage (thaw/record.ts). */
	thaw?: string;
	/** Credentials of the client's environment (`AWS_…`): for the threads only, never stored. */
	env?: Record<string, string>;
}

export interface DecryptSpec {
	/** Absolute paths of archives, or of folders that are searched for them with all below. */
	inputs: string[];
	/** `AGE-SECRET-KEY-1…`; only needed for encrypted archives. */
	identities: string[];
	/**
	 * Absolute folder path. TAR files are laid in it as they lie below the input folder; without it each is laid beside
	 * its archive. With `extract` the files come into it; it must be given then.
	 */
	out?: string;
	/** Unpack to files instead of to TAR files. */
	extract: boolean;
	/** With `extract`: as in RestoreSpec; `keep` if left out. Later archives win over earlier ones in any case. */
	existing?: ExistingPolicy;
	/** Remove an archive once what it held is safely on disk. */
	deleteEncrypted: boolean;
	/** As in RestoreSpec. */
	reportFile?: string;
	/** State database of the job, to know the sizes and checksums of its archives. */
	stateFile?: string;
}
