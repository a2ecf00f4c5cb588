import type { PlanItem } from '../core/catalog.ts';
import type { Channel } from '../protocol/channel.ts';

/** All items of a plan, page by page. */
export async function* allItems(engine: Channel, job: string, plan: string): AsyncGenerator<PlanItem> {
	let cursor: string | undefined;
	do {
		const page = await engine.call('plan', { job, of: { plan }, ...(cursor === undefined ? {} : { cursor }) });
		yield* page.rows;
		cursor = page.cursor;
	} while (cursor !== undefined);
}
