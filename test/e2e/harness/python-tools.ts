/**
 * @module
 * Python libraries that judge what we do, from outside JavaScript: PyJWT verifies tokens, jwcrypto decrypts them,
 * cryptography makes the certificates of the TLS tests; h2 and grpcio are clients of the server (`python-peers.ts`);
 * jsonschema validates files. Fetched once with pip into `.cache/python`.
 */
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { runPython } from '../../../demo/python.ts';
import { systemCode } from '../../../demo/setup-error.ts';

const cache = join(import.meta.dirname, '..', '..', '..', '.cache', 'python');
const tokenPackages: readonly string[] = ['pyjwt==2.15.1', 'jwcrypto==1.6.1', 'cryptography==50.0.2'];
/** Apart from the others: whoever tests tokens alone needs none of them. */
export const peerPackages: readonly string[] = ['h2==4.4.1', 'grpcio==1.85.3'];
export const otlpPackages: readonly string[] = ['opentelemetry-proto==1.45.2'];
export const schemaPackages: readonly string[] = ['jsonschema==4.26.0'];

const surroundings = { environment: process.env, signal: new AbortController().signal };

const fetched = new Map<readonly string[], Promise<string>>();

/** The folder with the packages for this machine's Python. */
function libraries(packages: readonly string[]): Promise<string> {
  const home = fetched.get(packages) ?? fetchLibraries(packages);
  fetched.set(packages, home);
  return home;
}

async function fetchLibraries(packages: readonly string[]): Promise<string> {
  const tag = await runPython(['-c', 'import sys; print(sys.implementation.cache_tag)'], surroundings);
  const home = join(cache, [...packages.map((name) => name.replace('==', '-')), tag.trim()].join('-'));
  if (await isThere(home)) return home;
  await mkdir(cache, { recursive: true });
  const workshop = await mkdtemp(join(cache, 'fetch-'));
  try {
    process.stderr.write(`Fetching ${packages.join(', ')} (once) with pip …\n`);
    const options = ['--only-binary', ':all:', '--disable-pip-version-check', '--quiet', '--retries', '2'];
    await runPython(['-m', 'pip', 'install', ...options, '--target', join(workshop, 'lib'), ...packages], surroundings);
    await rename(join(workshop, 'lib'), home).catch((error: unknown) => {
      if (systemCode(error) !== 'ENOTEMPTY') throw error; // otherwise another process was quicker, with the same
    });
    return home;
  } finally {
    await rm(workshop, { recursive: true, force: true });
  }
}

async function isThere(folder: string): Promise<boolean> {
  const check = `import os, sys; print(os.path.isdir(sys.argv[1]))`;
  return (await runPython(['-c', check, folder], surroundings)).trim() === 'True';
}

/** Runs a Python script with the libraries; JSON goes in, JSON comes out. */
export async function runJson(script: string, input: unknown, packages = tokenPackages): Promise<unknown> {
  const environment = { ...process.env, PYTHONPATH: await libraries(packages) };
  const preamble = 'import json, sys\ngiven = json.load(sys.stdin)\n';
  return JSON.parse(
    await runPython(['-c', preamble + script], { ...surroundings, environment }, JSON.stringify(input)),
  );
}

export interface Decoded {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
}

/**
 * What PyJWT makes of a token. The signature and the time claims are checked.
 *
 * @param key the secret, or a public key in PEM
 * @throws when PyJWT refuses the token
 */
export async function verifyWithPyJwt(token: string, key: string, algorithm: string): Promise<Decoded> {
  const script = `
import jwt
claims = jwt.decode(given['token'], given['key'], algorithms=[given['algorithm']], options={'verify_aud': False})
print(json.dumps({'header': jwt.get_unverified_header(given['token']), 'claims': claims}))`;
  return (await runJson(script, { token, key, algorithm })) as Decoded;
}

export interface Decryption {
  /** Compact. */
  readonly token: string;
  /** The private JWK of the recipient. */
  readonly key: Readonly<Record<string, unknown>>;
}

/**
 * What jwcrypto makes of encrypted tokens, one after the other: each one's header and content.
 *
 * @throws when jwcrypto refuses one of them
 */
export async function decryptWithJwcrypto(
  tokens: readonly Decryption[],
): Promise<readonly { readonly header: Readonly<Record<string, unknown>>; readonly content: string }[]> {
  const script = `
from jwcrypto import jwe, jwk
jwe.default_max_compressed_size = 1 << 20
opened = []
for one in given:
    token = jwe.JWE()
    # Everything that mintproc writes, RSA1_5 included, which jwcrypto decrypts only when asked to.
    header = json.loads(jwe.base64url_decode(one['token'].split('.')[0]))
    token.allowed_algs = [header['alg'], header['enc']]
    token.deserialize(one['token'], jwk.JWK(**one['key']))
    opened.append({'header': header, 'content': token.payload.decode()})
print(json.dumps(opened))`;
  return (await runJson(script, tokens)) as Awaited<ReturnType<typeof decryptWithJwcrypto>>;
}

export interface Certificates {
  /** The authority's certificate; all are PEM. */
  readonly ca: string;
  readonly server: { readonly cert: string; readonly key: string };
  readonly caller: { readonly cert: string; readonly key: string };
}

export interface CertificateNames {
  /** Of the caller. */
  readonly name: string;
  readonly dns: string;
  readonly uri: string;
  /** Until the server's certificate ends; default: a day. Negative: it has ended. */
  readonly serverSeconds?: number;
}

/** An authority, a server `localhost` and 127.0.0.1, and a caller with the given common name, DNS name and URI. */
export async function makeCertificates(names: CertificateNames): Promise<Certificates> {
  const script = `
import datetime, ipaddress
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

def pem(thing):
    return thing.public_bytes(serialization.Encoding.PEM).decode()

def certificate(name, names, issuer=None, seconds=86400):
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.oid.NameOID.COMMON_NAME, name)])
    signer, signer_key = issuer or (subject, key)
    now = datetime.datetime.now(datetime.timezone.utc)
    builder = (x509.CertificateBuilder().subject_name(subject).issuer_name(signer).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(seconds=seconds))
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True))
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return pem(builder.sign(signer_key, hashes.SHA256())), private.decode(), (subject, key)

# A name of its own: a client that trusts several would try the wrong one.
ca, _, issuer = certificate('test authority %x' % x509.random_serial_number(), [])
server = certificate('localhost', [x509.DNSName('localhost'), x509.IPAddress(ipaddress.ip_address('127.0.0.1'))], issuer,
    given.get('serverSeconds', 86400))
caller = certificate(given['name'], [x509.DNSName(given['dns']), x509.UniformResourceIdentifier(given['uri'])], issuer)
print(json.dumps({'ca': ca, 'server': {'cert': server[0], 'key': server[1]}, 'caller': {'cert': caller[0], 'key': caller[1]}}))`;
  return (await runJson(script, names)) as Certificates;
}
