import type { DestinationConfig } from '../../destinations/destination.ts';

/** What is looked for, and what opens it; plain data that crosses into a thread, never stored. */
export interface LookSpec {
	destination: DestinationConfig;
	identities: string[];
	/** Credentials of the client's environment (`AWS_…`). */
	env?: Record<string, string>;
}

export interface RecoverSpec extends LookSpec {
	/** Id of the job. */
	job: string;
	/** What it is called here. */
	name: string;
	/** Where the state database comes; there must be none. */
	stateFile: string;
	/** What the plan said; more is not read. */
	most?: { requests: number; bytes: number };
}
