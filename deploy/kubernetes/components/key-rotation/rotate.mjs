// Runs `mintproc keys rotate` on a copy of a Secret, and changes the Secret to the result. A mounted Secret is read-only.
// Until the last request nothing is changed; if somebody else has changed the Secret meanwhile, that request is refused.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const account = '/var/run/secrets/kubernetes.io/serviceaccount';
const {
  KEY,
  SECRET,
  KEYS = '/etc/mintproc-keys',
  CONFIG = '/etc/mintproc/mintproc.yaml',
  MINTPROC = '/app/dist/main.cjs',
  ACCOUNT = account,
  API = 'https://kubernetes.default.svc',
} = process.env;
const read = (name) => readFileSync(join(ACCOUNT, name), 'utf8').trim();
const address = `${API}/api/v1/namespaces/${read('namespace')}/secrets/${SECRET}`;

async function ask(method, body) {
  const headers = {
    authorization: `Bearer ${read('token')}`,
    ...(body === undefined ? {} : { 'content-type': 'application/merge-patch+json' }),
  };
  const signal = AbortSignal.timeout(30_000);
  const response = await fetch(address, { method, headers, signal, body: body && JSON.stringify(body) });
  if (!response.ok) throw new Error(`${method} of the Secret ${SECRET}: ${response.status} ${response.statusText}`);
  return response.json();
}

const { data = {}, metadata } = await ask('GET');
for (const [name, value] of Object.entries(data)) {
  writeFileSync(join(KEYS, name), Buffer.from(value, 'base64'), { mode: 0o600 });
}
const line = [MINTPROC, 'keys', 'rotate', '--config', CONFIG, KEY, '--prune'];
// It says what it does, and why it does not.
execFileSync(process.execPath, line, { stdio: 'inherit' });

const names = readdirSync(KEYS).filter((name) => !name.startsWith('.'));
const gone = Object.keys(data).filter((name) => !names.includes(name));
await ask('PATCH', {
  metadata: { resourceVersion: metadata.resourceVersion },
  data: Object.fromEntries([
    ...names.map((name) => [name, readFileSync(join(KEYS, name)).toString('base64')]),
    ...gone.map((name) => [name, null]),
  ]),
});
