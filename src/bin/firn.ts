#!/usr/bin/env node
// Must parse and run on old versions of Node: it says which one is needed.

const NEEDED = 24;

if (Number(process.versions.node.split('.')[0]) < NEEDED) {
	console.error(`firn needs Node.js ${NEEDED} or newer; this is ${process.version}.`);
	process.exit(2);
}

// SQLite is still marked experimental in Node 24; people need not be told on every call.
const warn = process.emitWarning;
process.emitWarning = ((warning: string | Error, ...rest: never[]) => {
	if (!String(warning).includes('SQLite')) warn.call(process, warning, ...rest);
}) as typeof process.emitWarning;

import('node:module')
	.then(async ({ enableCompileCache }) => {
		const { compileCache } = await import('./compile-cache.ts');
		enableCompileCache(compileCache());
	})
	.then(() => import('./main.ts'))
	.then(({ main }) => main(process.argv.slice(2)))
	.then((code) => {
		process.exitCode = code;
	});
