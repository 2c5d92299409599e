/**
 * @module
 * AWS KMS: its actions GetPublicKey and Sign, over HTTPS with Signature Version 4 (AWS KMS API Reference 2014-11-01).
 * Its SDK has 18 MB; `aws4` signs a request in one file.
 */
import { hash } from 'node:crypto';
import aws4 from 'aws4';
import { parsedRecord } from '../../diagnostics/json.ts';
import type { MintError } from '../../diagnostics/mint-error.ts';
import { signatureAlgorithms } from '../../jose/signature-algorithms.ts';
import { AwsCredentials } from './aws-credentials.ts';
import { endpointOf } from './aws-endpoint.ts';
import { HttpServer } from './https-call.ts';
import { jsonObject } from './json-reply.ts';
import { type AwsKmsKey, type Description, serviceNames } from './outside-key.ts';
import { type ServiceContext, type SignerService, signerError } from './signer-service.ts';

/** The algorithms of Sign, by their names in JOSE, with the hash of a digest that is signed in place of its message. */
const algorithms: Readonly<Record<string, readonly [name: string, hash: string]>> = {
  RS256: ['RSASSA_PKCS1_V1_5_SHA_256', 'sha256'],
  RS384: ['RSASSA_PKCS1_V1_5_SHA_384', 'sha384'],
  RS512: ['RSASSA_PKCS1_V1_5_SHA_512', 'sha512'],
  PS256: ['RSASSA_PSS_SHA_256', 'sha256'],
  PS384: ['RSASSA_PSS_SHA_384', 'sha384'],
  PS512: ['RSASSA_PSS_SHA_512', 'sha512'],
  ES256: ['ECDSA_SHA_256', 'sha256'],
  ES384: ['ECDSA_SHA_384', 'sha384'],
  ES512: ['ECDSA_SHA_512', 'sha512'],
};

/** Sign takes longer messages as digests only. */
export const maxMessageBytes = 4096;

const name = serviceNames.awsKms;

/** The names of errors (`__type`) that say more than the status of the answer. */
const errors: readonly (readonly [names: RegExp, refuse: () => MintError])[] = [
  [
    /^(?:Throttling|ThrottlingException|LimitExceededException|RequestLimitExceeded|TooManyRequestsException)$/,
    () => signerError('signer.throttled', `AWS KMS got too many calls.`),
  ],
  [
    /^(?:AccessDenied|UnrecognizedClient|IncompleteSignature|InvalidSignature|MissingAuthenticationToken|ExpiredToken|InvalidClientTokenId|OptInRequired)/,
    () => signerError('signer.denied', `AWS KMS refused the credentials, or they do not allow to use the key.`),
  ],
  [
    /^(?:Disabled|KMSInvalidState|NotFound|InvalidKeyUsage|UnsupportedOperation|InvalidArn)/,
    () => signerError('signer.key-unusable', `AWS KMS has no such key, or it is disabled, deleted or not for signing.`),
  ],
  [
    /^(?:KeyUnavailable|DependencyTimeout|KMSInternal|InternalFailure|ServiceUnavailable)/,
    () => signerError('signer.unreachable', `AWS KMS answered that it has an error.`),
  ],
];

export function awsKms({ key, region }: AwsKmsKey, { environment }: ServiceContext): SignerService {
  const endpoint = endpointOf('kms', region, environment);
  const server = new HttpServer(endpoint, name);
  const credentials = AwsCredentials.of(environment, region);
  const ask = async (
    action: string,
    members: object,
    signal: AbortSignal,
  ): Promise<Readonly<Record<string, unknown>>> => {
    const given = await credentials.get(signal);
    const body = JSON.stringify({ KeyId: key, ...members });
    const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `TrentService.${action}` };
    const request = { method: 'POST', host: endpoint.host, path: '/', service: 'kms', region, headers, body };
    const signed = aws4.sign(request, given);
    const written = Object.entries(signed.headers ?? {}).map(([field, value]) => [field, String(value)] as const);
    const call = { method: 'POST', path: '/', headers: Object.fromEntries(written), body } as const;
    const { status, text } = await server.call(call, signal);
    if (status === 200) return jsonObject(text, name);
    const error = errorOf(status, text);
    // Those of a role may have ended early.
    if (error.code === 'signer.denied') credentials.forget(given);
    throw error;
  };
  return {
    async describe(signal) {
      return readPublicKey(await ask('GetPublicKey', {}, signal));
    },
    async sign(input, algorithm, signal) {
      const [signingAlgorithm, digest] = algorithms[algorithm] ?? [];
      if (signingAlgorithm === undefined || digest === undefined) throw new TypeError('an algorithm that KMS lacks');
      const isLong = input.length > maxMessageBytes;
      const message = isLong ? hash(digest, input, 'base64') : input.toString('base64');
      const MessageType = isLong ? 'DIGEST' : 'RAW';
      const members = { Message: message, MessageType, SigningAlgorithm: signingAlgorithm };
      const { Signature: signature } = await ask('Sign', members, signal);
      const bytes = Buffer.from(typeof signature === 'string' ? signature : '', 'base64');
      return asJws(bytes, algorithm);
    },
  };
}

/** KMS returns signatures of ECDSA in DER. */
function asJws(signature: Buffer, algorithm: string): Buffer {
  const { fromDer } = signatureAlgorithms.get(algorithm) ?? {};
  if (fromDer === undefined) return signature;
  try {
    return fromDer(signature);
  } catch {
    throw signerError('signer.wrong-signature', `AWS KMS returned no signature of the published key.`);
  }
}

function readPublicKey({
  PublicKey: key,
  SigningAlgorithms: names,
  KeyUsage: usage,
}: Readonly<Record<string, unknown>>): Description {
  if (typeof key !== 'string' || usage !== 'SIGN_VERIFY' || !Array.isArray(names)) {
    throw signerError('signer.key-unusable', `AWS KMS says that the key is not for signing.`);
  }
  const able = Object.entries(algorithms).filter(([, [signingAlgorithm]]) => names.includes(signingAlgorithm));
  return { publicKey: Buffer.from(key, 'base64'), algorithms: able.map(([algorithm]) => algorithm) };
}

/** `__type` may have a namespace before a `#`. */
function errorOf(status: number, text: string): MintError {
  const type = String(parsedRecord(text)?.['__type']).replace(/^.*#/, '');
  const known = errors.find(([names]) => names.test(type));
  if (known !== undefined) return known[1]();
  if (status === 429) return signerError('signer.throttled', `AWS KMS got too many calls.`);
  if (status >= 500) return signerError('signer.unreachable', `AWS KMS answered with status ${status}.`);
  if (status === 403 || status === 401) return signerError('signer.denied', `AWS KMS answered with status ${status}.`);
  return signerError('signer.refused', `AWS KMS answered with status ${status}.`);
}
