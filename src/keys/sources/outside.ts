/**
 * @module
 * A key that a service holds: its public half, as the service says it. The private half stays there.
 */
import { createPublicKey } from 'node:crypto';
import { keyWarning } from '../../jose/key-finding.ts';
import { signatureAlgorithms } from '../../jose/signature-algorithms.ts';
import { isSafeAddress } from '../../net/safe-address.ts';
import { type HeldKey, heldKey } from '../held-key.ts';
import { type OutsideKey, type OutsidePlace, serviceNames } from '../outside/outside-key.ts';
import type { OutsideAnswer } from '../outside/outside-signers.ts';
import { keyFileText, readKeyFile } from './key-file.ts';
import { type KeyRequest, nothing, refused, type SourceReading, type SpecOf } from './source.ts';

export function readOutside({ place }: SpecOf<'outside'>, request: KeyRequest): SourceReading {
  const { use, outside, made } = request;
  const [algorithm = ''] = use.purpose.algorithms;
  if (use.purpose.use === 'enc') {
    const message = 'Tokens are encrypted with a key that is here, not with one that a service holds.';
    return refused('keys.outside-recipient', message, 'Write `file:` or `jwks:` with the public key of the recipient.');
  }
  if (use.kind === 'secret') {
    const message = `${algorithm} signs with a secret, and no service signs tokens with one.`;
    return refused('keys.outside-algorithm', message, 'Use an algorithm with a private key, such as ES256.');
  }
  const completed = complete(place, request);
  if ('findings' in completed) return completed;
  const notAsked = `${serviceNames[place.service]} holds the key and was not asked for it.`;
  if (outside === undefined) return nothing('keys.not-asked', notAsked);
  if (outside === 'unasked') return { keys: [made ?? madeUp(algorithm)], findings: [noted(notAsked)] };
  const answer = outside.find(completed);
  if (answer === undefined) return nothing('keys.not-asked', notAsked);
  return readAnswer(answer, completed, algorithm);
}

function noted(message: string) {
  const suggestion = 'Write `mintproc validate --ask-services`, with the credentials of the service, to check the key.';
  return keyWarning('keys.not-asked', message, suggestion);
}

/** In place of a key that nobody asks for, so that the rest of the policy is checked. */
function madeUp(algorithm: string): HeldKey {
  const row = signatureAlgorithms.get(algorithm);
  if (row === undefined) throw new TypeError('a policy with an algorithm that is not known');
  return heldKey(row.generateKey(), { generated: true });
}

function readAnswer(answer: OutsideAnswer, key: OutsideKey, algorithm: string): SourceReading {
  const name = serviceNames[key.service];
  if (answer.kind === 'failed') return refused(answer.code, answer.message, suggestions[answer.code]);
  if (!answer.algorithms.includes(algorithm)) {
    const able = answer.algorithms.length === 0 ? 'nothing that tokens are signed with' : answer.algorithms.join(', ');
    const message = `${name} does not sign ${algorithm} with this key. It signs ${able}.`;
    return refused('keys.outside-algorithm', message, 'Name another key, or another algorithm in the policy.');
  }
  const publicKey = createPublicKey({ key: Buffer.from(answer.publicKey), format: 'der', type: 'spki' });
  const { version } = answer;
  const outside = key.service === 'vaultTransit' && version !== undefined ? { ...key, version } : key;
  return { keys: [heldKey(publicKey, { outside })], findings: [] };
}

const suggestions: Readonly<Record<string, string>> = {
  'signer.denied':
    'See which credentials the process has, and whether they may read the public half of the key and sign with it (docs/keys.md).',
  'signer.unreachable': 'See whether the address can be reached from here, and whether its certificate is trusted.',
  'signer.timeout': 'See whether the address can be reached from here.',
  'signer.key-unusable': 'See whether the key exists under this name, is enabled, and is one for signatures.',
};

/** The key with what the environment adds, or what is missing. */
function complete(place: OutsidePlace, { access }: KeyRequest): OutsideKey | SourceReading {
  const { environment } = access;
  switch (place.service) {
    case 'pkcs11':
      return place;
    case 'awsKms': {
      const region =
        place.region ?? regionOf(place.key) ?? environment['AWS_REGION'] ?? environment['AWS_DEFAULT_REGION'];
      if (region !== undefined && /^[a-z0-9-]{1,40}$/.test(region)) return { ...place, region };
      const message = 'The region of the key is not known.';
      return refused('keys.outside-setting', message, 'Write the ARN of the key, or `region:` beside it.');
    }
    case 'vaultTransit':
      return completeVault(place, access);
  }
}

/** `arn:aws:kms:REGION:ACCOUNT:key/ID` */
function regionOf(key: string): string | undefined {
  return /^arn:[^:]+:kms:([^:]+):/.exec(key)?.[1];
}

function completeVault(
  { caFile, ...place }: Extract<OutsidePlace, { service: 'vaultTransit' }>,
  access: KeyRequest['access'],
): OutsideKey | SourceReading {
  const { environment } = access;
  const address = place.address ?? environment['VAULT_ADDR'];
  const url = address === undefined ? null : URL.parse(address);
  if (url === null || address === undefined) {
    const message = 'The address of Vault is not known.';
    return refused('keys.outside-setting', message, 'Write `address: https://…`, or set VAULT_ADDR.');
  }
  if (!isSafeAddress(url)) {
    const message = 'The address of Vault is not `https:`, so that others could read its token.';
    return refused(
      'keys.outside-setting',
      message,
      'Write an address with `https:`. `http:` is for this machine only.',
    );
  }
  const login = place.login ?? ({ kind: 'environment', variable: 'VAULT_TOKEN' } as const);
  if (place.login === undefined && environment['VAULT_TOKEN'] === undefined) {
    const message = 'Nothing says how to log in to Vault.';
    const suggestion = 'Write `token: { file: … }` or `kubernetes: { role: … }`, or set VAULT_TOKEN.';
    return refused('keys.outside-setting', message, suggestion);
  }
  const namespace = place.namespace ?? environment['VAULT_NAMESPACE'];
  const made = { ...place, address: url.origin, namespace, login, ca: undefined };
  if (caFile === undefined) return made;
  const file = readKeyFile(caFile, { access, strictFiles: false, use: { kind: 'public' } });
  if (file.kind === 'refused') return file.reading;
  const ca = keyFileText(file.bytes);
  if (ca?.includes('-----BEGIN CERTIFICATE-----') === true) return { ...made, ca };
  return refused('keys.outside-setting', 'The file of `ca` contains no certificate in PEM.');
}
