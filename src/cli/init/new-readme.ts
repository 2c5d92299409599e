/**
 * @module
 * Writes the README.md of a new folder: what is in it, and the next commands.
 */
import { markdownSentence } from '../../documents/write-markdown.ts';
import type { PlatformName } from '../../envoy/platforms.ts';
import type { EnvoyFiles } from '../envoy-files.ts';
import type { Answers, CallerName } from './answers.ts';
import { callerHeader } from './starters.ts';

export function newReadme({ caller, proxy }: Answers, envoy: EnvoyFiles): string {
  const [envoyFile] = envoy.files.keys();
  const lines = [
    '# Tokens of mintproc',
    '',
    '| File | Content |',
    '| --- | --- |',
    '| `mintproc.yaml` | which policies run for which requests |',
    '| `policies/` | the policies, in the form of their gateway |',
    '| `keys/` | private keys, made for trials: git ignores them. Put those of production here, or name their place |',
    '| `tests/` | requests, each with what must become of it |',
    '| `request.yaml` | a request to try |',
    ...(envoyFile === undefined
      ? []
      : [`| \`${envoyFile}\` | the Envoy part; \`mintproc gen ${proxy}\` writes it again |`]),
    '| `schemas/` | JSON Schemas for editors; `mintproc schema` prints them |',
    '',
    '## Next',
    '',
    'In this folder:',
    '',
    '```sh',
    'mintproc validate --strict mintproc.yaml',
    'mintproc test tests',
    'mintproc mint --config mintproc.yaml --request request.yaml',
    'mintproc explain --config mintproc.yaml --request request.yaml',
    ...(proxy === 'envoy' ? ['mintproc serve --config mintproc.yaml &'] : []),
    ...(envoyFile === undefined ? [] : starts[proxy](envoyFile, caller)),
    '```',
    ...callerLines[caller],
    ...(envoy.notes.length === 0 ? [] : ['', ...envoy.notes.map((note) => `- ${markdownSentence(note)}`)]),
  ];
  return `${lines.join('\n')}\n`;
}

const starts: Readonly<Record<PlatformName, (file: string, caller: CallerName) => readonly string[]>> = {
  envoy: (file, caller) => [
    `envoy -c ${file} &`,
    `curl -i ${caller === 'jwt_authn' ? '-H "authorization: Bearer $TOKEN" ' : ''}http://127.0.0.1:10000/orders/7`,
  ],
  istio: applied,
  'envoy-gateway': applied,
  kgateway: applied,
};

function applied(file: string): readonly string[] {
  return [`kubectl apply -f ${file}`];
}

const callerLines: Readonly<Record<CallerName, readonly string[]>> = {
  jwt_authn: [
    '',
    'A request whose caller is not verified by `jwt_authn` is refused with 401. `TOKEN` is a token of the caller.',
  ],
  ext_authz: ['', 'A request for which `ext_authz` returns no metadata with `sub` is refused with 401.'],
  headers: [
    '',
    `A request without the header \`${callerHeader}\` is refused with 401. Envoy removes a client's own copy: a filter must`,
    'set it.',
  ],
  none: [
    '',
    'Nobody authenticates the callers: every request gets a token. `authentication` of `mintproc.yaml` changes that.',
  ],
};
