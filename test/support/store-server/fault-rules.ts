/** Which requests a fault is laid on: the rules that both simulated stores go by. */

interface Rule<Fault> {
	/** Operation names, which the route.ts of the store has; any when left out. */
	operation?: string | readonly string[];
	/** Passes over this many matching requests first. */
	skip?: number;
	/** Hits this many; default 1. */
	times?: number;
	fault: Fault;
}

/** `Target`: what else a rule may name of a request; any when left out. */
export type FaultRuleOf<Fault, Target> = Rule<Fault> & { [Name in keyof Target]?: NonNullable<Target[Name]> };

export class FaultRules<Fault, Target extends object> {
	#rules: (FaultRuleOf<Fault, Target> & { skip: number; times: number })[] = [];

	/** Adds a rule; earlier rules go first. Gives how often it still waits to hit. */
	add(rule: FaultRuleOf<Fault, Target>): () => number {
		const active = { ...rule, skip: rule.skip ?? 0, times: rule.times ?? 1 };
		this.#rules.push(active);
		return () => active.times;
	}

	clear(): void {
		this.#rules = [];
	}

	/** The fault for this request, used up by asking. */
	take(operation: string, target: Target): Fault | undefined {
		for (const rule of this.#rules) {
			if (rule.times <= 0 || !names(rule.operation, operation) || !isMeant(rule, target)) continue;
			if (rule.skip > 0) {
				rule.skip -= 1;
				continue;
			}
			rule.times -= 1;
			return rule.fault;
		}
		return undefined;
	}
}

const names = (wanted: string | readonly string[] | undefined, operation: string): boolean =>
	wanted === undefined || [wanted].flat().includes(operation);

const isMeant = <Target extends object>(rule: Partial<Target>, target: Target): boolean =>
	(Object.keys(target) as (keyof Target)[]).every((name) => rule[name] === undefined || rule[name] === target[name]);
