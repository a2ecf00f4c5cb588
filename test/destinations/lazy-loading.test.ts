import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';

test('a folder is opened without loading the AWS SDK', () => {
	const module = new URL('../../src/destinations/open-destination.ts', import.meta.url).href;
	const code = `
		import { createRequire } from 'node:module';
		const { openDestination } = await import(${JSON.stringify(module)});
		const loaded = () => Object.keys(createRequire('/').cache).filter((path) => path.includes('aws-sdk')).length;
		await openDestination({ url: '/tmp' });
		const before = loaded();
		await openDestination({ url: 's3://bucket' }, { AWS_REGION: 'us-east-1' });
		console.log(JSON.stringify([before, loaded() > 0]));`;
	const output = execFileSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' });
	expect(JSON.parse(output)).toEqual([0, true]);
});
