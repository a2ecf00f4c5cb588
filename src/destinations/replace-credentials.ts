/** Who asks a store; the rest of `AWS_…` says where and how. `FIRN_GDRIVE`: gdrive/sign-in.ts. */
const WHO =
	/^(FIRN_GDRIVE|AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN|PROFILE|ROLE_ARN|WEB_IDENTITY_TOKEN_FILE|CONTAINER_.*|SHARED_CREDENTIALS_FILE|CONFIG_FILE))$/;

type Env = Readonly<Record<string, string>>;

/** An environment in which another one asks. */
export function withCredentials(env: Env, other: Env): Record<string, string> {
	const rest = Object.entries(env).filter(([name]) => !WHO.test(name));
	const own = Object.entries(other).filter(([name]) => WHO.test(name));
	return Object.fromEntries([...rest, ...own]);
}

/** Puts other credentials into the environment of this thread; those it had are gone. */
export function replaceCredentials(other: Env): void {
	const now = withCredentials(process.env as Env, other);
	for (const name of Object.keys(process.env)) if (!(name in now)) delete process.env[name];
	Object.assign(process.env, now);
}
