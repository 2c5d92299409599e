/**
 * @module
 * Files that are given as keys by mistake, made anew by the tools that make them: openssl, ssh-keygen and keytool. A
 * file whose tool is missing is left out. The passphrase of all is `secret`.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** One command, and the file that it writes. Later commands may read the files of earlier ones. */
const commands: readonly (readonly [file: string, line: string])[] = [
  ['rsa.pem', 'openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out rsa.pem'],
  ['second.pem', 'openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out second.pem'],
  ['ec.pem', 'openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out ec.pem'],
  ['brainpool.pem', 'openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:brainpoolP256r1 -out brainpool.pem'],
  ['public.pem', 'openssl pkey -in rsa.pem -pubout -out public.pem'],
  ['pkcs1-public.pem', 'openssl rsa -in rsa.pem -RSAPublicKey_out -out pkcs1-public.pem'],
  ['cert.pem', 'openssl req -x509 -new -key rsa.pem -subj /CN=signer -days 300 -out cert.pem'],
  ['request.pem', 'openssl req -new -key rsa.pem -subj /CN=signer -out request.pem'],
  ['parameters.pem', 'openssl ecparam -name prime256v1 -out parameters.pem'],
  ['dsa-parameters.pem', 'openssl dsaparam -out dsa-parameters.pem 1024'],
  ['dsa.pem', 'openssl gendsa -out dsa.pem dsa-parameters.pem'],
  ['pkcs7.pem', 'openssl crl2pkcs7 -nocrl -certfile cert.pem -out pkcs7.pem'],
  ['encrypted.pem', 'openssl pkcs8 -topk8 -in rsa.pem -passout pass:secret -out encrypted.pem'],
  ['traditional.pem', 'openssl rsa -in rsa.pem -aes128 -passout pass:secret -traditional -out traditional.pem'],
  [
    'old-encryption.pem',
    'openssl pkcs8 -topk8 -in rsa.pem -v1 PBE-MD5-DES -provider legacy -provider default -passout pass:secret -out old-encryption.pem',
  ],
  ['private.der', 'openssl pkey -in rsa.pem -outform DER -out private.der'],
  ['pkcs1.der', 'openssl rsa -in rsa.pem -traditional -outform DER -out pkcs1.der'],
  ['sec1.der', 'openssl ec -in ec.pem -outform DER -out sec1.der'],
  ['encrypted.der', 'openssl pkcs8 -topk8 -in rsa.pem -passout pass:secret -outform DER -out encrypted.der'],
  ['public.der', 'openssl pkey -in rsa.pem -pubout -outform DER -out public.der'],
  ['pkcs1-public.der', 'openssl rsa -in rsa.pem -RSAPublicKey_out -outform DER -out pkcs1-public.der'],
  ['cert.der', 'openssl x509 -in cert.pem -outform DER -out cert.der'],
  ['request.der', 'openssl req -in request.pem -outform DER -out request.der'],
  ['key.p12', 'openssl pkcs12 -export -inkey rsa.pem -in cert.pem -passout pass:secret -out key.p12'],
  ['legacy.p12', 'openssl pkcs12 -export -legacy -inkey rsa.pem -in cert.pem -passout pass:secret -out legacy.p12'],
  [
    'old-key.p12',
    'openssl pkcs12 -export -legacy -keypbe PBE-SHA1-RC2-40 -inkey rsa.pem -in cert.pem -passout pass:secret -out old-key.p12',
  ],
  ['certificates.p12', 'openssl pkcs12 -export -nokeys -in cert.pem -passout pass:secret -out certificates.p12'],
  ['ssh-rsa', 'ssh-keygen -q -t rsa -b 2048 -N  -C  -f ssh-rsa'],
  ['ssh-ed25519', 'ssh-keygen -q -t ed25519 -N  -C  -f ssh-ed25519'],
  [
    'key.jks',
    'keytool -genkeypair -alias a -keyalg RSA -dname CN=a -storetype JKS -keystore key.jks -storepass secret1 -keypass secret1',
  ],
  [
    'java.p12',
    'keytool -importkeystore -srckeystore key.jks -srcstorepass secret1 -destkeystore java.p12 -deststoretype PKCS12 -deststorepass secret1 -destkeypass secret1',
  ],
];

export type MadeFiles = ReadonlyMap<string, Buffer>;

/** The files by name. @throws if a tool that exists refuses its command */
export function makeKeyFiles(): MadeFiles {
  const folder = mkdtempSync(join(tmpdir(), 'mintproc-keys-'));
  try {
    for (const [, line] of commands) {
      const [tool = '', ...args] = line.split(' ');
      runIfInstalled(tool, args, folder);
    }
    const names = [...commands.map(([file]) => file), 'ssh-rsa.pub'];
    return new Map([...names.flatMap((name) => contentOf(join(folder, name), name)), jceks]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function runIfInstalled(tool: string, args: readonly string[], cwd: string): void {
  try {
    execFileSync(tool, args, { cwd, stdio: ['ignore', 'ignore', 'pipe'] });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
}

/** Magic number, version, and no entry, as Java's JceKeyStore begins; its command takes seconds. */
const jceks = ['key.jceks', Buffer.from('cececece0000000200000000', 'hex')] as const;

function contentOf(path: string, name: string): [string, Buffer][] {
  try {
    return [[name, readFileSync(path)]];
  } catch {
    return [];
  }
}
