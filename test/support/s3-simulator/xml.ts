/** As much XML as S3 speaks. */

export type Node = string | number | boolean | Node[] | { [tag: string]: Node | undefined };

export function escapeXml(text: string): string {
	return text.replace(/[&<>"'\r\n\t]/g, (c) => `&#${c.charCodeAt(0)};`);
}

/** A document; an array repeats its tag, undefined leaves the tag out. */
export function xml(root: string, node: Node): string {
	const attributes = root === 'Error' ? '' : ' xmlns="http://s3.amazonaws.com/doc/2006-03-01/"';
	return `<?xml version="1.0" encoding="UTF-8"?>\n<${root}${attributes}>${inner(node)}</${root}>`;
}

function inner(node: Node): string {
	if (typeof node !== 'object') return escapeXml(String(node));
	if (Array.isArray(node)) return node.map(inner).join('');
	return Object.entries(node)
		.map(([tag, value]) => {
			if (value === undefined) return '';
			const all = Array.isArray(value) ? value : [value];
			return all.map((one) => `<${tag}>${inner(one)}</${tag}>`).join('');
		})
		.join('');
}

/** The contents of all elements `tag`, as they stand. */
export function elements(text: string, tag: string): string[] {
	return [...text.matchAll(new RegExp(`<${tag}(?:\\s[^>]*)?>([\\s\\S]*?)</${tag}>`, 'g'))].map((match) => match[1]!);
}

/** The text of the first element `tag`, or undefined. */
export function textOf(text: string, tag: string): string | undefined {
	const found = elements(text, tag)[0];
	return found === undefined ? undefined : unescapeXml(found.trim());
}

const ENTITIES: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function unescapeXml(text: string): string {
	return text.replace(/&(#x?[0-9a-fA-F]+|\w+);/g, (whole, name: string) => {
		if (!name.startsWith('#')) return ENTITIES[name] ?? whole;
		return String.fromCodePoint(name[1] === 'x' ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1)));
	});
}
