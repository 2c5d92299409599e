/**
 * @module
 * All policies, and the configuration that leads to each of them by the beginning of the path.
 */
import { apigeeSubjects, oddVariables } from './apigee-subjects.ts';
import { datapowerSubjects, template } from './datapower-subjects.ts';
import { flexSubjects } from './flex-subjects.ts';
import type { Keys } from './keys.ts';
import type { Subject } from './scene.ts';

export const subjects: readonly Subject[] = [...flexSubjects, ...apigeeSubjects, ...datapowerSubjects];

export function filesOf(keys: Keys): Readonly<Record<string, string>> {
  const policies = subjects.map(({ name, extension, text }) => [`${name}.${extension}`, text] as const);
  return { ...keys.files, ...Object.fromEntries(policies) };
}

export const configuration = {
  edition: 'x',
  unmatched: 'deny',
  variables: {
    ...oddVariables,
    'private.secret': { file: 'secret.key' },
    'private.rsa': { file: 'rsa.pem' },
    'private.direct': { file: 'direct.key' },
    'iss.claim': 'hostile',
    'escaped.claims': { template },
  },
  keys: { signer: { file: 'ec.pem', kid: 'signer' } },
  policies: subjects.map(({ name, extension, entry }) => ({ name, file: `${name}.${extension}`, ...entry })),
  routes: subjects.map(({ name }) => ({ match: { pathPrefix: `/${name}` }, policies: [name] })),
};
