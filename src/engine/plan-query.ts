import type { Results } from '../protocol/contract.ts';
import type { CheckedRequests } from '../protocol/requests.ts';
import { openState } from '../state/open-state.ts';
import { planItems, readPlan } from '../state/plan-store.ts';

export type PlanQuery = Omit<CheckedRequests['plan'], 'job'> & { stateFile: string };

/** One page of a plan. @throws FirnError NO_PLAN */
export function queryPlan({ stateFile, of, kinds, cursor, limit }: PlanQuery): Results['plan'] {
	const db = openState(stateFile, 'read');
	try {
		const plan = readPlan(db, of);
		const after = cursor === undefined ? 0 : Number(cursor);
		const rows = planItems(db, plan.plan, { after, limit, ...(kinds ? { kinds } : {}) });
		return { plan, rows, ...(rows.length === limit ? { cursor: String(rows.at(-1)!.item) } : {}) };
	} finally {
		db.close();
	}
}
