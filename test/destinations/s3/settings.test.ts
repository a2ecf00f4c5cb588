import { expect, test } from 'vitest';
import { s3Settings } from '../../../src/destinations/s3/settings.ts';

const config = { url: 's3://b/p', bucket: 'b', prefix: 'p' };
const keys = { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret' };

test('AWS itself: virtual hosts, the chain of the SDK', () => {
	expect(s3Settings(config, {})).toEqual({
		endpoint: undefined,
		region: undefined,
		profile: undefined,
		pathStyle: false,
		credentials: undefined,
		credentialsFile: undefined,
		configFile: undefined,
		isAws: true,
	});
});

test('an endpoint means path style and no promises, unless it is one of AWS', () => {
	expect(s3Settings({ ...config, endpoint: 'http://localhost:9000' }, {})).toMatchObject({
		pathStyle: true,
		isAws: false,
	});
	expect(s3Settings({ ...config, endpoint: 'https://s3.eu-west-1.amazonaws.com' }, {}).isAws).toBe(true);
	expect(s3Settings({ ...config, endpoint: 'https://s3.amazonaws.com.evil.example' }, {}).isAws).toBe(false);
	expect(s3Settings({ ...config, endpoint: 'http://x', pathStyle: false }, {}).pathStyle).toBe(false);
});

test('the environment fills in what the job does not say', () => {
	const env = {
		...keys,
		AWS_SESSION_TOKEN: 't',
		AWS_DEFAULT_REGION: 'r',
		AWS_PROFILE: 'p',
		AWS_ENDPOINT_URL: 'http://e',
	};
	expect(s3Settings(config, env)).toMatchObject({
		endpoint: 'http://e',
		region: 'r',
		profile: 'p',
		credentials: { accessKeyId: 'id', secretAccessKey: 'secret', sessionToken: 't' },
	});
	expect(s3Settings({ ...config, region: 'mine', endpoint: 'http://mine' }, env)).toMatchObject({
		endpoint: 'http://mine',
		region: 'mine',
	});
});

test("a job's profile hides the keys of the environment, as in AWS's own tools", () => {
	expect(s3Settings({ ...config, profile: 'work' }, keys)).toMatchObject({ profile: 'work', credentials: undefined });
});
