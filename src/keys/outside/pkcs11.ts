/**
 * @module
 * A key in a PKCS#11 token, such as an HSM (OASIS PKCS#11 2.40), by the package `pkcs11js`. It is a native addon that
 * whoever needs it installs beside mintproc; nothing else loads it. Signatures are made on other threads.
 */
import { createHmac, createPublicKey, hash, type KeyObject, randomBytes } from 'node:crypto';
import { accessSync, constants } from 'node:fs';
import { createRequire } from 'node:module';
import { MintError } from '../../diagnostics/mint-error.ts';
import { concurrencies, type Description, type Pkcs11Key } from './outside-key.ts';
import type { Attribute, Handle, Pkcs11, Pkcs11Module } from './pkcs11-module.ts';
import { readSecret } from './secret-file.ts';
import { type ServiceContext, type SignerService, signerError } from './signer-service.ts';

const classes = { public: 2, private: 3 } as const;
const attribute = { class: 0, label: 3, id: 258, modulus: 288, exponent: 290, curve: 384, point: 385 } as const;

/** The curve of CKA_EC_PARAMS, an object identifier in DER. */
const curves: Readonly<Record<string, readonly [curve: string, algorithm: string]>> = {
  '06082a8648ce3d030107': ['P-256', 'ES256'],
  '06052b81040022': ['P-384', 'ES384'],
  '06052b81040023': ['P-521', 'ES512'],
};

interface Mechanism {
  readonly mechanism: number;
  readonly parameter?: {
    readonly type: number;
    readonly hashAlg: number;
    readonly mgf: number;
    readonly saltLen: number;
  };
  /** The hash of a mechanism that signs digests. */
  readonly digest?: string;
}

/** CK_RSA_PKCS_PSS_PARAMS, as `pkcs11js` marks it. */
const pssParameters = 5;

/** CKM_SHA*_RSA_PKCS, CKM_SHA*_RSA_PKCS_PSS with a salt as long as the hash, and CKM_ECDSA. */
const mechanisms: Readonly<Record<string, Mechanism>> = {
  RS256: { mechanism: 0x40 },
  RS384: { mechanism: 0x41 },
  RS512: { mechanism: 0x42 },
  PS256: { mechanism: 0x43, parameter: { type: pssParameters, hashAlg: 0x250, mgf: 2, saltLen: 32 } },
  PS384: { mechanism: 0x44, parameter: { type: pssParameters, hashAlg: 0x260, mgf: 3, saltLen: 48 } },
  PS512: { mechanism: 0x45, parameter: { type: pssParameters, hashAlg: 0x270, mgf: 4, saltLen: 64 } },
  ES256: { mechanism: 0x1041, digest: 'sha256' },
  ES384: { mechanism: 0x1041, digest: 'sha384' },
  ES512: { mechanism: 0x1041, digest: 'sha512' },
};

const rsa = Object.keys(mechanisms).filter((algorithm) => /^[RP]S/.test(algorithm));

/** RSA of 16,384 bits. */
const maxSignatureBytes = 2048;

/**
 * CKF_OS_LOCKING_OK. Without it a library may rely on one thread alone (PKCS#11 2.40 section 5.4, C_Initialize), and
 * signatures are made on several: SoftHSM then destroys its memory, and the process dies or signs with rubbish.
 */
const osLocking = 2;

const cryptokiInitialized = 0x191;
const alreadyLoggedIn = 0x100;

/** A session or the whole token is gone: the next call opens it anew. */
const goneCodes: ReadonlySet<number> = new Set([0x30, 0x32, 0xb0, 0xb3, 0xe0, 0xe1, 0x190]);

/** Codes of PINs that are wrong, locked or expired. */
const pinCodes: ReadonlySet<number> = new Set([0xa0, 0xa1, 0xa2, 0xa3, 0xa4, 0x101, 0x102]);

/** A token that was logged in to. Each of its sessions does one thing at a time. */
class OpenToken {
  readonly library: Pkcs11;
  readonly #free: Handle[];
  /** Those who wait for a session, in order. */
  readonly #waiting = new Set<(session: Handle) => void>();
  #isLost = false;

  constructor(library: Pkcs11, sessions: readonly Handle[]) {
    this.library = library;
    this.#free = [...sessions];
  }

  /** @throws MintError `signer.timeout` if no session is free until the signal is aborted */
  async use<T>(signal: AbortSignal, run: (session: Handle) => T | Promise<T>): Promise<T> {
    const session = this.#free.pop() ?? (await this.#next(signal));
    try {
      return await run(session);
    } finally {
      this.#pass(session);
    }
  }

  /** Closes the sessions that are free now, and each other one after its use. */
  lose(): void {
    this.#isLost = true;
    for (const session of this.#free.splice(0)) close(this.library, session);
  }

  #pass(session: Handle): void {
    const [next] = this.#waiting;
    if (next !== undefined) next(session);
    else if (this.#isLost) close(this.library, session);
    else this.#free.push(session);
  }

  #next(signal: AbortSignal): Promise<Handle> {
    const { promise, resolve, reject } = Promise.withResolvers<Handle>();
    const take = (session: Handle): void => {
      this.#waiting.delete(take);
      signal.removeEventListener('abort', giveUp);
      resolve(session);
    };
    const giveUp = (): void => {
      this.#waiting.delete(take);
      reject(signerError('signer.timeout', 'No session of the PKCS#11 token was free within the deadline.'));
    };
    this.#waiting.add(take);
    signal.addEventListener('abort', giveUp, { once: true });
    if (signal.aborted) giveUp();
    return promise;
  }
}

/** A token has few sessions, so none may stay open without a use. */
function close(library: Pkcs11, session: Handle): void {
  try {
    library.C_CloseSession(session);
  } catch (error) {
    // It is closed already.
    if (codeOf(error) === undefined) throw error;
  }
}

interface OpenKey {
  readonly token: OpenToken;
  readonly key: Handle;
}

export function pkcs11(place: Pkcs11Key, context: ServiceContext): SignerService {
  const id = JSON.stringify([place.module, place.token]);
  let found: OpenKey | undefined;
  const using = <T>(run: (token: OpenToken) => Promise<T>): Promise<T> =>
    converting(async () => {
      const opening = tokenOf(id, place, context);
      const token = await opening;
      try {
        return await run(token);
      } catch (error) {
        found = undefined;
        if (goneCodes.has(codeOf(error) ?? 0)) {
          forget(id, opening);
          token.lose();
        }
        throw error;
      }
    });
  return {
    describe: (signal) => using((token) => token.use(signal, (session) => describe(token.library, session, place))),
    sign: (input, algorithm, signal) =>
      using((token) =>
        token.use(signal, (session) => {
          // Another key may have opened the token anew.
          if (found?.token !== token) {
            found = { token, key: find(token.library, session, classes.private, place) ?? missing('private') };
          }
          return signWith(token.library, session, found.key, input, algorithm);
        }),
      ),
  };
}

/** `pkcs11js` itself keeps no reference to what another thread signs, so that its memory could be freed too early. */
const beingSigned = new Set<Buffer>();

async function signWith(
  library: Pkcs11,
  session: Handle,
  key: Handle,
  input: Buffer,
  algorithm: string,
): Promise<Buffer> {
  const chosen = mechanisms[algorithm];
  if (chosen === undefined) throw new TypeError('an algorithm that the token lacks');
  const { mechanism, parameter, digest } = chosen;
  library.C_SignInit(session, parameter === undefined ? { mechanism } : { mechanism, parameter }, key);
  const message = digest === undefined ? input : hash(digest, input, 'buffer');
  beingSigned.add(message);
  try {
    return await library.C_SignAsync(session, message, Buffer.alloc(maxSignatureBytes));
  } finally {
    beingSigned.delete(message);
  }
}

/** Each library is initialized and each token logged in to once in a process, and the PIN is read once. */
const tokens = new Map<string, Promise<OpenToken>>();
/** For each token, the fingerprint of the PIN that it refused. */
const refusedPins = new Map<string, string>();
const libraries = new Map<string, Pkcs11>();

function tokenOf(id: string, place: Pkcs11Key, context: ServiceContext): Promise<OpenToken> {
  const known = tokens.get(id);
  if (known !== undefined) return known;
  const opening = openToken(id, place, context);
  tokens.set(id, opening);
  opening.catch(() => forget(id, opening));
  return opening;
}

/** The next call opens the token anew, unless another one has done so. */
function forget(id: string, opening: Promise<OpenToken>): void {
  if (tokens.get(id) === opening) tokens.delete(id);
}

async function openToken(
  id: string,
  { module, token, pin }: Pkcs11Key,
  { environment }: ServiceContext,
): Promise<OpenToken> {
  const secret = 'file' in pin ? await pinIn(pin.file) : environment[pin.env];
  if (secret === undefined) throw signerError('signer.denied', 'The environment variable with the PIN is not set.');
  // It would be one of the few attempts that a token allows.
  if (secret === '') throw signerError('signer.denied', 'The PIN is empty. The token was not asked.');
  if (refusedPins.get(id) === fingerprint(secret)) {
    const message = 'The PKCS#11 token refused this PIN before. It is not tried again: some wrong ones lock a token.';
    throw signerError('signer.denied', message);
  }
  const library = libraryOf(module);
  const slot = library.C_GetSlotList(true).find((one) => library.C_GetTokenInfo(one).label.trimEnd() === token);
  if (slot === undefined) {
    const message =
      'The PKCS#11 library has no token with this label (`pkcs11-tool --module FILE --list-token-slots`).';
    throw signerError('signer.key-unusable', message);
  }
  const first = library.C_OpenSession(slot, serialSession);
  const sessions = [first];
  try {
    passing(alreadyLoggedIn, () => library.C_Login(first, user, secret));
    while (sessions.length < concurrencies.pkcs11) sessions.push(library.C_OpenSession(slot, serialSession));
  } catch (error) {
    if (pinCodes.has(codeOf(error) ?? 0)) refusedPins.set(id, fingerprint(secret));
    for (const session of sessions) close(library, session);
    throw error;
  }
  return new OpenToken(library, sessions);
}

const serialSession = 4;
const user = 1;

/** A secret of the process, so that nobody finds a short PIN by its fingerprint. */
const fingerprintKey = randomBytes(32);

function fingerprint(secret: string): string {
  return createHmac('sha256', fingerprintKey).update(secret).digest('base64url');
}

async function pinIn(path: string): Promise<string> {
  try {
    return await readSecret(path);
  } catch (error) {
    throw signerError('signer.denied', 'The file with the PIN cannot be read.', error);
  }
}

function libraryOf(module: string): Pkcs11 {
  const known = libraries.get(module);
  if (known !== undefined) return known;
  const library = new (loadPackage().PKCS11)();
  checkModule(module);
  library.load(module);
  passing(cryptokiInitialized, () => library.C_Initialize({ flags: osLocking }));
  libraries.set(module, library);
  return library;
}

/** The error of the loader does not say whether the file is there. */
function checkModule(module: string): void {
  try {
    accessSync(module, constants.R_OK);
  } catch (error) {
    const message =
      'There is no file at the path of `module`, or it cannot be read. A relative path begins at the folder of mintproc.yaml.';
    throw signerError('keys.outside-setting', message, error);
  }
}

/** From where mintproc is installed, or a folder of NODE_PATH. */
function loadPackage(): Pkcs11Module {
  const load = createRequire(import.meta.url);
  try {
    return load('pkcs11js') as Pkcs11Module;
  } catch (cause) {
    const message =
      'Keys of PKCS#11 need the package pkcs11js: run `npm install pkcs11js` where mintproc is installed, with a C++ compiler.';
    throw new MintError('config.missing-package', message, { cause });
  }
}

function find(library: Pkcs11, session: Handle, kind: number, { label, id }: Pkcs11Key): Handle | undefined {
  const template: Attribute[] = [{ type: attribute.class, value: kind }];
  if (label !== undefined) template.push({ type: attribute.label, value: label });
  if (id !== undefined) template.push({ type: attribute.id, value: Buffer.from(id, 'hex') });
  library.C_FindObjectsInit(session, template);
  try {
    const [first, second] = library.C_FindObjects(session, 2);
    if (second !== undefined) {
      throw signerError('signer.key-unusable', 'The token has several keys with this label: write `id:`.');
    }
    return first;
  } finally {
    library.C_FindObjectsFinal(session);
  }
}

function describe(library: Pkcs11, session: Handle, place: Pkcs11Key): Description {
  const found = find(library, session, classes.public, place) ?? missing('public');
  const read = (type: number): Buffer => {
    const [first] = library.C_GetAttributeValue(session, found, [{ type }]);
    return Buffer.isBuffer(first?.value) ? first.value : Buffer.alloc(0);
  };
  const known = curves[optional(() => read(attribute.curve)).toString('hex')];
  if (known !== undefined) {
    const [curve, algorithm] = known;
    return { publicKey: spki(ecKey(curve, read(attribute.point))), algorithms: [algorithm] };
  }
  const [n, e] = [optional(() => read(attribute.modulus)), optional(() => read(attribute.exponent))];
  if (n.length === 0)
    throw signerError('signer.key-unusable', 'The key in the token is neither RSA nor on a known curve.');
  const jwk = { kty: 'RSA', n: n.toString('base64url'), e: e.toString('base64url') };
  return { publicKey: spki(createPublicKey({ key: jwk, format: 'jwk' })), algorithms: rsa };
}

/** An attribute that a key of another type does not have. */
function optional(read: () => Buffer): Buffer {
  try {
    return read();
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    return Buffer.alloc(0);
  }
}

/** CKA_EC_POINT: an uncompressed point in an OCTET STRING. Its content ends with x and y. */
function ecKey(crv: string, point: Buffer): KeyObject {
  const size = Math.floor((point.length - 3) / 2);
  const [x, y] = [point.subarray(-2 * size, -size), point.subarray(-size)];
  return createPublicKey({
    key: { kty: 'EC', crv, x: x.toString('base64url'), y: y.toString('base64url') },
    format: 'jwk',
  });
}

function spki(key: KeyObject): Buffer {
  return key.export({ format: 'der', type: 'spki' });
}

function missing(half: 'public' | 'private'): never {
  const message = `The token has no ${half} key with this label or id. mintproc needs both halves there.`;
  throw signerError('signer.key-unusable', message);
}

/** The result value (CKR_…) of an error of `pkcs11js`. */
function codeOf(error: unknown): number | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'number' ? error.code : undefined;
}

function passing(code: number, run: () => void): void {
  try {
    run();
  } catch (error) {
    if (codeOf(error) !== code) throw error;
  }
}

/** Errors of the package as those of a signer. */
async function converting<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof MintError) throw error;
    const code = codeOf(error);
    if (code === undefined) {
      const message =
        'The file of `module` is not a PKCS#11 library for this machine, or a library that it needs is missing.';
      throw signerError('keys.outside-setting', message, error);
    }
    if (pinCodes.has(code)) throw signerError('signer.denied', `The PKCS#11 token refuses the PIN.`, error);
    if (goneCodes.has(code)) {
      throw signerError('signer.unreachable', `The PKCS#11 token was removed, or closed the session.`, error);
    }
    const message = `The PKCS#11 token cannot sign with the key in this way: the result is ${code.toString(16)} (hexadecimal).`;
    throw signerError('signer.key-unusable', message, error);
  }
}
