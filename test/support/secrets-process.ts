/** A process that changes where the secrets are kept; a test ends it with SIGKILL at any step (kill-hook.ts). */

import { Secrets } from '../../src/secrets/secrets.ts';
import type { StoreKind } from '../../src/secrets/store.ts';

const [secretsDir, action] = process.argv.slice(2) as [string, StoreKind | 'passphrase'];
const secrets = new Secrets({ secretsDir, workFactor: 1 });
await secrets.unlock({ text: 'old', source: 'the test' });
if (action === 'passphrase') await secrets.changePassphrase({ text: 'new', source: 'the test' });
else await secrets.move(action);
