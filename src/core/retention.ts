/** Which snapshots are kept: rules as of restic and borg, the last of each day, week, month or year that has one. */

/** How many are kept of each; what is absent or 0 keeps none by itself. */
export interface KeepRules {
	last?: number | undefined;
	daily?: number | undefined;
	weekly?: number | undefined;
	monthly?: number | undefined;
	yearly?: number | undefined;
}

export const KEEP_RULES = ['last', 'daily', 'weekly', 'monthly', 'yearly'] as const satisfies (keyof KeepRules)[];

export interface Candidate {
	run: number;
	/** When the run began, ms since 1970. */
	started: number;
	/** False where files could not be read. */
	isComplete: boolean;
}

const DAY = 86_400_000;

export const hasRules = (rules: KeepRules): boolean => KEEP_RULES.some((rule) => (rules[rule] ?? 0) > 0);

/**
 * Partial snapshots fill no place of a rule. Those behind the newest complete one stay, as nothing whole is newer; older
 * ones go. The newest complete one always stays, and without rules everything does.
 * @param zone in which days begin, such as `Europe/Berlin`
 * @returns numbers of the runs that stay
 */
export function keptSnapshots(snapshots: readonly Candidate[], rules: KeepRules, zone: string): Set<number> {
	const newestFirst = snapshots.toSorted((a, b) => b.run - a.run);
	const complete = newestFirst.filter(({ isComplete }) => isComplete);
	const newest = complete[0];
	if (!newest || !hasRules(rules)) return new Set(snapshots.map(({ run }) => run));
	const kept = new Set(newestFirst.filter(({ run }) => run >= newest.run).map(({ run }) => run));
	const periods = new Map(complete.map(({ run, started }) => [run, periodsOf(started, zone)]));
	for (const rule of KEEP_RULES) {
		const most = rules[rule] ?? 0;
		const seen = new Set<string>();
		for (const { run } of complete) {
			if (seen.size >= most) break;
			const period = rule === 'last' ? String(run) : periods.get(run)![rule];
			if (seen.has(period)) continue;
			seen.add(period);
			kept.add(run);
		}
	}
	return kept;
}

type Periods = Record<Exclude<keyof KeepRules, 'last'>, string>;

const calendars = new Map<string, Intl.DateTimeFormat>();

function periodsOf(time: number, zone: string): Periods {
	let calendar = calendars.get(zone);
	if (!calendar) {
		// Swedish dates are those of ISO 8601.
		calendar = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' });
		calendars.set(zone, calendar);
	}
	const daily = calendar.format(time);
	const midnight = Date.parse(`${daily}T00:00:00Z`);
	const sinceMonday = (new Date(midnight).getUTCDay() + 6) % 7;
	const weekly = new Date(midnight - sinceMonday * DAY).toISOString().slice(0, 10);
	return { daily, weekly, monthly: daily.slice(0, 7), yearly: daily.slice(0, 4) };
}
