/** A job with a few small archives, in a folder or in the simulator, and work on its catalog in this very thread. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateIdentity } from '../../src/archive/age/identity.ts';
import type { BackupSpec } from '../../src/backup/spec.ts';
import { startBackup } from '../../src/backup/start-backup.ts';
import { CatalogTask } from '../../src/catalog/catalog-task.ts';
import type { CatalogSpec, CatalogWork } from '../../src/catalog/spec.ts';
import { type Job, jobSchema } from '../../src/config/job.ts';
import type { TaskEvent, TaskSummary } from '../../src/core/task.ts';
import { openState } from '../../src/state/open-state.ts';
import { planItems } from '../../src/state/plan-store.ts';
import type { S3Simulator } from '../support/s3-simulator/simulator.ts';

export const JOB_ID = 'abcdefghjk';

export interface SmallJob {
	root: string;
	/** The store, where it is a folder. */
	store: string;
	job: Job;
	stateFile: string;
	identity: string;
	events: TaskEvent[];
	/** Puts files into the source: one of these names each, with content of its own. */
	write: (...names: string[]) => void;
	backup: (how?: Partial<BackupSpec>) => Promise<TaskSummary>;
	work: (work: CatalogWork, more?: Partial<CatalogSpec>) => Promise<TaskSummary>;
	/** Makes the plan of a sync; gives its items as `kind key`. */
	planSync: () => Promise<{ plan: string; items: string[]; summary: TaskSummary }>;
	sql: (sql: string, ...values: (string | number)[]) => Record<string, unknown>[];
	close: () => void;
}

export function smallJob(simulator?: S3Simulator, settings: Partial<Job> = {}): SmallJob {
	const root = mkdtempSync(join(tmpdir(), 'firn-catalog-'));
	mkdirSync(join(root, 'docs'));
	const store = join(root, 'store');
	const { identity, recipient } = generateIdentity();
	const s3 = simulator && { url: 's3://bucket/pre', endpoint: simulator.endpoint, region: simulator.region };
	const job = jobSchema.parse({
		id: JOB_ID,
		name: 'docs',
		sources: [join(root, 'docs')],
		destination: s3 ?? { url: store },
		recipients: [recipient],
		splitSize: 64 * 1024,
		workers: 1,
		created: new Date().toISOString(),
		...settings,
	});
	const stateFile = join(root, 'state.sqlite3');
	const events: TaskEvent[] = [];
	const reporter = { progress: () => {}, event: (event: TaskEvent) => void events.push(event) };
	if (simulator) Object.assign(process.env, simulator.env);
	const sql: SmallJob['sql'] = (text, ...values) => {
		const db = openState(stateFile, 'write');
		try {
			return db.prepare(text).all(...values);
		} finally {
			db.close();
		}
	};
	const work: SmallJob['work'] = (what, more = {}) =>
		new CatalogTask({ job, stateFile, version: '0', work: what, ...more }, reporter).execute();
	return {
		root,
		store,
		job,
		stateFile,
		identity,
		events,
		write: (...names) => {
			for (const name of names) writeFileSync(join(root, 'docs', name), `${name} `.repeat(40_000));
		},
		backup: (how = {}) => {
			const common = { full: false, dryRun: false, mode: 'new', version: '0', skipPaths: [] } as const;
			const spec = { job, stateFile, secretsDir: join(root, 'secrets'), ...common, skipPaths: [], ...how };
			return startBackup(spec, reporter).done;
		},
		work,
		planSync: async () => {
			const summary = await work({ kind: 'planSync' });
			const plan = String(summary.details.plan);
			const db = openState(stateFile, 'read');
			const items = planItems(db, plan).map(({ kind, key }) => `${kind} ${key}`);
			db.close();
			return { plan, items, summary };
		},
		sql,
		close: () => rmSync(root, { recursive: true, force: true }),
	};
}
