/**
 * @module
 * The credentials of AWS, from where AWS's own programs take them (AWS SDKs reference, credential providers). In this
 * order: environment, web identity (IRSA), profile, container (EKS Pod Identity, ECS), instance (IMDSv2). They are
 * never in the configuration. Temporary ones are renewed before they end.
 */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { MintError } from '../../diagnostics/mint-error.ts';
import { isSafeAddress } from '../../net/safe-address.ts';
import { endpointOf } from './aws-endpoint.ts';
import { type HttpCall, HttpServer } from './https-call.ts';
import { jsonObject } from './json-reply.ts';
import { readSecret } from './secret-file.ts';
import { signerError } from './signer-service.ts';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

interface Found {
  readonly credentials: Credentials;
  /** Milliseconds since the epoch; Infinity for long-lived ones. */
  readonly end: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** A source of credentials; undefined if it is not configured. @throws MintError, or an error of Node */
type Provider = (environment: Environment, region: string, signal: AbortSignal) => Promise<Found | undefined>;

const providers: readonly Provider[] = [fromEnvironment, fromWebIdentity, fromProfile, fromContainer, fromInstance];

/** How long before their end temporary credentials are renewed, in milliseconds. */
const renewAhead = 300_000;

/** How often long-lived credentials are looked for again, in milliseconds: a profile may change. */
const lookAgain = 60_000;

/** Shared by all keys of a process, so that it asks once. */
const shared = new WeakMap<Environment, AwsCredentials>();

export class AwsCredentials {
  readonly #environment: Environment;
  readonly #region: string;
  #found: Found | undefined;
  #lookedAt = 0;
  #looking: Promise<Found> | undefined;

  static of(environment: Environment, region: string): AwsCredentials {
    const known = shared.get(environment) ?? new AwsCredentials(environment, region);
    shared.set(environment, known);
    return known;
  }

  constructor(environment: Environment, region: string) {
    this.#environment = environment;
    this.#region = region;
  }

  /** @throws MintError `signer.denied` if there are none */
  async get(signal: AbortSignal): Promise<Credentials> {
    const found = this.#found;
    const now = Date.now();
    if (found === undefined || found.end <= now) return (await this.#look(signal)).credentials;
    // The next call gets the new ones. If that fails, these are good until they end.
    if (found.end - renewAhead <= now || now - this.#lookedAt > lookAgain) {
      this.#look(AbortSignal.timeout(5_000)).catch(() => undefined);
    }
    return found.credentials;
  }

  /** Drops credentials that were refused. */
  forget(refused: Credentials): void {
    if (this.#found?.credentials === refused) this.#found = undefined;
  }

  #look(signal: AbortSignal): Promise<Found> {
    this.#looking ??= this.#ask(signal).finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #ask(signal: AbortSignal): Promise<Found> {
    this.#lookedAt = Date.now();
    for (const provider of providers) {
      const found = await provider(this.#environment, this.#region, signal);
      if (found === undefined) continue;
      this.#found = found;
      return found;
    }
    throw signerError('signer.denied', 'There are no credentials of AWS: neither in the environment nor elsewhere.');
  }
}

async function fromEnvironment(environment: Environment): Promise<Found | undefined> {
  const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: token } = environment;
  return made(id, secret, token, undefined);
}

/** STS AssumeRoleWithWebIdentity, which needs no signature. */
async function fromWebIdentity(
  environment: Environment,
  region: string,
  signal: AbortSignal,
): Promise<Found | undefined> {
  const { AWS_WEB_IDENTITY_TOKEN_FILE: file, AWS_ROLE_ARN: role, AWS_ROLE_SESSION_NAME: session } = environment;
  if (file === undefined || role === undefined) return undefined;
  const query = new URLSearchParams({
    Action: 'AssumeRoleWithWebIdentity',
    Version: '2011-06-15',
    RoleArn: role,
    RoleSessionName: session ?? 'mintproc',
    WebIdentityToken: await readSecret(file),
  });
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const endpoint = endpointOf('sts', region, environment);
  const call = { method: 'POST', path: '/', headers, body: query.toString() } as const;
  const text = await answerOf(endpoint, call, signal, 'AWS STS');
  const member = (name: string): string | undefined => new RegExp(`<${name}>([^<]+)</${name}>`).exec(text)?.[1];
  const id = member('AccessKeyId');
  const found = made(id, member('SecretAccessKey'), member('SessionToken'), member('Expiration'));
  return found ?? malformed('AWS STS');
}

/** The file that `aws configure` writes. */
async function fromProfile(environment: Environment): Promise<Found | undefined> {
  const { AWS_SHARED_CREDENTIALS_FILE: file, AWS_PROFILE: profile = 'default', HOME: home } = environment;
  let text: string;
  try {
    text = await readSecret(file ?? join(home ?? homedir(), '.aws', 'credentials'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT' && file === undefined) return undefined;
    throw signerError('signer.denied', 'The file of AWS_SHARED_CREDENTIALS_FILE cannot be read.', error);
  }
  const settings = sectionOf(text, profile);
  const { aws_access_key_id: id, aws_secret_access_key: secret, aws_session_token: token } = settings;
  return made(id, secret, token, undefined);
}

function sectionOf(text: string, wanted: string): Readonly<Record<string, string>> {
  const settings: Record<string, string> = {};
  let section = '';
  for (const line of text.split(/\r?\n/)) {
    const [, header] = /^\s*\[\s*([^\]]*?)\s*\]/.exec(line) ?? [];
    if (header !== undefined) section = header;
    const [, name, value] = /^\s*(aws_\w+)\s*=\s*(\S+)\s*$/.exec(line) ?? [];
    if (section === wanted && name !== undefined && value !== undefined) settings[name] = value;
  }
  return settings;
}

/** The hosts that give credentials to containers without TLS, besides this machine: those of ECS and EKS. */
const containerHosts = new Set(['169.254.170.2', '169.254.170.23', '[fd00:ec2::23]']);

async function fromContainer(
  environment: Environment,
  _region: string,
  signal: AbortSignal,
): Promise<Found | undefined> {
  const { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: relative, AWS_CONTAINER_CREDENTIALS_FULL_URI: full } = environment;
  const written = relative === undefined ? full : `http://169.254.170.2${relative}`;
  if (written === undefined) return undefined;
  const url = URL.parse(written);
  if (url === null || !(isSafeAddress(url) || containerHosts.has(url.hostname))) {
    throw new MintError('signer.denied', 'AWS_CONTAINER_CREDENTIALS_FULL_URI is not an address that may be used.');
  }
  const { AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: file, AWS_CONTAINER_AUTHORIZATION_TOKEN: token } = environment;
  const authorization = file === undefined ? token : await readSecret(file);
  const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
  const call = { method: 'GET', path: `${url.pathname}${url.search}`, headers } as const;
  return fromJson(await answerOf(url, call, signal, 'the container agent'));
}

/** IMDSv2: a session first, which no redirected request can begin. */
async function fromInstance(
  environment: Environment,
  _region: string,
  signal: AbortSignal,
): Promise<Found | undefined> {
  if (environment['AWS_EC2_METADATA_DISABLED'] === 'true') return undefined;
  const address = URL.parse(environment['AWS_EC2_METADATA_SERVICE_ENDPOINT'] ?? 'http://169.254.169.254');
  if (address === null) return undefined;
  const path = '/latest/meta-data/iam/security-credentials/';
  // Elsewhere than on EC2 nobody answers, and that must be found out soon.
  const soon = AbortSignal.any([signal, AbortSignal.timeout(1_000)]);
  const name = 'the instance metadata';
  let token: string;
  try {
    const headers = { 'x-aws-ec2-metadata-token-ttl-seconds': '21600' };
    token = await answerOf(address, { method: 'PUT', path: '/latest/api/token', headers }, soon, name);
  } catch (error) {
    if (error instanceof MintError || signal.aborted) throw error;
    return undefined;
  }
  const headers = { 'x-aws-ec2-metadata-token': token };
  const role = await answerOf(address, { method: 'GET', path, headers }, signal, name);
  const [first = ''] = role.split('\n');
  const call = { method: 'GET', path: `${path}${encodeURIComponent(first)}`, headers } as const;
  return fromJson(await answerOf(address, call, signal, name));
}

function fromJson(text: string): Found {
  const members = jsonObject(text, 'The source of the credentials');
  const { AccessKeyId: id, SecretAccessKey: secret, Token: token, Expiration: end } = members;
  return made(id, secret, token, end) ?? malformed('the source of the credentials');
}

async function answerOf(server: URL, call: HttpCall, signal: AbortSignal, name: string): Promise<string> {
  const { status, text } = await new HttpServer(server, name).call(call, signal);
  if (status === 200) return text;
  if (status === 429 || status >= 500)
    throw signerError('signer.unreachable', `${name} answered with status ${status}.`);
  throw signerError('signer.denied', `${name} gave no credentials: it answered with status ${status}.`);
}

function malformed(name: string): never {
  throw signerError('signer.denied', `The answer of ${name} has no credentials.`);
}

function made(id: unknown, secret: unknown, token: unknown, expiration: unknown): Found | undefined {
  if (typeof id !== 'string' || typeof secret !== 'string' || id === '' || secret === '') return undefined;
  const end = typeof expiration === 'string' ? Date.parse(expiration) : Number.POSITIVE_INFINITY;
  const credentials = { accessKeyId: id, secretAccessKey: secret };
  const withToken = typeof token === 'string' && token !== '' ? { ...credentials, sessionToken: token } : credentials;
  return { credentials: withToken, end: Number.isNaN(end) ? Date.now() + lookAgain : end };
}
