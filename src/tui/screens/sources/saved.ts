import type { Selection } from '../../../core/selection.ts';

/** Drafts as `save` gave them in an earlier session; what is not of that form is left out. */
export function draftsOf(saved: unknown): Record<string, Selection> {
	const drafts = isRecord(saved) && isRecord(saved.drafts) ? saved.drafts : {};
	return Object.fromEntries(
		Object.entries(drafts).filter((entry): entry is [string, Selection] => isSelection(entry[1])),
	);
}

function isSelection(value: unknown): value is Selection {
	if (!isRecord(value)) return false;
	const { sources, excludes, excludeSystem, excludeDeveloper, oneFileSystem, to } = value;
	const switches = [excludeSystem, excludeDeveloper, oneFileSystem];
	return (
		isTexts(sources) &&
		sources.every((path) => path.startsWith('/')) &&
		isTexts(excludes) &&
		switches.every((one) => typeof one === 'boolean') &&
		(to === undefined || typeof to === 'string')
	);
}

function isTexts(value: unknown): value is string[] {
	return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
