/** Puts other credentials into the environment of this thread; the rest of those it had is gone. */
export function replaceCredentials(env: Readonly<Record<string, string>>): void {
	for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
	Object.assign(process.env, env);
}
