/**
 * @module
 * The token of Vault: from a file that Vault Agent renews, from the environment, or by a login with the service account
 * of a Kubernetes pod (Vault HTTP API, Kubernetes auth method).
 */
import { isRecord } from '../../diagnostics/json.ts';
import type { HttpServer } from './https-call.ts';
import { jsonObject } from './json-reply.ts';
import { serviceNames, type VaultLogin } from './outside-key.ts';
import { readSecret } from './secret-file.ts';
import { type ServiceContext, signerError } from './signer-service.ts';
import { vaultError } from './vault-error.ts';

interface Given {
  readonly token: string;
  /** When it is looked for again, in milliseconds of `performance.now()`. */
  readonly until: number;
}

/** How long the token of a file is used before the file is read again, in milliseconds. */
const fileTime = 1_000;

/** A login is repeated when this part of its lease has passed. */
const leasePart = 2 / 3;

const name = serviceNames.vaultTransit;

export class VaultToken {
  readonly #login: VaultLogin;
  readonly #server: Pick<HttpServer, 'call'>;
  readonly #context: ServiceContext;
  #given: Given | undefined;
  #asking: Promise<Given> | undefined;

  constructor(login: VaultLogin, server: Pick<HttpServer, 'call'>, context: ServiceContext) {
    this.#login = login;
    this.#server = server;
    this.#context = context;
  }

  /** @throws MintError `signer.denied` if there is none */
  async get(signal: AbortSignal): Promise<string> {
    if (this.#given !== undefined && performance.now() < this.#given.until) return this.#given.token;
    this.#asking ??= this.#ask(signal).finally(() => {
      this.#asking = undefined;
    });
    this.#given = await this.#asking;
    return this.#given.token;
  }

  /** Drops a token that was refused. */
  forget(token: string): void {
    if (this.#given?.token === token) this.#given = undefined;
  }

  async #ask(signal: AbortSignal): Promise<Given> {
    const login = this.#login;
    switch (login.kind) {
      case 'environment': {
        const token = this.#context.environment[login.variable]?.trim();
        if (token === undefined || token === '') throw noToken('Its environment variable is not set');
        return { token, until: Number.POSITIVE_INFINITY };
      }
      case 'file':
        return { token: await secretIn(login.path), until: performance.now() + fileTime };
      case 'kubernetes': {
        const body = JSON.stringify({ role: login.role, jwt: await secretIn(login.path) });
        const path = `/v1/auth/${login.mount}/login`;
        const headers = { 'content-type': 'application/json' };
        const { status, text } = await this.#server.call({ method: 'POST', path, headers, body }, signal);
        if (status !== 200) throw vaultError(status);
        return leased(jsonObject(text, name));
      }
    }
  }
}

function leased({ auth }: Readonly<Record<string, unknown>>): Given {
  const { client_token: token, lease_duration: seconds } = isRecord(auth) ? auth : {};
  if (typeof token !== 'string' || typeof seconds !== 'number') throw noToken('The answer to the login has none');
  // A lease of 0 does not end (Vault, tokens without a TTL): a login for each signature would make a token for each.
  const time = seconds > 0 ? seconds * 1000 * leasePart : Number.POSITIVE_INFINITY;
  return { token, until: performance.now() + time };
}

async function secretIn(path: string): Promise<string> {
  let text: string;
  try {
    text = await readSecret(path);
  } catch (error) {
    throw noToken('Its file cannot be read', error);
  }
  if (text === '') throw noToken('Its file is empty');
  return text;
}

function noToken(reason: string, cause?: unknown): Error {
  return signerError('signer.denied', `There is no token of Vault. ${reason}.`, cause);
}
