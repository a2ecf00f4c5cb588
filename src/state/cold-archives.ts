import { openState } from './open-state.ts';

/** Whether a job has stored archives in classes that must be thawed, or may have to be. @throws FirnError as openState() */
export function hasCold(stateFile: string): boolean {
	const db = openState(stateFile, 'read');
	try {
		const row = db
			.prepare(
				`SELECT 1 AS found FROM archives
				WHERE status = 'stored' AND storage_class IN ('GLACIER', 'DEEP_ARCHIVE', 'INTELLIGENT_TIERING') LIMIT 1`,
			)
			.get();
		return row !== undefined;
	} finally {
		db.close();
	}
}
