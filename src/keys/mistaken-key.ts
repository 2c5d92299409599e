/**
 * @module
 * The messages on a text or file that is not the key that is needed: what it is (`found-kind.ts`), and the command or
 * the line that mends it. The same for every source of keys. FILE stands for the file, wherever it is.
 */
import { type KeyFinding, keyError } from '../jose/key-finding.ts';
import { type FoundKind, kindOfBytes, kindOfText } from './found-kind.ts';

/** What a key is needed for. */
type Need = 'secret' | 'private' | 'public';

/** What is said of a kind: the end of a sentence that begins with "This is", and what to do for each need. */
interface Words {
  readonly is: string;
  readonly cure: string | Readonly<Partial<Record<Need, string>>>;
}

const nameTheKey =
  'Name the file of the private key, which begins with `-----BEGIN PRIVATE KEY-----`; this file may be its `certificate:`.';
const notFromIt = 'Nobody can make a private key of it. Name the file that begins with `-----BEGIN PRIVATE KEY-----`.';
const newKey = 'Make a key: `openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out key.pem`.';
const decode =
  'Decode it once more: `base64 -d FILE > key.pem`. A value under `data` of a Kubernetes Secret is encoded once.';

/** The kinds in PEM or JSON that can be right elsewhere have a cure for the need that they do not meet. */
const words: Readonly<Record<FoundKind, Words>> = {
  empty: {
    is: 'empty',
    cure: 'Write the key there. For a variable of the environment, check how the process is started.',
  },
  blank: { is: 'only spaces and line breaks', cure: 'Write the key there.' },
  'UTF-16': {
    is: 'text in UTF-16, as PowerShell and Notepad write it',
    cure: 'Save it as UTF-8: `iconv -f UTF-16 -t UTF-8 FILE > key.pem`.',
  },
  'private key': {
    is: 'a private key',
    cure: { public: 'Write its public key: `openssl pkey -in FILE -pubout -out public.pem`.' },
  },
  'public key': { is: 'a public key', cure: { private: notFromIt } },
  certificate: { is: 'a certificate, which has only a public key', cure: { private: nameTheKey } },
  'certificate chain': { is: 'a certificate chain, which has only public keys', cure: { private: nameTheKey } },
  request: {
    is: 'a certificate signing request',
    cure: {
      private: 'Name the file of the private key that the request was made with.',
      public: 'Name the certificate, or take the public key: `openssl req -in FILE -noout -pubkey -out public.pem`.',
    },
  },
  'OpenSSH private key': {
    is: 'a private key in the format of OpenSSH',
    cure: {
      private: 'Convert a copy of it: `cp FILE key.pem && ssh-keygen -p -m PKCS8 -f key.pem`.',
      public: 'Write its public key: `ssh-keygen -e -m PKCS8 -f FILE > public.pem`.',
    },
  },
  'OpenSSH Ed25519 key': {
    is: 'an Ed25519 key in the format of OpenSSH, which ssh-keygen cannot convert',
    cure: 'Make a new one: `openssl genpkey -algorithm ed25519 -out key.pem`.',
  },
  'OpenSSH public key': {
    is: 'a public key in the format of OpenSSH',
    cure: {
      private: 'Name the file of the private key, which has the same name without `.pub`.',
      public: 'Convert it: `ssh-keygen -e -m PKCS8 -f FILE > public.pem`.',
    },
  },
  'PuTTY key': {
    is: 'a key of PuTTY (.ppk)',
    cure: 'Convert it: `puttygen FILE -O private-openssh -o key.pem`.',
  },
  'PGP key': { is: 'a PGP key, which tokens cannot use', cure: newKey },
  'DSA key': { is: 'a DSA key, for which tokens have no algorithm', cure: newKey },
  parameters: {
    is: 'only the parameters of a key',
    cure: 'Name the file of the key itself, which begins with `-----BEGIN EC PRIVATE KEY-----` or `-----BEGIN PRIVATE KEY-----`.',
  },
  'PKCS#7': {
    is: 'PKCS#7, which has only certificates',
    cure: {
      private: nameTheKey,
      public: 'Take its certificates: `openssl pkcs7 -print_certs -in FILE -out cert.pem`.',
    },
  },
  placeholder: {
    is: 'a PEM block without Base64 in it, perhaps a placeholder',
    cure: 'Write the whole key between the lines BEGIN and END.',
  },
  'wrong dashes': {
    is: 'PEM with changed dashes',
    cure: 'The lines BEGIN and END have exactly five hyphens (`-----`) on each side, and nothing before them.',
  },
  'cut off': {
    is: 'PEM whose block does not end',
    cure: 'Write the whole block. Its line END has the same words as its line BEGIN.',
  },
  'private key in DER': {
    is: 'a private key in DER',
    cure: 'Convert it to PEM: `openssl pkey -inform DER -in FILE -out key.pem`.',
  },
  'encrypted key in DER': {
    is: 'an encrypted private key in DER',
    cure: 'Decrypt and convert it: `openssl pkey -inform DER -in FILE -out key.pem`.',
  },
  'public key in DER': {
    is: 'a public key in DER',
    cure: {
      private: notFromIt,
      public: 'Convert it to PEM: `openssl pkey -pubin -inform DER -in FILE -out public.pem`.',
    },
  },
  'RSA public key in DER': {
    is: 'a public RSA key in DER',
    cure: {
      private: notFromIt,
      public: 'Convert it to PEM: `openssl rsa -RSAPublicKey_in -inform DER -in FILE -out public.pem`.',
    },
  },
  'certificate in DER': {
    is: 'a certificate in DER, which has only a public key',
    cure: { private: nameTheKey, public: 'Convert it to PEM: `openssl x509 -inform DER -in FILE -out cert.pem`.' },
  },
  'request in DER': {
    is: 'a certificate signing request in DER',
    cure: {
      private: 'Name the file of the private key that the request was made with.',
      public: 'Name the certificate that was issued for it.',
    },
  },
  'PKCS#12': {
    is: 'a PKCS#12 file (.p12, .pfx)',
    cure: {
      private: 'Write `pkcs12:` in place of `file:`, and `passphrase: { file: … }` beside it.',
      public: 'Take its certificate: `openssl pkcs12 -nokeys -clcerts -in FILE -out cert.pem`.',
    },
  },
  'Java key store': {
    is: 'a Java key store (JKS or JCEKS)',
    cure: {
      private:
        'Convert it: `keytool -importkeystore -srckeystore FILE -destkeystore key.p12 -deststoretype PKCS12`. Then write `pkcs12: key.p12`.',
      public: 'Take the certificate: `keytool -exportcert -rfc -alias NAME -keystore FILE -file cert.pem`.',
    },
  },
  'Base64 of PEM': { is: 'Base64 of a PEM file', cure: decode },
  'Base64 of DER': {
    is: 'Base64 of a key in DER, without the lines BEGIN and END',
    cure: {
      private: 'Convert it to PEM: `base64 -d FILE | openssl pkey -inform DER -out key.pem`.',
      public: 'Convert it to PEM: `base64 -d FILE | openssl pkey -pubin -inform DER -out public.pem`.',
    },
  },
  'Base64 of a certificate': {
    is: 'Base64 of a certificate, which has only a public key',
    cure: {
      private: nameTheKey,
      public: 'Convert it to PEM: `base64 -d FILE | openssl x509 -inform DER -out cert.pem`.',
    },
  },
  'Base64 of an archive': {
    is: 'Base64 of a PKCS#12 file or a Java key store',
    cure: 'Decode it: `base64 -d FILE > key.p12`. Then write `pkcs12: key.p12` and its `passphrase`.',
  },
  'encrypted JWK': {
    is: 'an encrypted JWK (JWE), which is not decrypted here',
    cure: 'Decrypt it with the tool that made it, and name the file with the JWK.',
  },
  JWK: {
    is: 'a JWK',
    cure: 'Write it as PEM. Only a file or a variable that may hold a JWK is read as one.',
  },
  'JWK set': { is: 'a JWK set', cure: 'Write `jwks:` in place of `file:`, and `kid:` to choose one of its keys.' },
  path: {
    is: 'a path, and not the key that the file has',
    cure: 'Write `file:` with this path in mintproc.yaml, or the content of the file here.',
  },
  binary: {
    is: 'no text, and in no form that is known here',
    cure: { secret: 'Encode it, `base64 -w0 FILE > key.b64`, and write `encoding: base64`.' },
  },
  text: { is: 'text of another kind', cure: {} },
};

const needed: Readonly<Record<Need, string>> = {
  secret: 'a secret',
  private: 'a private key in PEM',
  public: 'a public key in PEM',
};

const wholeBlock: Readonly<Record<Need, string>> = {
  secret: 'Name a file with the secret: `openssl rand -base64 32 > secret.txt`.',
  private: 'Write the whole block from `-----BEGIN PRIVATE KEY-----` to `-----END PRIVATE KEY-----`.',
  public: 'Write the whole block from `-----BEGIN PUBLIC KEY-----` to `-----END PUBLIC KEY-----`.',
};

/** The finding on a text that is not the key that is needed. Nothing of it is repeated. */
export function mistakenText(text: string, need: Need): KeyFinding {
  return findingOf(kindOfText(text), need);
}

/** The finding on bytes that are not text. */
export function mistakenBytes(bytes: Uint8Array, need: Need): KeyFinding {
  return findingOf(kindOfBytes(bytes), need);
}

function findingOf(kind: FoundKind, need: Need): KeyFinding {
  const { is, cure } = words[kind];
  const message = `This is ${is}, but ${needed[need]} is needed.`;
  return keyError('keys.not-pem', message, typeof cure === 'string' ? cure : (cure[need] ?? wholeBlock[need]));
}

/** The finding on a text that must be a JWK; undefined if it is JSON or nothing known: its reader says more. */
export function mistakenJwk(text: string): KeyFinding | undefined {
  const kind = kindOfText(text);
  if (kind === 'JWK' || kind === 'JWK set' || kind === 'text') return undefined;
  const { is, cure } = words[kind];
  const own = kind === 'encrypted JWK' && typeof cure === 'string' ? cure : writeJwk;
  return keyError('jose.malformed-jwk', `This is ${is}, but a JWK is needed.`, kind === 'private key' ? toJwk : own);
}

const toJwk =
  "Convert it: `node -p \"JSON.stringify(crypto.createPrivateKey(fs.readFileSync('FILE')).export({ format: 'jwk' }))\"`.";
const writeJwk = 'Write a JSON object with `kty`: `{"kty": …}`.';

/** The finding on a file that must be a JWK set; undefined if its reader says more. */
export function mistakenSet(bytes: Uint8Array, text: string | undefined): KeyFinding | undefined {
  const kind = text === undefined ? kindOfBytes(bytes) : kindOfText(text);
  if (kind === 'JWK set' || kind === 'text') return undefined;
  const message = `This is ${words[kind].is}, but a JWK set is needed.`;
  return keyError('jose.malformed-jwk', message, kind === 'PKCS#12' ? setOfArchive : setOfFile);
}

const setOfArchive = 'Write `pkcs12:` in place of `jwks:`, and `passphrase: { file: … }` beside it.';
const setOfFile = 'For one key, write `file:` in place of `jwks:`.';

/** The finding on a file that must be PKCS#12; undefined if it begins as one. */
export function mistakenArchive(bytes: Uint8Array, text: string | undefined): KeyFinding | undefined {
  const binary = kindOfBytes(bytes);
  const kind = binary === 'binary' && text !== undefined ? kindOfText(text) : binary;
  if (kind === 'PKCS#12') return undefined;
  const { is, cure } = words[kind];
  const own = typeof cure === 'string' ? cure : cure.private;
  const isArchive = kind === 'Java key store' || kind === 'Base64 of an archive';
  return keyError(
    'keys.unreadable',
    `This is ${is}, but a PKCS#12 file is needed.`,
    isArchive ? own : 'For a key in PEM, write `file:` in place of `pkcs12:`.',
  );
}
