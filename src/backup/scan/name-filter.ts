/**
 * Tells most names that no pattern can match without asking any: a pattern matches a path only if its last part matches
 * the last name. It may say yes too often, never no. This is what makes patterns cheap on a million files.
 */
export class NameFilter {
	readonly #exact = new Set<string>();
	readonly #ends: { prefix: string; suffix: string }[] = [];
	#any = false;

	/** @param patterns of gitignore's language, without surplus spaces at the end */
	constructor(patterns: Iterable<string>) {
		for (const pattern of patterns) this.#add(pattern.replace(/^!/, '').replace(/\/$/, ''));
	}

	#add(body: string): void {
		const last = body.slice(body.lastIndexOf('/') + 1);
		if (/[\\?[\]]/.test(last) || /^\**$/.test(last)) {
			this.#any = true;
		} else if (last.includes('*')) {
			const prefix = last.slice(0, last.indexOf('*'));
			this.#ends.push({ prefix, suffix: last.slice(last.lastIndexOf('*') + 1) });
		} else {
			this.#exact.add(last);
		}
	}

	mayMatch(name: string): boolean {
		if (this.#any || this.#exact.has(name)) return true;
		for (const { prefix, suffix } of this.#ends) if (name.endsWith(suffix) && name.startsWith(prefix)) return true;
		return false;
	}
}
