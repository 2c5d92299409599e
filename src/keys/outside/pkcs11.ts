/**
 * @module
 * A key in a PKCS#11 token, such as an HSM (OASIS PKCS#11 2.40), by the package `pkcs11js`. It is a native addon that
 * whoever needs it installs beside mintproc; nothing else loads it. Signatures are made on other threads.
 */
import { createPublicKey, hash, type KeyObject } from 'node:crypto';
import { accessSync, constants } from 'node:fs';
import { createRequire } from 'node:module';
import { MintError } from '../../diagnostics/mint-error.ts';
import type { Description, Pkcs11Key } from './outside-key.ts';
import type { Attribute, Handle, Pkcs11, Pkcs11Module } from './pkcs11-module.ts';
import { readSecret } from './secret-file.ts';
import { type ServiceContext, type SignerService, signerError } from './signer-service.ts';

/** Sessions of a token that sign. Each makes one signature at a time. */
const maxSessions = 4;

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

const cryptokiInitialized = 0x191;
const alreadyLoggedIn = 0x100;

/** A session or the whole token is gone: the next call opens it anew. */
const goneCodes: ReadonlySet<number> = new Set([0x30, 0x32, 0xb0, 0xb3, 0xe0, 0xe1, 0x190]);

/** Codes of PINs that are wrong, locked or expired. */
const pinCodes: ReadonlySet<number> = new Set([0xa0, 0xa1, 0xa2, 0xa3, 0xa4, 0x101, 0x102]);

/** A token that was logged in to. */
interface OpenToken {
  readonly library: Pkcs11;
  readonly sessions: Handle[];
  readonly waiting: ((session: Handle) => void)[];
}

interface OpenKey {
  readonly token: OpenToken;
  readonly key: Handle;
}

export function pkcs11(place: Pkcs11Key, context: ServiceContext): SignerService {
  let found: OpenKey | undefined;
  const opened = async (): Promise<OpenKey> => {
    const token = await tokenOf(place, context);
    found ??= { token, key: find(token, classes.private, place) ?? missing('private') };
    return found;
  };
  return {
    async describe() {
      return converting(place, async () => describe((await opened()).token, place));
    },
    async sign(input, algorithm) {
      return converting(place, async () => {
        try {
          return await signWith(await opened(), input, algorithm);
        } catch (error) {
          found = undefined;
          throw error;
        }
      });
    },
  };
}

async function signWith({ token, key }: OpenKey, input: Buffer, algorithm: string): Promise<Buffer> {
  const chosen = mechanisms[algorithm];
  if (chosen === undefined) throw new TypeError('an algorithm that the token lacks');
  const { mechanism, parameter, digest } = chosen;
  const session = token.sessions.pop() ?? (await new Promise<Handle>((resolve) => token.waiting.push(resolve)));
  try {
    const { library } = token;
    library.C_SignInit(session, parameter === undefined ? { mechanism } : { mechanism, parameter }, key);
    const message = digest === undefined ? input : hash(digest, input, 'buffer');
    return await library.C_SignAsync(session, message, Buffer.alloc(maxSignatureBytes));
  } finally {
    const next = token.waiting.shift();
    if (next === undefined) token.sessions.push(session);
    else next(session);
  }
}

/** Each library is initialized and each token logged in to once in a process, and the PIN is read once. */
const tokens = new Map<string, Promise<OpenToken>>();
const libraries = new Map<string, Pkcs11>();

function tokenIdOf({ module, token }: Pkcs11Key): string {
  return JSON.stringify([module, token]);
}

function tokenOf(place: Pkcs11Key, context: ServiceContext): Promise<OpenToken> {
  const id = tokenIdOf(place);
  const known = tokens.get(id) ?? openToken(place, context);
  tokens.set(id, known);
  known.catch(() => tokens.delete(id));
  return known;
}

async function openToken({ module, token, pin }: Pkcs11Key, { environment }: ServiceContext): Promise<OpenToken> {
  const secret = 'file' in pin ? await pinIn(pin.file) : environment[pin.env];
  if (secret === undefined) throw signerError('signer.denied', 'The environment variable with the PIN is not set.');
  // It would be one of the few attempts that a token allows.
  if (secret === '') throw signerError('signer.denied', 'The PIN is empty. The token was not asked.');
  const library = libraryOf(module);
  const slot = library.C_GetSlotList(true).find((one) => library.C_GetTokenInfo(one).label.trimEnd() === token);
  if (slot === undefined)
    throw signerError(
      'signer.key-unusable',
      'The PKCS#11 library has no token with this label (`pkcs11-tool --module FILE --list-token-slots`).',
    );
  const sessions = Array.from({ length: maxSessions }, () => library.C_OpenSession(slot, serialSession));
  const [first] = sessions;
  if (first === undefined) throw new TypeError('no session');
  passing(alreadyLoggedIn, () => library.C_Login(first, user, secret));
  return { library, sessions, waiting: [] };
}

const serialSession = 4;
const user = 1;

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
  passing(cryptokiInitialized, () => library.C_Initialize());
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

function find({ library, sessions }: OpenToken, kind: number, { label, id }: Pkcs11Key): Handle | undefined {
  const [session] = sessions;
  if (session === undefined) throw signerError('signer.busy', 'All sessions of the token are in use.');
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

function describe(token: OpenToken, place: Pkcs11Key): Description {
  const found = find(token, classes.public, place) ?? missing('public');
  const { library, sessions } = token;
  const read = (type: number): Buffer => {
    const [session] = sessions;
    if (session === undefined) throw signerError('signer.busy', 'All sessions of the token are in use.');
    const [first] = library.C_GetAttributeValue(session, found, [{ type }]);
    return Buffer.isBuffer(first?.value) ? first.value : Buffer.alloc(0);
  };
  const [curve, algorithm] = curves[optional(() => read(attribute.curve)).toString('hex')] ?? [];
  if (curve !== undefined && algorithm !== undefined) {
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
async function converting<T>(place: Pkcs11Key, run: () => Promise<T>): Promise<T> {
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
      tokens.delete(tokenIdOf(place));
      throw signerError('signer.unreachable', `The PKCS#11 token was removed, or closed the session.`, error);
    }
    const message = `The PKCS#11 token cannot sign with the key in this way: the result is ${code.toString(16)} (hexadecimal).`;
    throw signerError('signer.key-unusable', message, error);
  }
}
