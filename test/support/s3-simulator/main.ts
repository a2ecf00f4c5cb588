/**
 * The simulator as a process of its own: `node test/support/s3-simulator/main.ts [--port N] [--dir DIR] [--profile aws|ceph|picky]`.
 * Prints the S3_… lines for the environment. Faults and log: see control.ts.
 */

import { parseArgs } from 'node:util';
import { startS3Simulator } from './simulator.ts';
import { AWS, CEPH, PICKY } from './types.ts';

const { values } = parseArgs({
	options: {
		port: { type: 'string', default: '0' },
		dir: { type: 'string' },
		profile: { type: 'string', default: 'aws' },
		bucket: { type: 'string', default: 'bucket' },
		'min-part-size': { type: 'string', default: String(5 * 1024 * 1024) },
	},
});
const quirks = { aws: AWS, ceph: CEPH, picky: PICKY }[values.profile];
if (!quirks) throw new Error(`no profile ${values.profile}`);
const simulator = await startS3Simulator({
	...(values.dir === undefined ? {} : { dir: values.dir }),
	port: Number(values.port),
	quirks,
	buckets: [values.bucket],
	minPartSize: Number(values['min-part-size']),
});
console.log(`S3_ENDPOINT=${simulator.endpoint}`);
console.log(`S3_ACCESS_KEY=${simulator.accessKeyId}`);
console.log(`S3_SECRET_KEY=${simulator.secretAccessKey}`);
console.log(`S3_REGION=${simulator.region}`);
for (const name of ['SIGINT', 'SIGTERM'] as const)
	process.once(name, () => void simulator.close().then(() => process.exit(0)));
